//! The network of each month.

use std::collections::BTreeMap;

use slack_model::rows::MonthlyEdge;
use slack_model::{Table, TableReader, TableSource};

use crate::error::{Error, Result};
use crate::graph::SocialGraph;
use crate::network::Network;
use crate::options::{GraphOptions, Ties};

/// What each one did to each other in each month, as compact as it can be.
#[derive(Debug, Clone, Default)]
pub struct Months {
    /// The ids of the whole network, in their order.
    ids: Vec<String>,
    /// The edges of each month between the nodes of these numbers, relations apart.
    edges: BTreeMap<String, Vec<(u32, u32, f64)>>,
}

impl Months {
    /// Reads edge_by_month, which belongs to a graph; a table that is not there counts as empty. Of a month's edges those
    /// count whose pair and direction `network` has, which was made of the graph by `options`: what is left out of the whole
    /// (by weight, as no part of a backbone) is left out of its months. [`Ties::Channels`] have no months.
    ///
    /// # Errors
    ///
    /// Where the table cannot be read, or an edge ends in an id that is not a node of the graph.
    pub fn read(
        source: &(impl TableSource + ?Sized),
        graph: &SocialGraph,
        network: &Network,
        options: &GraphOptions,
    ) -> Result<Self> {
        let mut months = Self { ids: network.ids().to_vec(), edges: BTreeMap::new() };
        if options.ties != Ties::Direct {
            return Ok(months);
        }
        let numbers: Vec<_> = graph.as_petgraph().node_weights().map(|node| network.find(&node.id)).collect();
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
            let Some(factor) = options.factor(&edge.relate) else { continue };
            let weight = factor * edge.weight as f64;
            let is_kept = network.outgoing().weight(source, target).is_some();
            if is_kept && weight > 0.0 && weight.is_finite() {
                if !months.edges.contains_key(&edge.month) {
                    months.edges.insert(edge.month.clone(), Vec::new());
                }
                if let Some(edges) = months.edges.get_mut(&edge.month) {
                    edges.push((source as u32, target as u32, weight));
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
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel\nU1,C1,Directed,9,interacts,C1\n\
             U1,U2,Directed,2,interacts,C1\nU1,U2,Directed,3,reacts,C1\nU1,U3,Directed,1,reacts,C1\n",
        );
        let graph = SocialGraph::read(&tables).expect("sound");
        let networks = |options: &GraphOptions| -> Vec<_> {
            let network = graph.network(options);
            let months = Months::read(&tables, &graph, &network, options).expect("sound");
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
        let mut options = GraphOptions { min_weight: 2.0, ..GraphOptions::default() };
        assert_eq!(networks(&options), [("2024-01".into(), january.clone(), vec![(0, 1, 5.0)])]);
        (options.min_weight, options.backbone) = (0.0, Some(1e-9));
        assert_eq!(networks(&options), [], "no edge is heavier than chance would have it");
        options.backbone = None;
        options.ties = Ties::Channels { most_people: 9 };
        assert_eq!(networks(&options), [], "of channels no months are known");
        options.ties = Ties::Direct;
        options.relations.insert("interacts".into(), 0.5);
        assert_eq!(networks(&options), [("2024-01".into(), january, vec![(0, 1, 1.0)])]);
        options.relations.insert("interacts".into(), f64::INFINITY);
        let whole = graph.network(&GraphOptions::default());
        let months = Months::read(&tables, &graph, &whole, &options).expect("sound");
        assert_eq!(months.names().count(), 0, "a weight that is not a number makes no edge");

        tables.insert("edge_by_month", "Source,Target,relate,month,Weight\nU1,U9,reacts,2024-01,3\n");
        let failure = Months::read(&tables, &graph, &whole, &options).expect_err("nobody is U9").to_string();
        assert_eq!(
            failure,
            "edge_by_month: the edge of key (U1, U9, reacts, 2024-01) ends in U9, which is not in node_data"
        );
    }
}
