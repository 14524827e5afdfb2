//! Shortest paths of edges of length 1, from several sources at a time.
//!
//! Two ideas of breadth-first search, applied to Brandes' sums of numbers of paths and of dependencies:
//!
//! * Sources share the reading of edges (MS-BFS: Then et al., *The more the merrier: efficient multi-source graph
//!   traversal*, VLDB 2014). There each source has a bit. Here it has a lane of numbers, because betweenness needs how
//!   many paths there are.
//! * Each level is walked in the cheaper of two directions (Beamer, Asanović, Patterson, *Direction-optimizing
//!   breadth-first search*, SC 2012).

use super::{Sum, Walk};
use crate::adjacency::Adjacency;
use crate::network::Network;

/// Sources at a time: each has a lane. In what this adds up, a row of lanes is a few instructions and one or two lines
/// of the cache, whatever of it counts; and there is no branch for each edge, which is what a walk from one source
/// waits for.
const LANES: usize = 8;

type Row = [f64; LANES];

/// Numbers of paths are made smaller above this. Only their quotients count.
const LARGE: f64 = 1e150;
/// No number of paths is made smaller than this: it would be none.
const SMALL: f64 = 1e-150;

/// What a node still waits for. Between two levels no node is [`State::Touched`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Some sources have not reached it.
    Open,
    /// As before, and paths lead to it from the level at hand.
    Touched,
    /// All sources have reached it.
    Closed,
}

/// Walks from up to [`LANES`] sources level by level: level d are the nodes at distance d from some source.
///
/// From one level to the next each node's row is the sum of its neighbours' rows in that level, on the way out over
/// incoming edges and on the way back over outgoing ones. Either each node takes from its neighbours, or the level's
/// nodes give to theirs, whichever is less work.
pub(super) struct MultiSourceBfs<'a> {
    outgoing: &'a Adjacency,
    incoming: &'a Adjacency,
    /// Infinite where a node is not reached; not a number in lanes without a source.
    distances: Vec<Row>,
    /// Numbers of shortest paths.
    counts: Vec<Row>,
    dependencies: Vec<Row>,
    states: Vec<State>,
    /// What the level at hand gives; all 0 elsewhere. That is why a row of neighbours can be summed without a look at
    /// their levels, and why each step must clear what it has given.
    given: Vec<Row>,
    /// What the next level gets; all 0 between two levels.
    taken: Vec<Row>,
    /// The levels' nodes, one level's after the other's.
    nodes: Vec<u32>,
    levels: Vec<Level>,
    touched: Vec<u32>,
    /// Incoming edges of nodes that are not closed: what the next level costs where each node takes.
    open_edges: usize,
}

struct Level {
    start: usize,
    end: usize,
    out_edges: usize,
    in_edges: usize,
    /// What numbers of paths were multiplied by, from the level before to this one. Dependencies hold quotients of
    /// numbers of two such levels, so the way back multiplies by it once more.
    scale: Row,
}

impl<'a> MultiSourceBfs<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let n_nodes = network.node_count();
        Self {
            outgoing: network.outgoing(),
            incoming: network.incoming(),
            distances: vec![[0.0; LANES]; n_nodes],
            counts: vec![[0.0; LANES]; n_nodes],
            dependencies: vec![[0.0; LANES]; n_nodes],
            states: vec![State::Open; n_nodes],
            given: vec![[0.0; LANES]; n_nodes],
            taken: vec![[0.0; LANES]; n_nodes],
            nodes: Vec::new(),
            levels: Vec::new(),
            touched: Vec::new(),
            open_edges: 0,
        }
    }

    fn begin(&mut self, sources: &[u32]) {
        let mut row = [f64::NAN; LANES];
        row[..sources.len()].fill(f64::INFINITY);
        self.distances.fill(row);
        self.counts.fill([0.0; LANES]);
        self.dependencies.fill([0.0; LANES]);
        self.states.fill(State::Open);
        self.open_edges = self.incoming.entry_count();
        self.nodes.clear();
        self.levels.clear();
        self.nodes.extend(sources);
        for (lane, source) in sources.iter().enumerate() {
            let node = *source as usize;
            self.distances[node][lane] = 0.0;
            self.counts[node][lane] = 1.0;
            self.given[node][lane] = 1.0;
        }
        self.end_level(0, [1.0; LANES]);
    }

    fn end_level(&mut self, start: usize, scale: Row) {
        let nodes = self.nodes[start..].iter().map(|node| *node as usize);
        let (mut out_edges, mut in_edges) = (0, 0);
        for node in nodes {
            out_edges += self.outgoing.degree(node);
            in_edges += self.incoming.degree(node);
        }
        self.levels.push(Level { start, end: self.nodes.len(), out_edges, in_edges, scale });
    }

    /// Walks from the last level to a new one. Returns whether there is one.
    fn step_out(&mut self) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let (start, end) = (level.start, level.end);
        let distance = self.levels.len() as f64;
        let mut largest: f64 = 0.0;
        // To give costs a read and a write of a row for each edge, hence twice. To take costs a read for each edge into
        // open nodes, and a look at every node's state.
        if 2 * level.out_edges < self.open_edges + self.states.len() {
            self.give(start..end, self.outgoing);
            let mut touched = std::mem::take(&mut self.touched);
            for node in touched.drain(..) {
                self.states[node as usize] = State::Open;
                let row = self.taken[node as usize];
                largest = largest.max(self.reach(node, row, distance));
            }
            self.touched = touched;
        } else {
            for node in 0..self.states.len() {
                if self.states[node] == State::Open && self.incoming.degree(node) > 0 {
                    let row = sum(&self.given, self.incoming.neighbors(node));
                    largest = largest.max(self.reach(node as u32, row, distance));
                }
            }
        }
        for node in &self.nodes[start..end] {
            self.given[*node as usize] = [0.0; LANES];
        }
        std::mem::swap(&mut self.given, &mut self.taken);
        if self.nodes.len() == end {
            return false;
        }
        // `largest` is of the sums of rows, so it is not less than any number in a lane.
        let scale = if largest > LARGE { self.scale_down(end) } else { [1.0; LANES] };
        self.end_level(end, scale);
        true
    }

    /// Each node of a level gives its row to its neighbours, those that are closed left out.
    fn give(&mut self, nodes: std::ops::Range<usize>, edges: &Adjacency) {
        for node in &self.nodes[nodes] {
            let given = self.given[*node as usize];
            for neighbor in edges.neighbors(*node as usize) {
                let at = *neighbor as usize;
                match self.states[at] {
                    State::Closed => continue,
                    State::Touched => {}
                    State::Open => {
                        self.states[at] = State::Touched;
                        self.touched.push(*neighbor);
                    }
                }
                add(&mut self.taken[at], &given);
            }
        }
    }

    /// Of what a node gets, keeps what is of a source that had not reached it. Returns the largest of it.
    fn reach(&mut self, number: u32, row: Row, distance: f64) -> f64 {
        let node = number as usize;
        let (distances, counts) = (&mut self.distances[node], &mut self.counts[node]);
        let mut kept = [0.0; LANES];
        let mut total = 0.0;
        let mut is_open = false;
        for lane in 0..LANES {
            let is_unreached = distances[lane] == f64::INFINITY;
            let is_new = is_unreached && row[lane] > 0.0;
            kept[lane] = if is_new { row[lane] } else { 0.0 };
            distances[lane] = if is_new { distance } else { distances[lane] };
            counts[lane] += kept[lane];
            total += kept[lane];
            is_open |= is_unreached && !is_new;
        }
        self.taken[node] = kept;
        if total > 0.0 {
            self.nodes.push(number);
        }
        if !is_open {
            self.states[node] = State::Closed;
            self.open_edges -= self.incoming.degree(node);
        }
        total
    }

    /// Makes the numbers of paths of a new level smaller in lanes where they are large. Returns what they are
    /// multiplied by.
    fn scale_down(&mut self, start: usize) -> Row {
        let mut scale = [1.0; LANES];
        for node in &self.nodes[start..] {
            for (lane, count) in self.given[*node as usize].iter().enumerate() {
                if *count > LARGE {
                    scale[lane] = 1.0 / LARGE;
                }
            }
        }
        for node in &self.nodes[start..] {
            let (given, counts) = (&mut self.given[*node as usize], &mut self.counts[*node as usize]);
            for lane in 0..LANES {
                if given[lane] > 0.0 {
                    given[lane] = (given[lane] * scale[lane]).max(SMALL);
                    counts[lane] = given[lane];
                }
            }
        }
        scale
    }

    /// Adds up dependencies from the last level to the first: that of a node is the sum over the nodes of the next
    /// level of its share of their paths, each times 1 and that node's own dependency.
    fn walk_back(&mut self) {
        self.states.fill(State::Open);
        // Level 1 gives to the sources alone, whose own dependencies do not count.
        for depth in (2..self.levels.len()).rev() {
            let (before, level) = (&self.levels[depth - 1], &self.levels[depth]);
            let (nodes, others) = (level.start..level.end, before.start..before.end);
            for node in &self.nodes[nodes.clone()] {
                let node = *node as usize;
                let (distances, counts) = (&self.distances[node], &self.counts[node]);
                let mut row = [0.0; LANES];
                // A node is in several levels where sources reach it at different distances: only the lanes of this
                // level give.
                for lane in 0..LANES {
                    let share = (1.0 + self.dependencies[node][lane]) * level.scale[lane] / counts[lane];
                    row[lane] = if distances[lane] == depth as f64 { share } else { 0.0 };
                }
                self.given[node] = row;
            }
            // As on the way out; but here those who take are known: the level before.
            if 2 * level.in_edges < before.out_edges {
                self.give(nodes.clone(), self.incoming);
                let mut touched = std::mem::take(&mut self.touched);
                for node in touched.drain(..) {
                    self.states[node as usize] = State::Open;
                    let row = std::mem::take(&mut self.taken[node as usize]);
                    self.depend(node as usize, &row, depth - 1);
                }
                self.touched = touched;
            } else {
                for place in others {
                    let node = self.nodes[place] as usize;
                    let row = sum(&self.given, self.outgoing.neighbors(node));
                    self.depend(node, &row, depth - 1);
                }
            }
            for node in &self.nodes[nodes] {
                self.given[*node as usize] = [0.0; LANES];
            }
        }
    }

    fn depend(&mut self, node: usize, row: &Row, depth: usize) {
        let (distances, counts) = (&self.distances[node], &self.counts[node]);
        let dependencies = &mut self.dependencies[node];
        for lane in 0..LANES {
            let dependency = row[lane] * counts[lane];
            dependencies[lane] =
                if distances[lane] == depth as f64 { dependency } else { dependencies[lane] };
        }
    }

    fn add_to(&self, sums: &mut [Sum]) {
        let rows = self.distances.iter().zip(&self.dependencies);
        for (sum, (distances, dependencies)) in sums.iter_mut().zip(rows) {
            for lane in 0..LANES {
                let is_reached = distances[lane] > 0.0 && distances[lane] < f64::INFINITY;
                let distance = if is_reached { distances[lane] } else { 0.0 };
                sum.reached += f64::from(u8::from(is_reached));
                sum.distance += distance;
                sum.distance_square += distance * distance;
                sum.dependency += dependencies[lane];
                sum.dependency_square += dependencies[lane] * dependencies[lane];
            }
        }
    }
}

impl Walk for MultiSourceBfs<'_> {
    fn walk(&mut self, sources: &[u32], sums: &mut [Sum]) {
        for sources in sources.chunks(LANES) {
            self.begin(sources);
            while self.step_out() {}
            self.walk_back();
            self.add_to(sums);
        }
    }
}

fn add(row: &mut Row, other: &Row) {
    for lane in 0..LANES {
        row[lane] += other[lane];
    }
}

/// The sum of some nodes' rows.
fn sum(rows: &[Row], nodes: &[u32]) -> Row {
    let mut total = [0.0; LANES];
    for node in nodes {
        add(&mut total, &rows[*node as usize]);
    }
    total
}
