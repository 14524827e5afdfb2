use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use slack_model::rows::{CommunityRow, GraphMeasure, MonthlyGraphMeasure, NetworkEdge, NodeMeasures};
use slack_model::{ChannelId, Table, TableReader, TableSource};

use super::significant;
use crate::calendar::{self, date};
use crate::error::Result;
use crate::people::People;
use crate::rows;

/// The network of people: where they are drawn, how they are tied, and what is measured of them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Network {
    /// Places in the columns of people.
    people: Vec<usize>,
    x: Vec<f64>,
    y: Vec<f64>,
    community: Vec<u64>,
    in_degree: Vec<u64>,
    out_degree: Vec<u64>,
    in_strength: Vec<f64>,
    out_strength: Vec<f64>,
    pagerank: Vec<f64>,
    betweenness: Vec<f64>,
    core: Vec<u64>,
    edges: Edges,
    edges_total: usize,
    measures: BTreeMap<String, f64>,
    communities: Vec<Community>,
    months: Months,
}

/// The strongest edges, by places in the columns of the network; the weightiest first.
#[derive(Debug, Default, Serialize)]
struct Edges {
    source: Vec<usize>,
    target: Vec<usize>,
    weight: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct Community {
    community: u64,
    size: u64,
    people: Vec<String>,
    channels: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
struct Months {
    months: Vec<String>,
    nodes: Vec<Option<f64>>,
    edges: Vec<Option<f64>>,
    density: Vec<Option<f64>>,
    reciprocity: Vec<Option<f64>>,
    modularity: Vec<Option<f64>>,
}

/// Edges that are drawn at the most: more would be a grey disc, and megabytes.
const EDGES: usize = 20_000;

/// Digits of measures: what is drawn and ranked needs no more.
const DIGITS: i32 = 5;

/// Reads the network; `None` where there are no ties. `channels` holds the names of channels that may be told.
pub(crate) fn network(
    metrics: &dyn TableSource,
    people: &People,
    channels: &FxHashMap<ChannelId, String>,
    min_group: u64,
    is_anonymous: bool,
) -> Result<Option<Network>> {
    let mut network = Network::default();
    // In the order of the people, which tells nothing of their ids.
    let mut nodes: Vec<_> = Vec::new();
    rows::each(metrics, |node: NodeMeasures| {
        nodes.extend(people.place(&node.id).map(|place| (place, node)))
    })?;
    nodes.sort_unstable_by_key(|(place, _)| *place);
    let mut places = FxHashMap::default();
    for (place, node) in nodes {
        places.insert(node.id, network.people.len());
        network.people.push(place);
        network.x.push(significant(node.x.0, DIGITS));
        network.y.push(significant(node.y.0, DIGITS));
        network.community.push(node.community);
        network.in_degree.push(node.in_degree);
        network.out_degree.push(node.out_degree);
        network.in_strength.push(significant(node.in_strength.0, 9));
        network.out_strength.push(significant(node.out_strength.0, 9));
        network.pagerank.push(significant(node.pagerank.0, DIGITS));
        network.betweenness.push(significant(node.betweenness.0, DIGITS));
        network.core.push(node.core);
    }
    if network.people.is_empty() {
        return Ok(None);
    }
    let mut edges = Vec::new();
    if let Some(table) = TableReader::open(metrics, &NetworkEdge::SCHEMA)? {
        for edge in table.rows::<NetworkEdge>() {
            let edge = edge?;
            network.edges_total += 1;
            if let (Some(source), Some(target)) = (places.get(&edge.source), places.get(&edge.target)) {
                edges.push(Tie { source: *source, target: *target, weight: edge.weight.0 });
            }
        }
    }
    for tie in strongest(edges, network.people.len(), EDGES) {
        network.edges.source.push(tie.source);
        network.edges.target.push(tie.target);
        network.edges.weight.push(significant(tie.weight, 9));
    }
    rows::each(metrics, |row: GraphMeasure| {
        network.measures.insert(row.key, row.value.0);
    })?;
    let mut communities: Vec<CommunityRow> = rows::read(metrics)?;
    communities.sort_unstable_by_key(|row| row.community);
    if is_anonymous {
        number_by_place(&mut network.community, &mut communities);
    }
    let (told, small): (Vec<_>, Vec<_>) = communities.into_iter().partition(|row| row.size >= min_group);
    for row in &told {
        let mut places: Vec<_> = row.top_people.split("; ").filter_map(|id| people.place(id)).collect();
        if is_anonymous {
            // Of equals, the first are those of the first ids.
            places.sort_unstable();
        }
        let people_of = places.into_iter().map(|place| people.names[place].clone());
        let channels_of =
            row.top_channels.split("; ").filter_map(|id| channels.get(&ChannelId::from(id)).cloned());
        network.communities.push(Community {
            community: row.community,
            size: row.size,
            people: people_of.collect(),
            channels: channels_of.collect(),
        });
    }
    // Communities of few people are one, without names.
    if let Some(first) = small.first().map(|row| row.community) {
        let numbers: FxHashSet<_> = small.iter().map(|row| row.community).collect();
        network
            .community
            .iter_mut()
            .filter(|community| numbers.contains(community))
            .for_each(|number| *number = first);
        let size = small.iter().map(|row| row.size).sum();
        network.communities.push(Community {
            community: first,
            size,
            people: Vec::new(),
            channels: Vec::new(),
        });
    }
    network.months = months(metrics)?;
    Ok(Some(network))
}

/// Numbers communities of one size by the places of their people: the order of ids, which they have in the tables, would tell
/// who is who. `of_people` holds the community of each, in the order of the page.
fn number_by_place(of_people: &mut [u64], communities: &mut [CommunityRow]) {
    let mut first_place = FxHashMap::default();
    for (place, community) in of_people.iter().enumerate() {
        first_place.entry(*community).or_insert(place);
    }
    communities.sort_by_key(|row| (Reverse(row.size), first_place.get(&row.community).copied()));
    let numbers: FxHashMap<_, _> = communities.iter().map(|row| row.community).zip(0..).collect();
    for community in of_people {
        *community = numbers.get(community).copied().unwrap_or(*community);
    }
    for (row, number) in communities.iter_mut().zip(0..) {
        row.community = number;
    }
}

fn months(metrics: &dyn TableSource) -> Result<Months> {
    let mut by_month = BTreeMap::<String, FxHashMap<String, f64>>::new();
    rows::each(metrics, |row: MonthlyGraphMeasure| {
        by_month.entry(row.month).or_default().insert(row.key, row.value.0);
    })?;
    // A month without a tie has no measures, and is a month all the same.
    let day = |month: &String| date("graph_measures_by_month", &format!("{month}-01"));
    if let (Some(first), Some(last)) = (by_month.keys().next(), by_month.keys().next_back()) {
        for month in calendar::months(day(first)?, day(last)?) {
            by_month.entry(month).or_default();
        }
    }
    let column = |key: &str| by_month.values().map(|measures| measures.get(key).copied()).collect();
    Ok(Months {
        nodes: column("nodes"),
        edges: column("edges"),
        density: column("density"),
        reciprocity: column("reciprocity"),
        modularity: column("modularity"),
        months: by_month.into_keys().collect(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Tie {
    source: usize,
    target: usize,
    weight: f64,
}

/// The strongest edges, and of everybody the strongest one, so that nobody seems to be alone; the weightiest first.
fn strongest(mut edges: Vec<Tie>, n_people: usize, most: usize) -> Vec<Tie> {
    edges.sort_unstable_by_key(|tie| (Reverse(slack_model::Float(tie.weight)), tie.source, tie.target));
    let mut is_tied = vec![false; n_people];
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for tie in edges {
        let is_first = !is_tied[tie.source] || !is_tied[tie.target];
        (is_tied[tie.source], is_tied[tie.target]) = (true, true);
        if is_first { own.push(tie) } else { others.push(tie) }
    }
    others.truncate(most.saturating_sub(own.len()));
    own.append(&mut others);
    own.sort_unstable_by_key(|tie| (Reverse(slack_model::Float(tie.weight)), tie.source, tie.target));
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communities_of_one_size_are_numbered_by_place() {
        let row = |community, size| CommunityRow {
            community,
            size,
            internal_weight: slack_model::Float(0.0),
            external_weight: slack_model::Float(0.0),
            top_people: String::new(),
            top_people_labels: String::new(),
            top_channels: String::new(),
            top_channels_labels: String::new(),
        };
        let mut communities = vec![row(0, 3), row(1, 2), row(2, 2)];
        let mut of_people = vec![2, 0, 1, 0, 2, 1, 0];
        number_by_place(&mut of_people, &mut communities);
        assert_eq!(of_people, [1, 0, 2, 0, 1, 2, 0]);
        let numbered: Vec<_> = communities.iter().map(|row| (row.community, row.size)).collect();
        assert_eq!(numbered, [(0, 3), (1, 2), (2, 2)]);
    }

    #[test]
    fn everybody_keeps_an_edge() {
        let tie = |source, target, weight| Tie { source, target, weight };
        let edges = vec![tie(0, 1, 9.0), tie(1, 0, 8.0), tie(2, 0, 1.0), tie(2, 1, 0.5)];
        assert_eq!(strongest(edges.clone(), 3, 2), [tie(0, 1, 9.0), tie(2, 0, 1.0)]);
        assert_eq!(strongest(edges.clone(), 3, 3), [tie(0, 1, 9.0), tie(1, 0, 8.0), tie(2, 0, 1.0)]);
        assert_eq!(strongest(edges.clone(), 3, 9), edges);
    }
}
