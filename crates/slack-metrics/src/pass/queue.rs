//! Which channels are open, under way, and waiting for their turn.
//!
//! Threads wait here for memory and for their turn, and cannot deadlock. `turn <= taken` always holds, every part from
//! `turn` up to `taken` is under way (read, shared, seen by metrics, or complete and waiting), and the part `turn` never
//! waits for anything but a lock that is held for a moment:
//!
//! - if it is not taken (`turn == taken`), [`Queue::next`] gives it out whatever memory is left;
//! - its rows are written at once: `PartOutlet::put` waits only for rows of later parts;
//! - if its channel is shared, every thread that asks for work takes its metrics first, and so does every thread that
//!   would wait in `PartOutlet::put`. Such a task is of the part `turn` itself, so it does not wait in its turn;
//! - once complete, it is written by the thread that completes it, or by the one that writes the part before it.
//!
//! So `turn` always moves on, or the queue is `stopped`. Both notify all who wait, and each turn gives back the memory
//! of a part's channels and rows.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::channel::Channel;
use crate::error::Error;
use crate::memory::MemoryBudget;

/// Channels that one thread takes on, and the memory that they take while they are measured.
pub(super) struct PlannedPart {
    pub(super) channels: Range<usize>,
    pub(super) bytes: usize,
}

/// What one metric made of a part.
pub(super) struct Made {
    /// The rows that are not written yet.
    pub(super) held: Vec<Vec<u8>>,
    pub(super) rows: u64,
    pub(super) kept: Box<dyn Any + Send>,
}

/// What all metrics made of a part.
pub(super) struct Measured {
    pub(super) made: Vec<Made>,
    /// Bytes of what metrics keep of it.
    pub(super) kept: usize,
    pub(super) counts: Counts,
}

/// What there was in a part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) messages: u64,
    pub(super) posts: u64,
    pub(super) reactions: u64,
}

impl Counts {
    pub(super) fn add(&mut self, channel: &Channel<'_>) {
        self.messages += channel.messages().len() as u64;
        self.posts += channel.posts().count() as u64;
        self.reactions += channel.reactions().len() as u64;
    }
}

/// A large channel, which is a part of its own: whichever threads are free let one metric after the other see it.
pub(super) struct Shared<'w> {
    part: usize,
    channel: Arc<Channel<'w>>,
    /// The first metric that nobody took on.
    next: usize,
    made: Vec<Option<Made>>,
    open: usize,
}

/// A metric that is to see a shared channel.
pub(super) struct Task<'w> {
    pub(super) part: usize,
    pub(super) table: usize,
    pub(super) channel: Arc<Channel<'w>>,
}

/// What a thread does next.
pub(super) enum Next<'w> {
    /// Take on a part.
    Part(usize, PlannedPart),
    /// Let a metric see a channel.
    Task(Task<'w>),
    /// Wait until something moved.
    Wait,
    /// Stop: there is no more to do.
    Nothing,
}

/// Parts that nobody has taken on, and those that are under way or wait for an earlier one.
#[derive(Default)]
pub(super) struct Queue<'w> {
    open: VecDeque<PlannedPart>,
    /// The number of the first open part.
    taken: usize,
    /// In the order of their parts.
    shared: Vec<Shared<'w>>,
    pub(super) waiting: BTreeMap<usize, Measured>,
    /// What the channels take that are measured at the moment.
    pub(super) measured_bytes: usize,
    /// What rows take that wait for their turn, and what is kept of their channels.
    pub(super) held_bytes: usize,
    /// The number of the first part that is not written yet: its turn it is.
    pub(super) turn: usize,
    pub(super) stopped: bool,
    pub(super) failure: Option<Error>,
}

impl<'w> Queue<'w> {
    pub(super) fn of(open: VecDeque<PlannedPart>) -> Self {
        Self { open, ..Self::default() }
    }

    /// Finds work. Shared channels come first, so that few are in memory and few rows wait; then parts in their order, so
    /// that the one whose turn it is is always under way.
    pub(super) fn next(&mut self, budget: MemoryBudget) -> Next<'w> {
        if self.stopped {
            return Next::Nothing;
        }
        if let Some(task) = self.task(usize::MAX) {
            return Next::Task(task);
        }
        let Some(part) = self.open.front() else {
            // A channel that is still being read may be shared.
            return if self.turn < self.taken { Next::Wait } else { Next::Nothing };
        };
        let is_alone = self.turn == self.taken;
        let has_room = self.measured_bytes + part.bytes <= budget.channels && self.held_bytes <= budget.rows;
        if !is_alone && !has_room {
            return Next::Wait;
        }
        self.measured_bytes += part.bytes;
        self.taken += 1;
        self.open.pop_front().map_or(Next::Nothing, |part| Next::Part(self.taken - 1, part))
    }

    /// A metric that is to see a shared channel of a part up to `last`.
    pub(super) fn task(&mut self, last: usize) -> Option<Task<'w>> {
        let open = |shared: &&mut Shared<'w>| shared.next < shared.made.len() && shared.part <= last;
        let shared = self.shared.iter_mut().find(open)?;
        shared.next += 1;
        Some(Task { part: shared.part, table: shared.next - 1, channel: shared.channel.clone() })
    }

    /// Shares a channel out to `n_metrics` metrics.
    pub(super) fn share(&mut self, part: usize, channel: Channel<'w>, n_metrics: usize) {
        let made = (0..n_metrics).map(|_| None).collect();
        let shared = Shared { part, channel: Arc::new(channel), next: 0, made, open: n_metrics };
        let at = self.shared.partition_point(|other| other.part < part);
        self.shared.insert(at, shared);
    }

    /// Takes what a metric made of a shared channel; what all of them made, and the channel, once it was the last.
    pub(super) fn done(&mut self, task: Task<'w>, made: Made) -> Option<(Vec<Made>, Channel<'w>)> {
        let Task { part, table, channel } = task;
        drop(channel);
        let at = self.shared.iter().position(|shared| shared.part == part)?;
        let shared = &mut self.shared[at];
        shared.made[table] = Some(made);
        shared.open -= 1;
        if shared.open > 0 {
            return None;
        }
        let Shared { channel, made, .. } = self.shared.remove(at);
        // Every task gave its hold on the channel up before it was done.
        Some((made.into_iter().flatten().collect(), Arc::into_inner(channel)?))
    }
}
