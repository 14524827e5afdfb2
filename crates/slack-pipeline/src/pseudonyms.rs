//! The tables of a graph, in which pseudonyms stand for people and channels.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use slack_model::rows::{Edge, MonthlyEdge, Node};
use slack_model::{ChannelId, Folder, Table};
use slack_report::PseudonymKey;

use crate::error::Result;
use crate::table_io::{read_table, write_table};

/// Copies node_data, edge_data and edge_by_month with pseudonyms instead of ids and names. Returns the pseudonyms of the bots.
///
/// Where somebody lives, and when somebody did something first and last, is left out as in a report. Rows are in the order of
/// their pseudonyms, which tells nothing of the ids.
pub(crate) fn pseudonymise(
    from: &Path,
    to: &Path,
    key: &PseudonymKey,
    bots: BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    let from = Folder(from.into());
    let nodes: Vec<Node> = read_table(&from)?;
    let names = Names::of(&nodes, key);
    let nodes = nodes.into_iter().map(|node| Node {
        id: names.of_id(&node.id),
        label: names.of_id(&node.id),
        name: String::new(),
        iso: String::new(),
        country: String::new(),
        city: String::new(),
        ..node
    });
    write_sorted(to, nodes)?;
    let edges = read_table::<Edge>(&from)?.into_iter().map(|edge| Edge {
        source: names.of_id(&edge.source),
        target: names.of_id(&edge.target),
        channel: ChannelId::from(&*names.of_channel(edge.channel.as_str())),
        first_time: None,
        last_time: None,
        ..edge
    });
    write_sorted(to, edges)?;
    let months = read_table::<MonthlyEdge>(&from)?.into_iter().map(|edge| MonthlyEdge {
        source: names.of_id(&edge.source),
        target: names.of_id(&edge.target),
        ..edge
    });
    write_sorted(to, months)?;
    Ok(bots.iter().map(|bot| names.of_id(bot)).collect())
}

fn write_sorted<T: Table>(to: &Path, rows: impl Iterator<Item = T>) -> Result<()> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by(Table::compare_keys);
    write_table(to, rows)
}

/// The pseudonym of each node.
struct Names<'k> {
    by_id: BTreeMap<String, String>,
    key: &'k PseudonymKey,
}

impl<'k> Names<'k> {
    fn of(nodes: &[Node], key: &'k PseudonymKey) -> Self {
        let mut taken = BTreeSet::new();
        let mut by_id = BTreeMap::new();
        for node in nodes {
            let first = if node.kind == "channel" { key.channel(&node.id) } else { key.pseudonym(&node.id) };
            // Two of a million people may have the same: a graph must not join them.
            let mut name = first.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{first} {number}");
                number += 1;
            }
            by_id.insert(node.id.clone(), name);
        }
        Self { by_id, key }
    }

    /// Of somebody who is no node, too.
    fn of_id(&self, id: &str) -> String {
        self.by_id.get(id).cloned().unwrap_or_else(|| self.key.pseudonym(id))
    }

    fn of_channel(&self, id: &str) -> String {
        self.by_id.get(id).cloned().unwrap_or_else(|| self.key.channel(id))
    }
}
