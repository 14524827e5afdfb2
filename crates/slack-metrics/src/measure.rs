//! The entry: which tables, from where, to where.

use slack_model::in_order::threads_or_all;
use slack_model::{Progress, Schema, TableSink, TableSource};

use crate::error::{Error, Result};
use crate::gaps::{TableRows, rerank};
use crate::memory::{MemoryBudget, Sizes, channel_bytes};
use crate::metric::DynMetric;
use crate::metrics::METRICS;
use crate::names::Names;
use crate::options::MetricOptions;
use crate::pass::Pass;
use crate::sorted::SpillTo;
use crate::survey::{MessageSurvey, Survey, survey};
use crate::timeline::Timeline;
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
///
/// Memory holds 42 bytes of each message and 16 of each reaction, the channels that are measured at the moment, and what
/// metrics keep of all channels, of which the edges are the most and go to files when they outgrow their room.
/// [`MetricOptions::max_memory`] sets how much all of it may take: fewer channels are measured at a time, and more goes to
/// files.
///
/// # Errors
///
/// Where a table cannot be read or is not sorted, a metric table not be written, an option names what is not there, or
/// the memory that may be used is not enough for the largest channel.
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
///
/// # Errors
///
/// As [`measure`], and where two metrics write a table of one name.
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
    let threads = threads_or_all(options.threads).get();
    let known = load(source, options)?;
    let survey = survey(source, &known, options, threads)?;
    let (workspace, timeline, budget) = number(known, survey, options, threads)?;
    let pass =
        Pass { source, metrics: &metrics, workspace: &workspace, timeline: &timeline, budget, threads };
    let results = pass.run(sink, &SpillTo(options.spill_to.clone()), progress)?;
    // What is known of each row makes room for what is sorted now.
    drop(timeline);
    let mut summary = results.finish(sink, &workspace, threads)?;
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
fn number(
    known: Known,
    survey: Survey,
    options: &MetricOptions,
    threads: usize,
) -> Result<(Workspace, Timeline, MemoryBudget)> {
    let ids = |names: &Names| -> Vec<Box<[u8]>> { names.iter().map(Into::into).collect() };
    let listed = ids(&known.channel_ids).into_iter().filter(|id| options.wants_channel(id));
    let in_channels = survey.messages.walked.channels.iter().chain(&survey.replies.walked.channels);
    // Channels that do not count are not measured; that they are listed is known all the same.
    let measured = Names::of(listed.chain(in_channels.map(|channel| channel.id.clone())));
    let channel_ids = Names::of(ids(&known.channel_ids).into_iter().chain(ids(&measured)));
    let is_measured = channel_ids.iter().map(|id| measured.rank(id).is_some()).collect();
    let places = Timeline::places(&survey, &channel_ids);

    let Survey { messages, replies, reactions } = survey;
    let listed_users = ids(&known.user_ids);
    let strangers = [&messages.strangers, &replies.strangers, &reactions.strangers];
    let user_ids = Names::of(listed_users.iter().chain(strangers.into_iter().flatten()).cloned());
    let sizes = Sizes {
        rows: messages.rows.times.len() + replies.rows.times.len(),
        reactions: reactions.rows.times.len(),
        channels: channel_ids.len(),
        users: user_ids.len(),
        largest_channel: places.iter().map(channel_bytes).max().unwrap_or_default(),
    };
    let budget = MemoryBudget::of(options.max_memory, sizes, threads)?;
    let users = |strangers: &[Box<[u8]>]| user_ids.ranks(listed_users.iter().chain(strangers));
    let types = Names::of(messages.types.iter().chain(&replies.types).cloned());
    let emoji = Names::of(reactions.emoji.iter().cloned());

    let rows = |of: MessageSurvey| TableRows::of(of.rows, &users(&of.strangers), &types.ranks(&of.types));
    let mut reaction_rows = reactions.rows;
    rerank(&mut reaction_rows.users, &users(&reactions.strangers));
    rerank(&mut reaction_rows.emoji, &emoji.ranks(&reactions.emoji));
    let (n_users, room) = (user_ids.len(), budget.posts);
    let timeline = Timeline::of(rows(messages), rows(replies), reaction_rows, places, n_users, room, threads);
    Ok((known.complete(user_ids, channel_ids, is_measured, emoji, &types), timeline, budget))
}
