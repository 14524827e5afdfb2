//! What the master's metric tables say of the visible conversations, in a few lines.

use std::path::{Path, PathBuf};

use serde::Serialize;
use slack_model::rows::Node;
use slack_model::{Folder, Shown};
use slack_report::unknown_person;

use crate::error::Result;
use crate::listener::Event;
use crate::pipeline::{Pipeline, Subject};
use crate::table_io::read_table;

/// What the master's metric tables say of the visible conversations: the three busiest of each, with their numbers.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Highlights {
    /// The data home.
    pub path: PathBuf,
    /// The report of the master.
    pub report: PathBuf,
    /// Channels, and their posts.
    pub channels: Vec<(String, u64)>,
    /// People, and their posts.
    pub people: Vec<(String, u64)>,
    /// Emoji, and how often people reacted with them.
    pub emoji: Vec<(String, u64)>,
    /// Private or direct conversations that are withheld.
    pub left_out: usize,
}

impl Pipeline<'_> {
    /// Says what is visible of the community, and where it is.
    ///
    /// # Errors
    ///
    /// Where the master was not measured.
    pub fn highlights(&self, visibility: Shown) -> Result<Highlights> {
        let visible = self.visible(&Subject::Master, visibility)?;
        let metrics = visible.metrics.unwrap_or_else(|| self.home().metrics());
        let nodes: Vec<Node> = read_table(&Folder(metrics.clone()))?;
        let channels = top(&metrics, "aggr_by_channel", "channel", "posts")?;
        let people = top(&metrics, "useractive_data", "user_id", "message_count")?;
        let highlights = Highlights {
            path: self.home().root().into(),
            report: self.report_path(&Subject::Master),
            channels: with_names(&nodes, channels, |number| format!("unnamed conversation {number}")),
            people: with_names(&nodes, people, unknown_person),
            emoji: top(&metrics, "emoji_data", "reaction", "count")?,
            left_out: visible.left_out,
        };
        self.tell(&Event::Summary(&highlights))?;
        Ok(highlights)
    }
}

/// Replaces ids, which say nothing to a reader, by names. What has no name gets a number.
fn with_names(
    nodes: &[Node],
    rows: Vec<(String, u64)>,
    unnamed: impl Fn(u64) -> String,
) -> Vec<(String, u64)> {
    let mut n_unnamed = 0;
    let mut name = |id: &str| {
        let node = nodes.iter().find(|node| node.id == id);
        let mut names = node.into_iter().flat_map(|node| [&node.name, &node.label]);
        names.find(|name| !name.trim().is_empty() && *name != id).cloned().unwrap_or_else(|| {
            n_unnamed += 1;
            unnamed(n_unnamed)
        })
    };
    rows.into_iter().map(|(id, posts)| (name(&id), posts)).collect()
}

/// The three rows of a metric table with the greatest numbers in a column.
fn top(metrics: &Path, table: &str, name: &str, value: &str) -> Result<Vec<(String, u64)>> {
    let mut reader = csv::Reader::from_path(metrics.join(format!("{table}.csv")))?;
    let place = |header: &csv::StringRecord, column: &str| header.iter().position(|field| field == column);
    let header = reader.headers()?.clone();
    let (Some(name), Some(value)) = (place(&header, name), place(&header, value)) else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let count = record[value].parse::<u64>().unwrap_or_default();
        if count > 0 {
            rows.push((record[name].to_owned(), count));
        }
    }
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    rows.truncate(3);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_an_id() {
        let node = |id: &str, label: &str, name: &str| Node {
            id: id.into(),
            label: label.into(),
            kind: "user".into(),
            name: name.into(),
            iso: String::new(),
            country: String::new(),
            city: String::new(),
            channel_type: String::new(),
            channel_class: String::new(),
        };
        let nodes =
            [node("U1", "ann", "Ann A"), node("U2", "bob", ""), node("U3", "", " "), node("D1", "D1", "D1")];
        let rows = ["U1", "U2", "U3", "U9", "D1"].map(|id| (id.to_owned(), 1)).to_vec();
        let named: Vec<_> =
            with_names(&nodes, rows, unknown_person).into_iter().map(|(name, _)| name).collect();
        assert_eq!(named, ["Ann A", "bob", "Unknown person 1", "Unknown person 2", "Unknown person 3"]);
    }
}
