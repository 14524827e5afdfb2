use crate::network::Network;

/// Returns the core number of each node, in their order: the largest k for which the node belongs to a part of the
/// undirected network in which each node has k neighbours at the least (Seidman, *Network structure and minimum
/// degree*, Social Networks, 1983).
///
/// Nodes of the fewest neighbours are taken away one after the other, kept in buckets by their number (Batagelj and
/// Zaveršnik, *An O(m) algorithm for cores decomposition of networks*, 2003).
pub fn core_numbers(network: &Network) -> Vec<u32> {
    let joined = network.joined();
    let n_nodes = network.node_count();
    // The degrees go down as nodes are taken away, and end as core numbers.
    let mut degrees: Vec<_> = (0..n_nodes).map(|node| joined.degree(node)).collect();
    let largest = degrees.iter().copied().max().unwrap_or(0);
    // Where nodes of each degree begin among all nodes by their degrees.
    let mut starts = vec![0; largest + 2];
    for degree in &degrees {
        starts[degree + 1] += 1;
    }
    for degree in 0..=largest {
        starts[degree + 1] += starts[degree];
    }
    let mut order = vec![0; n_nodes];
    let mut places = vec![0; n_nodes];
    let mut ends = starts.clone();
    for (node, degree) in degrees.iter().enumerate() {
        (order[ends[*degree]], places[node]) = (node, ends[*degree]);
        ends[*degree] += 1;
    }
    for place in 0..n_nodes {
        let node = order[place];
        for neighbor in joined.neighbors(node) {
            let neighbor = *neighbor as usize;
            let degree = degrees[neighbor];
            if degree > degrees[node] {
                // It changes places with the first of its degree, and that degree begins one later.
                let start = starts[degree].max(place + 1);
                let first = order[start];
                order.swap(start, places[neighbor]);
                (places[first], places[neighbor]) = (places[neighbor], start);
                starts[degree] = start + 1;
                degrees[neighbor] -= 1;
            }
        }
    }
    degrees.into_iter().map(|degree| degree as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::{any_network, network};
    use proptest::prelude::*;

    #[test]
    fn a_triangle_with_a_tail() {
        let edges = [(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0), (2, 0, 1.0), (3, 2, 1.0), (4, 3, 1.0)];
        assert_eq!(core_numbers(&network(6, &edges)), [2, 2, 2, 1, 1, 0]);
        assert!(core_numbers(&network(0, &[])).is_empty());
    }

    proptest! {
        #[test]
        fn they_are_what_is_left_of_each_k(network in any_network(40)) {
            let found = core_numbers(&network);
            let mut expected = vec![0; 40];
            let mut left = vec![true; 40];
            for k in 1..40 {
                let joined = network.joined();
                let degree = |node: usize, left: &[bool]| {
                    joined.neighbors(node).iter().filter(|other| left[**other as usize]).count()
                };
                while let Some(node) = (0..40).find(|node| left[*node] && degree(*node, &left) < k) {
                    left[node] = false;
                }
                (0..40).filter(|node| left[*node]).for_each(|node| expected[node] = k as u32);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
