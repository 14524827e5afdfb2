//! What of a network is drawn, and where.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use slack_model::Float;

use super::text::{Label, Rooms};
use super::{HEIGHT, MAP_TOP, MAP_WIDTH, MARGIN, Picture};
use crate::layout::radii;
use crate::palette::colored;

/// Nodes that are circles with a name.
const MOST_CIRCLES: usize = 6_000;
/// Further ones, which are dots.
const MOST_DOTS: usize = 60_000;
/// Enough for an edge of each circle.
pub(super) const MOST_EDGES: usize = 12_000;
const MOST_LABELS: usize = 70;
/// Names are looked for room for.
const TRIED_LABELS: usize = 400;
/// Circles of at least this radius are in the way of others' names.
const IN_THE_WAY: f64 = 4.5;
/// Classes of edges by their weight.
pub(super) const WIDTHS: usize = 4;

/// Edges by colour and class.
type Edges = BTreeMap<(Option<usize>, usize), Vec<(usize, usize)>>;

pub(super) struct Drawing {
    /// The nodes that are drawn, those of the largest values first; the first ones as circles.
    pub(super) nodes: Vec<usize>,
    pub(super) n_circles: usize,
    pub(super) at: Vec<[f64; 2]>,
    pub(super) radii: Vec<f64>,
    /// Each community's place in the palette.
    pub(super) colors: Vec<Option<usize>>,
    pub(super) sizes: Vec<usize>,
    /// The edges that are drawn, by colour (of its community, if both ends are in it) and class.
    pub(super) edges: Edges,
    pub(super) n_edges: usize,
    pub(super) labels: Vec<Label>,
}

impl Drawing {
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let count = picture.network.node_count();
        let values: Vec<_> = (0..count).map(|node| picture.value(node)).collect();
        let mut nodes: Vec<_> = (0..count.min(picture.positions.len()))
            .filter(|node| picture.positions[*node].iter().all(|along| along.is_finite()))
            .collect();
        nodes.sort_by_key(|node| (Reverse(Float(values[*node])), *node));
        nodes.truncate(MOST_CIRCLES + MOST_DOTS);
        let n_circles = nodes.len().min(MOST_CIRCLES);
        let mut radii = radii(&values);
        let at = fit(picture.positions, &nodes, &mut radii);
        let n_communities = picture.communities.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0; n_communities];
        for community in picture.communities.iter().take(count) {
            sizes[*community as usize] += 1;
        }
        let colors = colored(&sizes);
        let mut drawing = Self {
            nodes,
            n_circles,
            at,
            radii,
            colors,
            sizes,
            edges: Edges::new(),
            n_edges: 0,
            labels: Vec::new(),
        };
        drawing.choose_edges(picture);
        drawing.place_labels(picture);
        drawing
    }

    pub(super) fn color(&self, picture: &Picture<'_>, node: usize) -> Option<usize> {
        self.colors[*picture.communities.get(node)? as usize]
    }

    /// Each node's strongest edge, then the strongest of all.
    fn choose_edges(&mut self, picture: &Picture<'_>) {
        let joined = picture.network.joined();
        let mut is_drawn = vec![false; picture.network.node_count()];
        for node in &self.nodes {
            is_drawn[*node] = true;
        }
        let mut strongest = vec![None; is_drawn.len()];
        let mut edges = Vec::new();
        for node in (0..is_drawn.len()).filter(|node| is_drawn[*node]) {
            let others = joined.of(node).filter(|(other, _)| is_drawn[*other]);
            let others: Vec<_> = others.map(|(other, weight)| (Reverse(Float(weight)), other)).collect();
            strongest[node] = others.iter().min().map(|(_, other)| *other);
            edges.extend(
                others
                    .into_iter()
                    .filter(|(_, other)| node < *other)
                    .map(|(weight, other)| (weight, node, other)),
            );
        }
        let is_first =
            |one: usize, other: usize| strongest[one] == Some(other) || strongest[other] == Some(one);
        edges.sort_by_key(|(weight, one, other)| (!is_first(*one, *other), *weight, *one, *other));
        edges.truncate(MOST_EDGES);
        edges.sort_unstable();
        self.n_edges = edges.len();
        // Classes by rank: a few wide ones, many thin ones.
        let limits = [0.02, 0.1, 0.35].map(|share| (edges.len() as f64 * share).ceil() as usize);
        for (rank, (_, one, other)) in edges.into_iter().enumerate() {
            let class = limits.iter().filter(|limit| rank < **limit).count();
            let is_inside = picture.communities.get(one) == picture.communities.get(other);
            let color = if is_inside { self.color(picture, one) } else { None };
            self.edges.entry((color, class)).or_default().push((one, other));
        }
    }

    /// Names of the best connected: two of each community that has a colour first.
    fn place_labels(&mut self, picture: &Picture<'_>) {
        let tried = &self.nodes[..self.nodes.len().min(TRIED_LABELS)];
        let mut rooms = Rooms::new([4.0, MAP_TOP, MAP_WIDTH, HEIGHT - MARGIN]);
        for node in tried.iter().filter(|node| self.radii[**node] >= IN_THE_WAY) {
            rooms.take_circle(*node, self.at[*node], self.radii[*node] * 0.9);
        }
        let mut named = vec![0; self.sizes.len()];
        let mut first = Vec::new();
        let mut rest = Vec::new();
        for node in self.nodes.iter().take(self.n_circles) {
            let community = picture.communities.get(*node).map(|community| *community as usize);
            match community.filter(|community| self.colors[*community].is_some() && named[*community] < 2) {
                Some(community) => {
                    named[community] += 1;
                    first.push(*node);
                }
                None => rest.push(*node),
            }
        }
        let most = self.nodes.first().map_or(1.0, |node| self.radii[*node]).max(1e-9);
        for node in first.into_iter().chain(rest).take(TRIED_LABELS) {
            let size = 12.0 + 10.0 * (self.radii[node] / most).min(1.0);
            let label = rooms.place(node, picture.label(node), size, self.at[node], self.radii[node]);
            self.labels.extend(label.filter(|label| !label.text.is_empty()));
            if self.labels.len() == MOST_LABELS {
                break;
            }
        }
    }
}

/// Scales positions and radii into the picture; y downwards.
fn fit(positions: &[[f64; 2]], nodes: &[usize], radii: &mut [f64]) -> Vec<[f64; 2]> {
    let bound = |axis: usize| {
        nodes.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), node| {
            let (along, radius) = (positions[*node][axis], radii[*node]);
            (low.min(along - radius), high.max(along + radius))
        })
    };
    let (across, along) = (bound(0), bound(1));
    let (wide, high) = (MAP_WIDTH - 2.0 * MARGIN, HEIGHT - MAP_TOP - 2.0 * MARGIN);
    // A picture of few has no huge circles.
    let scale = (wide / (across.1 - across.0)).min(high / (along.1 - along.0)).min(wide / 400.0);
    let scale = if scale.is_finite() { scale } else { 1.0 };
    radii.iter_mut().for_each(|radius| *radius *= scale);
    let middle = [(across.0 + across.1) / 2.0, (along.0 + along.1) / 2.0];
    let place = |position: &[f64; 2]| {
        let [x, y] = [0, 1].map(|axis| (position[axis] - middle[axis]) * scale);
        [MARGIN + wide / 2.0 + x, MAP_TOP + MARGIN + high / 2.0 - y]
    };
    positions.iter().map(place).collect()
}
