//! The network of each month.

use std::collections::BTreeMap;

use slack_model::rows::MonthlyEdge;
use slack_model::{Table, TableReader, TableSource};

use crate::error::{Error, Result};
use crate::graph::SocialGraph;
use crate::network::Network;
use crate::options::GraphOptions;

/// What each one did to each other in each month, as compact as it can be.
#[derive(Debug, Clone, Default)]
pub struct Months {
    /// The ids of all nodes, in their order.
    ids: Vec<String>,
    /// The edges of each month between the nodes of these numbers, relations apart.
    edges: BTreeMap<String, Vec<(u32, u32, f64)>>,
}

impl Months {
    /// Reads edge_by_month, which belongs to a graph; a table that is not there counts as empty. Relations and nodes are
    /// those that `options` choose; ties by channels are not known by month, so they are direct ones.
    ///
    /// # Errors
    ///
    /// Where the table cannot be read, or an edge ends in what is no node of the graph.
    pub fn read(
        source: &(impl TableSource + ?Sized),
        graph: &SocialGraph,
        options: &GraphOptions,
    ) -> Result<Self> {
        let nodes = graph.nodes_of(options);
        let numbers = graph.numbers(&nodes);
        let ids = nodes.iter().map(|node| graph.as_petgraph()[*node].id.clone()).collect();
        let mut months = Self { ids, edges: BTreeMap::new() };
        let Some(table) = TableReader::open(source, &MonthlyEdge::SCHEMA)? else { return Ok(months) };
        let places = graph.places();
        for edge in table.rows::<MonthlyEdge>() {
            let edge = edge?;
            let find = |end: &str| {
                places.get(end).copied().ok_or_else(|| Error::UnknownEnd {
                    table: MonthlyEdge::SCHEMA.name,
                    key: format!("{}, {}, {}, {}", edge.source, edge.target, edge.relate, edge.month),
                    end: end.into(),
                })
            };
            let (source, target) = (find(&edge.source)?, find(&edge.target)?);
            let (Some(source), Some(target)) = (numbers[source.index()], numbers[target.index()]) else {
                continue;
            };
            let Some(factor) = options.factor(&edge.relate).filter(|factor| *factor > 0.0) else { continue };
            let weight = factor * edge.weight as f64;
            if source != target && weight > 0.0 {
                if !months.edges.contains_key(&edge.month) {
                    months.edges.insert(edge.month.clone(), Vec::new());
                }
                if let Some(edges) = months.edges.get_mut(&edge.month) {
                    edges.push((source, target, weight));
                }
            }
        }
        Ok(months)
    }

    /// The months with an edge, in order: `2020-09`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.edges.keys().map(String::as_str)
    }

    /// The network of a month. Nodes without an edge in the month are no part of it.
    pub fn network(&self, month: &str) -> Network {
        let edges = self.edges.get(month).cloned().unwrap_or_default();
        Network::of_sorted(self.ids.clone(), edges).without_isolates()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::MemoryTables;

    #[test]
    fn each_month_has_its_people() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nC1,one,channel\nU1,,user\nU2,,user\nU3,,user\n");
        tables.insert(
            "edge_by_month",
            "Source,Target,relate,month,Weight\nU1,C1,interacts,2024-01,9\nU1,U2,interacts,2024-01,2\n\
             U1,U2,reacts,2024-01,3\nU1,U3,reacts,2024-03,1\n",
        );
        let graph = SocialGraph::read(&tables).expect("sound");
        let networks = |options: &GraphOptions| -> Vec<_> {
            let months = Months::read(&tables, &graph, options).expect("sound");
            let named = |month: &str| {
                let network = months.network(month);
                (month.to_owned(), network.ids().to_vec(), network.edges().collect::<Vec<_>>())
            };
            months.names().map(named).collect()
        };
        let ids = |ids: [&str; 2]| ids.map(String::from).to_vec();
        let (january, march) = (ids(["U1", "U2"]), ids(["U1", "U3"]));
        assert_eq!(
            networks(&GraphOptions::default()),
            [
                ("2024-01".into(), january.clone(), vec![(0, 1, 5.0)]),
                ("2024-03".into(), march, vec![(0, 1, 1.0)])
            ]
        );
        let mut options = GraphOptions::default();
        options.relations.insert("interacts".into(), 0.5);
        assert_eq!(networks(&options), [("2024-01".into(), january, vec![(0, 1, 1.0)])]);

        tables.insert("edge_by_month", "Source,Target,relate,month,Weight\nU1,U9,reacts,2024-01,3\n");
        let failure = Months::read(&tables, &graph, &options).expect_err("nobody is U9").to_string();
        assert_eq!(
            failure,
            "edge_by_month: the edge of key (U1, U9, reacts, 2024-01) ends in U9, which is not in node_data"
        );
    }
}
