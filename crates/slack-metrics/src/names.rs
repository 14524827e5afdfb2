//! Texts numbered in their bytewise order, so that sorting numbers sorts texts.

use rustc_hash::FxHashMap;

/// A set of texts, each with its rank.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ranks: FxHashMap<Box<[u8]>, u32>,
    sorted: Vec<Box<[u8]>>,
}

impl Names {
    /// Numbers texts; the same text twice is one.
    pub(crate) fn of(texts: impl IntoIterator<Item = Box<[u8]>>) -> Self {
        let mut sorted: Vec<_> = texts.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let ranks = sorted.iter().cloned().zip(0..).collect();
        Self { ranks, sorted }
    }

    pub(crate) fn rank(&self, text: &[u8]) -> Option<u32> {
        self.ranks.get(text).copied()
    }

    pub(crate) fn text(&self, rank: u32) -> &[u8] {
        self.sorted.get(rank as usize).map_or(b"", |text| text)
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
