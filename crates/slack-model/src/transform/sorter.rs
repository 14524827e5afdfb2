use std::fs::File;

use super::spill::{FAN_IN, SpillFile, SpillFolder};
use crate::error::{Error, Result};
use crate::table::{Rows, Table, TableReader, TableWriter};

/// Sorts the rows of a table that grows with the workspace, each key once; what is too much for the memory goes to
/// files.
pub(super) struct RowSorter<'s, T> {
    spill: &'s SpillFolder,
    /// Bytes that may be in memory.
    share: usize,
    /// Whether, of two rows of one key, the later one takes the earlier one's place.
    is_better: fn(&T, &T) -> bool,
    rows: Vec<T>,
    weight: usize,
    files: Vec<SpillFile>,
}

impl<'s, T: Table> RowSorter<'s, T> {
    /// A sorter that keeps the first row of each key unless `is_better(later, earlier)`.
    pub(super) fn new(spill: &'s SpillFolder, share: usize, is_better: fn(&T, &T) -> bool) -> Self {
        Self { spill, share, is_better, rows: Vec::new(), weight: 0, files: Vec::new() }
    }

    /// Adds a row, whose texts are about `texts` bytes long.
    pub(super) fn push(&mut self, row: T, texts: usize) -> Result<()> {
        self.rows.push(row);
        self.weight += size_of::<T>() + texts;
        if self.weight <= self.share {
            return Ok(());
        }
        self.settle();
        // Where much was there twice, there is room again, but sorting must not become the main thing.
        if self.weight <= self.share / 2 {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        self.weight = 0;
        self.files.push(self.write_run(rows.into_iter().map(Ok))?);
        if self.files.len() >= FAN_IN {
            let files = std::mem::take(&mut self.files);
            let merge = Merge::new(files, Vec::new(), self.is_better)?;
            self.files.push(self.write_run(merge)?);
        }
        Ok(())
    }

    /// The rows, by their key.
    pub(super) fn finish(mut self) -> Result<impl Iterator<Item = Result<T>> + use<T>> {
        self.settle();
        Merge::new(self.files, self.rows, self.is_better)
    }

    /// Sorts what is in memory, each key once.
    fn settle(&mut self) {
        let (before, is_better) = (self.rows.len(), self.is_better);
        self.rows.sort_by(T::compare_keys);
        self.rows.dedup_by(|later, earlier| {
            let same = later.compare_keys(earlier).is_eq();
            if same && is_better(later, earlier) {
                std::mem::swap(later, earlier);
            }
            same
        });
        self.weight = self.weight / before.max(1) * self.rows.len();
    }

    fn write_run(&self, rows: impl Iterator<Item = Result<T>>) -> Result<SpillFile> {
        let file = SpillFile(self.spill.next_path()?);
        let output = File::create(file.path()).map_err(|error| Error::io("write", file.path(), error))?;
        let mut writer = TableWriter::new(output, &T::SCHEMA)?;
        for row in rows {
            writer.write_row(&row?)?;
        }
        writer.finish()?;
        Ok(file)
    }
}

/// Merges sorted runs, the earlier ones' rows before the later ones'.
struct Merge<T: Table> {
    runs: Vec<Run<T>>,
    heads: Vec<Option<T>>,
    is_better: fn(&T, &T) -> bool,
    failed: bool,
}

enum Run<T> {
    File { rows: Box<Rows<File, T>>, _file: SpillFile },
    Memory(std::vec::IntoIter<T>),
}

impl<T: Table> Run<T> {
    fn next(&mut self) -> Result<Option<T>> {
        match self {
            Self::File { rows, .. } => rows.next().transpose(),
            Self::Memory(rows) => Ok(rows.next()),
        }
    }
}

impl<T: Table> Merge<T> {
    fn new(files: Vec<SpillFile>, rows: Vec<T>, is_better: fn(&T, &T) -> bool) -> Result<Self> {
        let mut runs = Vec::with_capacity(files.len() + 1);
        for file in files {
            let opened = File::open(file.path()).map_err(|error| Error::io("read", file.path(), error))?;
            let rows = TableReader::new(opened, &T::SCHEMA, T::SCHEMA.file_name())?.rows();
            runs.push(Run::File { rows: Box::new(rows), _file: file });
        }
        runs.push(Run::Memory(rows.into_iter()));
        let heads = runs.iter_mut().map(Run::next).collect::<Result<_>>()?;
        Ok(Self { runs, heads, is_better, failed: false })
    }

    fn read_next(&mut self) -> Result<Option<T>> {
        let heads = self.heads.iter().enumerate();
        let heads = heads.filter_map(|(run, row)| row.as_ref().map(|row| (run, row)));
        let first = heads.min_by(|(_, one), (_, other)| one.compare_keys(other)).map(|(run, _)| run);
        let Some(mut best) = first.and_then(|first| self.heads[first].clone()) else { return Ok(None) };
        for (run, head) in self.runs.iter_mut().zip(&mut self.heads) {
            if head.as_ref().is_some_and(|row| row.compare_keys(&best).is_eq()) {
                let next = run.next()?;
                if let Some(row) = std::mem::replace(head, next)
                    && (self.is_better)(&row, &best)
                {
                    best = row;
                }
            }
        }
        Ok(Some(best))
    }
}

impl<T: Table> Iterator for Merge<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.failed {
            return None;
        }
        let row = self.read_next();
        self.failed = row.is_err();
        row.transpose()
    }
}
