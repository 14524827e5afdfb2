//! What each thread does: reads, measures and writes channels until there are no more.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use slack_model::{Progress, Step, TableSource};

use super::outlet::PartOutlet;
use super::queue::{Counts, Made, Measured, Next, PlannedPart, Queue, Task};
use super::tables::Results;
use super::{Pass, lock};
use crate::channel::{Channel, ChannelReader};
use crate::error::Result;
use crate::row_buffer::{BUFFER, RowBuffer};
use crate::sorted::SpillTo;
use crate::workspace::ChannelNo;

/// A channel of so many bytes, with what is derived from it, is shared out to several threads. Smaller ones are done
/// before another thread could take part.
const SHARED: usize = 4 << 20;

pub(super) struct Work<'w, 'm, S, O> {
    pub(super) pass: &'w Pass<'m, 'w, S>,
    pub(super) queue: Mutex<Queue<'w>>,
    pub(super) moved: Condvar,
    pub(super) results: Results<'m, O>,
    /// Buffers whose rows are written, and channels that were measured: memory that was used before costs less than new
    /// memory. Channels in turn, so that what a large one needed is soon given back.
    spare: Mutex<(Vec<Vec<u8>>, VecDeque<Channel<'w>>)>,
    spill_to: &'w SpillTo,
    progress: &'w dyn Progress,
}

impl<'w, 'm, S: TableSource, O: Write + Send> Work<'w, 'm, S, O> {
    pub(super) fn new(
        pass: &'w Pass<'m, 'w, S>,
        results: Results<'m, O>,
        spill_to: &'w SpillTo,
        progress: &'w dyn Progress,
    ) -> Self {
        let queue = Mutex::new(Queue::of(pass.parts()));
        Self { pass, queue, moved: Condvar::new(), results, spare: Mutex::default(), spill_to, progress }
    }

    /// Works until there is nothing left to do.
    pub(super) fn run(&self) {
        let panicking = StopOnPanic(self);
        if let Err(failure) = self.go_on() {
            let mut queue = lock(&self.queue);
            queue.failure.get_or_insert(failure);
            queue.stopped = true;
            self.moved.notify_all();
        }
        drop(panicking);
    }

    fn go_on(&self) -> Result<()> {
        let mut queue = lock(&self.queue);
        loop {
            queue = match queue.next(self.pass.budget) {
                Next::Nothing => return Ok(()),
                Next::Wait => self.wait(queue),
                Next::Task(task) => {
                    drop(queue);
                    self.see(task)?;
                    lock(&self.queue)
                }
                Next::Part(number, part) => {
                    drop(queue);
                    self.measure(number, part)?;
                    lock(&self.queue)
                }
            };
        }
    }

    /// Reads a part's channels, and measures them or shares the one that is large.
    fn measure(&self, number: usize, part: PlannedPart) -> Result<()> {
        let Pass { source, metrics, workspace, timeline, threads, .. } = *self.pass;
        let mut reader = ChannelReader::new(source, workspace, timeline, part.channels.clone());
        let mut channel = lock(&self.spare).1.pop_front().unwrap_or_else(|| Channel::new(workspace));
        if threads > 1 && part.bytes >= SHARED && part.channels.len() == 1 {
            reader.read(ChannelNo(part.channels.start as u32), &mut channel)?;
            lock(&self.queue).share(number, channel, metrics.len());
            self.moved.notify_all();
            return Ok(());
        }
        let mut outlets: Vec<_> =
            (0..metrics.len()).map(|table| PartOutlet::new(self, number, table)).collect();
        let mut open: Vec<_> = metrics
            .iter()
            .zip(&mut outlets)
            .map(|((_, metric), outlet)| {
                (Some(RowBuffer::new(self.buffer(), outlet)), metric, metric.nothing())
            })
            .collect();
        let mut counts = Counts::default();
        for number in part.channels.clone() {
            reader.read(ChannelNo(number as u32), &mut channel)?;
            for (rows, metric, kept) in &mut open {
                if let Some(before) = rows.take() {
                    let (later, written) = metric.see(&channel, before);
                    *rows = Some(written);
                    metric.fold(&mut **kept, later);
                }
            }
            counts.add(&channel);
        }
        let mut done = Vec::with_capacity(open.len());
        for (rows, _, kept) in open {
            let Some(rows) = rows else { continue };
            let (rows, buffer) = rows.finish()?;
            self.put_by([buffer]);
            done.push((rows, kept));
        }
        let made = done.into_iter().zip(outlets);
        let made = made.map(|((rows, kept), outlet)| Made { held: outlet.into_held(), rows, kept }).collect();
        self.put(number, part.bytes, made, counts, channel)
    }

    /// Lets a metric see a shared channel.
    pub(super) fn see(&self, task: Task<'w>) -> Result<()> {
        let (_, metric) = &self.pass.metrics[task.table];
        let mut outlet = PartOutlet::new(self, task.part, task.table);
        let (kept, rows) = metric.see(&task.channel, RowBuffer::new(self.buffer(), &mut outlet));
        let (rows, buffer) = rows.finish()?;
        self.put_by([buffer]);
        let made = Made { held: outlet.into_held(), rows, kept };
        let number = task.part;
        let done = lock(&self.queue).done(task, made);
        let Some((made, channel)) = done else { return Ok(()) };
        let mut counts = Counts::default();
        counts.add(&channel);
        let planned = self.pass.planned(channel.number());
        self.put(number, planned, made, counts, channel)
    }

    /// Puts what was made of a part in its place, and writes what can be written.
    fn put(
        &self,
        number: usize,
        planned: usize,
        made: Vec<Made>,
        counts: Counts,
        channel: Channel<'w>,
    ) -> Result<()> {
        lock(&self.spare).1.push_back(channel);
        let kept = self
            .pass
            .metrics
            .iter()
            .zip(&made)
            .map(|((_, metric), made)| metric.kept_bytes(&*made.kept))
            .sum();
        let mut queue = lock(&self.queue);
        queue.measured_bytes -= planned;
        queue.held_bytes += kept;
        queue.waiting.insert(number, Measured { made, kept, counts });
        self.moved.notify_all();
        loop {
            // Whoever takes the part out whose turn it is writes it; nobody else can take one out meanwhile.
            let turn = queue.turn;
            let Some(measured) = queue.waiting.remove(&turn) else { return Ok(()) };
            drop(queue);
            let written = self.write(measured)?;
            queue = lock(&self.queue);
            queue.held_bytes -= written;
            queue.turn += 1;
            self.moved.notify_all();
        }
    }

    /// Writes what a part holds, and takes over what is kept of it; returns how many bytes that was.
    fn write(&self, measured: Measured) -> Result<usize> {
        let mut written = measured.kept;
        for (table, made) in self.results.tables.iter().zip(measured.made) {
            let mut table = lock(table);
            for rows in &made.held {
                table.write(rows)?;
                written += rows.len();
            }
            table.rows += made.rows;
            let metric = table.metric;
            metric.fold(&mut *table.kept, made.kept);
            drop(table);
            self.put_by(made.held);
        }
        let mut summary = lock(&self.results.summary);
        summary.messages += measured.counts.messages;
        summary.posts += measured.counts.posts;
        summary.reactions += measured.counts.reactions;
        self.progress.report(Step::new("metrics", summary.messages, Some(self.pass.timeline.len() as u64)));
        drop(summary);
        self.results.put_aside(self.pass.budget.kept, self.spill_to)?;
        Ok(written)
    }

    /// An empty buffer for rows.
    pub(super) fn buffer(&self) -> Vec<u8> {
        let spare = lock(&self.spare).0.pop();
        spare.unwrap_or_else(|| Vec::with_capacity(BUFFER))
    }

    /// Puts buffers by whose rows are written.
    pub(super) fn put_by(&self, buffers: impl IntoIterator<Item = Vec<u8>>) {
        let buffers = buffers.into_iter().filter(|buffer| buffer.capacity() >= BUFFER);
        lock(&self.spare).0.extend(buffers.map(|mut buffer| {
            buffer.clear();
            buffer
        }));
    }

    pub(super) fn wait<'q>(&self, queue: MutexGuard<'q, Queue<'w>>) -> MutexGuard<'q, Queue<'w>> {
        self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner)
    }
}

/// A metric that panics must not leave the other threads waiting for its channel.
struct StopOnPanic<'s, 'w, 'm, S, O>(&'s Work<'w, 'm, S, O>);

impl<S, O> Drop for StopOnPanic<'_, '_, '_, S, O> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).stopped = true;
            self.0.moved.notify_all();
        }
    }
}
