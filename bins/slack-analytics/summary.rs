//! What the master's metric tables say, in a few lines.

use std::path::Path;

use serde_json::json;
use slack_model::rows::Node;
use slack_model::{Folder, Table, TableReader};

use crate::exit::Result;
use crate::output::number;
use crate::pipeline::{Pipeline, Subject};

/// Tells what the metric tables say of the community, and where they are.
pub(crate) fn summarise(pipeline: &Pipeline<'_>) -> Result<()> {
    let metrics = pipeline.home.metrics();
    let channels = top(&metrics, "aggr_by_channel", "name", "posts")?;
    let people = top(&metrics, "useractive_data", "user_id", "message_count")?;
    let people = with_names(&metrics, people)?;
    let emoji = top(&metrics, "emoji_data", "reaction", "count")?;
    let list = |rows: &[(String, u64)]| {
        let items: Vec<_> = rows.iter().map(|(name, value)| format!("{name} ({})", number(*value))).collect();
        if items.is_empty() { "none".into() } else { items.join(", ") }
    };
    let report = pipeline.report_path(&Subject::Master);
    let line = format!(
        "busiest channels: {}\nbusiest people:   {}\nfavourite emoji:  {}\n\
         batches, master, metrics and graph.gexf are in {}\n\
         to look at: {}",
        list(&channels),
        list(&people),
        list(&emoji),
        pipeline.home.root().display(),
        report.display()
    );
    let values = json!({ "path": pipeline.home.root(), "report": report, "channels": channels, "people": people, "emoji": emoji });
    pipeline.output.tell("summary", &line, values)
}

/// Puts people's names in the place of their ids.
fn with_names(metrics: &Path, people: Vec<(String, u64)>) -> Result<Vec<(String, u64)>> {
    let nodes = TableReader::open(&Folder(metrics.into()), &Node::SCHEMA)?;
    let nodes: Vec<Node> = nodes.map(|nodes| nodes.rows().collect()).transpose()?.unwrap_or_default();
    // Not everyone has a full name, and one that no user list holds has no name at all.
    let name = |id: String| {
        let node = nodes.iter().find(|node| node.id == id);
        let names = node.into_iter().flat_map(|node| [&node.name, &node.label]);
        names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or(id)
    };
    Ok(people.into_iter().map(|(id, posts)| (name(id), posts)).collect())
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
