use std::cmp::Reverse;
use std::num::NonZeroUsize;

use slack_model::in_order::threads_or_all;

use super::level::{Level, renumber};
use super::modularity::{masses, quality};
use super::moving::move_nodes;
use super::refinement::refine;
use crate::network::Network;
use crate::random::Random;
use crate::threads::share;

/// How often the whole is repeated at most. A few times are usual.
const MOST_ITERATIONS: usize = 100;
/// How often it is repeated in vain: parts are put together by chance, and another time may gain.
const PATIENCE: usize = 2;

/// How communities are found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CommunityOptions {
    /// Above 1 communities are more and smaller, below 1 fewer and larger.
    pub resolution: f64,
    /// Whether chance is judged by both strengths of a node ([`directed_modularity`](crate::directed_modularity)) or by
    /// their sum ([`modularity`](crate::modularity)).
    pub directed: bool,
    /// Random seed.
    pub seed: u64,
    /// How often it is tried, each time from another seed; the best try counts. `None`: 16 times for networks of up to
    /// 10,000 edges, 8 times up to 100,000, twice up to a million, and else once.
    pub runs: Option<NonZeroUsize>,
    /// How often in a row a community is dissolved in vain before a try ends. `None`: 10 times for networks of up to 200,000
    /// edges, then fewer, and twice from a million on.
    pub trials: Option<usize>,
    /// Number of threads; as many as the machine has cores where `None`. Communities do not depend on it.
    pub threads: Option<NonZeroUsize>,
}

impl Default for CommunityOptions {
    fn default() -> Self {
        Self { resolution: 1.0, directed: false, seed: 0, runs: None, trials: None, threads: None }
    }
}

/// Returns the community of each node: numbered from 0 by size, the largest first, and by their first nodes where
/// they are of one size.
///
/// The Leiden algorithm (Traag, Waltman, van Eck, *From Louvain to Leiden: guaranteeing well-connected communities*,
/// Scientific Reports 2019) on the undirected, weighted network: nodes move to where modularity gains most,
/// communities are taken apart into well-connected parts, parts become nodes, and all again until modularity gains
/// nothing. Then a community, drawn by chance, is dissolved, and all begins again from there, as long as that gains
/// something: where communities are weak, it leads out of what no single move betters. Every community is connected.
/// Nodes without edges are communities of their own.
pub fn communities(network: &Network, options: &CommunityOptions) -> Vec<u32> {
    let masses = masses(network, options.directed);
    let all: f64 = masses.iter().map(|mass| mass[0]).sum();
    if all <= 0.0 {
        return (0..network.node_count() as u32).collect();
    }
    let problem = Problem {
        network,
        level: Level { edges: network.joined().clone(), masses },
        resolution: options.resolution,
        scale: options.resolution / all,
        least: all * 1e-12,
        unit: all / (network.joined().entry_count() as f64 / 2.0),
        trials: options.trials.unwrap_or((2_000_000 / network.edge_count().max(1)).clamp(2, 10)),
    };
    let by_size = match network.edge_count() {
        0..=10_000 => 16,
        10_001..=100_000 => 8,
        100_001..=1_000_000 => 2,
        _ => 1,
    };
    let mut seeds = Random::new(options.seed);
    let runs = options.runs.map_or(by_size, NonZeroUsize::get);
    let mut results: Vec<_> = (0..runs).map(|_| (seeds.next(), 0.0, Vec::new())).collect();
    let threads = threads_or_all(options.threads).min(NonZeroUsize::new(runs).unwrap_or(NonZeroUsize::MIN));
    share(threads, results.iter_mut(), |(seed, quality, communities)| {
        (*quality, *communities) = problem.run(*seed);
    });
    // The first of the best.
    let best = results.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best });
    by_descending_size(best.map(|(_, _, communities)| communities).unwrap_or_default())
}

struct Problem<'a> {
    network: &'a Network,
    level: Level,
    resolution: f64,
    /// Resolution by weight of all edges.
    scale: f64,
    /// What a move must gain, so that rounding errors move nobody to and fro.
    least: f64,
    /// Weight of a mean edge.
    unit: f64,
    /// How often in a row a community is dissolved in vain before a run ends.
    trials: usize,
}

impl Problem<'_> {
    /// Returns the best modularity and its communities.
    fn run(&self, seed: u64) -> (f64, Vec<u32>) {
        let mut random = Random::new(seed);
        let mut best: Vec<_> = (0..self.level.node_count() as u32).collect();
        let mut best_quality = f64::NEG_INFINITY;
        let mut in_vain = 0;
        for _ in 0..MOST_ITERATIONS {
            let mut found = best.clone();
            if in_vain >= PATIENCE {
                dissolve(&mut found, &mut random);
            }
            self.iterate(&mut found, &mut random);
            let quality = quality(self.network, &found, self.resolution, &self.level.masses);
            if quality > best_quality + 1e-12 {
                (best, best_quality) = (found, quality);
                in_vain = 0;
            } else {
                in_vain += 1;
            }
            if in_vain == PATIENCE + self.trials {
                break;
            }
        }
        (best_quality, best)
    }

    /// Makes communities of communities, numbered from 0.
    fn iterate(&self, communities: &mut Vec<u32>, random: &mut Random) {
        let mut own: Option<Level> = None;
        // Where each node of the network is in the level.
        let mut places: Vec<_> = (0..self.level.node_count() as u32).collect();
        let mut found = std::mem::take(communities);
        loop {
            let level = own.as_ref().unwrap_or(&self.level);
            move_nodes(level, &mut found, self.scale, self.least, random);
            let n_communities = renumber(&mut found);
            if n_communities == level.node_count() {
                break;
            }
            let (mut parts, mut count) = refine(level, &found, self.scale, self.unit, random);
            if count == level.node_count() {
                // Nothing was put together. So whole communities are, for they may belong together; what is not connected
                // is better off apart.
                (parts, count) = level.connected_parts(&found);
            }
            if count == level.node_count() {
                found = parts;
                break;
            }
            let mut next = vec![0; count];
            for (part, community) in parts.iter().zip(&found) {
                next[*part as usize] = *community;
            }
            for place in &mut places {
                *place = parts[*place as usize];
            }
            own = Some(level.aggregated(&parts, count));
            found = next;
        }
        *communities = places.into_iter().map(|place| found[place as usize]).collect();
    }
}

/// Makes a community of each node of one community.
fn dissolve(communities: &mut [u32], random: &mut Random) {
    let count = renumber(communities) as u32;
    let dissolved = random.below(count as usize) as u32;
    let members = communities.iter_mut().filter(|community| **community == dissolved);
    for (number, community) in (count..).zip(members) {
        *community = number;
    }
    renumber(communities);
}

/// Numbers communities by size, the largest first, then by their first nodes.
fn by_descending_size(mut communities: Vec<u32>) -> Vec<u32> {
    let count = renumber(&mut communities);
    let mut sizes = vec![0usize; count];
    for community in &communities {
        sizes[*community as usize] += 1;
    }
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by_key(|community| Reverse(sizes[*community]));
    let mut numbers = vec![0; count];
    for (number, community) in (0..).zip(order) {
        numbers[community] = number;
    }
    for community in &mut communities {
        *community = numbers[*community as usize];
    }
    communities
}

#[cfg(test)]
mod tests;
