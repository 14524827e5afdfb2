//! What a pipeline tells, in words for a person.

use slack_pipeline::{
    Event, Highlights, HomeUpgrade, JoinedAlias, MergeSummary, MetricsSummary, NetworkSummary, PruneSummary,
    PrunedBatch, ReportSummary, RetentionPolicy, TransformSummary, VisibilityChange, WithheldChannel,
    WithheldChannels,
};

use crate::capture_words;
use crate::figures::{count, number};

/// So many withheld channels are named to a person; `--json` has all.
const NAMED: usize = 40;

/// The lines of an event.
pub(crate) fn of(event: &Event<'_>) -> String {
    match event {
        Event::Extract(capture) => capture_words::lines(capture, "answer"),
        Event::Import(capture) => capture_words::lines(capture, "file"),
        Event::Transform(made) => transform(made),
        Event::Visibility(change) => visibility(change),
        Event::Upgrade(HomeUpgrade { subject, removed, .. }) => format!(
            "{subject}: removed, as they show what is withheld now: {}; `report` and `graph` make them again",
            removed.join(", ")
        ),
        Event::Merge(merged) => merge(merged),
        Event::Metrics(measured) => metrics(measured),
        Event::Graph(network) => graph(network),
        Event::Report(written) => report(written),
        Event::Prune(pruned) => prune(pruned),
        Event::Withheld(channels) => withheld_channels(channels),
        Event::Summary(highlights) => summary(highlights),
        _ => String::new(),
    }
}

fn transform(made: &TransformSummary) -> String {
    let Some(batch) = made.batch else { return "nothing to do: every batch has its tables".into() };
    let rows = |table: &str| made.rows.get(table).copied().unwrap_or_default();
    let mut line = format!(
        "batch {batch}: {}, {} replies, {}, {}, {}",
        count(rows("message_data"), "message"),
        number(rows("thread_data")),
        count(rows("reaction_data"), "reaction"),
        count(rows("user_data"), "user"),
        count(rows("channel_data"), "channel"),
    );
    let listed = [(made.set_aside, "record"), (made.set_aside_parts, "part of a record")];
    for (number, noun) in listed.into_iter().filter(|(number, _)| *number > 0) {
        let file = made.set_aside_file.display();
        line.push_str(&format!("\n{} could not be read: {file}", many(number, noun)));
    }
    if made.not_read > 0 {
        let mut names = made.not_read_names.clone();
        let more = made.not_read.saturating_sub(names.len() as u64);
        if more > 0 {
            names.push(format!("{} more", number(more)));
        }
        line.push_str(&format!(
            "\nnot read, of no known kind: {} ({}): {}",
            count(made.not_read, "file"),
            names.join(", "),
            made.not_read_file.display()
        ));
    }
    if made.words_elsewhere > 0 {
        line.push_str(&format!(
            "\n{} without a text: their words, in blocks or attachments, are in the raw pages alone",
            count(made.words_elsewhere, "message")
        ));
    }
    if made.broken_off {
        line.push_str("\nthe capture was broken off: messages, replies or reactions may be missing");
    }
    line
}

/// A number of things, whose name may have more words after the one that counts.
fn many(number: u64, noun: &str) -> String {
    match noun.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", count(number, first)),
        None => count(number, noun),
    }
}

fn visibility(change: &VisibilityChange) -> String {
    let line = |names: &[String], what: &str| {
        let count = count(names.len() as u64, "conversation");
        (!names.is_empty()).then(|| format!("{count} {what}: {}", names.join(", ")))
    };
    let lines = [
        line(&change.withheld_names, "that no list calls public withheld from now on"),
        line(&change.public_names, "that no list names shown from now on, as you said"),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn merge(merged: &MergeSummary) -> String {
    let what = match &merged.batches[..] {
        [] if merged.is_nothing() => return "nothing to do: the master holds every batch".into(),
        [id] => format!("batch {id}"),
        ids => format!("{} batches", ids.len()),
    };
    let mut line = format!(
        "{what}: {} rows new, {} changed; the master has {} and {} replies",
        number(merged.added),
        number(merged.changed),
        count(merged.rows("message_data"), "message"),
        number(merged.rows("thread_data")),
    );
    for JoinedAlias { name, channel, reason, .. } in &merged.joined {
        let why = match *reason {
            "operator" => "references/channel_alias.csv says so",
            _ => "both hold the same message",
        };
        line.push_str(&format!("\nfolder {name} is channel {channel}: joined, {why}"));
    }
    line
}

fn metrics(measured: &MetricsSummary) -> String {
    format!(
        "{}: {} in {}, {}, {}, {} -> {}",
        measured.subject,
        count(measured.posts, "post"),
        count(measured.messages, "message"),
        count(measured.users, "user"),
        count(measured.channels, "channel"),
        count(measured.rows.len() as u64, "table"),
        measured.path.display()
    )
}

fn graph(network: &NetworkSummary) -> String {
    let mut line = format!(
        "{}: {}, {}, {} (modularity {:.2}){} -> {}",
        network.subject,
        nodes(network),
        count(network.ties as u64, "edge"),
        counted(network.communities, "community", "communities"),
        network.measures.get("modularity").copied().unwrap_or_default(),
        samples(network),
        network.path.display()
    );
    if network.larger_channels > 0 {
        let channels = count(network.larger_channels as u64, "channel");
        line.push_str(&format!("\n{channels} of more people left out (--by-channels=MOST_PEOPLE)"));
    }
    if !network.files.is_empty() {
        line.push_str(&format!("\n{}", network.files.join(", ")));
    }
    line.push_str(&withheld(network.left_out));
    if !network.removed.is_empty() {
        line.push_str(&format!("\nremoved, being of an earlier graph: {}", network.removed.join(", ")));
    }
    line
}

/// Says which shortest paths are walked from a sample.
fn samples(network: &NetworkSummary) -> String {
    let value = |key: &str| network.measures.get(key).copied();
    let n_nodes = value("nodes").unwrap_or_default();
    let kinds = [("path_sources", "shortest paths"), ("weighted_path_sources", "weighted shortest paths")];
    let sampled = kinds.into_iter().filter_map(|(key, paths)| {
        let sources = value(key).filter(|sources| *sources < n_nodes)?;
        Some(format!("; {paths} from a sample of {}", number(sources as u64)))
    });
    sampled.collect()
}

/// Says how many people a network has, and how many channels where they are nodes.
fn nodes(network: &NetworkSummary) -> String {
    let people = counted(network.people, "person", "people");
    match network.channels {
        0 => people,
        channels => format!("{people} and {}", count(channels as u64, "channel")),
    }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", self::number(number as u64), if number == 1 { one } else { many })
}

/// A line for the conversations that are withheld, if there are any.
pub(crate) fn withheld(conversations: usize) -> String {
    if conversations == 0 {
        return String::new();
    }
    let conversations = count(conversations as u64, "private or direct conversation");
    format!("\n{conversations} withheld (--include-private, --include-dms)")
}

fn report(written: &ReportSummary) -> String {
    let (subject, path) = (&written.subject, written.path.display());
    format!("{subject}: {} kB -> {path}{}", number(written.bytes / 1000), withheld(written.left_out))
}

fn prune(pruned: &PruneSummary) -> String {
    let mut line = format!(
        "{} {} of {}, {} bytes",
        if pruned.dry_run { "would remove" } else { "removed" },
        count(pruned.pages, "page"),
        if pruned.batches.len() == 1 {
            "1 batch".to_owned()
        } else {
            format!("{} batches", pruned.batches.len())
        },
        number(pruned.bytes)
    );
    if pruned.policy == RetentionPolicy::All {
        line.push_str("; all pages are kept: --keep 365d, or [retention] raw, says otherwise");
    }
    for batch in &pruned.each {
        line.push_str(&match batch {
            PrunedBatch::Kept { batch, why } => format!("\n{batch} keeps its pages: {why}"),
            PrunedBatch::Removed { batch, pages, bytes } => {
                format!("\n{batch}: {}, {} bytes", count(*pages, "page"), number(*bytes))
            }
        });
    }
    line
}

fn summary(highlights: &Highlights) -> String {
    let list = |rows: &[(String, u64)]| {
        let items: Vec<_> = rows.iter().map(|(name, value)| format!("{name} ({})", number(*value))).collect();
        if items.is_empty() { "none".into() } else { items.join(", ") }
    };
    format!(
        "busiest channels: {}\nbusiest people:   {}\nfavourite emoji:  {}{}\n\
         batches, master, metrics and graph.gexf are in {}\n\
         to look at: {}",
        list(&highlights.channels),
        list(&highlights.people),
        list(&highlights.emoji),
        withheld(highlights.left_out),
        highlights.path.display(),
        highlights.report.display()
    )
}

/// Which conversations are withheld since no list names them, with what would open them.
fn withheld_channels(withheld: &WithheldChannels) -> String {
    let withheld = &withheld.channels;
    let channels: Vec<&WithheldChannel> =
        withheld.iter().filter(|channel| channel.kind == "channel").collect();
    let of = |kinds: &[&str], name: &str| {
        let of_kind = withheld.iter().filter(|channel| kinds.contains(&channel.kind.as_str())).count();
        (of_kind > 0).then(|| count(of_kind as u64, name))
    };
    let others = [
        of(&["group"], "private channel"),
        of(&["im", "mpim"], "direct message"),
        of(&["canvas"], "canvas folder"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    let mut lines = Vec::new();
    if !channels.is_empty() {
        let mut names: Vec<&str> = channels.iter().take(NAMED).map(|channel| channel.name.as_str()).collect();
        let more = format!("{} more", number((channels.len() - names.len()) as u64));
        if channels.len() > names.len() {
            names.push(&more);
        }
        lines.push(format!(
            "{} that no list names, so that nobody knows whether they are public: {}\n\
             to show those that are public: slack-analytics merge --assume-public NAME..., then slack-analytics report",
            count(channels.len() as u64, "channel"),
            names.join(", ")
        ));
    }
    if !others.is_empty() {
        lines.push(format!("{} that no list names", others.join(", ")));
    }
    lines.join("\n")
}
