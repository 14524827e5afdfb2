//! People tied by the channels that they share.

use std::collections::BTreeSet;

/// The edges between people who share channels: `members` are each channel's people, each once, numbered below
/// `n_people`. Each pair stands once in each direction, in its order, so that memory grows with the pairs and not with the
/// channels that they share.
///
/// A channel of n people ties each pair of them by 1 / (n − 1), in both directions, so that each of them has as much
/// strength as channels with others (Newman, *Scientific collaboration networks. II*, Physical Review E 2001).
pub(crate) fn project(
    n_people: usize,
    members: impl IntoIterator<Item = BTreeSet<u32>>,
) -> Vec<(u32, u32, f64)> {
    let members: Vec<_> = members.into_iter().collect();
    let mut channels = vec![Vec::new(); n_people];
    for people in &members {
        for person in people {
            channels[*person as usize].push(people);
        }
    }
    let (mut edges, mut others, mut weights) = (Vec::new(), Vec::new(), vec![0.0; n_people]);
    for (one, channels) in (0u32..).zip(channels) {
        for people in channels {
            let weight = 1.0 / (people.len().saturating_sub(1) as f64);
            for other in people.iter().filter(|other| **other != one) {
                let sum = &mut weights[*other as usize];
                if *sum == 0.0 {
                    others.push(*other);
                }
                *sum += weight;
            }
        }
        others.sort_unstable();
        edges
            .extend(others.drain(..).map(|other| (one, other, std::mem::take(&mut weights[other as usize]))));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_many_channels_is_one_edge() {
        let mut members = vec![BTreeSet::from([0, 1, 2]); 500];
        members.extend([BTreeSet::from([1]), BTreeSet::from([2, 0])]);
        let pair = |one, other, weight| (one, other, weight);
        assert_eq!(
            project(4, members),
            [
                pair(0, 1, 250.0),
                pair(0, 2, 251.0),
                pair(1, 0, 250.0),
                pair(1, 2, 250.0),
                pair(2, 0, 251.0),
                pair(2, 1, 250.0),
            ]
        );
    }
}
