//! Shares sources out among threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Sum, Walk};

/// Sources of a block. Blocks are the same whatever the number of threads, and their sums are added in the blocks'
/// order.
pub(super) const BLOCK: usize = 64;

/// The sums of all sources.
pub(super) fn walk<W: Walk>(
    n_nodes: usize,
    sources: &[u32],
    threads: usize,
    new: impl Fn() -> W + Sync,
) -> Vec<Sum> {
    let blocks: Vec<_> = sources.chunks(BLOCK).collect();
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Total { sums: vec![Sum::default(); n_nodes], ..Total::default() });
    let work = || {
        let mut walk = new();
        let mut spare = Vec::new();
        while let Some((number, block)) = take(&next, &blocks) {
            spare.clear();
            spare.resize(n_nodes, Sum::default());
            walk.walk(block, &mut spare);
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            spare = total.add(number, spare);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.clamp(1, blocks.len().max(1)) {
            scope.spawn(work);
        }
        if !blocks.is_empty() {
            work();
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner).sums
}

fn take<'a>(next: &AtomicUsize, blocks: &[&'a [u32]]) -> Option<(usize, &'a [u32])> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    blocks.get(number).map(|block| (number, *block))
}

#[derive(Default)]
struct Total {
    sums: Vec<Sum>,
    /// Number of blocks that it holds.
    n_added: usize,
    /// Blocks that came before it was their turn.
    waiting: BTreeMap<usize, Vec<Sum>>,
}

impl Total {
    /// Takes the sums of a block, and gives back a place for those of another.
    fn add(&mut self, block: usize, sums: Vec<Sum>) -> Vec<Sum> {
        self.waiting.insert(block, sums);
        let mut spare = Vec::new();
        while let Some(sums) = self.waiting.remove(&self.n_added) {
            for (total, sum) in self.sums.iter_mut().zip(&sums) {
                total.add(sum);
            }
            self.n_added += 1;
            spare = sums;
        }
        spare
    }
}
