use std::path::{Path, PathBuf};

use super::limits::{ImportLimit, ImportLimits, LimitMet};
use crate::error::{Error, Result};

/// What an import has used of its limits, zips inside zips included.
#[derive(Debug)]
pub(super) struct Budget<'a> {
    pub(super) limits: &'a ImportLimits,
    /// What is imported, for the error.
    path: PathBuf,
    entries: u64,
    bytes: u64,
    /// The length of the zip that is read, and the bytes before it.
    zip: Option<(u64, u64)>,
}

impl<'a> Budget<'a> {
    pub(super) fn new(path: &Path, limits: &'a ImportLimits) -> Self {
        Self { limits, path: path.into(), entries: 0, bytes: 0, zip: None }
    }

    /// Begins with a zip of a length: what comes from it is judged by that.
    pub(super) fn begin_zip(&mut self, length: u64) {
        self.zip = Some((length, self.bytes));
    }

    /// Counts files.
    pub(super) fn add_entries(&mut self, entries: u64) -> Result<()> {
        self.entries = self.entries.saturating_add(entries);
        self.limits.check(ImportLimit::Entries, self.entries).map_err(|met| self.error(met))
    }

    /// Counts bytes that were unpacked or copied.
    pub(super) fn add_bytes(&mut self, bytes: u64) -> Result<()> {
        self.check_ahead(bytes)?;
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    /// Checks bytes that a zip says that it holds, before any of them is unpacked.
    pub(super) fn check_ahead(&self, bytes: u64) -> Result<()> {
        let bytes = self.bytes.saturating_add(bytes);
        let ratio =
            self.zip.map_or(Ok(()), |(length, before)| self.limits.check_ratio(bytes - before, length));
        let total = self.limits.check(ImportLimit::TotalBytes, bytes);
        total.and(ratio).map_err(|met| self.error(met))
    }

    /// The error that ends the import.
    pub(super) fn error(&self, met: LimitMet) -> Error {
        Error::Limit { path: self.path.clone(), met }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::official_export::limits::RATIO_FROM;

    #[test]
    fn a_budget_counts_over_zips() {
        let mut limits = ImportLimits::default();
        limits.set(ImportLimit::TotalBytes, 100).set(ImportLimit::Entries, 3);
        let mut budget = Budget::new(Path::new("a.zip"), &limits);
        budget.add_bytes(60).expect("room");
        budget.check_ahead(40).expect("room");
        let error = budget.add_bytes(41).expect_err("too much").to_string();
        assert!(error.contains("a.zip") && error.contains("total-bytes is 100"), "{error}");
        budget.add_entries(3).expect("room");
        assert!(budget.add_entries(1).is_err());
    }

    #[test]
    fn what_a_zip_expands_to_is_judged_zip_by_zip() {
        let limits = ImportLimits::default();
        let mut budget = Budget::new(Path::new("a.zip"), &limits);
        budget.add_bytes(10 * RATIO_FROM).expect("no zip");
        budget.begin_zip(1000);
        budget.add_bytes(RATIO_FROM).expect("not yet");
        assert!(budget.add_bytes(1).expect_err("too much").to_string().contains("ratio is 200"));
        budget.begin_zip(1 << 20);
        budget.add_bytes(2 * RATIO_FROM).expect("another zip");
    }
}
