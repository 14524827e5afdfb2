//! People tied by the channels that they share.

use std::collections::BTreeSet;

/// The edges between people who share channels: `members` are each channel's people, each once.
///
/// A channel of n people ties each pair of them by 1 / (n − 1), in both directions, so that each of them has as much
/// strength as channels with others (Newman, *Scientific collaboration networks. II*, Physical Review E 2001).
pub(crate) fn project(members: impl IntoIterator<Item = BTreeSet<u32>>) -> Vec<(u32, u32, f64)> {
    let mut edges = Vec::new();
    for people in members {
        let weight = 1.0 / (people.len().saturating_sub(1) as f64);
        for one in &people {
            let others = people.iter().filter(|other| *other != one);
            edges.extend(others.map(|other| (*one, *other, weight)));
        }
    }
    edges
}
