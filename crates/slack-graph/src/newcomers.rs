//! How people find into the network.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use slack_model::rows::NewcomerRow;
use slack_model::{Float, Time};

use crate::graph::SocialGraph;
use crate::network::Network;
use crate::options::{GraphOptions, Ties};

/// 30 days in microseconds.
const DAYS_30: i64 = 30 * 86_400_000_000;

/// How each person found into the network, in the order of their ids: the first time that there was an edge from or to
/// anything, the first one from or to another person, and the number of people with such an edge within 30 days.
///
/// Ties are those whose pair and direction `network` has, which was made of the graph by `options`; the first time is that
/// of anything. A graph of what was written since a day makes newcomers of all who wrote since. People without an edge are
/// left out, and everybody is where ties are [`Ties::Channels`], of which no time is known.
pub fn newcomers(graph: &SocialGraph, network: &Network, options: &GraphOptions) -> Vec<NewcomerRow> {
    if options.ties != Ties::Direct {
        return Vec::new();
    }
    let all = graph.as_petgraph();
    let mut found = vec![Found::default(); all.node_count()];
    let numbers: Vec<_> = all.node_weights().map(|node| network.find(&node.id)).collect();
    let is_kept = |source: NodeIndex, target: NodeIndex| {
        let pair = numbers[source.index()].zip(numbers[target.index()]);
        pair.is_some_and(|(source, target)| network.outgoing().weight(source, target).is_some())
    };
    for edge in all.edge_references() {
        let data = edge.weight();
        let (Some(time), Some(_)) = (data.first_time, options.factor(&data.relate)) else { continue };
        let (source, target) = (edge.source(), edge.target());
        let are_people = graph.is_person(source, options) && graph.is_person(target, options);
        let is_tie = are_people && is_kept(source, target);
        for (one, other) in [(source, target), (target, source)] {
            let found = &mut found[one.index()];
            found.first = Some(found.first.map_or(time, |first| first.min(time)));
            if is_tie {
                let tie = found.ties.entry(other).or_insert(time);
                *tie = time.min(*tie);
            }
        }
    }
    let people = all.node_indices().filter(|node| graph.is_person(*node, options));
    people.filter_map(|node| found[node.index()].row(&all[node].id)).collect()
}

/// What was found of a node.
#[derive(Debug, Clone, Default)]
struct Found {
    first: Option<Time>,
    /// The first time of each tie.
    ties: BTreeMap<NodeIndex, Time>,
}

impl Found {
    fn row(&self, id: &str) -> Option<NewcomerRow> {
        let first = self.first?;
        let first_tie = self.ties.values().min().copied();
        let until = first.micros() + DAYS_30;
        Some(NewcomerRow {
            id: id.into(),
            first_time: Some(first),
            first_tie_time: first_tie,
            first_tie_s: first_tie.map(|tie| Float((tie.micros() - first.micros()) as f64 / 1e6)),
            ties_30_days: self.ties.values().filter(|tie| tie.micros() <= until).count() as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::MemoryTables;

    #[test]
    fn ties_are_counted_from_the_first_sign_of_life() {
        let tables = MemoryTables::default();
        tables.insert(
            "node_data",
            "Id,Label,type\nC1,one,channel\nU1,,user\nU2,,user\nU3,,user\nU4,,user\nU5,,user\n",
        );
        let edges = [
            "U1,C1,Directed,3,interacts,C1,2024-01-01T00:00:00.000000Z,",
            "U1,U2,Directed,1,reacts,C1,2024-01-02T00:00:00.500000Z,",
            "U1,U2,Directed,1,reacts,C2,2024-01-05T00:00:00.000000Z,",
            "U2,U1,Directed,1,refers,C1,2024-03-01T00:00:00.000000Z,",
            "U3,U1,Directed,1,reacts,C1,2024-01-31T00:00:00.000000Z,",
            "U4,C1,Directed,1,interacts,C1,2024-01-31T00:00:00.000001Z,",
            "U4,U1,Directed,1,reacts,C1,2024-01-31T00:00:00.000001Z,",
        ];
        let header = "Source,Target,Type,Weight,relate,channel,first_time,last_time\n";
        tables.insert("edge_data", header.to_owned() + &edges.join("\n"));
        let graph = SocialGraph::read(&tables).expect("sound");
        let of_options = |options: &GraphOptions| newcomers(&graph, &graph.network(options), options);
        let rows = of_options(&GraphOptions::default());
        let of =
            |id: &str| rows.iter().find(|row| row.id == id).map(|row| (row.first_tie_s, row.ties_30_days));
        assert_eq!(of("U1"), Some((Some(Float(86_400.5)), 2)), "U4 came a microsecond too late");
        assert_eq!(of("U2"), Some((Some(Float(0.0)), 1)));
        assert_eq!(of("U5"), None, "nothing is known of those without an edge");
        assert_eq!(rows.len(), 4);
        let mut options = GraphOptions::default();
        options.bots.insert("U2".into());
        options.bots.insert("U3".into());
        options.bots.insert("U4".into());
        let rows = of_options(&options);
        assert_eq!((rows.len(), rows[0].first_tie_s, rows[0].ties_30_days), (1, None, 0));

        let mut options = GraphOptions { min_weight: 2.0, ..GraphOptions::default() };
        let rows = of_options(&options);
        assert_eq!((rows.len(), rows[0].ties_30_days), (4, 1), "the other ties are left out of the network");
        options.ties = Ties::Channels { most_people: 9 };
        assert_eq!(of_options(&options), [], "nobody knows when two came to share a channel");
    }
}
