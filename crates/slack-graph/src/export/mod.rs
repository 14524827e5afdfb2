//! What a file of a graph holds, whatever its format.

mod columns;
mod edges;
mod looks;
mod months;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use slack_model::Table;
use slack_model::rows::{MonthlyEdge, Node, NodeMeasures};

pub use self::columns::NodeValues;
pub(crate) use self::columns::{Column, Value, ValueKind};
pub use self::edges::{Edges, ExportEdge};
pub use self::looks::Look;
pub(crate) use self::months::MonthCursor;
use crate::formats::xml_text;
use crate::graph::SocialGraph;
use crate::network::Network;

/// The columns of node_data after id and label.
pub(crate) const NODE_COLUMNS: [&str; 7] =
    ["type", "name", "iso", "country", "city", "channel_type", "channel_class"];

/// What a file of a graph is to hold: all nodes with their columns, and the edges apart or joined. Every format takes
/// it.
///
/// It borrows the graph: edges are put together while they are written.
///
/// ```
/// use slack_graph::{Edges, Export, NodeValues, SocialGraph, write_static_gexf};
///
/// let graph = SocialGraph::default();
/// let export = Export::new(&graph)
///     .with_column("posts", NodeValues::Integer(Vec::new()))
///     .with_edges(Edges::Joined);
/// let mut gexf = Vec::new();
/// write_static_gexf(&export, &mut gexf)?;
/// # Ok::<(), slack_graph::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Export<'a> {
    graph: &'a SocialGraph,
    columns: Vec<(String, NodeValues)>,
    looks: Vec<Option<Look>>,
    edges: Edges,
    relations: &'a BTreeMap<String, f64>,
    network: Option<&'a Network>,
    months: Cow<'a, [MonthlyEdge]>,
}

/// All relations count as they are.
static ALL_RELATIONS: BTreeMap<String, f64> = BTreeMap::new();

impl<'a> Export<'a> {
    /// Makes the plain export of a graph: the columns of node_data, every edge of edge_data.
    pub fn new(graph: &'a SocialGraph) -> Self {
        Self {
            graph,
            columns: Vec::new(),
            looks: Vec::new(),
            edges: Edges::Apart,
            relations: &ALL_RELATIONS,
            network: None,
            months: Cow::Borrowed(&[]),
        }
    }

    /// Adds a column of nodes. A name that is taken gets a number: `name 2`. Control characters are left out of it, and
    /// one that is empty then is `column`.
    pub fn with_column(mut self, name: &str, values: NodeValues) -> Self {
        let fixed = ["id", "label"].into_iter().chain(NODE_COLUMNS);
        let mut names = Unique::of(fixed.chain(self.columns.iter().map(|(name, _)| name.as_str())));
        let name = xml_text(name);
        let name = if name.trim().is_empty() { "column" } else { &name };
        self.columns.push((names.take(name), values));
        self
    }

    /// Adds the columns of a table whose key is a node's id. Rows of other ids are passed over.
    pub fn with_rows<R: Table>(self, rows: &[R]) -> Self {
        let columns = columns::of_rows(self.graph, rows);
        columns.into_iter().fold(self, |export, (name, values)| export.with_column(name, values))
    }

    /// Adds what was measured of the nodes, as columns. The nodes' look is made of their measures too: the position of
    /// `x` and `y`, unless all are 0; the size of their strength; the colour of their community.
    pub fn with_measures(self, measures: &[NodeMeasures]) -> Self {
        let looks = looks::of_measures(self.graph, measures);
        self.with_rows(measures).with_looks(looks)
    }

    /// Says how nodes are drawn, in the order of their numbers. Formats that hold no look leave it out, and a look
    /// whose numbers are not finite is none.
    pub fn with_looks(mut self, looks: Vec<Option<Look>>) -> Self {
        self.looks = looks.into_iter().map(|look| look.filter(Look::is_finite)).collect();
        self
    }

    /// Says which edges are one.
    pub fn with_edges(mut self, edges: Edges) -> Self {
        self.edges = edges;
        self
    }

    /// Leaves out edges of relations that are not named, and multiplies the weights of others, as
    /// [`GraphOptions::relations`](crate::GraphOptions::relations) does; none named: all count as they are.
    pub fn with_relations(mut self, relations: &'a BTreeMap<String, f64>) -> Self {
        self.relations = relations;
        self
    }

    /// Takes the edges of a network instead of the graph's: one for each pair and direction, of the weight that is measured,
    /// with neither relation, channel nor time. Left out are those of nodes that the graph does not have.
    ///
    /// It is meant for [`Ties::Channels`](crate::Ties::Channels), whose edges are none of the graph's.
    pub fn with_network(mut self, network: &'a Network) -> Self {
        self.network = Some(network);
        self
    }

    /// Adds the weights of each month. What is not in the order of its key is copied.
    ///
    /// The table does not tell channels apart, so where edges are [`Edges::Apart`] it is not used; nor is it where they are
    /// [a network's](Export::with_network).
    pub fn with_months(mut self, months: &'a [MonthlyEdge]) -> Self {
        self.months = Cow::Borrowed(months);
        if !months.is_sorted_by(|one, other| one.compare_keys(other).is_le()) {
            self.months.to_mut().sort_by(Table::compare_keys);
        }
        self
    }

    /// Returns the nodes, in the order of their ids: an edge names them by their places.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &'a Node> + Clone + use<'a> {
        self.graph.as_petgraph().raw_nodes().iter().map(|node| &node.weight)
    }

    /// Returns the edges, in the order of source, target, relation and channel.
    pub fn edges(&self) -> impl Iterator<Item = ExportEdge<'a>> + use<'a> {
        let counted = if self.network.is_none() { self.graph.as_petgraph().raw_edges() } else { &[] };
        let measured = self.network.map(|network| edges::measured(self.graph, network));
        self.edges.of(counted, self.relations).chain(measured.into_iter().flatten())
    }

    /// Which edges are one.
    pub(crate) fn edge_kind(&self) -> Edges {
        if self.network.is_some() { Edges::Joined } else { self.edges }
    }

    /// What weights are: whole numbers where they are counted and no relation counts by a part.
    pub(crate) fn weight_kind(&self) -> ValueKind {
        let is_whole = self.relations.values().all(|factor| factor.fract() == 0.0);
        if is_whole && self.network.is_none() { ValueKind::Integer } else { ValueKind::Float }
    }

    /// How a node is drawn.
    pub(crate) fn look(&self, node: usize) -> Option<&Look> {
        self.looks.get(node)?.as_ref()
    }

    pub(crate) fn has_looks(&self) -> bool {
        self.looks.iter().any(Option::is_some)
    }

    /// The columns of nodes after id and label.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        let fixed = NODE_COLUMNS.into_iter().map(|name| Column { name, kind: ValueKind::Text });
        let others = self.columns.iter().map(|(name, values)| Column { name, kind: values.kind() });
        fixed.chain(others)
    }

    /// A node's values in the order of [`Export::columns`].
    pub(crate) fn fields<'s>(
        &'s self,
        number: usize,
        node: &'s Node,
    ) -> impl Iterator<Item = Option<Value<'s>>> {
        let fixed = [
            &node.kind,
            &node.name,
            &node.iso,
            &node.country,
            &node.city,
            &node.channel_type,
            &node.channel_class,
        ];
        let fixed = fixed.into_iter().map(|text| Value::of_text(text));
        fixed.chain(self.columns.iter().map(move |(_, values)| values.get(number)))
    }

    /// The weights of the edges' months.
    pub(crate) fn months(&self) -> MonthCursor<'_> {
        let is_used = self.edges != Edges::Apart && self.network.is_none();
        MonthCursor::new(if is_used { &self.months } else { &[] }, self.relations)
    }
}

/// Names that were given, and gives none of them twice, upper and lower case being the same.
#[derive(Debug, Default)]
pub(crate) struct Unique(HashSet<String>);

impl Unique {
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_lowercase).collect())
    }

    /// Returns the name, with a number behind it where it was given before.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut taken = name.to_owned();
        let mut number = 2;
        while !self.0.insert(taken.to_lowercase()) {
            taken = format!("{name} {number}");
            number += 1;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_is_there_twice() {
        let graph = SocialGraph::default();
        let export = ["Name", "core", "co\u{0}re", "core", " \u{1}"]
            .into_iter()
            .fold(Export::new(&graph), |export, name| export.with_column(name, NodeValues::Text(vec![])));
        let names: Vec<_> = export.columns().skip(NODE_COLUMNS.len()).map(|column| column.name).collect();
        assert_eq!(names, ["Name 2", "core", "core 2", "core 3", "column"]);
    }
}
