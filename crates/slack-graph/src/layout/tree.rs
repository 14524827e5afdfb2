//! What far nodes do together (Barnes and Hut, *A hierarchical O(N log N) force-calculation algorithm*, Nature 1986).
//!
//! The quadtree has no pointers. Nodes are sorted by their Morton codes (Z-order): the bits of x and y by turns, y's
//! before x's, from the highest down. So each square of each size is one stretch of the sorted nodes, and its four
//! quarters, which two more bits tell apart, are stretches of that.

/// Nodes of a leaf: their forces share one walk through the tree.
const LEAF: usize = 16;
/// Halvings of the square in which all nodes are: as many bits of a code for each axis. Nodes that share a square of
/// the last size share a leaf, however many they are.
const DEPTH: u32 = 16;
/// Numbers that are added side by side.
const LANES: usize = 8;

/// Squares of nodes, each before those inside of it (preorder): the first of those follows it, and `next` passes over
/// them all.
#[derive(Default)]
pub(super) struct Tree {
    cells: Vec<Cell>,
    /// The nodes in the order of the squares, with where they are and their masses.
    nodes: Vec<u32>,
    places: Vec<[f64; 3]>,
    /// In the same order: the Morton code in the upper 32 bits, the number of the node in the lower ones.
    codes: Vec<u64>,
    /// The numbers of those cells that are leaves. Together they hold each node once, in the order of `nodes`.
    leaves: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Cell {
    /// The middle of the masses, and their sum.
    at: [f64; 3],
    side: f64,
    first: usize,
    end: usize,
    /// The cell after those inside of this one.
    next: usize,
    is_leaf: bool,
}

/// What acts on the nodes of a leaf: masses and where they are, seen from the leaf.
#[derive(Default)]
pub(super) struct Actors {
    x: Vec<f32>,
    y: Vec<f32>,
    mass: Vec<f32>,
}

impl Tree {
    /// Puts nodes into squares, in the memory of the tree before.
    pub(super) fn fill(&mut self, positions: &[[f64; 2]], masses: &[f64]) {
        let bound = |axis: usize, fold: fn(f64, f64) -> f64, from: f64| {
            positions.iter().map(|position| position[axis]).fold(from, fold)
        };
        let low = [bound(0, f64::min, f64::INFINITY), bound(1, f64::min, f64::INFINITY)];
        let high = [bound(0, f64::max, f64::NEG_INFINITY), bound(1, f64::max, f64::NEG_INFINITY)];
        let side = (high[0] - low[0]).max(high[1] - low[1]).max(1e-9);
        let scale = f64::from((1u32 << DEPTH) - 1) / side;
        let code = |position: &[f64; 2]| {
            let along = |axis: usize| spread_bits(((position[axis] - low[axis]) * scale) as u32);
            along(0) | along(1) << 1
        };
        self.codes.clear();
        self.codes.extend(
            positions.iter().zip(0u64..).map(|(position, node)| u64::from(code(position)) << 32 | node),
        );
        self.codes.sort_unstable();
        self.nodes.clear();
        self.nodes.extend(self.codes.iter().map(|code| *code as u32));
        self.places.clear();
        self.places.extend(self.nodes.iter().map(|node| {
            let [x, y] = positions[*node as usize];
            [x, y, masses[*node as usize]]
        }));
        self.cells.clear();
        self.leaves.clear();
        if !self.nodes.is_empty() {
            self.split(0, self.nodes.len(), 0, side);
        }
    }

    /// Makes the cell of a stretch of nodes whose codes agree in their first 2 · `depth` bits, and those inside of it.
    fn split(&mut self, first: usize, end: usize, depth: u32, side: f64) {
        let number = self.cells.len();
        let is_leaf = end - first <= LEAF || depth == DEPTH;
        self.cells.push(Cell { at: [0.0; 3], side, first, end, next: 0, is_leaf });
        let mut sum = [0.0; 3];
        let mut take = |at: [f64; 3]| sum = [sum[0] + at[0] * at[2], sum[1] + at[1] * at[2], sum[2] + at[2]];
        if is_leaf {
            self.leaves.push(number);
            self.places[first..end].iter().copied().for_each(take);
        } else {
            // The two bits of the code that tell this cell's quarters apart.
            let shift = 32 + 2 * (DEPTH - 1 - depth);
            let quarter = |code: &u64| (code >> shift) & 3;
            let mut begin = first;
            while begin < end {
                let this = quarter(&self.codes[begin]);
                let stop = begin + self.codes[begin..end].partition_point(|code| quarter(code) == this);
                let child = self.cells.len();
                self.split(begin, stop, depth + 1, side / 2.0);
                take(self.cells[child].at);
                begin = stop;
            }
        }
        let next = self.cells.len();
        let cell = &mut self.cells[number];
        cell.at = [sum[0] / sum[2], sum[1] / sum[2], sum[2]];
        cell.next = next;
    }

    /// The nodes in the order of the squares.
    pub(super) fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// The leaves' stretches of that order.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.leaves.iter().map(|leaf| (self.cells[*leaf].first, self.cells[*leaf].end))
    }

    /// Sets what pushes each node of a leaf away: the sum of mass by distance of all others, in the direction away from
    /// them. Squares whose side is less than `theta` of their distance act as one.
    pub(super) fn push(
        &self,
        leaf: (usize, usize),
        theta: f64,
        actors: &mut Actors,
        forces: &mut [[f64; 2]],
    ) {
        let places = &self.places[leaf.0..leaf.1];
        let bounds = |axis: usize| {
            places.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| {
                (low.min(place[axis]), high.max(place[axis]))
            })
        };
        let (across, along) = (bounds(0), bounds(1));
        let origin = [(across.0 + across.1) / 2.0, (along.0 + along.1) / 2.0];
        let reach = [(across.1 - across.0) / 2.0, (along.1 - along.0) / 2.0];
        actors.clear();
        // The distance is that from the square's middle of masses to the nearest point of the box around the leaf's
        // nodes: what is far enough for that point is for all of them, so that they share one walk. The leaf's own
        // square is at distance 0: its nodes act one by one.
        let mut number = 0;
        while let Some(cell) = self.cells.get(number) {
            let away = |axis: usize| ((cell.at[axis] - origin[axis]).abs() - reach[axis]).max(0.0);
            let distance = [away(0), away(1)];
            let theirs = cell.side * cell.side;
            if theirs < theta * theta * (distance[0] * distance[0] + distance[1] * distance[1]) {
                actors.add(cell.at, origin);
                number = cell.next;
            } else if cell.is_leaf {
                self.places[cell.first..cell.end].iter().for_each(|place| actors.add(*place, origin));
                number = cell.next;
            } else {
                number += 1;
            }
        }
        actors.fill();
        for (place, force) in places.iter().zip(forces) {
            let [x, y] = actors.push([place[0] - origin[0], place[1] - origin[1]]);
            *force = [x, y];
        }
    }
}

impl Actors {
    fn clear(&mut self) {
        self.x.clear();
        self.y.clear();
        self.mass.clear();
    }

    fn add(&mut self, [x, y, mass]: [f64; 3], origin: [f64; 2]) {
        self.x.push((x - origin[0]) as f32);
        self.y.push((y - origin[1]) as f32);
        self.mass.push(mass as f32);
    }

    /// Adds some without mass, up to a whole number of lanes.
    fn fill(&mut self) {
        let whole = self.mass.len().next_multiple_of(LANES);
        self.x.resize(whole, 0.0);
        self.y.resize(whole, 0.0);
        self.mass.resize(whole, 0.0);
    }

    fn push(&self, at: [f64; 2]) -> [f64; 2] {
        let (x, y) = (at[0] as f32, at[1] as f32);
        let mut sums = [[0f32; LANES]; 2];
        let chunks = self.x.as_chunks::<LANES>().0.iter().zip(self.y.as_chunks::<LANES>().0);
        for ((xs, ys), masses) in chunks.zip(self.mass.as_chunks::<LANES>().0) {
            for lane in 0..LANES {
                // The small number keeps a node from dividing by 0 at its own place, where dx and dy are 0 and so is
                // the force.
                let (dx, dy) = (x - xs[lane], y - ys[lane]);
                let force = masses[lane] / (dx * dx + dy * dy + 1e-12);
                sums[0][lane] += dx * force;
                sums[1][lane] += dy * force;
            }
        }
        sums.map(|lanes| lanes.iter().map(|sum| f64::from(*sum)).sum())
    }
}

/// The bits of a number, each with one bit of room before the next.
fn spread_bits(number: u32) -> u32 {
    let mut bits = number & 0xFFFF;
    bits = (bits | bits << 8) & 0x00FF_00FF;
    bits = (bits | bits << 4) & 0x0F0F_0F0F;
    bits = (bits | bits << 2) & 0x3333_3333;
    (bits | bits << 1) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn forces_are_nearly_those_of_each_with_each() {
        let mut random = Random::new(3);
        let positions: Vec<_> =
            (0..600).map(|_| [random.unit() * 100.0, random.unit().powi(3) * 100.0]).collect();
        let masses: Vec<_> = (0..600).map(|_| 1.0 + (random.unit() * 20.0).floor()).collect();
        let mut tree = Tree::default();
        tree.fill(&positions, &masses);
        let exact: Vec<[f64; 2]> = positions
            .iter()
            .map(|one| {
                positions.iter().zip(&masses).fold([0.0; 2], |sum, (other, mass)| {
                    let away = [one[0] - other[0], one[1] - other[1]];
                    let force = mass / (away[0] * away[0] + away[1] * away[1]).max(1e-12);
                    [sum[0] + away[0] * force, sum[1] + away[1] * force]
                })
            })
            .collect();
        for (theta, most) in [(0.0, 1e-4), (0.5, 0.02), (1.2, 0.1)] {
            let mut n_nodes = 0;
            let (mut missed, mut all) = (0.0, 0.0);
            for (first, end) in tree.leaves() {
                let mut forces = vec![[0.0; 2]; end - first];
                tree.push((first, end), theta, &mut Actors::default(), &mut forces);
                for (node, force) in tree.nodes()[first..end].iter().zip(forces) {
                    let expected = exact[*node as usize];
                    missed += (force[0] - expected[0]).hypot(force[1] - expected[1]);
                    all += expected[0].hypot(expected[1]);
                    n_nodes += 1;
                }
            }
            assert_eq!(n_nodes, 600);
            assert!(missed < most * all, "{theta}: {missed} of {all}");
        }
    }
}
