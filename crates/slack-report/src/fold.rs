//! Groups of few people, taken together so that nobody is told by them.

/// Splits groups into those that are shown by themselves and those that are taken together. `people` is a group's size.
///
/// Groups of fewer than `min` are folded. Where they have, together, fewer than `min` people, the smallest of the others
/// are folded as well until they have: what is folded could be worked out otherwise, as the difference to a total.
pub(crate) fn fold<T>(groups: Vec<T>, min: u64, people: impl Fn(&T) -> u64) -> (Vec<T>, Vec<T>) {
    fold_together(groups, min, &people, |folded| folded.iter().map(&people).sum())
}

/// As [`fold`], for groups that may have people in common: `together` says how many people are in all of those folded.
pub(crate) fn fold_together<T>(
    groups: Vec<T>,
    min: u64,
    people: impl Fn(&T) -> u64,
    together: impl Fn(&[T]) -> u64,
) -> (Vec<T>, Vec<T>) {
    let (mut shown, mut folded): (Vec<T>, Vec<T>) =
        groups.into_iter().partition(|group| people(group) >= min);
    while !folded.is_empty() && together(&folded) < min {
        let smallest = (0..shown.len()).min_by_key(|at| people(&shown[*at]));
        let Some(smallest) = smallest else { break };
        folded.push(shown.remove(smallest));
    }
    (shown, folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_groups_take_a_larger_one_with_them() {
        assert_eq!(fold(vec![9, 4, 1, 7], 5, |size| *size), (vec![9, 7], vec![4, 1]));
        assert_eq!(fold(vec![9, 1, 7], 5, |size| *size), (vec![9], vec![1, 7]));
        assert_eq!(fold(vec![9, 7], 5, |size| *size), (vec![9, 7], vec![]));
        assert_eq!(fold(vec![1, 2], 1, |size| *size), (vec![1, 2], vec![]));
    }

    proptest! {
        #[test]
        fn nothing_shown_is_small_and_nothing_is_lost(sizes in proptest::collection::vec(0u64..20, 0..12), min in 0u64..10) {
            let (shown, folded) = fold(sizes.clone(), min, |size| *size);
            prop_assert!(shown.iter().all(|size| *size >= min));
            prop_assert!(folded.is_empty() || shown.is_empty() || folded.iter().sum::<u64>() >= min);
            let mut all: Vec<_> = shown.into_iter().chain(folded).collect();
            let mut before = sizes;
            all.sort_unstable();
            before.sort_unstable();
            prop_assert_eq!(all, before);
        }
    }
}
