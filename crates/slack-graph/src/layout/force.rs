//! ForceAtlas2, of one connected graph (Jacomy, Venturini, Heymann, Bastian, *ForceAtlas2, a continuous graph layout
//! algorithm for handy network visualization*, PLoS ONE 2014).
//!
//! With m the mass of a node (degree + 1) and d a distance, three forces act on it: repulsion `scaling` · m · m' / d by
//! every other node, attraction weight · d by every neighbour, gravity `gravity` · m to the middle. A node's swing is
//! |F - F'|, of the forces of this round and the one before, its traction |F + F'| / 2: nodes that swing are slowed
//! down, each by itself and all together.

use std::num::NonZeroUsize;

use super::LayoutOptions;
use super::tree::{Actors, Tree};
use crate::community::level::Level;
use crate::threads::share;

/// Nodes below which one thread does it alone.
const FEW: usize = 400;
/// Pieces that threads share in a round.
const PIECES: usize = 64;

/// Moves nodes for some rounds. The level's first masses push nodes away, its edges' weights draw them together.
pub(super) fn settle(
    level: &Level,
    positions: &mut [[f64; 2]],
    options: &LayoutOptions,
    rounds: usize,
    threads: NonZeroUsize,
) {
    let n_nodes = positions.len();
    let threads = if n_nodes < FEW { NonZeroUsize::MIN } else { threads };
    let masses: Vec<_> = level.masses.iter().map(|mass| mass[0]).collect();
    let pulls: Vec<_> = (0..n_nodes).map(|node| level.edges.weights(node)).collect();
    let mut tree = Tree::default();
    let mut forces = vec![[0.0; 2]; n_nodes];
    let mut before = forces.clone();
    let mut sorted = forces.clone();
    let mut speed = Speed::default();
    let mut near = vec![[0f32; 2]; n_nodes];
    for _ in 0..rounds {
        let middle = middle(positions, &masses);
        for (position, near) in positions.iter_mut().zip(&mut near) {
            *position = [position[0] - middle[0], position[1] - middle[1]];
            *near = position.map(|along| along as f32);
        }
        tree.fill(positions, &masses);
        share(threads, pieces(&tree, &mut sorted).into_iter(), |(leaves, forces)| {
            let mut actors = Actors::default();
            let mut rest = forces;
            for leaf in leaves {
                let (these, others) = rest.split_at_mut(leaf.1 - leaf.0);
                tree.push(leaf, options.theta, &mut actors, these);
                for (node, force) in tree.nodes()[leaf.0..leaf.1].iter().zip(these) {
                    let node = *node as usize;
                    let mass = masses[node];
                    let pushed = options.scaling * mass;
                    let drawn = draw(level.edges.neighbors(node), pulls[node], &near, node, options.linlog);
                    let held = hold(positions[node], mass, options);
                    *force = [0, 1].map(|axis| force[axis] * pushed + drawn[axis] + held[axis]);
                }
                rest = others;
            }
        });
        for (node, force) in tree.nodes().iter().zip(&sorted) {
            forces[*node as usize] = *force;
        }
        speed.adapt(&forces, &before, &masses);
        for node in 0..n_nodes {
            let swing = masses[node] * length(difference(forces[node], before[node]));
            // A node's own speed, less the more it swings, as in the authors' implementation.
            let factor = speed.value / (1.0 + (speed.value * swing).sqrt());
            positions[node] = [0, 1].map(|axis| positions[node][axis] + forces[node][axis] * factor);
        }
        std::mem::swap(&mut forces, &mut before);
    }
}

/// The leaves in pieces of about as many nodes, with where their forces go.
#[expect(clippy::type_complexity, reason = "the two halves of one piece")]
fn pieces<'a>(tree: &Tree, mut sorted: &'a mut [[f64; 2]]) -> Vec<(Vec<(usize, usize)>, &'a mut [[f64; 2]])> {
    let most = sorted.len().div_ceil(PIECES).max(64);
    let mut pieces = Vec::new();
    let mut leaves: Vec<(usize, usize)> = Vec::new();
    let mut size = 0;
    for leaf in tree.leaves() {
        size += leaf.1 - leaf.0;
        leaves.push(leaf);
        if size >= most {
            let (these, rest) = sorted.split_at_mut(size);
            pieces.push((std::mem::take(&mut leaves), these));
            sorted = rest;
            size = 0;
        }
    }
    pieces.push((leaves, sorted));
    pieces
}

/// What draws a node to its neighbours: weight × distance, or weight × ln(1 + distance).
fn draw(neighbors: &[u32], weights: &[f64], near: &[[f32; 2]], node: usize, linlog: bool) -> [f64; 2] {
    let at = near[node];
    let mut sum = [0f32; 2];
    for (neighbor, weight) in neighbors.iter().zip(weights) {
        let other = near[*neighbor as usize];
        let away = [other[0] - at[0], other[1] - at[1]];
        let mut pull = *weight as f32;
        if linlog {
            let distance = (away[0] * away[0] + away[1] * away[1]).sqrt();
            pull *= if distance > 0.0 { distance.ln_1p() / distance } else { 1.0 };
        }
        sum = [sum[0] + away[0] * pull, sum[1] + away[1] * pull];
    }
    sum.map(f64::from)
}

/// What draws a node to the middle: mass × gravity, or that by distance where gravity is strong.
fn hold(position: [f64; 2], mass: f64, options: &LayoutOptions) -> [f64; 2] {
    let distance = length(position);
    if distance <= 0.0 {
        return [0.0; 2];
    }
    let pull = options.gravity * mass / if options.strong_gravity { 1.0 } else { distance };
    position.map(|along| -along * pull)
}

/// How fast all move: slower where nodes swing to and fro.
struct Speed {
    value: f64,
    efficiency: f64,
}

impl Default for Speed {
    fn default() -> Self {
        Self { value: 1.0, efficiency: 1.0 }
    }
}

impl Speed {
    /// As the authors' implementation does it, with its constants (tolerance 1).
    fn adapt(&mut self, forces: &[[f64; 2]], before: &[[f64; 2]], masses: &[f64]) {
        let (mut swinging, mut traction) = (0.0, 0.0);
        for ((force, before), mass) in forces.iter().zip(before).zip(masses) {
            swinging += mass * length(difference(*force, *before));
            traction += mass * length([force[0] + before[0], force[1] + before[1]]) / 2.0;
        }
        if swinging <= 0.0 || traction <= 0.0 {
            return;
        }
        let count = forces.len() as f64;
        // How much swing is borne for how much traction: more in large networks.
        let by_size = 0.05 * count.sqrt();
        let mut tolerance = by_size.sqrt().max((by_size * traction / (count * count)).min(10.0));
        // They swing more than they move: it is erratic, whatever the speed.
        if swinging / traction > 2.0 {
            if self.efficiency > 0.05 {
                self.efficiency *= 0.5;
            }
            tolerance = tolerance.max(1.0);
        }
        let target = tolerance * self.efficiency * traction / swinging;
        if swinging > tolerance * traction {
            if self.efficiency > 0.05 {
                self.efficiency *= 0.7;
            }
        } else if self.value < 1000.0 {
            self.efficiency *= 1.3;
        }
        // Up by half at the most, so that a calm round does not throw all apart; down at once.
        self.value += (target - self.value).min(0.5 * self.value);
    }
}

fn middle(positions: &[[f64; 2]], masses: &[f64]) -> [f64; 2] {
    let all: f64 = masses.iter().sum();
    let along =
        |axis: usize| positions.iter().zip(masses).map(|(position, mass)| position[axis] * mass).sum::<f64>();
    [along(0) / all, along(1) / all]
}

fn difference(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] - other[0], one[1] - other[1]]
}

fn length(vector: [f64; 2]) -> f64 {
    (vector[0] * vector[0] + vector[1] * vector[1]).sqrt()
}
