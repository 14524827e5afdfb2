use std::collections::BTreeMap;

use crate::network::Network;

/// Returns how much edges of the directed, unweighted network keep to their category: (sum of e(i, i) - sum of a(i)
/// b(i)) / (1 - sum of a(i) b(i)), where e(i, j) is the share of edges from category i to category j, a(i) that of
/// edges from i and b(i) that of edges to i. It is 1 where all edges stay in their category, 0 where as many do as by
/// chance, and below 0 where fewer do (Newman, *Mixing patterns in networks*, Physical Review E, 2003).
///
/// `categories` are the nodes', in their order. Only edges count of which both ends have one; a place that is not there
/// is none. `None` where there is no such edge, or all of them begin and end in one category: nothing can be told then.
pub fn assortativity(network: &Network, categories: &[Option<u32>]) -> Option<f64> {
    let category = |node: usize| categories.get(node).copied().flatten();
    let mut ends: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let (mut n_edges, mut n_inside) = (0u64, 0u64);
    for (source, target, _) in network.edges() {
        if let (Some(from), Some(to)) = (category(source), category(target)) {
            ends.entry(from).or_default().0 += 1;
            ends.entry(to).or_default().1 += 1;
            n_edges += 1;
            n_inside += u64::from(from == to);
        }
    }
    if n_edges == 0 || ends.len() < 2 {
        return None;
    }
    let all = n_edges as f64;
    let by_chance: f64 = ends.values().map(|(from, to)| *from as f64 / all * (*to as f64 / all)).sum();
    Some((n_inside as f64 / all - by_chance) / (1.0 - by_chance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, network};
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        let network = network(5, &[(0, 1, 9.0), (1, 0, 1.0), (2, 3, 1.0), (1, 2, 1.0), (3, 4, 1.0)]);
        // Three of four edges stay; from the first category lead three, into it two.
        let categories = [Some(7), Some(7), Some(3), Some(3), None];
        let by_chance: f64 = 3.0 / 4.0 * 2.0 / 4.0 + 1.0 / 4.0 * 2.0 / 4.0;
        assert_eq!(assortativity(&network, &categories), Some((0.75 - by_chance) / (1.0 - by_chance)));
        assert_eq!(assortativity(&network, &categories[..2]), None);
        assert_eq!(assortativity(&network, &[]), None);
        // All edges lead from one category into another.
        let categories = [Some(1), Some(2), None, None, None];
        assert_eq!(assortativity(&network, &categories), Some(-1.0));
    }

    proptest! {
        #[test]
        fn names_of_categories_do_not_count(
            network in any_network(30),
            categories in proptest::collection::vec(proptest::option::of(0u32..4), 30),
        ) {
            let found = assortativity(&network, &categories);
            prop_assert!(found.is_none_or(|value| (-1.0..=1.0).contains(&value)));
            let renamed: Vec<_> = categories.iter().map(|category| category.map(|number| 90 - number)).collect();
            let other = assortativity(&network, &renamed);
            prop_assert_eq!(found.is_some(), other.is_some());
            prop_assert!((found.unwrap_or(0.0) - other.unwrap_or(0.0)).abs() < 1e-12);
        }
    }
}
