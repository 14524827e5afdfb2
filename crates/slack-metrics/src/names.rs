//! Texts numbered in their bytewise order, so that sorting numbers sorts texts.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use slack_model::{Id, Text, needs_quotes};

/// A set of texts, each with its rank.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The texts in their order, one after the other: so close together, many stay in the processor's cache.
    texts: Vec<u8>,
    /// Where each begins, and where the last one ends.
    starts: Vec<u32>,
    ranks: HashTable<u32>,
    /// Whether none of the texts needs quotes as a field of CSV.
    is_plain: bool,
}

impl Names {
    /// Numbers texts; the same text twice is one.
    pub(crate) fn of(texts: impl IntoIterator<Item = Box<[u8]>>) -> Self {
        let mut sorted: Vec<_> = texts.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let is_plain = sorted.iter().all(|text| !text.is_empty() && !needs_quotes(text));
        let mut names = Self { starts: vec![0], is_plain, ..Self::default() };
        for text in &sorted {
            names.texts.extend_from_slice(text);
            names.starts.push(names.texts.len() as u32);
        }
        names.ranks = HashTable::with_capacity(sorted.len());
        for (rank, text) in (0..).zip(&sorted) {
            names.ranks.insert_unique(hash(text), rank, |rank| hash(&sorted[*rank as usize]));
        }
        names
    }

    pub(crate) fn rank(&self, text: &[u8]) -> Option<u32> {
        self.ranks.find(hash(text), |rank| self.text(*rank) == text).copied()
    }

    /// The ranks of texts that are all in the set, in their order.
    pub(crate) fn ranks<'t>(&self, texts: impl IntoIterator<Item = &'t Box<[u8]>>) -> Vec<u32> {
        texts.into_iter().filter_map(|text| self.rank(text)).collect()
    }

    pub(crate) fn text(&self, rank: u32) -> &[u8] {
        match self.starts.get(rank as usize..).unwrap_or_default() {
            [start, end, ..] => &self.texts[*start as usize..*end as usize],
            _ => b"",
        }
    }

    /// A text as a field of CSV.
    #[inline]
    pub(crate) fn field(&self, rank: u32) -> Id<'_> {
        let text = self.text(rank);
        Id(if self.is_plain { Text::ready(text) } else { text.into() })
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|rank| self.text(rank))
    }
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    hasher.finish()
}

/// Collects texts as they come, each with a number of its own.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    numbers: FxHashMap<Box<[u8]>, u32>,
}

impl Interner {
    pub(crate) fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(text.into(), number);
        number
    }

    /// The texts, in the order of their numbers.
    pub(crate) fn into_texts(self) -> Vec<Box<[u8]>> {
        let mut texts: Vec<_> = self.numbers.into_iter().collect();
        texts.sort_unstable_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }
}
