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

impl Look {
    pub(crate) fn is_finite(&self) -> bool {
        [self.x, self.y, self.size].into_iter().all(f64::is_finite)
    }
}

/// Colours that people with a colour vision deficiency can tell apart (Okabe, Ito, *Color universal design*, 2008),
/// without black; grey is for the communities after them.
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
    fn areas_grow_with_strength() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,,user\nU2,,user\nU3,,user\nU4,,user\n");
        let graph = SocialGraph::read(&tables).expect("sound");
        let rows = [
            row("U2", 8.0, 1, -3.0),
            row("U3", 2.0, 7, 0.0),
            row("U4", 1.0, 0, f64::NAN),
            row("U9", 1.0, 0, 1.0),
        ];
        let export = Export::new(&graph).with_measures(&rows);
        let found: Vec<_> =
            (0..4).map(|node| export.look(node).map(|look| (look.x, look.size, look.color))).collect();
        assert_eq!(found, [None, Some((-3.0, 40.0, COLORS[1])), Some((0.0, 22.0, GREY)), None]);
        assert!(of_measures(&graph, &[row("U2", 8.0, 1, 0.0)]).is_empty(), "nothing is laid out");
    }
}
