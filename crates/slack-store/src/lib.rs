//! What every store of Slack analytics' tables shares.
//!
//! [`Input`] says what is loaded: the catalogue of tables, the master's tables, and those of its results. A [`Store`] takes
//! it, and says in a [`LoadSummary`] what it did. [`Input::jobs`] is the list of tables, in the order in which they can be
//! loaded, each with its rule: rows of the contract's tables stay, all others become what their files say.

mod input;
mod loaded;

pub use self::input::{Input, Job, Keeping, network_tables};
pub use self::loaded::{LoadSummary, Reason, RejectedRow, TableLoad, Withdrawn};

use slack_model::Progress;

/// Something that tables are loaded into.
///
/// ```
/// use std::collections::BTreeMap;
/// use slack_model::{MemoryTables, Progress, RawReader};
/// use slack_store::{Input, LoadSummary, Store, TableLoad};
///
/// /// Counts the rows of each table, and keeps nothing else.
/// #[derive(Default)]
/// struct Counter(BTreeMap<&'static str, u64>);
///
/// impl Store for Counter {
///     type Error = slack_model::Error;
///
///     fn load(&mut self, input: &Input<'_>, _: &dyn Progress) -> Result<LoadSummary, Self::Error> {
///         let mut summary = LoadSummary::default();
///         for job in input.jobs() {
///             let mut load = TableLoad::of(job.schema.name);
///             if let Some(mut rows) = RawReader::open(job.source, &job.schema)? {
///                 while rows.read()?.is_some() {
///                     load.rows += 1;
///                 }
///             }
///             self.0.insert(job.schema.name, load.rows);
///             summary.tables.push(load);
///         }
///         Ok(summary)
///     }
/// }
///
/// let master = MemoryTables::default();
/// master.insert("user_data", "id,name\nU1,ann\nU2,ben\n");
/// let mut counter = Counter::default();
/// counter.load(&Input::new(&master, None), &())?;
/// assert_eq!(counter.0["user_data"], 2);
/// # Ok::<(), slack_model::Error>(())
/// ```
pub trait Store {
    /// Why a load failed; the store is then as it was.
    type Error;

    /// Loads tables: all or nothing.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, or the store cannot take it.
    fn load(&mut self, input: &Input<'_>, progress: &dyn Progress) -> Result<LoadSummary, Self::Error>;
}
