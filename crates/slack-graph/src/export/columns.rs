//! Columns of nodes.

use slack_model::{ByteRecord, Kind, Table};

use crate::graph::SocialGraph;

/// A column's values, in the order of the nodes' numbers; where there are fewer, the other nodes have none.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NodeValues {
    /// Texts. An empty one is no value.
    Text(Vec<String>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers. What is not finite is no value.
    Float(Vec<Option<f64>>),
}

impl NodeValues {
    /// The values of as many nodes that have none yet.
    fn none(kind: Kind, n_nodes: usize) -> Self {
        match kind {
            Kind::Int => Self::Integer(vec![None; n_nodes]),
            Kind::Float => Self::Float(vec![None; n_nodes]),
            _ => Self::Text(vec![String::new(); n_nodes]),
        }
    }

    fn set(&mut self, node: usize, text: &str) {
        match self {
            Self::Text(values) => values[node] = text.into(),
            Self::Integer(values) => values[node] = text.parse().ok(),
            Self::Float(values) => values[node] = text.parse().ok(),
        }
    }

    pub(crate) fn kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Integer(_) => ValueKind::Integer,
            Self::Float(_) => ValueKind::Float,
        }
    }

    pub(crate) fn get(&self, node: usize) -> Option<Value<'_>> {
        match self {
            Self::Text(values) => values.get(node).and_then(|text| Value::of_text(text)),
            Self::Integer(values) => values.get(node).copied().flatten().map(Value::Integer),
            Self::Float(values) => {
                let number = values.get(node).copied().flatten();
                number.filter(|number| number.is_finite()).map(Value::Float)
            }
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Integer,
    Float,
}

/// A column of nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ValueKind,
}

/// A value that there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Integer(i64),
    Float(f64),
}

impl<'a> Value<'a> {
    /// A text, unless it is empty.
    pub(crate) fn of_text(text: &'a str) -> Option<Self> {
        (!text.is_empty()).then_some(Self::Text(text))
    }
}

/// The columns of rows, but for the key's.
pub(crate) fn of_rows<R: Table>(graph: &SocialGraph, rows: &[R]) -> Vec<(&'static str, NodeValues)> {
    let n_nodes = graph.as_petgraph().node_count();
    let key = R::SCHEMA.key.first().and_then(|key| R::SCHEMA.position(key)).unwrap_or_default();
    let columns =
        R::SCHEMA.columns.iter().map(|column| (column.name, NodeValues::none(column.kind, n_nodes)));
    let mut columns: Vec<_> = columns.collect();
    let (mut record, mut scratch) = (ByteRecord::new(), Vec::new());
    for row in rows {
        record.clear();
        row.encode(&mut record, &mut scratch);
        let id = record.get(key).and_then(|id| std::str::from_utf8(id).ok());
        let Some(node) = id.and_then(|id| graph.find(id)) else { continue };
        for ((_, values), field) in columns.iter_mut().zip(&record) {
            values.set(node.index(), &String::from_utf8_lossy(field));
        }
    }
    columns.remove(key);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::MemoryTables;
    use slack_model::rows::NewcomerRow;
    use slack_model::{Float, Time};

    #[test]
    fn rows_go_to_their_nodes() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,ann,user\nU2,bob,user\n");
        let graph = SocialGraph::read(&tables).expect("sound");
        let row = |id: &str| NewcomerRow {
            id: id.into(),
            first_time: Some(Time::EPOCH),
            first_tie_time: None,
            first_tie_s: Some(Float(1.5)),
            ties_30_days: 7,
        };
        let columns = of_rows(&graph, &[row("U2"), row("U9")]);
        let found: Vec<_> =
            columns.iter().map(|(name, values)| (*name, values.get(0), values.get(1))).collect();
        assert_eq!(
            found,
            [
                ("first_time", None, Some(Value::Text("1970-01-01T00:00:00.000000Z"))),
                ("first_tie_time", None, None),
                ("first_tie_s", None, Some(Value::Float(1.5))),
                ("ties_30_days", None, Some(Value::Integer(7))),
            ]
        );
    }

    #[test]
    fn what_is_no_number_is_no_value() {
        let values = NodeValues::Float(vec![Some(f64::NAN), Some(f64::INFINITY), Some(0.0)]);
        assert_eq!([0, 1, 2, 3].map(|node| values.get(node)), [None, None, Some(Value::Float(0.0)), None]);
    }
}
