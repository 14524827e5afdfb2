//! Texts numbered in their bytewise order, so that sorting numbers sorts texts.

use rustc_hash::FxHashMap;

use crate::rows::has_special;

/// A set of texts, each with its rank.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ranks: FxHashMap<Box<[u8]>, u32>,
    sorted: Vec<Box<[u8]>>,
    is_plain: bool,
}

impl Names {
    /// Numbers texts; the same text twice is one.
    pub(crate) fn of(texts: impl IntoIterator<Item = Box<[u8]>>) -> Self {
        let mut sorted: Vec<_> = texts.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let ranks = sorted.iter().cloned().zip(0..).collect();
        let is_plain = sorted.iter().all(|text| !text.is_empty() && !has_special(text));
        Self { ranks, sorted, is_plain }
    }

    pub(crate) fn rank(&self, text: &[u8]) -> Option<u32> {
        self.ranks.get(text).copied()
    }

    /// The ranks of texts that are all in the set, in their order.
    pub(crate) fn ranks<'t>(&self, texts: impl IntoIterator<Item = &'t Box<[u8]>>) -> Vec<u32> {
        texts.into_iter().filter_map(|text| self.rank(text)).collect()
    }

    pub(crate) fn text(&self, rank: u32) -> &[u8] {
        self.sorted.get(rank as usize).map_or(b"", |text| text)
    }

    /// Whether none of the texts needs quotes as a field of CSV.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.sorted.iter().map(|text| &**text)
    }
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
