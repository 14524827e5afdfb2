use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// Works on items on several threads, each item by the next thread that is free. What becomes of an item must depend on
/// nothing but it.
pub(crate) fn share<I>(threads: NonZeroUsize, items: I, work: impl Fn(I::Item) + Sync)
where
    I: Iterator + Send,
    I::Item: Send,
{
    let items = Mutex::new(items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        while let Some(item) = next() {
            work(item);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(run);
        }
        run();
    });
}
