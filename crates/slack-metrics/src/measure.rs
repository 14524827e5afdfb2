//! The entry: which tables, from where, to where.

use slack_model::{Progress, Schema, TableSink, TableSource};

use crate::error::{Error, Result};
use crate::gaps::Timeline;
use crate::metric::DynMetric;
use crate::metrics::METRICS;
use crate::names::Names;
use crate::options::MetricOptions;
use crate::pass;
use crate::survey::{Survey, survey};
use crate::workspace::{Known, Workspace, load};

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeasureSummary {
    /// The tables that were written, in the order of the list of metrics.
    pub tables: Vec<TableSummary>,
    /// Number of messages and replies of all kinds.
    pub messages: u64,
    /// Number of those that persons wrote.
    pub posts: u64,
    /// Number of reactions to these messages.
    pub reactions: u64,
    /// Number of users that any table names.
    pub users: u64,
    /// Number of channels that are listed or hold a message.
    pub channels: u64,
}

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableSummary {
    /// The table's name.
    pub name: &'static str,
    /// Number of rows.
    pub rows: u64,
}

/// Measures a workspace: reads its tables, writes the metric tables.
pub fn measure<S: TableSource, K: TableSink>(
    source: &S,
    sink: &K,
    options: &MetricOptions,
    progress: &dyn Progress,
) -> Result<MeasureSummary>
where
    K::Output: Send,
{
    measure_with(source, sink, options, progress, &[])
}

/// Measures a workspace with further metrics, which see the same pass as the built-in ones.
pub fn measure_with<S: TableSource, K: TableSink>(
    source: &S,
    sink: &K,
    options: &MetricOptions,
    progress: &dyn Progress,
    further: &[&dyn DynMetric],
) -> Result<MeasureSummary>
where
    K::Output: Send,
{
    let metrics = chosen(options, further)?;
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok());
    let threads = threads.map_or(1, usize::from);
    let known = load(source, options)?;
    let survey = survey(source, &known, threads)?;
    let (workspace, timeline) = number(known, survey);
    let mut summary = pass::run(source, sink, &metrics, &workspace, &timeline, threads, progress)?;
    summary.users = workspace.user_count() as u64;
    summary.channels = workspace.channel_count() as u64;
    Ok(summary)
}

/// The metrics whose tables are wanted.
fn chosen<'m>(
    options: &MetricOptions,
    further: &[&'m dyn DynMetric],
) -> Result<Vec<(Schema, &'m dyn DynMetric)>> {
    let mut all: Vec<(Schema, &'m dyn DynMetric)> = Vec::new();
    for metric in METRICS.iter().chain(further) {
        let schema = metric.table();
        if all.iter().any(|(other, _)| other.name == schema.name) {
            return Err(Error::TwiceNamed { table: schema.name });
        }
        all.push((schema, *metric));
    }
    for name in options.only.iter().chain(&options.skip) {
        if all.iter().all(|(schema, _)| schema.name != name) {
            let known = all.iter().map(|(schema, _)| schema.name).collect::<Vec<_>>().join(", ");
            return Err(Error::UnknownTable { name: name.clone(), known });
        }
    }
    let named = |names: &[String], schema: &Schema| names.iter().any(|name| name == schema.name);
    all.retain(|(schema, _)| {
        (options.only.is_empty() || named(&options.only, schema)) && !named(&options.skip, schema)
    });
    Ok(all)
}

/// Gives everything that is named its final number.
fn number(known: Known, mut survey: Survey) -> (Workspace, Timeline) {
    let ids = |names: &Names| -> Vec<Box<[u8]>> { names.iter().map(Into::into).collect() };
    let in_channels = survey.messages.channels.iter().chain(&survey.replies.channels);
    let channel_ids =
        Names::of(ids(&known.channel_ids).into_iter().chain(in_channels.map(|(channel, _)| channel.clone())));
    let timeline = Timeline::of(&mut survey, &channel_ids, known.user_ids.len());
    let Survey { messages, replies, reactions } = survey;
    let strangers = [messages.strangers, replies.strangers, reactions.strangers].into_iter().flatten();
    let user_ids = Names::of(ids(&known.user_ids).into_iter().chain(strangers));
    let words = Names::of(messages.words.into_iter().chain(replies.words));
    (known.complete(user_ids, channel_ids, Names::of(reactions.emoji), words), timeline)
}
