//! Betweenness and closeness, from one walk of all shortest paths.

mod blocks;
mod estimate;
mod multi_source_bfs;
mod sources;
mod weighted;

use std::num::NonZeroUsize;

use slack_model::in_order::threads_or_all;

use self::multi_source_bfs::MultiSourceBfs;
use self::weighted::{Weighted, WeightedWalk};
use crate::network::Network;

/// How shortest paths are measured.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathOptions {
    /// How long an edge is.
    pub lengths: Lengths,
    /// Most work: number of sources times that of nodes and edges, which count [`Lengths::WORK`] times where they have
    /// lengths. Where all nodes as sources would be more, as many of them are drawn as it allows, but 64 at the least.
    /// By default 5 · 10^9: of 50,000 nodes and 2 million edges some ten seconds of two processors.
    pub work: u64,
    /// Random seed of the draw of sources. The same seed draws the same sources.
    pub seed: u64,
    /// Number of threads; as many as the machine has cores where `None`. They never change a result.
    pub threads: Option<NonZeroUsize>,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self { lengths: Lengths::One, work: 5_000_000_000, seed: 1, threads: None }
    }
}

/// How long an edge is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lengths {
    /// Each 1.
    #[default]
    One,
    /// 1 / weight: strong ties are short. Lengths of paths whose difference is less than 10^-10 of their sum are equal.
    InverseWeight,
}

impl Lengths {
    /// Roughly how many times as long as of unit lengths it takes to walk paths of edges with lengths.
    pub const WORK: u64 = 4;

    fn work(self) -> u64 {
        match self {
            Self::One => 1,
            Self::InverseWeight => Self::WORK,
        }
    }
}

/// What the shortest paths of a network tell of its nodes, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Paths {
    /// Betweenness of each node.
    pub betweenness: Vec<f64>,
    /// Closeness of each node.
    pub closeness: Vec<f64>,
    /// Standard error of each node's betweenness; 0 where all nodes are sources.
    pub betweenness_error: Vec<f64>,
    /// Standard error of each node's closeness; 0 where all nodes are sources.
    pub closeness_error: Vec<f64>,
    /// Number of nodes from which paths were walked.
    pub sources: usize,
}

impl Paths {
    /// Tells whether nothing is estimated: all nodes are sources.
    pub fn is_exact(&self) -> bool {
        self.sources == self.betweenness.len()
    }
}

/// Returns betweenness and closeness of the directed network, exact or from a sample of sources
/// ([`PathOptions::work`]).
///
/// **Betweenness** of a node: for each pair of other nodes the share of the shortest paths from the one to the other
/// that lead through it, summed over all pairs; not normalised. Computed as in Brandes, *A faster algorithm for
/// betweenness centrality*, Journal of Mathematical Sociology, 2001: as the sum over sources s of dependencies d(s).
///
/// **Closeness** of a node that r - 1 other nodes reach, of n nodes: (r - 1) / (n - 1) · (r - 1) / the sum of their
/// distances to it (Wasserman and Faust, *Social Network Analysis*, 1994, formula 5.22, by incoming distances); 0 where
/// none reaches it. The unit is 1 / length.
///
/// Of k sources, drawn without replacement:
///
/// * betweenness is n / k times the sum of their dependencies (Brandes and Pich, *Centrality estimation in large
///   networks*, 2007), its standard error n · sqrt((1 - k / n) · v / k), where v is the variance of d(s) in the sample;
/// * closeness is x² / y of the means over those sources that are not the node itself, m in number: x of 1 where it is
///   reached and else 0, y of the distance where it is reached and else 0 (Eppstein and Wang, *Fast approximation of
///   centrality*, 2004). Its standard error is sqrt((1 - m / (n - 1)) · v / m), where v is the variance in the sample
///   of 2 (x / y) x(s) - (x / y)² y(s), which is how x² / y changes with what each source adds (the delta method).
///
/// Both errors are themselves estimates: of a node through which few sources' paths lead they tell less.
pub fn paths(network: &Network, options: &PathOptions) -> Paths {
    let n_nodes = network.node_count();
    let n_sources = sources::number(network, options.work / options.lengths.work());
    let drawn = sources::drawn(n_nodes, n_sources, options.seed);
    // Nothing leads away from the others.
    let walked: Vec<_> =
        drawn.iter().copied().filter(|source| network.outgoing().degree(*source as usize) > 0).collect();
    let threads = threads_or_all(options.threads).get();
    let sums = match options.lengths {
        Lengths::One => blocks::walk(n_nodes, &walked, threads, || MultiSourceBfs::new(network)),
        Lengths::InverseWeight => {
            let weighted = Weighted::new(network);
            blocks::walk(n_nodes, &walked, threads, || WeightedWalk::new(&weighted))
        }
    };
    estimate::finish(&sums, &drawn)
}

/// What the sources so far tell of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sum {
    /// Of the sources' dependencies on it, and of their squares.
    dependency: f64,
    dependency_square: f64,
    /// Number of the sources that reach it, but for itself.
    reached: f64,
    /// Of the distances from those, and of their squares.
    distance: f64,
    distance_square: f64,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.dependency += other.dependency;
        self.dependency_square += other.dependency_square;
        self.reached += other.reached;
        self.distance += other.distance;
        self.distance_square += other.distance_square;
    }
}

/// Walks the shortest paths from some sources.
trait Walk {
    /// Adds what all these sources tell of each node.
    fn walk(&mut self, sources: &[u32], sums: &mut [Sum]);
}

#[cfg(test)]
mod tests;
