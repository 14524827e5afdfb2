//! Communities taken apart into well-connected parts: the refinement of the Leiden algorithm (`MergeNodesSubset` in
//! Traag, Waltman, van Eck, 2019). Parts become the nodes of the next level, so that what belongs apart can still part
//! there.

use super::level::{Level, Sums, add, expected, renumber, subtract};
use crate::random::Random;

/// How freely a node chooses among the parts that it may join; next to 0 it joins the best one. In the weight of a
/// mean edge.
const RANDOMNESS: f64 = 0.01;

/// Returns a part for each node, numbered from 0, and how many there are. Parts lie within communities. They begin as
/// single nodes; a node that is still alone joins a part at random, the likelier the more modularity gains, if both
/// node and part are well connected to the rest of the community.
pub(super) fn refine(
    level: &Level,
    communities: &[u32],
    scale: f64,
    unit: f64,
    random: &mut Random,
) -> (Vec<u32>, usize) {
    let n_nodes = level.node_count();
    let mut totals = vec![[0.0; 2]; n_nodes];
    for (community, mass) in communities.iter().zip(&level.masses) {
        totals[*community as usize] = add(totals[*community as usize], *mass);
    }
    // The weight of the edges between a part and the rest of its community.
    let mut ties: Vec<f64> = (0..n_nodes)
        .map(|node| {
            let inside =
                level.edges.of(node).filter(|(neighbor, _)| communities[*neighbor] == communities[node]);
            inside.map(|(_, weight)| weight).sum()
        })
        .collect();
    let mut parts: Vec<_> = (0..n_nodes as u32).collect();
    let mut masses = level.masses.clone();
    let mut sizes = vec![1u32; n_nodes];
    let mut order = parts.clone();
    random.shuffle(&mut order);
    let mut sums = Sums::new(n_nodes);
    let mut choices = Vec::new();
    for node in order {
        let node = node as usize;
        let mass = level.masses[node];
        let total = totals[communities[node] as usize];
        let is_tied = |tie: f64, mass: [f64; 2]| tie >= expected(mass, subtract(total, mass), scale);
        if parts[node] as usize != node || sizes[node] != 1 || !is_tied(ties[node], mass) {
            continue;
        }
        for (neighbor, weight) in level.edges.of(node) {
            if communities[neighbor] == communities[node] {
                sums.add(parts[neighbor], weight);
            }
        }
        // The paper's conditions. A set T inside a community S is well connected if its edges to the rest of S weigh at
        // least what chance ties of the two: E(T, S - T) >= `expected`(T, S - T). It was asked of the node above, and
        // is asked here of each part. And the node is still alone: one that has joined a part, or was joined, stays, so
        // that parts stay connected. To stay alone gains nothing.
        choices.clear();
        choices.push((node as u32, 0.0, 0.0));
        for (part, weight) in sums.iter() {
            let gain = weight - expected(mass, masses[part as usize], scale);
            if gain >= 0.0 && is_tied(ties[part as usize], masses[part as usize]) {
                choices.push((part, weight, gain));
            }
        }
        sums.clear();
        let (part, weight) = choose(&choices, unit * RANDOMNESS, random);
        if part as usize != node {
            parts[node] = part;
            sizes[node] = 0;
            sizes[part as usize] += 1;
            masses[part as usize] = add(masses[part as usize], mass);
            // The edges between the two led to the rest of the community from both; now they are inside.
            ties[part as usize] += ties[node] - 2.0 * weight;
        }
    }
    let count = renumber(&mut parts);
    (parts, count)
}

/// A part and the weight to it, by chance, with exp(gain / randomness): chance lets it find communities that no greedy
/// choice leads to. The best gain is taken off all, so that no power overflows. Odds of 0 are passed over: rounding
/// could end there.
fn choose(choices: &[(u32, f64, f64)], randomness: f64, random: &mut Random) -> (u32, f64) {
    let best = choices.iter().map(|choice| choice.2).fold(0.0, f64::max);
    let odds = |gain: f64| ((gain - best) / randomness).exp();
    let mut at = random.unit() * choices.iter().map(|choice| odds(choice.2)).sum::<f64>();
    let mut chosen = (choices[0].0, choices[0].1);
    for (part, weight, gain) in choices {
        let odds = odds(*gain);
        if odds > 0.0 {
            chosen = (*part, *weight);
            if at < odds {
                break;
            }
            at -= odds;
        }
    }
    chosen
}
