//! The one pass that feeds every metric: channels shared out to threads, results put back in order.

mod outlet;
mod queue;
mod tables;
mod work;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use slack_model::{Progress, Schema, TableSink, TableSource};

use self::queue::PlannedPart;
use self::tables::Results;
use self::work::Work;
use crate::error::Result;
use crate::memory::{MemoryBudget, channel_bytes};
use crate::metric::DynMetric;
use crate::sorted::SpillTo;
use crate::timeline::Timeline;
use crate::workspace::{ChannelNo, Workspace};

/// Small channels are taken on together, up to so many bytes of rows: opening files for each would cost more than
/// reading them.
const TOGETHER: u64 = 1 << 20;

/// What a pass works with.
pub(crate) struct Pass<'m, 'p, S> {
    pub(crate) source: &'p S,
    pub(crate) metrics: &'m [(Schema, &'m dyn DynMetric)],
    pub(crate) workspace: &'p Workspace,
    pub(crate) timeline: &'p Timeline,
    pub(crate) budget: MemoryBudget,
    pub(crate) threads: usize,
}

impl<'m, S: TableSource> Pass<'m, '_, S> {
    /// Feeds the channels to the metrics, and writes what belongs to a channel alone. [`Results::finish`] writes the
    /// rest.
    pub(crate) fn run<K: TableSink>(
        &self,
        sink: &K,
        spill_to: &SpillTo,
        progress: &dyn Progress,
    ) -> Result<Results<'m, K::Output>>
    where
        K::Output: Send,
    {
        let work = Work::new(self, Results::begin(sink, self.metrics)?, spill_to, progress);
        on_threads(self.threads, || work.run());
        if let Some(failure) = lock(&work.queue).failure.take() {
            return Err(failure);
        }
        Ok(work.results)
    }

    /// Shares out the channels that are measured.
    fn parts(&self) -> VecDeque<PlannedPart> {
        let mut parts: VecDeque<PlannedPart> = VecDeque::new();
        let mut length = 0;
        for (number, place) in self.timeline.channels.iter().enumerate() {
            if !self.workspace.is_measured[number] {
                continue;
            }
            let bytes = channel_bytes(place);
            match parts.back_mut() {
                Some(part) if part.channels.end == number && length + place.bytes() <= TOGETHER => {
                    part.channels.end += 1;
                    part.bytes += bytes;
                    length += place.bytes();
                }
                _ => {
                    parts.push_back(PlannedPart { channels: number..number + 1, bytes });
                    length = place.bytes();
                }
            }
        }
        parts
    }

    /// The bytes that a channel takes while it is measured.
    fn planned(&self, channel: ChannelNo) -> usize {
        channel_bytes(&self.timeline.channels[channel.index()])
    }
}

/// Runs the same work on several threads, this one among them.
pub(crate) fn on_threads(threads: usize, work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system gives no further thread, those that there are do the work.
            if std::thread::Builder::new().spawn_scoped(scope, &work).is_err() {
                break;
            }
        }
        work();
    });
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
