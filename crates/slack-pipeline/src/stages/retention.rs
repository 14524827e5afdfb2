//! How long raw pages are kept.

use std::fs;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use slack_extract::{is_finished, prunable, prune};
use slack_model::batch::{BatchFolder, Metadata};
use slack_model::rows::{Message, NotRead, Reply};
use slack_model::{BatchId, Folder, RawReader, Schema, Table, TableReader, Time};

use super::as_text;
use crate::error::Result;
use crate::listener::Event;
use crate::pipeline::Pipeline;

/// The raw pages that are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "whoever prunes must say what is kept")]
pub enum RetentionPolicy {
    /// All.
    #[default]
    All,
    /// Those of batches that began in this many last seconds.
    Seconds(i64),
    /// Those of this many batches, the newest.
    Batches(usize),
}

impl FromStr for RetentionPolicy {
    type Err = String;

    /// Reads `all`, `365d`, `52w` or `10 batches`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "want what to keep: all, a time such as 365d or 52w, or a number such as `10 batches`".to_owned()
        };
        let text = text.trim();
        if text == "all" {
            return Ok(Self::All);
        }
        let digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let number: i64 = text[..text.len() - digits.len()].parse().map_err(|_| wrong())?;
        let seconds = |unit: i64| number.checked_mul(unit).map(Self::Seconds).ok_or_else(wrong);
        match digits.trim() {
            "d" => seconds(86_400),
            "w" => seconds(7 * 86_400),
            "batch" | "batches" => usize::try_from(number).map(Self::Batches).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

/// The day of an instant.
pub(super) fn day(instant: &str) -> &str {
    instant.get(..10).unwrap_or(instant)
}

impl RetentionPolicy {
    /// The batches whose pages are kept no longer, of all batches, the oldest first. `counts` says whether a batch counts
    /// towards the number to keep. An empty batch must not: it would push out the pages of a good one.
    fn older(
        self,
        batches: &[BatchFolder],
        now: DateTime<Utc>,
        counts: impl Fn(&BatchFolder) -> bool,
    ) -> Vec<&BatchFolder> {
        match self {
            Self::All => Vec::new(),
            Self::Batches(kept) => {
                let mut found = 0;
                let is_newer = |batch: &&BatchFolder| {
                    let is_kept = found < kept;
                    found += usize::from(is_kept && counts(batch));
                    is_kept
                };
                let n_newer = batches.iter().rev().take_while(is_newer).count();
                batches[..batches.len() - n_newer].iter().collect()
            }
            Self::Seconds(kept) => {
                let from = now.timestamp_micros().saturating_sub(kept.saturating_mul(1_000_000));
                batches.iter().filter(|batch| taken_in(batch) < from).collect()
            }
        }
    }
}

/// What was removed, or would be.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PruneSummary {
    /// The batches whose raw pages were removed.
    pub batches: Vec<String>,
    /// Raw pages that were removed.
    pub pages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Batches whose pages are still needed.
    pub kept: Vec<KeptPages>,
    /// Whether nothing was removed yet.
    pub dry_run: bool,
    /// The policy.
    #[serde(skip)]
    pub policy: RetentionPolicy,
    /// Each batch that is older than what is kept, in their order.
    #[serde(skip)]
    pub each: Vec<PrunedBatch>,
}

/// A batch whose pages are still needed.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct KeptPages {
    /// The batch.
    #[serde(serialize_with = "as_text")]
    pub batch: BatchId,
    /// Why.
    pub why: &'static str,
}

/// What became of a batch's raw pages.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_enums, reason = "pages are removed or kept")]
pub enum PrunedBatch {
    /// They were removed.
    Removed {
        /// The batch.
        batch: BatchId,
        /// How many there were.
        pages: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// They are still needed.
    Kept {
        /// The batch.
        batch: BatchId,
        /// Why.
        why: &'static str,
    },
}

impl Pipeline<'_> {
    /// Removes the raw pages of batches that are older than what is kept, or finds out which would be (`is_trial`).
    ///
    /// # Errors
    ///
    /// Where a batch cannot be read, or a page not be removed.
    pub fn prune(&self, policy: RetentionPolicy, is_trial: bool) -> Result<PruneSummary> {
        self.check_cancelled()?;
        let now = Utc::now();
        let merged = self.merged()?;
        let batches = self.home().batches()?;
        let mut each = Vec::new();
        for batch in policy.older(&batches, now, holds_something) {
            let found = prunable(batch)?;
            if found.pages == 0 {
                continue;
            }
            let id = batch.id();
            let is_merged = merged.contains(&id) && !self.is_newer_than_master(batch);
            each.push(match reason_to_keep(batch, is_merged)? {
                Some(why) => PrunedBatch::Kept { batch: id, why },
                None => {
                    let removed = if is_trial { found } else { prune(batch, now)? };
                    PrunedBatch::Removed { batch: id, pages: removed.pages, bytes: removed.bytes }
                }
            });
        }
        let mut summary = PruneSummary {
            batches: Vec::new(),
            pages: 0,
            bytes: 0,
            kept: Vec::new(),
            dry_run: is_trial,
            policy,
            each,
        };
        for batch in &summary.each {
            match *batch {
                PrunedBatch::Removed { batch, pages, bytes } => {
                    summary.batches.push(batch.to_string());
                    summary.pages += pages;
                    summary.bytes += bytes;
                }
                PrunedBatch::Kept { batch, why } => summary.kept.push(KeptPages { batch, why }),
            }
        }
        self.tell(&Event::Prune(&summary))?;
        Ok(summary)
    }
}

/// When a batch was captured or imported, in microseconds: an import is named after its newest message, which may be old.
fn taken_in(batch: &BatchFolder) -> i64 {
    let metadata = Metadata::read(&batch.metadata()).ok();
    let started = metadata.and_then(|metadata| Time::parse(metadata.get("started_at").as_bytes()));
    started.unwrap_or_else(|| batch.id().time()).micros()
}

/// Whether a batch counts towards the number to keep: its capture ended, and it has pages and messages of them.
fn holds_something(batch: &BatchFolder) -> bool {
    let tables = Folder(batch.csv());
    let has_rows = |schema: &Schema| {
        let reader = RawReader::open(&tables, schema);
        reader.ok().flatten().is_some_and(|mut reader| matches!(reader.read(), Ok(Some(_))))
    };
    is_finished(batch).unwrap_or(false)
        && batch.has_pages()
        && (has_rows(&Message::SCHEMA) || has_rows(&Reply::SCHEMA))
}

/// Why a batch's pages are still needed; `None` where all that they say is in the master.
fn reason_to_keep(batch: &BatchFolder, is_merged: bool) -> Result<Option<&'static str>> {
    // It was looked at before its first page went.
    if batch.pruned_at()?.is_some() {
        return Ok(None);
    }
    if !is_finished(batch)? {
        return Ok(Some("its capture has not ended"));
    }
    if !batch.is_transformed() || !is_merged {
        return Ok(Some("the master does not hold it"));
    }
    let set_aside = batch.metadata().join("set_aside.csv");
    let has_rows = match fs::read_to_string(&set_aside) {
        Ok(text) => text.lines().nth(1).is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(slack_model::Error::io("read", &set_aside, error).into()),
    };
    if has_rows {
        return Ok(Some("records that could not be read are nowhere else (metadata/set_aside.csv)"));
    }
    let not_read = match TableReader::open(&Folder(batch.metadata()), &NotRead::SCHEMA)? {
        Some(table) => table.rows::<NotRead>().collect::<std::result::Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let is_unknown = not_read.iter().any(|file| !file.is_known);
    Ok(is_unknown.then_some("files that nothing has read are nowhere else (metadata/not_read.csv)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_keep_is_read_as_people_write_it() {
        for (text, keep) in [
            ("all", RetentionPolicy::All),
            ("365d", RetentionPolicy::Seconds(365 * 86_400)),
            ("52w", RetentionPolicy::Seconds(364 * 86_400)),
            ("10 batches", RetentionPolicy::Batches(10)),
            ("1 batch", RetentionPolicy::Batches(1)),
            ("0d", RetentionPolicy::Seconds(0)),
        ] {
            assert_eq!(text.parse::<RetentionPolicy>(), Ok(keep), "{text}");
        }
        for text in ["", "10", "d", "-1d", "1.5d", "ten batches", "99999999999999999d", "10 days"] {
            assert!(text.parse::<RetentionPolicy>().is_err(), "{text}");
        }
    }

    #[test]
    fn older_batches_are_those_before_what_is_kept() {
        let batch = |id: &str| BatchFolder::new("there".into(), id.parse().expect("an id"));
        let batches = ["20240101000000", "20240110000000", "20240111000000"].map(batch);
        let now = DateTime::parse_from_rfc3339("2024-01-11T12:00:00Z").expect("a time").to_utc();
        let older = |keep: RetentionPolicy| keep.older(&batches, now, |_| true).len();
        assert_eq!(older(RetentionPolicy::All), 0);
        assert_eq!([0, 1, 2, 3, 9].map(|kept| older(RetentionPolicy::Batches(kept))), [3, 2, 1, 0, 0]);
        // The newest is empty.
        let good = |batch: &BatchFolder| batch.id() != batches[2].id();
        let older_good = |kept| RetentionPolicy::Batches(kept).older(&batches, now, good).len();
        assert_eq!([0, 1, 2, 3].map(older_good), [3, 1, 0, 0]);
        assert_eq!([0, 1, 2, 11].map(|days| older(RetentionPolicy::Seconds(days * 86_400))), [3, 2, 1, 0]);
    }
}
