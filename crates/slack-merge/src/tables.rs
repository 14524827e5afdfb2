//! All tables of the master and of the batches, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use slack_model::in_order::{InOrder, threads_or_all};
use slack_model::rows::{Channel, Message, Reaction, Reply, Revision, TABLES};
use slack_model::{ChannelId, Schema, Table, TableSink, TableSource};

use crate::aliases::JoinedFolder;
use crate::deletions::Deletions;
use crate::error::{Error, Result};
use crate::join::merge_table;

/// How to merge.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MergeOptions {
    /// Number of tables that are merged at the same time; by default as many as there are processors. Where there are
    /// many batches, fewer are: each of them has files open for each table.
    pub threads: Option<NonZeroUsize>,
    /// Folders of exports that no list names, by their ids, and the channels that the operator says they are.
    pub aliases: Vec<(ChannelId, ChannelId)>,
    /// Ids and names of channels that no list names and that are public all the same, as the operator says. Whatever
    /// else no list names is confidential.
    pub assumed_public: BTreeSet<String>,
}

/// What a merge did to a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableChange {
    /// Rows that the master has now.
    pub rows: u64,
    /// Rows of keys that the master did not have.
    pub added: u64,
    /// Rows whose values are others now.
    pub changed: u64,
}

impl TableChange {
    /// Whether the table is as it was.
    pub fn is_none(&self) -> bool {
        self.added == 0 && self.changed == 0
    }
}

/// What a merge did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeSummary {
    /// Each table that the master or a batch has.
    pub tables: BTreeMap<&'static str, TableChange>,
    /// The folders that were found to be channels.
    pub joined: Vec<JoinedFolder>,
}

impl MergeSummary {
    /// Adds what a later merge into the same master did.
    pub(crate) fn add(&mut self, later: Self) {
        self.joined.extend(later.joined);
        for (table, change) in later.tables {
            let sum = self.tables.entry(table).or_default();
            sum.rows = change.rows;
            sum.added += change.added;
            sum.changed += change.changed;
        }
    }
}

/// So many files are open at the same time at the most: some systems give a process no more than 256.
const FILES: usize = 180;

/// So many batches can be merged at once, if four tables are to go side by side, which are the large ones.
pub(crate) const BATCHES_AT_ONCE: usize = 27;

/// The tables that are large in most masters. They are begun first, so that no thread is left with one at the end.
const LARGEST: [&str; 4] =
    [Message::SCHEMA.name, Revision::SCHEMA.name, Reply::SCHEMA.name, Reaction::SCHEMA.name];

/// Merges the tables of batches into a master's, and writes the tables that changed to `merged`.
///
/// A table without a change is not written: it is as it was. A table that the master lacks is written even
/// if it is empty. Where there are no batches, only the classes of channels can change, and no other table is looked at.
/// Memory does not grow with the tables, but for a channel's windows and a few buffers a batch.
/// Every batch's table is open while that table is merged.
///
/// # Errors
///
/// Where a table cannot be read, is not sorted by its key, or cannot be written.
pub fn merge_tables<S: TableSink>(
    master: &dyn TableSource,
    batches: &[&dyn TableSource],
    merged: &S,
    options: &MergeOptions,
) -> Result<MergeSummary> {
    let is_wanted = |schema: &&Schema| !batches.is_empty() || schema.name == Channel::SCHEMA.name;
    let mut tables: Vec<&'static Schema> = TABLES.iter().filter(is_wanted).collect();
    tables
        .sort_by_key(|schema| LARGEST.iter().position(|name| *name == schema.name).unwrap_or(LARGEST.len()));
    let threads = threads_or_all(options.threads).min(side_by_side(&tables, batches.len()));
    let mut summary = MergeSummary::default();
    // What a table changed is small: nothing has to wait for it.
    InOrder { threads, ahead: usize::MAX }.run(
        tables.iter().map(|schema| Ok::<_, Error>(*schema)),
        || (),
        |(), schema| {
            Ok(merge_table(schema, master, batches, merged, options)?.map(|change| (schema.name, change)))
        },
        |_| 0,
        |change| {
            summary.tables.extend(change);
            Ok(())
        },
    )?;
    Ok(summary)
}

/// The number of tables that may be merged at the same time without more open files than [`FILES`].
fn side_by_side(tables: &[&Schema], n_batches: usize) -> NonZeroUsize {
    let mut files: Vec<_> = tables.iter().map(|schema| files_of(schema, n_batches)).collect();
    files.sort_unstable_by(|one, other| other.cmp(one));
    let mut left = FILES;
    let fits = |files: &&usize| left.checked_sub(**files).inspect(|rest| left = *rest).is_some();
    NonZeroUsize::new(files.iter().take_while(fits).count()).unwrap_or(NonZeroUsize::MIN)
}

/// The number of files that are open while a table is merged.
fn files_of(schema: &Schema, n_batches: usize) -> usize {
    // The master's, twice while its beginning is copied, the one that is written, and each batch's.
    let of_table = 3 + n_batches;
    let of_windows = if Deletions::concern(schema) { 1 + n_batches } else { 0 };
    of_table + of_windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_open_whatever_the_batches() {
        let tables: Vec<_> = TABLES.iter().collect();
        let at_once = |n_batches| side_by_side(&tables, n_batches).get();
        assert_eq!(at_once(1), tables.len());
        assert_eq!(at_once(BATCHES_AT_ONCE), 4);
        assert_eq!(at_once(1_000), 1);
    }
}
