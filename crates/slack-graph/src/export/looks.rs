//! How nodes are drawn.

use petgraph::visit::EdgeRef;
use slack_model::rows::NodeMeasures;

use crate::graph::SocialGraph;
use crate::layout::radii;
use crate::palette::{COLORS, GREY, colored, rgb};

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// From left to right: within ±[`EXTENT`](crate::EXTENT) where this crate has laid it out, and else in any unit.
    pub x: f64,
    /// From bottom to top, in the unit of `x`.
    pub y: f64,
    /// The diameter, in the unit of `x` and `y`.
    pub size: f64,
    /// Red, green and blue, 0 to 255 each.
    pub color: [u8; 3],
}

impl Look {
    pub(crate) fn is_finite(&self) -> bool {
        [self.x, self.y, self.size].into_iter().all(f64::is_finite)
    }
}

/// The looks of nodes that were measured, as pictures show them: areas grow with strength, communities have colours. None
/// where no node has a position.
///
/// What was not measured, a channel or a bot, is a grey dot in the middle of those that it has to do with.
pub(crate) fn of_measures(graph: &SocialGraph, measures: &[NodeMeasures]) -> Vec<Option<Look>> {
    let is_laid_out = measures.iter().any(|row| row.x.0 != 0.0 || row.y.0 != 0.0);
    if !is_laid_out {
        return Vec::new();
    }
    let strengths: Vec<_> = measures.iter().map(|row| row.in_strength.0 + row.out_strength.0).collect();
    let n_communities = measures.iter().map(|row| row.community + 1).max().unwrap_or_default();
    let mut sizes = vec![0; usize::try_from(n_communities).unwrap_or_default().min(measures.len())];
    let community = |row: &NodeMeasures| usize::try_from(row.community).ok();
    for row in measures {
        if let Some(size) = community(row).and_then(|community| sizes.get_mut(community)) {
            *size += 1;
        }
    }
    let colors = colored(&sizes);
    let mut looks = vec![None; graph.as_petgraph().node_count()];
    for (row, radius) in measures.iter().zip(radii(&strengths)) {
        let Some(node) = graph.find(&row.id).filter(|_| row.x.0.is_finite() && row.y.0.is_finite()) else {
            continue;
        };
        let color = community(row).and_then(|community| colors.get(community).copied().flatten());
        let color = rgb(color.map_or(GREY, |color| COLORS[color]));
        looks[node.index()] = Some(Look { x: row.x.0, y: row.y.0, size: 2.0 * radius, color });
    }
    put_others(graph, &mut looks);
    looks
}

/// The diameter of what was not measured.
const OTHERS: f64 = 4.0;

/// Puts nodes without a look in the middle of their neighbours that have one, by the weights of the edges.
fn put_others(graph: &SocialGraph, looks: &mut [Option<Look>]) {
    let mut middles = vec![[0.0; 3]; looks.len()];
    for edge in graph.as_petgraph().edge_references() {
        let (source, target) = (edge.source().index(), edge.target().index());
        for (node, neighbor) in [(source, target), (target, source)] {
            if let (None, Some(look)) = (looks[node], looks[neighbor]) {
                let weight = edge.weight().weight as f64;
                let [x, y, all] = &mut middles[node];
                *x += weight * look.x;
                *y += weight * look.y;
                *all += weight;
            }
        }
    }
    for (look, [x, y, all]) in looks.iter_mut().zip(middles) {
        if all > 0.0 {
            *look = Some(Look { x: x / all, y: y / all, size: OTHERS, color: rgb(GREY) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Export;
    use slack_model::{ByteRecord, MemoryTables, Table};

    /// All measures are 0 but those that are given.
    fn row(id: &str, strength: f64, community: u64, x: f64) -> NodeMeasures {
        let mut record = ByteRecord::from(vec!["0"; NodeMeasures::SCHEMA.columns.len()]);
        record = record
            .iter()
            .enumerate()
            .map(|(at, field)| if at == 0 { id.as_bytes() } else { field })
            .collect();
        let mut row = NodeMeasures::decode(&record).expect("sound");
        (row.out_strength.0, row.community, row.x.0) = (strength, community, x);
        row
    }

    #[test]
    fn people_look_as_in_pictures_and_others_stand_among_them() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nC1,,channel\nU2,,user\nU3,,user\nU4,,user\nU5,,user\n");
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel\nU2,C1,Directed,3,interacts,C1\nU3,C1,Directed,1,interacts,C1\n",
        );
        let graph = SocialGraph::read(&tables).expect("sound");
        let rows = [
            row("U2", 8.0, 0, -3.0),
            row("U3", 2.0, 1, 5.0),
            row("U4", 1.0, 0, f64::NAN),
            row("U9", 1.0, 0, 1.0),
        ];
        let export = Export::new(&graph).with_measures(&rows);
        let look = |node| export.look(node).map(|look| (look.x, look.color));
        // Communities of one or two are small.
        assert_eq!(look(0), Some((-1.0, rgb(GREY))));
        assert_eq!(look(1), Some((-3.0, rgb(COLORS[0]))));
        assert_eq!(look(2), Some((5.0, rgb(GREY))));
        assert_eq!((look(3), look(4)), (None, None));
        let size = |node| export.look(node).map(|look| look.size);
        assert!(size(1) > size(2) && size(2) > size(0));
        assert!(of_measures(&graph, &[row("U2", 8.0, 1, 0.0)]).is_empty(), "nothing is laid out");
    }
}
