//! Merges the tables of batches into a master that never forgets.
//!
//! [`merge_tables`] joins sets of sorted tables, a master's and those of any number of batches, in one pass over each.
//! Where several hold a key, the newest statement is used, whatever order the batches come in: of a user the one of the
//! greater `updated`, of a message's text the one of the greater `edited_ts`, then the newer batch's; of all else the newer
//! batch's. So merging is idempotent, commutative and associative, and a master can be made again from its
//! batches at any time. [`merge_folder`] does the same to a master on disk, which changes as a whole or not
//! at all. Rows that no batch touches are copied as they stand, and a table that does not change is not written.
//!
//! Nothing is ever deleted. A message that a batch no longer saw, although it walked through the time in
//! which the message stands (`window_data`), keeps its last text and says in `deleted_batch` when it was
//! first missed.
//!
//! ```
//! use slack_model::MemoryTables;
//!
//! let (master, batch, merged) = (MemoryTables::default(), MemoryTables::default(), MemoryTables::default());
//! let header = "channel,user_id,first_batch,last_batch\n";
//! master.insert("member_data", format!("{header}C1,U1,20240101000000,20240101000000\n"));
//! batch.insert("member_data", format!("{header}C1,U1,20250101000000,20250101000000\n"));
//! slack_merge::merge_tables(&master, &[&batch], &merged, &slack_merge::MergeOptions::default())?;
//! let expected = format!("{header}C1,U1,20240101000000,20250101000000\n");
//! assert_eq!(merged.get("member_data"), Some(expected.into_bytes()));
//! # Ok::<(), slack_merge::Error>(())
//! ```

mod aliases;
mod classes;
mod deletions;
mod error;
mod folder;
mod incoming;
mod join;
mod output;
mod proofs;
mod rules;
mod split;
mod tables;
mod windows;

pub use self::aliases::{JoinReason, JoinedFolder};
pub use self::error::{Error, Result};
pub use self::folder::{merge_folder, merged_batches};
pub use self::tables::{MergeOptions, MergeSummary, TableChange, merge_tables};
