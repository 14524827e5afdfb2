//! What the master's metric tables say of the visible conversations, in a few lines.

use std::path::Path;

use serde_json::json;
use slack_model::rows::Node;
use slack_model::{Folder, Shown};
use slack_report::unknown_person;

use crate::exit::Result;
use crate::output::number;
use crate::pipeline::{Pipeline, Subject};
use crate::shown::withheld;
use crate::tables::read_table;

/// Tells what is visible of the community, and where it is.
pub(crate) fn summarise(pipeline: &Pipeline<'_>, shown: Shown) -> Result<()> {
    let visible = pipeline.shown(&Subject::Master, shown)?;
    let metrics = visible.metrics.unwrap_or_else(|| pipeline.home.metrics());
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
        "busiest channels: {}\nbusiest people:   {}\nfavourite emoji:  {}{}\n\
         batches, master, metrics and graph.gexf are in {}\n\
         to look at: {}",
        list(&channels),
        list(&people),
        list(&emoji),
        withheld(visible.left_out),
        pipeline.home.root().display(),
        report.display()
    );
    let values = json!({
        "path": pipeline.home.root(), "report": report, "channels": channels, "people": people, "emoji": emoji,
        "left_out": visible.left_out,
    });
    pipeline.output.tell("summary", &line, values)
}

/// Puts people's names in the place of their ids, which say nothing to a reader.
fn with_names(metrics: &Path, people: Vec<(String, u64)>) -> Result<Vec<(String, u64)>> {
    let nodes: Vec<Node> = read_table(&Folder(metrics.into()))?;
    let mut unknown = 0;
    // Not everyone has a full name, and one that no user list holds has no name at all.
    let mut name = |id: &str| {
        let node = nodes.iter().find(|node| node.id == id);
        let mut names = node.into_iter().flat_map(|node| [&node.name, &node.label]);
        names.find(|name| !name.trim().is_empty()).cloned().unwrap_or_else(|| {
            unknown += 1;
            unknown_person(unknown)
        })
    };
    Ok(people.into_iter().map(|(id, posts)| (name(&id), posts)).collect())
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
