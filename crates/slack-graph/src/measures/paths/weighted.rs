//! Shortest paths of edges of length 1 / weight.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::blocks::BLOCK;
use super::{Sum, Walk};
use crate::adjacency::Adjacency;
use crate::network::Network;

/// Lengths whose difference is less than this part of their sum are equal, as in igraph.
const TOLERANCE: f64 = 1e-10;
/// No node, or none yet.
const NONE: u32 = u32::MAX;

/// A network's edges with their lengths, each node's shortest ones first.
pub(super) struct Weighted {
    outgoing: ByLength,
    incoming: ByLength,
}

struct ByLength {
    starts: Vec<usize>,
    edges: Vec<(f64, u32)>,
}

impl Weighted {
    pub(super) fn new(network: &Network) -> Self {
        Self { outgoing: ByLength::new(network.outgoing()), incoming: ByLength::new(network.incoming()) }
    }
}

impl ByLength {
    fn new(adjacency: &Adjacency) -> Self {
        let mut starts = vec![0];
        let mut edges = Vec::with_capacity(adjacency.entry_count());
        for node in 0..adjacency.node_count() {
            let start = edges.len();
            edges.extend(adjacency.of(node).map(|(neighbor, weight)| (1.0 / weight, neighbor as u32)));
            edges[start..].sort_by(|one, other| one.0.total_cmp(&other.0));
            starts.push(edges.len());
        }
        Self { starts, edges }
    }

    fn of(&self, node: usize) -> &[(f64, u32)] {
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }
}

/// A number of paths, which may be larger than a float can be: times [`Count::STEP`] to the power.
#[derive(Clone, Copy, Default)]
struct Count {
    factor: f64,
    power: u32,
}

impl Count {
    const STEP: f64 = 1e150;

    fn plus(self, other: Self) -> Self {
        let power = self.power.max(other.power);
        let sum = Self { factor: self.at(power) + other.at(power), power };
        if sum.factor > Self::STEP { Self { factor: sum.factor / Self::STEP, power: power + 1 } } else { sum }
    }

    fn at(self, power: u32) -> f64 {
        match power - self.power {
            0 => self.factor,
            1 => self.factor / Self::STEP,
            _ => 0.0,
        }
    }

    /// Which part of another, larger number it is.
    fn share(self, whole: Self) -> f64 {
        self.at(whole.power) / whole.factor
    }
}

/// Walks from one source after the other, as Dijkstra does.
pub(super) struct WeightedWalk<'a> {
    network: &'a Weighted,
    /// Which sources of the block reach a node, a bit for each.
    reached: Vec<u64>,
    distances: Vec<f64>,
    /// Places in `order`.
    places: Vec<u32>,
    /// Nodes by their distance.
    order: Vec<u32>,
    /// Distances and nodes, see [`entry`].
    heap: BinaryHeap<Reverse<u128>>,
    counts: Vec<Count>,
    dependencies: Vec<f64>,
    /// For each node in its order the nodes before it on shortest paths, with their shares of its paths.
    before: Vec<(u32, f64)>,
    ends: Vec<usize>,
}

impl<'a> WeightedWalk<'a> {
    pub(super) fn new(network: &'a Weighted) -> Self {
        let n_nodes = network.outgoing.starts.len() - 1;
        Self {
            network,
            reached: vec![0; n_nodes],
            distances: vec![f64::INFINITY; n_nodes],
            places: vec![NONE; n_nodes],
            order: Vec::with_capacity(n_nodes),
            heap: BinaryHeap::new(),
            counts: vec![Count::default(); n_nodes],
            dependencies: vec![0.0; n_nodes],
            before: Vec::new(),
            ends: Vec::with_capacity(n_nodes),
        }
    }

    /// Finds which sources reach which nodes.
    fn reach(&mut self, sources: &[u32]) {
        self.reached.fill(0);
        let mut waiting = vec![0u64; self.reached.len()];
        let mut nodes: Vec<u32> = Vec::new();
        for (bit, source) in sources.iter().enumerate() {
            self.reached[*source as usize] |= 1 << bit;
            waiting[*source as usize] |= 1 << bit;
            nodes.push(*source);
        }
        let mut next = Vec::new();
        while !nodes.is_empty() {
            for node in nodes.drain(..) {
                let bits = std::mem::take(&mut waiting[node as usize]);
                for (_, neighbor) in self.network.outgoing.of(node as usize) {
                    let at = *neighbor as usize;
                    let new = bits & !self.reached[at];
                    if new != 0 {
                        self.reached[at] |= new;
                        if waiting[at] == 0 {
                            next.push(*neighbor);
                        }
                        waiting[at] |= new;
                    }
                }
            }
            std::mem::swap(&mut nodes, &mut next);
        }
    }

    /// Finds the distances from a source that reaches so many nodes, itself included.
    fn walk_out(&mut self, source: u32, n_reached: usize) {
        self.distances.fill(f64::INFINITY);
        self.places.fill(NONE);
        self.order.clear();
        self.heap.clear();
        self.distances[source as usize] = 0.0;
        self.heap.push(Reverse(entry(0.0, source)));
        let mut n_found = 1;
        // No node that is still open is farther than this, so longer ways need no look: most edges are such.
        let mut bound = f64::INFINITY;
        let interval = n_reached / 16 + 1;
        let mut next_bound = 0;
        while let Some(Reverse(entry)) = self.heap.pop() {
            let node = entry as u32;
            if self.places[node as usize] != NONE {
                continue;
            }
            self.places[node as usize] = self.order.len() as u32;
            self.order.push(node);
            if self.order.len() == n_reached {
                break;
            }
            if n_found == n_reached && self.order.len() >= next_bound {
                bound = self.farthest();
                next_bound = self.order.len() + interval;
            }
            let distance = self.distances[node as usize];
            for (length, neighbor) in self.network.outgoing.of(node as usize) {
                let through = distance + length;
                if through >= bound {
                    break;
                }
                let known = &mut self.distances[*neighbor as usize];
                if through < *known {
                    n_found += usize::from(*known == f64::INFINITY);
                    *known = through;
                    self.heap.push(Reverse(self::entry(through, *neighbor)));
                }
            }
        }
    }

    fn farthest(&self) -> f64 {
        let distances = self.distances.iter().zip(&self.places);
        let open = distances.filter(|(distance, place)| **place == NONE && **distance < f64::INFINITY);
        open.fold(0.0, |farthest, (distance, _)| farthest.max(*distance))
    }

    /// Counts the shortest paths to each node, and keeps through which nodes they come.
    fn count(&mut self) {
        self.before.clear();
        self.ends.clear();
        for (place, node) in (0u32..).zip(&self.order) {
            let node = *node as usize;
            let distance = self.distances[node];
            let start = self.before.len();
            let mut count = Count { factor: f64::from(u8::from(place == 0)), power: 0 };
            // A little more than what can still be equal.
            let longest = distance * (1.0 + 4.0 * TOLERANCE);
            for (length, neighbor) in self.network.incoming.of(node) {
                if *length > longest {
                    break;
                }
                let through = self.distances[*neighbor as usize] + length;
                // Most are longer, and need no second look.
                if through > longest {
                    continue;
                }
                if is_equal(through, distance) && self.places[*neighbor as usize] < place {
                    count = count.plus(self.counts[*neighbor as usize]);
                    self.before.push((*neighbor, 0.0));
                }
            }
            self.counts[node] = count;
            for (neighbor, share) in &mut self.before[start..] {
                *share = self.counts[*neighbor as usize].share(count);
            }
            self.ends.push(self.before.len());
        }
    }

    fn walk_back(&mut self) {
        for node in &self.order {
            self.dependencies[*node as usize] = 0.0;
        }
        for (place, node) in self.order.iter().enumerate().skip(1).rev() {
            let all = 1.0 + self.dependencies[*node as usize];
            for (neighbor, share) in &self.before[self.ends[place - 1]..self.ends[place]] {
                self.dependencies[*neighbor as usize] += share * all;
            }
        }
    }
}

impl Walk for WeightedWalk<'_> {
    fn walk(&mut self, sources: &[u32], sums: &mut [Sum]) {
        for block in sources.chunks(BLOCK.min(u64::BITS as usize)) {
            self.reach(block);
            for (bit, source) in block.iter().enumerate() {
                let n_reached = self.reached.iter().map(|bits| (bits >> bit & 1) as usize).sum();
                self.walk_out(*source, n_reached);
                self.count();
                self.walk_back();
                for node in self.order.iter().skip(1) {
                    let node = *node as usize;
                    let (distance, dependency) = (self.distances[node], self.dependencies[node]);
                    sums[node].add(&Sum {
                        dependency,
                        dependency_square: dependency * dependency,
                        reached: 1.0,
                        distance,
                        distance_square: distance * distance,
                    });
                }
            }
        }
    }
}

/// A number whose order is that of distances, then of nodes: bits of floats that are not negative are in their order.
fn entry(distance: f64, node: u32) -> u128 {
    u128::from(distance.to_bits()) << 32 | u128::from(node)
}

fn is_equal(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() < TOLERANCE * (one + other)
}
