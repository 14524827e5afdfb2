//! Each node to the community where modularity gains most: the fast local moving of the Leiden algorithm (Traag,
//! Waltman, van Eck, 2019). Louvain visits all nodes again and again; here only those are visited again whose
//! neighbourhood has changed.

use std::collections::VecDeque;

use super::level::{Level, Sums, add, expected, subtract};
use crate::random::Random;

/// Moves nodes between communities, one at a time, as long as modularity gains by it. A node whose neighbour moved is
/// looked at again. Communities have numbers below the number of nodes.
///
/// A node gains w - `scale` · (what chance ties) by a community, where w is the weight of its edges into it. It leaves
/// its own only for more than that one gives and `least`: every move raises modularity by more than rounding errors
/// can, so that it ends.
pub(super) fn move_nodes(
    level: &Level,
    communities: &mut [u32],
    scale: f64,
    least: f64,
    random: &mut Random,
) {
    let n_nodes = level.node_count();
    let mut totals = vec![[0.0; 2]; n_nodes];
    let mut sizes = vec![0u32; n_nodes];
    for (community, mass) in communities.iter().zip(&level.masses) {
        totals[*community as usize] = add(totals[*community as usize], *mass);
        sizes[*community as usize] += 1;
    }
    let mut empty: Vec<_> =
        (0u32..).zip(&sizes).filter(|(_, size)| **size == 0).map(|(number, _)| number).collect();
    let mut order: Vec<_> = (0..n_nodes as u32).collect();
    random.shuffle(&mut order);
    let mut queue = VecDeque::from(order);
    let mut is_queued = vec![true; n_nodes];
    let mut sums = Sums::new(n_nodes);
    while let Some(node) = queue.pop_front() {
        let node = node as usize;
        is_queued[node] = false;
        let (neighbors, weights) = (level.edges.neighbors(node), level.edges.weights(node));
        for (neighbor, weight) in neighbors.iter().zip(weights) {
            sums.add(communities[*neighbor as usize], *weight);
        }
        let (old, mass) = (communities[node], level.masses[node]);
        let is_alone = sizes[old as usize] == 1;
        let rest = if is_alone { [0.0; 2] } else { subtract(totals[old as usize], mass) };
        let (mut best, mut best_gain) = (old, sums.of(old) - expected(mass, rest, scale) + least);
        for (community, weight) in sums.iter().filter(|(community, _)| *community != old) {
            let gain = weight - expected(mass, totals[community as usize], scale);
            if gain > best_gain {
                (best, best_gain) = (community, gain);
            }
        }
        sums.clear();
        // Alone it would gain 0. There is an empty community: one that holds two nodes leaves a number over.
        if best_gain < 0.0 && !is_alone {
            best = empty.pop().unwrap_or(best);
        }
        if best == old {
            continue;
        }
        communities[node] = best;
        totals[old as usize] = rest;
        sizes[old as usize] -= 1;
        if is_alone {
            empty.push(old);
        }
        totals[best as usize] = add(totals[best as usize], mass);
        sizes[best as usize] += 1;
        for neighbor in neighbors {
            let neighbor = *neighbor as usize;
            // Those of the community that it moved to are tied to it more than before: they have no new reason to go.
            if communities[neighbor] != best && !is_queued[neighbor] {
                is_queued[neighbor] = true;
                queue.push_back(neighbor as u32);
            }
        }
    }
}
