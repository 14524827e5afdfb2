//! Sets that are sorted in the end: in memory as long as there is room, in files of sorted runs beyond.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

use slack_model::Ts;

use crate::metric::Kept;
use crate::workspace::{ChannelNo, EmojiNo, NodeNo, UserNo};

/// A value that can go to a file and come back, and has a place in an order.
///
/// Implemented for numbers of users, channels and the like, whole numbers, pairs and triples; [`stored!`](crate::stored)
/// declares a struct of such fields.
pub trait Stored: Ord + Copy + Send + 'static {
    /// Number of bytes in a file.
    const SIZE: usize;

    /// Appends the bytes.
    fn store(self, bytes: &mut Vec<u8>);

    /// Reads the value from the beginning of `bytes`, which are [`Stored::SIZE`] at least, and moves beyond it.
    fn load(bytes: &mut &[u8]) -> Self;
}

/// A set of values that [`Metric::finish`](crate::Metric::finish) gets in their order. The same value twice is one.
///
/// What all channels' sets hold together may outgrow memory: the pass then has the set sort what it holds and put it
/// into a file without a name, and all such runs are merged while they are read.
#[derive(Debug)]
pub struct SortedSet<T> {
    /// Sorted, each.
    values: Vec<Vec<T>>,
    files: Vec<File>,
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self { values: Vec::new(), files: Vec::new() }
    }
}

impl<T: Stored> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        values.shrink_to_fit();
        Self { values: if values.is_empty() { Vec::new() } else { vec![values] }, files: Vec::new() }
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
    let mut values = Vec::with_capacity(runs.iter().map(Vec::len).sum());
    runs.into_iter().for_each(|run| values.extend(run));
    // A stable sort finds what is sorted already, and merges it.
    values.sort();
    values.dedup();
    values
}

/// So many files a set has at the most.
const MOST_FILES: usize = 12;

/// What a reader of a run takes from its file at a time, and a writer gives to it, in bytes.
const RUN_BUFFER: usize = 1 << 16;

impl<T: Stored> Kept for SortedSet<T> {
    fn absorb(&mut self, mut later: Self) {
        self.values.append(&mut later.values);
        self.files.append(&mut later.files);
    }

    fn bytes(&self) -> usize {
        self.values.iter().map(Vec::len).sum::<usize>() * size_of::<T>()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        if self.values.is_empty() {
            return Ok(());
        }
        // Many runs would need many open files: now and then they become one.
        let is_full = self.files.len() >= MOST_FILES;
        let values = std::mem::take(&mut self.values);
        let files = if is_full { std::mem::take(&mut self.files) } else { Vec::new() };
        let values = Self { values, files }.in_order()?;
        let mut file = BufWriter::with_capacity(RUN_BUFFER, to.file()?);
        let mut bytes = Vec::with_capacity(T::SIZE);
        for value in values {
            bytes.clear();
            value?.store(&mut bytes);
            file.write_all(&bytes)?;
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
                let Reverse((value, number)) = heads.pop()?;
                match runs[number].next() {
                    Ok(next) => heads.extend(next.map(|next| Reverse((next, number)))),
                    Err(error) => return Some(Err(error)),
                }
                if last.replace(value) != Some(value) {
                    return Some(Ok(value));
                }
            },
        }
    }
}

macro_rules! stored_numbers {
    ($($number:ty),+) => { $(
        impl Stored for $number {
            const SIZE: usize = size_of::<Self>();

            fn store(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn load(bytes: &mut &[u8]) -> Self {
                let (number, rest) = bytes.split_first_chunk().expect("as many bytes as were stored");
                *bytes = rest;
                Self::from_le_bytes(*number)
            }
        }
    )+ };
}

stored_numbers!(u8, u32, i32, u64, i64);

macro_rules! stored_ranks {
    ($($rank:ident),+) => { $(
        impl Stored for $rank {
            const SIZE: usize = u32::SIZE;

            fn store(self, bytes: &mut Vec<u8>) {
                self.0.store(bytes);
            }

            fn load(bytes: &mut &[u8]) -> Self {
                Self(u32::load(bytes))
            }
        }
    )+ };
}

stored_ranks!(UserNo, ChannelNo, EmojiNo, NodeNo);

impl Stored for Ts {
    const SIZE: usize = i64::SIZE;

    fn store(self, bytes: &mut Vec<u8>) {
        self.micros().store(bytes);
    }

    fn load(bytes: &mut &[u8]) -> Self {
        Self::from_micros(i64::load(bytes)).expect("a timestamp was stored")
    }
}

impl<T: Stored> Stored for Option<T> {
    const SIZE: usize = 1 + T::SIZE;

    fn store(self, bytes: &mut Vec<u8>) {
        let end = bytes.len() + Self::SIZE;
        bytes.push(self.is_some().into());
        if let Some(value) = self {
            value.store(bytes);
        }
        bytes.resize(end, 0);
    }

    fn load(bytes: &mut &[u8]) -> Self {
        let is_some = u8::load(bytes) == 1;
        let (mut value, rest) = bytes.split_at(T::SIZE);
        *bytes = rest;
        is_some.then(|| T::load(&mut value))
    }
}

macro_rules! stored_tuples {
    ($(($($part:ident)+))+) => { $(
        impl<$($part: Stored),+> Stored for ($($part,)+) {
            const SIZE: usize = 0 $(+ $part::SIZE)+;

            #[allow(non_snake_case, reason = "a part is called as its type is")]
            fn store(self, bytes: &mut Vec<u8>) {
                let ($($part,)+) = self;
                $( $part.store(bytes); )+
            }

            fn load(bytes: &mut &[u8]) -> Self {
                ($( $part::load(bytes), )+)
            }
        }
    )+ };
}

stored_tuples!((A B) (A B C));

/// Declares a struct that a [`SortedSet`] can hold. Its order is that of its fields, the first one first.
///
/// ```
/// slack_metrics::stored! {
///     /// How long a user's post was.
///     pub struct Length {
///         user: slack_metrics::UserNo,
///         bytes: u32,
///     }
/// }
/// ```
#[macro_export]
macro_rules! stored {
    (
        $(#[$doc:meta])*
        $visibility:vis struct $name:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ty ),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $visibility struct $name { $( $(#[$field_doc])* $field: $type ),+ }

        impl $crate::Stored for $name {
            const SIZE: usize = 0 $( + <$type as $crate::Stored>::SIZE )+;

            fn store(self, bytes: &mut Vec<u8>) {
                $( $crate::Stored::store(self.$field, bytes); )+
            }

            fn load(bytes: &mut &[u8]) -> Self {
                Self { $( $field: <$type as $crate::Stored>::load(bytes) ),+ }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Value = (UserNo, Option<i32>, Ts);

    #[test]
    fn few_files_are_open_however_often_a_set_is_put_aside() {
        let mut set = SortedSet::default();
        for number in (0..500u32).rev() {
            set.absorb([number, number + 1].into_iter().collect());
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
                set.absorb(part.into_iter().map(value).collect());
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
