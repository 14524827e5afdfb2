//! Work shared out to threads, its results taken in the order of the work.
//!
//! Results that are ready before an earlier one wait for it, and when they have grown heavy, threads wait too:
//! what is in memory has a bound, whatever the number of items. Nothing that is taken depends on the number of
//! threads.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use slack_model::in_order::InOrder;
//!
//! let plan = InOrder { threads: NonZeroUsize::new(4).unwrap(), ahead: 1 << 20 };
//! let mut squares = Vec::new();
//! plan.run(
//!     (1..=5).map(Ok::<u64, std::convert::Infallible>),
//!     || (),
//!     |(), number| Ok(number * number),
//!     |_| size_of::<u64>(),
//!     |square| {
//!         squares.push(square);
//!         Ok(())
//!     },
//! )?;
//! assert_eq!(squares, [1, 4, 9, 16, 25]);
//! # Ok::<(), std::convert::Infallible>(())
//! ```

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How work is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a plan is its fields, which callers name")]
pub struct InOrder {
    /// The number of threads, the caller's among them.
    pub threads: NonZeroUsize,
    /// How heavy the results that wait for an earlier one may grow before no further item is begun. One result a
    /// thread may come on top.
    pub ahead: usize,
}

/// Returns as many threads as were asked for, or as the machine runs at once.
pub fn threads_or_all(threads: Option<NonZeroUsize>) -> NonZeroUsize {
    threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

impl InOrder {
    /// Maps items on all threads and takes the results in the items' order, one at a time, on any of the threads.
    ///
    /// Each thread has a `scratch` of its own. `weigh` says how heavy a waiting result is.
    ///
    /// # Errors
    ///
    /// The first in the order of the items, be it an item itself, of `map` or of `take`. Nothing is taken after it.
    pub fn run<I, T, S, R, E>(
        self,
        items: I,
        scratch: impl Fn() -> S + Sync,
        map: impl Fn(&mut S, T) -> Result<R, E> + Sync,
        weigh: impl Fn(&R) -> usize + Sync,
        take: impl FnMut(R) -> Result<(), E> + Send,
    ) -> Result<(), E>
    where
        I: Iterator<Item = Result<T, E>> + Send,
        R: Send,
        E: Send,
    {
        let shared = Shared {
            ahead: self.ahead,
            // Each thread asks on its own until it hears of the end, and not every iterator stays at its end.
            items: Mutex::new((0, items.fuse())),
            queue: Mutex::new(Queue::new()),
            moved: Condvar::new(),
            take: Mutex::new(take),
            map,
            weigh,
        };
        std::thread::scope(|scope| {
            let work = || shared.work(scratch());
            for _ in 1..self.threads.get() {
                // Where the system gives no further thread, those that there are do the work.
                if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        lock(&shared.queue).failure.take().map_or(Ok(()), Err)
    }
}

/// Results that wait for an earlier one.
struct Queue<R, E> {
    waiting: BTreeMap<usize, (usize, Result<R, E>)>,
    weight: usize,
    next: usize,
    /// Whether a thread is taking results: it takes what becomes ready meanwhile.
    taking: bool,
    stopped: bool,
    failure: Option<E>,
}

impl<R, E> Queue<R, E> {
    fn new() -> Self {
        Self { waiting: BTreeMap::new(), weight: 0, next: 0, taking: false, stopped: false, failure: None }
    }
}

struct Shared<I, M, W, C, R, E> {
    ahead: usize,
    items: Mutex<(usize, I)>,
    queue: Mutex<Queue<R, E>>,
    moved: Condvar,
    take: Mutex<C>,
    map: M,
    weigh: W,
}

impl<I, M, W, C, R, E> Shared<I, M, W, C, R, E> {
    fn work<T, S>(&self, mut scratch: S)
    where
        I: Iterator<Item = Result<T, E>>,
        M: Fn(&mut S, T) -> Result<R, E>,
        W: Fn(&R) -> usize,
        C: FnMut(R) -> Result<(), E>,
    {
        let panicking = StopOnPanic(self);
        while self.has_room() {
            let mut items = lock(&self.items);
            let place = items.0;
            let Some(item) = items.1.next() else { break };
            items.0 += 1;
            drop(items);
            let result = item.and_then(|item| (self.map)(&mut scratch, item));
            self.put(place, result);
        }
        drop(panicking);
    }

    /// Waits until results may be made; `false` where no more are wanted.
    fn has_room(&self) -> bool {
        let mut queue = lock(&self.queue);
        // The result that the others wait for is being made by a thread that does not stand here.
        while queue.weight > self.ahead && !queue.stopped {
            queue = self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        !queue.stopped
    }

    /// Puts a result in its place, and takes those whose turn has come.
    fn put(&self, place: usize, result: Result<R, E>)
    where
        W: Fn(&R) -> usize,
        C: FnMut(R) -> Result<(), E>,
    {
        let weight = result.as_ref().map_or(0, |result| (self.weigh)(result));
        let mut queue = lock(&self.queue);
        queue.weight += weight;
        queue.waiting.insert(place, (weight, result));
        if queue.taking {
            return;
        }
        queue.taking = true;
        while !queue.stopped {
            let next = queue.next;
            let Some((weight, result)) = queue.waiting.remove(&next) else { break };
            queue.next += 1;
            queue.weight -= weight;
            drop(queue);
            self.moved.notify_all();
            let taken = result.and_then(|result| lock(&self.take)(result));
            queue = lock(&self.queue);
            if let Err(failure) = taken {
                queue.failure = Some(failure);
                queue.stopped = true;
                self.moved.notify_all();
            }
        }
        queue.taking = false;
    }
}

/// Work that panics must not leave the other threads waiting for its result.
struct StopOnPanic<'s, I, M, W, C, R, E>(&'s Shared<I, M, W, C, R, E>);

impl<I, M, W, C, R, E> Drop for StopOnPanic<'_, I, M, W, C, R, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).stopped = true;
            self.0.moved.notify_all();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        threads: usize,
        ahead: usize,
        map: impl Fn(u64) -> Result<u64, u64> + Sync,
    ) -> (Vec<u64>, Result<(), u64>) {
        let plan = InOrder { threads: NonZeroUsize::new(threads).expect("not 0"), ahead };
        let mut taken = Vec::new();
        let outcome = plan.run(
            (0..500).map(Ok),
            || (),
            |(), item| map(item),
            |_| 1,
            |result| {
                taken.push(result);
                Ok(())
            },
        );
        (taken, outcome)
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 7] {
            for ahead in [0, 3, 1000] {
                let slow = |item: u64| {
                    if item.is_multiple_of(50) {
                        std::thread::sleep(std::time::Duration::from_millis(1));
                    }
                    Ok(item)
                };
                assert_eq!(run(threads, ahead, slow), ((0..500).collect(), Ok(())), "{threads}, {ahead}");
            }
        }
    }

    #[test]
    fn the_first_failure_in_order_is_told() {
        for threads in [1, 2, 7] {
            let failing = |item| if item >= 40 { Err(item) } else { Ok(item) };
            assert_eq!(run(threads, 5, failing), ((0..40).collect(), Err(40)));
        }
    }

    #[test]
    fn an_iterator_is_not_asked_beyond_its_end() {
        for threads in [1, 2, 7] {
            let plan = InOrder { threads: NonZeroUsize::new(threads).expect("not 0"), ahead: 10 };
            let mut number = 0;
            // Nothing at 20, and something again after it.
            let items = std::iter::from_fn(|| {
                number += 1;
                (number != 20).then_some(Ok::<_, ()>(number))
            });
            let mut taken = Vec::new();
            let take = |item| {
                taken.push(item);
                Ok(())
            };
            assert_eq!(plan.run(items, || (), |(), item| Ok(item), |_| 1, take), Ok(()));
            assert_eq!(taken, (1..20).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_leaves_no_thread_waiting() {
        for threads in [1, 3] {
            let panicking = |item| {
                assert!(item < 3, "as wanted");
                Ok(item)
            };
            assert!(std::panic::catch_unwind(|| run(threads, 0, panicking)).is_err());
        }
    }
}
