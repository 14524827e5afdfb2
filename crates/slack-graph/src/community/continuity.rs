use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use slack_model::Float;
use slack_model::rows::MonthlyCommunity;

/// The least Jaccard index at which a community goes on in another.
///
/// Greene and others try 0.1 to 0.5 and find most steps again at 0.1 to 0.3; people come and go in a workspace, so this
/// is the middle of the low ones.
pub const MIN_JACCARD: f64 = 0.2;

/// Returns a row for each community of a month, with the one of the month before that goes on in it: that of the
/// largest Jaccard index (people in both by people in either), if it is [`MIN_JACCARD`] or more; of several such the
/// one that more stayed of, then the one of the smaller number. A community may go on in several, which is how it
/// splits, and several in one.
///
/// Each month is given by its people's ids and their communities. Communities without people have no row. Greene,
/// Doyle, Cunningham, *Tracking the evolution of communities in dynamic social networks*, ASONAM 2010.
pub fn continuity(
    month: &str,
    before: (&[String], &[u32]),
    now: (&[String], &[u32]),
) -> Vec<MonthlyCommunity> {
    let earlier: HashMap<&str, u32> =
        before.0.iter().map(String::as_str).zip(before.1.iter().copied()).collect();
    let sizes_before = sizes(before.1.iter().copied().take(before.0.len()));
    let now = || now.0.iter().zip(now.1.iter().copied());
    let mut shared: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (id, community) in now() {
        if let Some(old) = earlier.get(id.as_str()) {
            *shared.entry((community, *old)).or_default() += 1;
        }
    }
    let row = |(community, size): (u32, u64)| {
        let candidates = shared.range((community, 0)..=(community, u32::MAX)).map(|((_, old), stayed)| {
            let either = size + sizes_before.get(old).copied().unwrap_or(0) - stayed;
            (Float(*stayed as f64 / either as f64), *stayed, Reverse(*old))
        });
        let best = candidates.max().filter(|(jaccard, _, _)| jaccard.0 >= MIN_JACCARD);
        let (jaccard, stayed, continues) = best
            .map_or((Float(0.0), 0, None), |(jaccard, stayed, Reverse(old))| {
                (jaccard, stayed, Some(u64::from(old)))
            });
        MonthlyCommunity {
            month: month.into(),
            community: u64::from(community),
            size,
            continues,
            stayed,
            jaccard,
        }
    };
    sizes(now().map(|(_, community)| community)).into_iter().map(row).collect()
}

fn sizes(communities: impl Iterator<Item = u32>) -> BTreeMap<u32, u64> {
    let mut sizes = BTreeMap::new();
    for community in communities {
        *sizes.entry(community).or_default() += 1;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[(&str, u32)], now: &[(&str, u32)], expected: &[(u64, u64, Option<u64>, u64, f64)]) {
        let split = |month: &[(&str, u32)]| -> (Vec<String>, Vec<u32>) {
            month.iter().map(|(id, community)| ((*id).to_owned(), *community)).unzip()
        };
        let (before, now) = (split(before), split(now));
        let rows = continuity("2024-03", (&before.0, &before.1), (&now.0, &now.1));
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.community, row.size, row.continues, row.stayed, row.jaccard.0))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_most_alike_goes_on() {
        let before = [("a", 0), ("b", 0), ("c", 0), ("d", 1), ("e", 1), ("f", 2)];
        let now = [("c", 0), ("d", 0), ("e", 0), ("x", 0), ("a", 1), ("b", 1), ("y", 2), ("z", 2)];
        // c of a, b, c; d and e of d, e: 2 / 4 against 1 / 6.
        check(&before, &now, &[(0, 4, Some(1), 2, 0.5), (1, 2, Some(0), 2, 2.0 / 3.0), (2, 2, None, 0, 0.0)]);
    }

    #[test]
    fn a_split_goes_on_in_both_and_little_in_common_is_nothing() {
        let before = [("a", 0), ("b", 0), ("c", 0), ("d", 0)];
        check(
            &before,
            &[("a", 0), ("b", 0), ("c", 1), ("d", 1)],
            &[(0, 2, Some(0), 2, 0.5), (1, 2, Some(0), 2, 0.5)],
        );
        let now = [("a", 0), ("v", 0), ("w", 0), ("x", 0), ("y", 0)];
        check(&before, &now, &[(0, 5, None, 0, 0.0)]);
        check(&[], &[("a", 3)], &[(3, 1, None, 0, 0.0)]);
        check(&before, &[], &[]);
        // Two that are as much alike: the one of the smaller number.
        check(&[("a", 1), ("b", 0)], &[("b", 0), ("a", 0)], &[(0, 2, Some(0), 1, 0.5)]);
    }
}
