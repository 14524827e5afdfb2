//! Where nodes are drawn.

mod arrange;
mod force;
mod tree;

use std::num::NonZeroUsize;

use slack_model::in_order::threads_or_all;

use self::arrange::{fit, pack};
pub use self::arrange::{radii, separate};
use self::force::settle;
use crate::adjacency::Adjacency;
use crate::community::level::{Level, renumber};
use crate::network::Network;
use crate::random::Random;

/// How far from the middle nodes are drawn at the most, in each direction, but for those that make room for others.
pub const EXTENT: f64 = 1000.0;

/// How a network is laid out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayoutOptions {
    /// Number of rounds; `None`: fewer the more nodes there are, 800 to 100.
    pub rounds: Option<usize>,
    /// What repulsion is multiplied by, without a unit; above 0. Positions are fitted to [`EXTENT`] in the end, so that
    /// it matters only beside `gravity` and attraction.
    pub scaling: f64,
    /// What the pull to the middle is multiplied by, without a unit; 0 for none.
    pub gravity: f64,
    /// Whether that grows with the distance from it.
    pub strong_gravity: bool,
    /// The power of an edge's weight, by the mean weight, that draws its ends together: 0 all edges alike, 1 by their
    /// weight.
    pub weight_influence: f64,
    /// Whether attraction grows by the logarithm of the distance: groups are closer (Noack, *Energy models for graph
    /// clustering*, 2007).
    pub linlog: bool,
    /// What the pull of an edge between two communities is multiplied by, 0 or more: 1 as inside, less sets communities
    /// apart.
    pub between: f64,
    /// Groups of nodes whose width by their distance is less than this push as one; 0 for none, which is exact and
    /// takes time that grows by the square of the nodes.
    pub theta: f64,
    /// Random seed.
    pub seed: u64,
    /// Number of threads; as many as the machine has cores where `None`. Positions do not depend on it.
    pub threads: Option<NonZeroUsize>,
}

impl Default for LayoutOptions {
    fn default() -> Self {
        Self {
            rounds: None,
            scaling: 1.0,
            gravity: 4.0,
            strong_gravity: false,
            weight_influence: 0.5,
            linlog: false,
            between: 0.4,
            theta: 1.2,
            seed: 0,
            threads: None,
        }
    }
}

/// Returns where each node is drawn: x to the right, y upwards, from -[`EXTENT`] to [`EXTENT`].
///
/// ForceAtlas2 (Jacomy, Venturini, Heymann, Bastian, *ForceAtlas2, a continuous graph layout algorithm for handy
/// network visualization*, PLoS ONE 2014): nodes push each other away by their degrees, edges draw them together by
/// their weights, of both directions. Nodes begin around the places that the same makes for `communities`, which may
/// be empty. What is not connected to the largest component is laid out by itself and set around it, so that nothing
/// flies away. In the end nodes make room for each other, as circles of the [`radii`] of their strengths.
pub fn layout(network: &Network, communities: &[u32], options: &LayoutOptions) -> Vec<[f64; 2]> {
    let level = Level { edges: pulls(network, communities, options), masses: masses(network) };
    let (components, count) = level.connected_parts(&vec![0; network.node_count()]);
    let mut members = vec![Vec::new(); count];
    for (node, component) in components.iter().enumerate() {
        members[*component as usize].push(node);
    }
    // The largest first, then by their first nodes.
    members.sort_by_key(|nodes| std::cmp::Reverse(nodes.len()));
    let mut numbers = vec![0; network.node_count()];
    for nodes in &members {
        for (number, node) in (0..).zip(nodes) {
            numbers[*node] = number;
        }
    }
    let mut random = Random::new(options.seed);
    let place = |nodes: &Vec<usize>| component(&level, nodes, &numbers, communities, options, &mut random);
    let placed: Vec<_> = members.iter().map(place).collect();
    let mut positions = vec![[0.0; 2]; network.node_count()];
    for (nodes, placed) in members.iter().zip(pack(placed)) {
        for (node, position) in nodes.iter().zip(placed) {
            positions[*node] = position;
        }
    }
    fit(&mut positions);
    let strengths: Vec<_> = (0..network.node_count()).map(|node| network.joined().strength(node)).collect();
    separate(&mut positions, &radii(&strengths));
    positions
}

/// One more than the degree.
fn masses(network: &Network) -> Vec<[f64; 2]> {
    (0..network.node_count()).map(|node| [1.0 + network.joined().degree(node) as f64, 0.0]).collect()
}

/// The edges by how strongly they pull; by their mean weight, so that it does not matter what weights are counted in.
fn pulls(network: &Network, communities: &[u32], options: &LayoutOptions) -> Adjacency {
    let joined = network.joined();
    let all: f64 = (0..network.node_count()).map(|node| joined.strength(node)).sum();
    let mean = all / joined.entry_count() as f64;
    let (mut starts, mut neighbors, mut weights) = (vec![0], Vec::new(), Vec::new());
    for node in 0..network.node_count() {
        for (neighbor, weight) in joined.of(node) {
            let is_inside = communities.get(node) == communities.get(neighbor);
            neighbors.push(neighbor as u32);
            weights.push(
                (weight / mean).powf(options.weight_influence)
                    * if is_inside { 1.0 } else { options.between },
            );
        }
        starts.push(neighbors.len());
    }
    Adjacency::of_parts(starts, neighbors, weights)
}

/// Lays out one component, of which the middle is 0, and on average each node has as much room in all.
fn component(
    whole: &Level,
    nodes: &[usize],
    numbers: &[u32],
    communities: &[u32],
    options: &LayoutOptions,
    random: &mut Random,
) -> Vec<[f64; 2]> {
    if let [_] = nodes {
        return vec![[0.0; 2]];
    }
    let (mut starts, mut neighbors, mut weights) = (vec![0], Vec::new(), Vec::new());
    for node in nodes {
        neighbors.extend(whole.edges.neighbors(*node).iter().map(|neighbor| numbers[*neighbor as usize]));
        weights.extend_from_slice(whole.edges.weights(*node));
        starts.push(neighbors.len());
    }
    let edges = Adjacency::of_parts(starts, neighbors, weights);
    let level = Level { edges, masses: nodes.iter().map(|node| whole.masses[*node]).collect() };
    let threads = threads_or_all(options.threads);
    let mut groups: Vec<_> = nodes.iter().map(|node| communities.get(*node).copied().unwrap_or(0)).collect();
    let count = renumber(&mut groups);
    let mut positions = around(&level, &groups, count, options, random);
    let rounds = (25_000.0 / (nodes.len() as f64).sqrt()).clamp(100.0, 800.0) as usize;
    settle(&level, &mut positions, options, options.rounds.unwrap_or(rounds), threads);
    let square: f64 = positions.iter().map(|position| position[0].powi(2) + position[1].powi(2)).sum();
    let scale = if square > 0.0 { nodes.len() as f64 / square.sqrt() } else { 1.0 };
    positions.into_iter().map(|position| position.map(|along| along * scale)).collect()
}

/// Nodes at random around the places of their communities, which are laid out as nodes themselves first.
fn around(
    level: &Level,
    groups: &[u32],
    count: usize,
    options: &LayoutOptions,
    random: &mut Random,
) -> Vec<[f64; 2]> {
    let spread = (level.node_count() as f64).sqrt();
    let mut anywhere = |size: f64| {
        let (turn, distance) = (random.unit() * std::f64::consts::TAU, random.unit().sqrt() * size);
        [turn.cos() * distance, turn.sin() * distance]
    };
    if count < 2 {
        return groups.iter().map(|_| anywhere(spread)).collect();
    }
    let coarse = level.aggregated(groups, count);
    let mut centers: Vec<_> = (0..count).map(|_| anywhere(spread)).collect();
    settle(&coarse, &mut centers, options, 200, NonZeroUsize::MIN);
    let mut sizes = vec![0usize; count];
    for group in groups {
        sizes[*group as usize] += 1;
    }
    let reach = centers.iter().map(|center| center[0].hypot(center[1])).fold(0.0, f64::max).max(1e-9);
    let place = |group: &u32| {
        let (center, size) = (centers[*group as usize], sizes[*group as usize]);
        let near = anywhere((size as f64).sqrt() / 2.0);
        [0, 1].map(|axis| center[axis] / reach * spread + near[axis])
    };
    groups.iter().map(place).collect()
}

#[cfg(test)]
mod tests;
