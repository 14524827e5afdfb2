//! Sets that are sorted in the end: in memory as long as there is room, in files of sorted runs beyond.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

use crate::metric::Accumulator;
use crate::stored::Stored;

/// A set of values that [`Metric::finish`](crate::Metric::finish) gets in their order. The same value twice is one.
///
/// What all channels' sets hold together may outgrow memory: the pass then has the set sort what it holds and put it
/// into a file without a name, and all such runs are merged while they are read.
#[derive(Debug)]
pub struct SortedSet<T> {
    /// Sorted, each.
    values: Vec<Vec<T>>,
    files: Vec<File>,
    /// Number of bytes in the files.
    in_files: u64,
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self { values: Vec::new(), files: Vec::new(), in_files: 0 }
    }
}

impl<T: Stored> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        values.shrink_to_fit();
        let values = if values.is_empty() { Vec::new() } else { vec![values] };
        Self { values, ..Self::default() }
    }
}

impl<T: Stored> SortedSet<T> {
    /// Returns the values in their order.
    ///
    /// # Errors
    ///
    /// Each value may be an error instead: of reading what was put into a file.
    pub fn in_order(self) -> io::Result<SortedValues<T>> {
        let values = merged(self.values);
        if self.files.is_empty() {
            return Ok(SortedValues(Source::Memory(values.into_iter())));
        }
        let mut runs: Vec<Run<T>> = vec![Run::Memory(values.into_iter())];
        for mut file in self.files {
            file.rewind()?;
            runs.push(Run::File(BufReader::with_capacity(RUN_BUFFER, file), vec![0; T::SIZE]));
        }
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|value| Reverse((value, number))));
        }
        Ok(SortedValues(Source::Runs { runs, heads, last: None }))
    }
}

/// Makes one sorted vector of several.
fn merged<T: Stored>(mut runs: Vec<Vec<T>>) -> Vec<T> {
    if runs.len() == 1 {
        return runs.pop().unwrap_or_default();
    }
    let length: usize = runs.iter().map(Vec::len).sum();
    // Each run is sorted, so its last value has the highest rank.
    let n_ranks =
        1 + runs.iter().filter_map(|run| run.last()).map(T::rank).max().unwrap_or_default() as usize;
    let Some(any) = runs.iter().find_map(|run| run.first().copied()) else { return Vec::new() };
    // Sorted by counting: first the values of each rank, the runs one after the other, in places of their own.
    let is_shared_out = n_ranks <= length;
    let mut ends = vec![0; if is_shared_out { n_ranks } else { 1 }];
    let place = |value: &T| if is_shared_out { value.rank() as usize } else { 0 };
    runs.iter().flatten().for_each(|value| ends[place(value)] += 1);
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    let mut values = vec![any; length];
    for run in runs {
        for value in run {
            let end = &mut ends[place(&value)];
            values[*end] = value;
            *end += 1;
        }
    }
    let mut rest = values.as_mut_slice();
    let mut before = 0;
    for end in ends {
        let (mine, others) = std::mem::take(&mut rest).split_at_mut(end - before);
        // A stable sort finds what is sorted already, and merges it.
        mine.sort();
        (rest, before) = (others, end);
    }
    values.dedup();
    values
}

/// So many files a set has at the most.
const MOST_FILES: usize = 12;

/// What a reader of a run takes from its file at a time, and a writer gives to it, in bytes.
const RUN_BUFFER: usize = 1 << 16;

impl<T: Stored> Accumulator for SortedSet<T> {
    fn merge(&mut self, mut later: Self) {
        self.values.append(&mut later.values);
        self.files.append(&mut later.files);
        self.in_files += later.in_files;
    }

    fn bytes(&self) -> usize {
        self.values.iter().map(Vec::len).sum::<usize>() * size_of::<T>()
    }

    fn extent(&self) -> u64 {
        self.bytes() as u64 + self.in_files
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        if self.values.is_empty() {
            return Ok(());
        }
        // Many runs would need many open files: now and then they become one.
        let is_full = self.files.len() >= MOST_FILES;
        let values = std::mem::take(&mut self.values);
        let files = if is_full { std::mem::take(&mut self.files) } else { Vec::new() };
        self.in_files = if is_full { 0 } else { self.in_files };
        let values = Self { values, files, in_files: 0 }.in_order()?;
        let mut file = BufWriter::with_capacity(RUN_BUFFER, to.file()?);
        let mut bytes = Vec::with_capacity(T::SIZE);
        for value in values {
            bytes.clear();
            value?.store(&mut bytes);
            file.write_all(&bytes)?;
            self.in_files += bytes.len() as u64;
        }
        self.files.push(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        Ok(())
    }
}

/// Where what outgrows memory goes.
#[derive(Debug, Clone, Default)]
pub struct SpillTo(pub(crate) Option<PathBuf>);

impl SpillTo {
    /// Makes a file that has no name, so that it is gone when it is closed, whatever happens.
    ///
    /// # Errors
    ///
    /// Where the folder takes no file.
    pub fn file(&self) -> io::Result<File> {
        match &self.0 {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        }
    }
}

/// The values of a [`SortedSet`], in their order.
#[derive(Debug)]
pub struct SortedValues<T>(Source<T>);

#[derive(Debug)]
enum Source<T> {
    Memory(std::vec::IntoIter<T>),
    Runs { runs: Vec<Run<T>>, heads: BinaryHeap<Reverse<(T, usize)>>, last: Option<T> },
}

#[derive(Debug)]
enum Run<T> {
    Memory(std::vec::IntoIter<T>),
    File(BufReader<File>, Vec<u8>),
}

impl<T: Stored> Run<T> {
    fn next(&mut self) -> io::Result<Option<T>> {
        match self {
            Self::Memory(values) => Ok(values.next()),
            Self::File(file, bytes) => match file.read_exact(bytes) {
                Ok(()) => Ok(Some(T::load(&mut &bytes[..]))),
                // A run ends where a value would begin: only whole values were written.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

impl<T: Stored> Iterator for SortedValues<T> {
    type Item = io::Result<T>;

    #[inline]
    fn next(&mut self) -> Option<io::Result<T>> {
        match &mut self.0 {
            Source::Memory(values) => values.next().map(Ok),
            Source::Runs { runs, heads, last } => loop {
                let mut head = heads.peek_mut()?;
                let Reverse((value, number)) = *head;
                match runs[number].next() {
                    // One way down the heap, where to take the value out and to put the next one in would be two.
                    Ok(Some(next)) => {
                        head.0.0 = next;
                        drop(head);
                    }
                    Ok(None) => {
                        PeekMut::pop(head);
                    }
                    Err(error) => return Some(Err(error)),
                }
                if last.replace(value) != Some(value) {
                    return Some(Ok(value));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::UserNo;
    use proptest::prelude::*;
    use slack_model::Ts;

    type Value = (UserNo, Option<i32>, Ts);

    #[test]
    fn few_files_are_open_however_often_a_set_is_put_aside() {
        let mut set = SortedSet::default();
        for number in (0..500u32).rev() {
            set.merge([number, number + 1].into_iter().collect());
            set.spill(&SpillTo::default()).expect("a file");
            assert!(set.files.len() <= MOST_FILES);
        }
        let values: Vec<_> = set.in_order().expect("read").collect::<io::Result<_>>().expect("read");
        assert_eq!(values, (0..=500).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn values_come_in_order_and_once_wherever_they_were(
            parts in proptest::collection::vec(proptest::collection::vec((0u32..9, proptest::option::of(-3..3), 0i64..3), 0..12), 0..9),
            spilled in proptest::collection::vec(any::<bool>(), 9),
        ) {
            let value = |(user, number, ts): (u32, Option<i32>, i64)| -> Value {
                (UserNo(user), number, Ts::from_micros(ts).expect("in range"))
            };
            let mut set = SortedSet::<Value>::default();
            let mut expected = std::collections::BTreeSet::new();
            for (part, spills) in parts.into_iter().zip(spilled) {
                expected.extend(part.iter().copied().map(value));
                set.merge(part.into_iter().map(value).collect());
                if spills {
                    set.spill(&SpillTo::default()).expect("a file");
                    prop_assert_eq!(set.bytes(), 0);
                }
            }
            let values: Vec<_> = set.in_order().expect("read").collect::<io::Result<_>>().expect("read");
            prop_assert_eq!(values, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
