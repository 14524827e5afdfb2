use crate::adjacency::Adjacency;

/// A graph whose nodes stand for one or more of the network's, and what chance ties of each: from it and to it.
pub(crate) struct Level {
    /// Without edges from a node to itself: they go where it goes.
    pub(crate) edges: Adjacency,
    pub(crate) masses: Vec<[f64; 2]>,
}

/// What chance ties of two sets of nodes, by what it ties of each; `scale` is resolution by weight of all edges.
pub(super) fn expected(one: [f64; 2], other: [f64; 2], scale: f64) -> f64 {
    scale * (one[0] * other[1] + one[1] * other[0])
}

pub(super) fn add(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] + other[0], one[1] + other[1]]
}

pub(super) fn subtract(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] - other[0], one[1] - other[1]]
}

/// Weights summed by a number, cleared for the next node at the cost of those that were used. No weight is 0.
pub(super) struct Sums {
    by_number: Vec<f64>,
    used: Vec<u32>,
}

impl Sums {
    pub(super) fn new(count: usize) -> Self {
        Self { by_number: vec![0.0; count], used: Vec::new() }
    }

    #[inline]
    pub(super) fn add(&mut self, number: u32, weight: f64) {
        let sum = &mut self.by_number[number as usize];
        if *sum == 0.0 {
            self.used.push(number);
        }
        *sum += weight;
    }

    pub(super) fn of(&self, number: u32) -> f64 {
        self.by_number[number as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.used.iter().map(|number| (*number, self.of(*number)))
    }

    pub(super) fn clear(&mut self) {
        for number in self.used.drain(..) {
            self.by_number[number as usize] = 0.0;
        }
    }
}

impl Level {
    pub(crate) fn node_count(&self) -> usize {
        self.masses.len()
    }

    /// Makes one node of each part; parts are numbered from 0 to `count` - 1.
    pub(crate) fn aggregated(&self, parts: &[u32], count: usize) -> Self {
        let mut masses = vec![[0.0; 2]; count];
        let mut starts = vec![0usize; count + 1];
        for (part, mass) in parts.iter().zip(&self.masses) {
            masses[*part as usize] = add(masses[*part as usize], *mass);
            starts[*part as usize + 1] += 1;
        }
        for part in 0..count {
            starts[part + 1] += starts[part];
        }
        let mut places = starts.clone();
        let mut members = vec![0; parts.len()];
        for (node, part) in parts.iter().enumerate() {
            members[places[*part as usize]] = node;
            places[*part as usize] += 1;
        }
        let mut sums = Sums::new(count);
        let (mut ends, mut neighbors, mut weights) = (vec![0], Vec::new(), Vec::new());
        for part in 0..count {
            for node in &members[starts[part]..starts[part + 1]] {
                for (neighbor, weight) in self.edges.of(*node) {
                    sums.add(parts[neighbor], weight);
                }
            }
            for (neighbor, weight) in sums.iter().filter(|(neighbor, _)| *neighbor as usize != part) {
                neighbors.push(neighbor);
                weights.push(weight);
            }
            sums.clear();
            ends.push(neighbors.len());
        }
        Self { edges: Adjacency::of_parts(ends, neighbors, weights), masses }
    }

    /// Numbers the connected parts of each community, in the order of their first nodes. Returns how many there are.
    pub(crate) fn connected_parts(&self, communities: &[u32]) -> (Vec<u32>, usize) {
        const NONE: u32 = u32::MAX;
        let mut parts = vec![NONE; communities.len()];
        let mut count = 0;
        let mut waiting = Vec::new();
        for first in 0..communities.len() {
            if parts[first] != NONE {
                continue;
            }
            parts[first] = count;
            waiting.push(first);
            while let Some(node) = waiting.pop() {
                for neighbor in self.edges.neighbors(node) {
                    let neighbor = *neighbor as usize;
                    if parts[neighbor] == NONE && communities[neighbor] == communities[node] {
                        parts[neighbor] = count;
                        waiting.push(neighbor);
                    }
                }
            }
            count += 1;
        }
        (parts, count as usize)
    }
}

/// Numbers communities from 0 in the order of their first nodes. Returns how many there are.
pub(crate) fn renumber(communities: &mut [u32]) -> usize {
    const NONE: u32 = u32::MAX;
    let mut numbers = vec![NONE; communities.iter().max().map_or(0, |last| *last as usize + 1)];
    let mut count = 0;
    for community in communities {
        let number = &mut numbers[*community as usize];
        if *number == NONE {
            *number = count;
            count += 1;
        }
        *community = *number;
    }
    count as usize
}
