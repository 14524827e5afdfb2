//! The months of edges.

use std::collections::BTreeMap;

use slack_model::rows::MonthlyEdge;

use crate::options::factor_of;

/// Gives each edge its months. Edges are asked for in their order, so that both are gone through once.
#[derive(Debug)]
pub(crate) struct MonthCursor<'a> {
    rows: &'a [MonthlyEdge],
    relations: &'a BTreeMap<String, f64>,
}

impl<'a> MonthCursor<'a> {
    /// Of rows in the order of their keys, and what each relation counts by.
    pub(crate) fn new(rows: &'a [MonthlyEdge], relations: &'a BTreeMap<String, f64>) -> Self {
        Self { rows, relations }
    }

    /// Puts the months of an edge and their weights into `months`, in their order. Without a relation, all that count do
    /// together.
    pub(crate) fn take(
        &mut self,
        source: &str,
        target: &str,
        relate: Option<&str>,
        months: &mut Vec<(&'a str, f64)>,
    ) {
        months.clear();
        let wanted = (source, target, relate.unwrap_or_default());
        while let Some((row, rows)) = self.rows.split_first() {
            let found =
                (row.source.as_str(), row.target.as_str(), relate.map_or("", |_| row.relate.as_str()));
            if found > wanted {
                break;
            }
            self.rows = rows;
            if let Some(factor) = factor_of(self.relations, &row.relate)
                && found == wanted
            {
                months.push((&row.month, factor * row.weight as f64));
            }
        }
        // A stable sort, so that weights are added up in the order of their relations.
        months.sort_by_key(|(month, _)| *month);
        months.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1 += later.1;
            }
            is_same
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_to_their_edges() {
        let row = |source: &str, relate: &str, month: &str, weight| MonthlyEdge {
            source: source.into(),
            target: "U2".into(),
            relate: relate.into(),
            month: month.into(),
            weight,
        };
        let rows = [
            row("U0", "reacts", "2020-01", 9),
            row("U1", "reacts", "2020-01", 1),
            row("U1", "reacts", "2020-03", 2),
            row("U1", "refers", "2020-01", 4),
            row("U3", "refers", "2020-02", 8),
        ];
        let all = BTreeMap::new();
        let (mut cursor, mut months) = (MonthCursor::new(&rows, &all), Vec::new());
        cursor.take("U1", "U2", None, &mut months);
        assert_eq!(months, [("2020-01", 5.0), ("2020-03", 2.0)]);
        cursor.take("U2", "U2", None, &mut months);
        assert_eq!(months, []);
        cursor.take("U3", "U2", None, &mut months);
        assert_eq!(months, [("2020-02", 8.0)]);

        let mut cursor = MonthCursor::new(&rows, &all);
        cursor.take("U1", "U2", Some("refers"), &mut months);
        assert_eq!(months, [("2020-01", 4.0)]);
        cursor.take("U1", "U3", Some("reacts"), &mut months);
        assert_eq!(months, []);

        let half = BTreeMap::from([("reacts".to_owned(), 0.5)]);
        MonthCursor::new(&rows, &half).take("U1", "U2", None, &mut months);
        assert_eq!(months, [("2020-01", 0.5), ("2020-03", 1.0)]);
    }
}
