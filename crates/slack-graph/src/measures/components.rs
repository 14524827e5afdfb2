use crate::network::Network;

/// The weakly connected components of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Components {
    /// Each node's component, in the order of nodes. They are numbered from 0 by their first nodes.
    pub labels: Vec<u32>,
    /// Number of nodes of each component.
    pub sizes: Vec<usize>,
}

impl Components {
    /// Returns the number of components.
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// Returns the number of nodes of the largest component; 0 where there is none.
    pub fn largest(&self) -> usize {
        self.sizes.iter().copied().max().unwrap_or(0)
    }
}

/// Returns the weakly connected components: the largest sets of nodes of which each two are tied by a path, whatever
/// the direction of its edges (Harary, *Graph Theory*, 1969). A node without an edge is one by itself.
pub fn components(network: &Network) -> Components {
    const NONE: u32 = u32::MAX;
    let mut labels = vec![NONE; network.node_count()];
    let mut sizes = Vec::new();
    let mut waiting = Vec::new();
    for first in 0..labels.len() {
        if labels[first] != NONE {
            continue;
        }
        let label = sizes.len() as u32;
        let mut size = 0;
        labels[first] = label;
        waiting.push(first);
        while let Some(node) = waiting.pop() {
            size += 1;
            for neighbor in network.joined().neighbors(node) {
                let neighbor = *neighbor as usize;
                if labels[neighbor] == NONE {
                    labels[neighbor] = label;
                    waiting.push(neighbor);
                }
            }
        }
        sizes.push(size);
    }
    Components { labels, sizes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::network;

    #[test]
    fn directions_do_not_count() {
        let found = components(&network(6, &[(0, 4, 1.0), (5, 4, 1.0), (2, 1, 1.0)]));
        assert_eq!(found.labels, [0, 1, 1, 2, 0, 0]);
        assert_eq!((found.count(), found.largest()), (3, 3));
        let found = components(&network(0, &[]));
        assert_eq!((found.count(), found.largest()), (0, 0));
    }
}
