/// The neighbours of each node with the edges' weights, one node's after the other's (compressed sparse rows).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adjacency {
    /// Where each node's neighbours begin, and where the last one's end.
    starts: Vec<usize>,
    neighbors: Vec<u32>,
    weights: Vec<f64>,
}

impl Adjacency {
    /// Of edges in the order of sources and targets, each pair once.
    pub(crate) fn of_sorted(n_nodes: usize, edges: &[(u32, u32, f64)]) -> Self {
        let mut starts = vec![0; n_nodes + 1];
        for (source, _, _) in edges {
            starts[*source as usize + 1] += 1;
        }
        for node in 0..n_nodes {
            starts[node + 1] += starts[node];
        }
        let neighbors = edges.iter().map(|(_, target, _)| *target).collect();
        Self { starts, neighbors, weights: edges.iter().map(|(_, _, weight)| *weight).collect() }
    }

    /// Of the three lists that it consists of, neighbours in any order.
    pub(crate) fn of_parts(starts: Vec<usize>, neighbors: Vec<u32>, weights: Vec<f64>) -> Self {
        Self { starts, neighbors, weights }
    }

    /// The same edges by their targets.
    pub(crate) fn reversed(&self) -> Self {
        let n_nodes = self.node_count();
        let mut starts = vec![0; n_nodes + 1];
        for neighbor in &self.neighbors {
            starts[*neighbor as usize + 1] += 1;
        }
        for node in 0..n_nodes {
            starts[node + 1] += starts[node];
        }
        let mut places = starts.clone();
        let (mut neighbors, mut weights) = (vec![0; self.neighbors.len()], vec![0.0; self.weights.len()]);
        for node in 0..n_nodes {
            for (neighbor, weight) in self.of(node) {
                let place = &mut places[neighbor];
                neighbors[*place] = node as u32;
                weights[*place] = weight;
                *place += 1;
            }
        }
        Self { starts, neighbors, weights }
    }

    /// The edges of both, those to the same neighbour as one, of the sum of their weights.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let n_nodes = self.node_count();
        let mut joined = Self { starts: Vec::with_capacity(n_nodes + 1), ..Self::default() };
        joined.starts.push(0);
        for node in 0..n_nodes {
            let (mut ours, mut theirs) = (self.of(node).peekable(), other.of(node).peekable());
            loop {
                let (neighbor, weight) = match (ours.peek().copied(), theirs.peek().copied()) {
                    (Some(our), Some(their)) if our.0 == their.0 => {
                        ours.next();
                        theirs.next();
                        (our.0, our.1 + their.1)
                    }
                    (Some(our), their) if their.is_none_or(|their| our.0 < their.0) => {
                        ours.next();
                        our
                    }
                    (_, Some(their)) => {
                        theirs.next();
                        their
                    }
                    (_, None) => break,
                };
                joined.neighbors.push(neighbor as u32);
                joined.weights.push(weight);
            }
            joined.starts.push(joined.neighbors.len());
        }
        joined
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of entries: of edges, or of ends of edges in an undirected graph.
    pub fn entry_count(&self) -> usize {
        self.neighbors.len()
    }

    /// Number of a node's neighbours.
    pub fn degree(&self, node: usize) -> usize {
        self.starts[node + 1] - self.starts[node]
    }

    /// Sum of the weights of a node's edges.
    pub fn strength(&self, node: usize) -> f64 {
        self.weights(node).iter().sum()
    }

    /// A node's neighbours, in the order of their numbers.
    pub fn neighbors(&self, node: usize) -> &[u32] {
        &self.neighbors[self.starts[node]..self.starts[node + 1]]
    }

    /// The weights of the edges to a node's neighbours.
    pub fn weights(&self, node: usize) -> &[f64] {
        &self.weights[self.starts[node]..self.starts[node + 1]]
    }

    /// A node's neighbours and the weights of the edges to them.
    pub fn of(&self, node: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let neighbors = self.neighbors(node).iter().map(|neighbor| *neighbor as usize);
        neighbors.zip(self.weights(node).iter().copied())
    }

    /// The sum over a node's neighbours of the weight times the neighbour's value.
    pub(crate) fn product(&self, node: usize, values: &[f64]) -> f64 {
        // Four sums, so that no addition waits for the one before.
        let mut sums = [0.0; 4];
        let (neighbors, weights) = (self.neighbors(node).chunks(4), self.weights(node).chunks(4));
        for (neighbors, weights) in neighbors.zip(weights) {
            for ((sum, neighbor), weight) in sums.iter_mut().zip(neighbors).zip(weights) {
                *sum += weight * values[*neighbor as usize];
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    /// The weight of an edge; `None` where there is none.
    pub fn weight(&self, node: usize, neighbor: usize) -> Option<f64> {
        let at = self.neighbors(node).binary_search(&u32::try_from(neighbor).ok()?).ok()?;
        self.weights(node).get(at).copied()
    }
}
