//! All tables of the master and of the batches, several at a time.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use slack_model::rows::{Message, Reaction, Reply, Revision, TABLES};
use slack_model::{Schema, Table, TableSink, TableSource};

use crate::error::Result;
use crate::join::merge_table;

/// How to merge.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MergeOptions {
    /// Number of tables that are merged at the same time; by default as many as there are processors.
    pub threads: Option<NonZeroUsize>,
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
}

impl MergeSummary {
    /// Adds what a later merge into the same master did.
    pub(crate) fn add(&mut self, later: Self) {
        for (table, change) in later.tables {
            let sum = self.tables.entry(table).or_default();
            sum.rows = change.rows;
            sum.added += change.added;
            sum.changed += change.changed;
        }
    }
}

/// The tables that are large in most masters. They are begun first, so that no thread is left with one at the end.
const LARGEST: [&str; 4] =
    [Message::SCHEMA.name, Revision::SCHEMA.name, Reply::SCHEMA.name, Reaction::SCHEMA.name];

/// Merges the tables of batches into a master's, and writes the tables that changed to `merged`.
///
/// A table without a change is not written: it is as it was. A table that the master lacks is written even
/// if it is empty. Memory does not grow with the tables, but for a channel's windows and a few buffers a batch.
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
    let mut tables: Vec<&'static Schema> = TABLES.iter().collect();
    tables
        .sort_by_key(|schema| LARGEST.iter().position(|name| *name == schema.name).unwrap_or(LARGEST.len()));
    let threads = options.threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(tables.len());
    let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut done = Vec::new();
        while !has_failed.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(schema) = tables.get(place) else { break };
            let change = merge_table(schema, master, batches, merged);
            if change.is_err() {
                has_failed.store(true, Ordering::Relaxed);
            }
            done.push((place, change));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(place, _)| *place);
    let mut summary = MergeSummary::default();
    for (place, change) in done {
        if let Some(change) = change? {
            summary.tables.insert(tables[place].name, change);
        }
    }
    Ok(summary)
}
