//! How much an import may hold: an export comes from outside, and a small zip can unpack to a full disk.

use std::fmt;

/// A limit of what an import may hold. Its value is set with [`ImportLimits::set`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ImportLimit {
    /// The number of files, or of a zip's entries.
    Entries,
    /// The bytes of one file.
    EntryBytes,
    /// The bytes of all files together.
    TotalBytes,
    /// How many times larger than in the zip a file, or all of them together, may be. Judged from 64 MiB on: text
    /// that repeats itself compresses well, and small files do no harm.
    Ratio,
    /// How many entries of a zip may share compressed bytes with others.
    Overlaps,
    /// The bytes of a file's path inside the export.
    NameBytes,
    /// The folders that lie inside each other.
    Depth,
    /// The zips that lie inside each other, below the one that is imported.
    Nesting,
}

/// From so many bytes on [`ImportLimit::Ratio`] is judged.
pub(super) const RATIO_FROM: u64 = 64 << 20;

impl ImportLimit {
    /// All limits.
    pub const ALL: [Self; 8] = [
        Self::Entries,
        Self::EntryBytes,
        Self::TotalBytes,
        Self::Ratio,
        Self::Overlaps,
        Self::NameBytes,
        Self::Depth,
        Self::Nesting,
    ];

    /// Its name on the command line (`--import-limit NAME=NUMBER`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::EntryBytes => "entry-bytes",
            Self::TotalBytes => "total-bytes",
            Self::Ratio => "ratio",
            Self::Overlaps => "overlaps",
            Self::NameBytes => "name-bytes",
            Self::Depth => "depth",
            Self::Nesting => "nesting",
        }
    }

    /// Its value where nothing else is set. A Grid export of 50 GB passes: the largest day files have some 100 MB,
    /// the largest user lists some GB, and JSON compresses 10 to 30 times.
    pub fn default_value(self) -> u64 {
        match self {
            Self::Entries => 1_000_000,
            Self::EntryBytes => 4 << 30,
            Self::TotalBytes => 256 << 30,
            Self::Ratio => 200,
            Self::Overlaps => 0,
            Self::NameBytes => 1024,
            Self::Depth => 16,
            Self::Nesting => 2,
        }
    }

    /// What goes beyond the limit, in words.
    fn excess(self) -> &'static str {
        match self {
            Self::Entries => "it holds too many files",
            Self::EntryBytes => "a file is too large",
            Self::TotalBytes => "its files are too large together",
            Self::Ratio => "it expands too much",
            Self::Overlaps => "entries of the zip share their bytes",
            Self::NameBytes => "a path is too long",
            Self::Depth => "folders lie too deep inside each other",
            Self::Nesting => "zips lie too deep inside each other",
        }
    }
}

/// A limit that was met, with its value and the option that raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitMet {
    /// The limit.
    pub limit: ImportLimit,
    /// Its value.
    pub value: u64,
}

impl fmt::Display for LimitMet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (excess, name, value) = (self.limit.excess(), self.limit.name(), self.value);
        write!(f, "{excess}: the limit {name} is {value} (raise it with --import-limit {name}=NUMBER)")
    }
}

/// The limits of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLimits([u64; ImportLimit::ALL.len()]);

impl Default for ImportLimits {
    fn default() -> Self {
        Self(ImportLimit::ALL.map(ImportLimit::default_value))
    }
}

impl ImportLimits {
    /// The value of a limit.
    pub fn get(&self, limit: ImportLimit) -> u64 {
        self.0[limit as usize]
    }

    /// Sets the value of a limit.
    pub fn set(&mut self, limit: ImportLimit, value: u64) -> &mut Self {
        self.0[limit as usize] = value;
        self
    }

    /// Checks a value against its limit.
    pub(super) fn check(&self, limit: ImportLimit, value: u64) -> Result<(), LimitMet> {
        let allowed = self.get(limit);
        if value > allowed { Err(LimitMet { limit, value: allowed }) } else { Ok(()) }
    }

    /// Checks the bytes of a file, and how many they were in the zip.
    pub(super) fn check_entry(&self, bytes: u64, compressed: u64) -> Result<(), LimitMet> {
        self.check(ImportLimit::EntryBytes, bytes)?;
        self.check_ratio(bytes, compressed)
    }

    pub(super) fn check_ratio(&self, bytes: u64, compressed: u64) -> Result<(), LimitMet> {
        let ratio = if bytes > RATIO_FROM { bytes.div_ceil(compressed.max(1)) } else { 0 };
        self.check(ImportLimit::Ratio, ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_a_value_and_a_name_of_its_own() {
        let mut limits = ImportLimits::default();
        for (value, limit) in (1..).zip(ImportLimit::ALL) {
            assert_eq!(limits.get(limit), limit.default_value());
            limits.set(limit, value);
        }
        let values: Vec<_> = ImportLimit::ALL.iter().map(|limit| limits.get(*limit)).collect();
        assert_eq!(values, [1, 2, 3, 4, 5, 6, 7, 8]);
        let mut names = ImportLimit::ALL.map(ImportLimit::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn a_ratio_is_judged_of_large_files_only() {
        let limits = ImportLimits::default();
        assert_eq!(limits.check_entry(RATIO_FROM, 1), Ok(()));
        assert_eq!(limits.check_entry(200 << 20, 1 << 20), Ok(()));
        let met = limits.check_entry((200 << 20) + 1, 1 << 20).expect_err("too much");
        assert_eq!(met.limit, ImportLimit::Ratio);
        assert!(met.to_string().ends_with("(raise it with --import-limit ratio=NUMBER)"), "{met}");
        assert_eq!(
            limits.check_entry(5 << 30, 5 << 30).map_err(|met| met.limit),
            Err(ImportLimit::EntryBytes)
        );
    }
}
