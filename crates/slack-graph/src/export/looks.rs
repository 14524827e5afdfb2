//! How nodes are drawn.

use slack_model::rows::NodeMeasures;

use crate::graph::SocialGraph;

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// From left to right.
    pub x: f64,
    /// From bottom to top.
    pub y: f64,
    /// The diameter, in the unit of `x` and `y`.
    pub size: f64,
    /// Red, green and blue.
    pub color: [u8; 3],
}

/// Colours that people with a colour vision deficiency can tell apart (Okabe, Ito, *Color universal design*, 2008), without
/// black; grey is for the communities after them.
const COLORS: [[u8; 3]; 7] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [213, 94, 0],
    [240, 228, 66],
];
const GREY: [u8; 3] = [153, 153, 153];

const SMALLEST: f64 = 4.0;
const LARGEST: f64 = 40.0;

/// The looks of nodes that were measured: areas grow with strength. None where no node has a position.
pub(crate) fn of_measures(graph: &SocialGraph, measures: &[NodeMeasures]) -> Vec<Option<Look>> {
    let is_laid_out = measures.iter().any(|row| row.x.0 != 0.0 || row.y.0 != 0.0);
    if !is_laid_out {
        return Vec::new();
    }
    let strength = |row: &NodeMeasures| row.in_strength.0 + row.out_strength.0;
    let strongest = measures.iter().map(strength).fold(0.0, f64::max);
    let mut looks = vec![None; graph.as_petgraph().node_count()];
    for row in measures {
        let Some(node) = graph.find(&row.id) else { continue };
        if !(row.x.0.is_finite() && row.y.0.is_finite()) {
            continue;
        }
        let share = if strongest > 0.0 { strength(row) / strongest } else { 0.0 };
        let color = usize::try_from(row.community).ok().and_then(|community| COLORS.get(community));
        looks[node.index()] = Some(Look {
            x: row.x.0,
            y: row.y.0,
            size: SMALLEST + (LARGEST - SMALLEST) * share.max(0.0).sqrt(),
            color: color.copied().unwrap_or(GREY),
        });
    }
    looks
}
