//! The one pass that feeds every metric: channels shared out to threads, results put back in order.

use std::any::Any;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use slack_model::{Progress, Schema, Step, TableSink, TableSource};

use crate::channel::{Channel, ChannelReader};
use crate::error::{Error, Result};
use crate::measure::{MeasureSummary, TableSummary};
use crate::memory::{Rooms, channel_bytes};
use crate::metric::DynMetric;
use crate::rows::{BUFFER, Outlet, Rows, TableOutlet};
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
    pub(crate) rooms: Rooms,
    pub(crate) threads: usize,
}

impl<'m, S: TableSource> Pass<'m, '_, S> {
    /// Feeds the channels to the metrics, and writes what belongs to a channel alone. [`finish`] writes the rest.
    pub(crate) fn run<K: TableSink>(
        &self,
        sink: &K,
        spill_to: &SpillTo,
        progress: &dyn Progress,
    ) -> Result<Results<'m, K::Output>>
    where
        K::Output: Send,
    {
        let tables = self
            .metrics
            .iter()
            .map(|(schema, metric)| OpenTable::begin(sink, *schema, *metric))
            .collect::<Result<_>>()?;
        let work = Work {
            pass: self,
            queue: Mutex::new(Queue { open: self.parts(), ..Queue::default() }),
            moved: Condvar::new(),
            results: Mutex::new(Results { tables, summary: MeasureSummary::default() }),
            spare: Mutex::new(Vec::new()),
            spill_to,
            progress,
        };
        on_threads(self.threads, || work.run());
        if let Some(failure) = lock(&work.queue).failure.take() {
            return Err(failure);
        }
        Ok(work.results.into_inner().unwrap_or_else(PoisonError::into_inner))
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

/// A metric table while it is written.
struct OpenTable<'m, O> {
    schema: Schema,
    metric: &'m dyn DynMetric,
    output: O,
    rows: u64,
    kept: Box<dyn Any + Send>,
}

impl<'m, O: Write + Send> OpenTable<'m, O> {
    fn begin(sink: &impl TableSink<Output = O>, schema: Schema, metric: &'m dyn DynMetric) -> Result<Self> {
        let mut output = sink.create(&schema)?;
        let header = schema.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\n";
        let written = output.write_all(header.as_bytes());
        written.map_err(|source| Error::Write { table: schema.name, source })?;
        Ok(Self { schema, metric, output, rows: 0, kept: metric.nothing() })
    }

    fn write(&mut self, rows: &[u8]) -> Result<()> {
        let written = self.output.write_all(rows);
        written.map_err(|source| Error::Write { table: self.schema.name, source })
    }

    fn finish(mut self, sink: &impl TableSink<Output = O>, workspace: &Workspace) -> Result<TableSummary> {
        let table = self.schema.name;
        let mut outlet = TableOutlet { table, output: &mut self.output };
        let mut rows = Rows::new(&self.schema, Vec::with_capacity(BUFFER), &mut outlet);
        let complete = self.metric.complete(self.kept, workspace, &mut rows);
        complete.map_err(|source| Error::Spill { table, source })?;
        let (further, _) = rows.finish()?;
        sink.finish(&self.schema, self.output)?;
        Ok(TableSummary { name: table, rows: self.rows + further })
    }
}

/// Channels that one thread takes on, and the memory that they take while they are measured.
struct PlannedPart {
    channels: Range<usize>,
    bytes: usize,
}

/// What one metric made of a part.
struct Made {
    /// The rows that are not written yet.
    held: Vec<Vec<u8>>,
    rows: u64,
    kept: Box<dyn Any + Send>,
}

/// What all metrics made of a part.
struct Measured {
    made: Vec<Made>,
    /// Bytes of what metrics keep of it.
    kept: usize,
    messages: u64,
    posts: u64,
    reactions: u64,
}

/// Parts that nobody has taken on, and measured ones that wait for an earlier one.
#[derive(Default)]
struct Queue {
    open: VecDeque<PlannedPart>,
    /// The number of the first open part.
    taken: usize,
    waiting: BTreeMap<usize, Measured>,
    /// What the channels take that are measured at the moment.
    measured_bytes: usize,
    /// What rows take that wait for their turn, and what is kept of their channels.
    held_bytes: usize,
    /// The number of the first part that is not written yet: its turn it is.
    turn: usize,
    stopped: bool,
    failure: Option<Error>,
}

/// The metric tables as far as they are written, and what metrics keep for the rest.
pub(crate) struct Results<'m, O> {
    tables: Vec<OpenTable<'m, O>>,
    summary: MeasureSummary,
}

struct Work<'w, 'm, S, O> {
    pass: &'w Pass<'m, 'w, S>,
    queue: Mutex<Queue>,
    moved: Condvar,
    results: Mutex<Results<'m, O>>,
    /// Buffers whose rows are written: memory that was used before costs less than new memory.
    spare: Mutex<Vec<Vec<u8>>>,
    spill_to: &'w SpillTo,
    progress: &'w dyn Progress,
}

impl<'w, S: TableSource, O: Write + Send> Work<'w, '_, S, O> {
    /// Reads, measures and writes channels until there are no more.
    fn run(&self) {
        let panicking = StopOnPanic(self);
        let mut channel = Channel::new(self.pass.workspace);
        let mut buffers = Vec::new();
        loop {
            match self.step(&mut channel, &mut buffers) {
                Ok(true) => {}
                Ok(false) => break,
                Err(failure) => {
                    let mut queue = lock(&self.queue);
                    queue.failure.get_or_insert(failure);
                    queue.stopped = true;
                    self.moved.notify_all();
                    break;
                }
            }
        }
        drop(panicking);
    }

    /// Takes on a part; `false` where there is nothing left to do.
    fn step(&self, channel: &mut Channel<'w>, buffers: &mut Vec<Vec<u8>>) -> Result<bool> {
        let Some((number, part)) = self.next_part() else { return Ok(false) };
        let planned = part.bytes;
        let measured = self.measure(number, part, channel, buffers)?;
        self.put(number, planned, measured)?;
        Ok(true)
    }

    /// Waits until there is room for the next part. Parts are taken on in their order, so the one whose turn it is is
    /// always under way.
    fn next_part(&self) -> Option<(usize, PlannedPart)> {
        let rooms = self.pass.rooms;
        let mut queue = lock(&self.queue);
        loop {
            let next = queue.open.front()?.bytes;
            if queue.stopped {
                return None;
            }
            let is_alone = queue.turn == queue.taken;
            let has_room = queue.measured_bytes + next <= rooms.channels && queue.held_bytes <= rooms.rows;
            if is_alone || has_room {
                let number = queue.taken;
                queue.taken += 1;
                queue.measured_bytes += next;
                return Some((number, queue.open.pop_front()?));
            }
            queue = self.wait(queue);
        }
    }

    fn measure(
        &self,
        number: usize,
        part: PlannedPart,
        channel: &mut Channel<'w>,
        buffers: &mut Vec<Vec<u8>>,
    ) -> Result<Measured> {
        let Pass { source, metrics, workspace, timeline, .. } = *self.pass;
        buffers.resize_with(metrics.len(), || Vec::with_capacity(BUFFER));
        let mut outlets: Vec<_> = (0..metrics.len())
            .map(|table| PartOutlet { work: self, number, table, held: Vec::new() })
            .collect();
        let mut open: Vec<_> = metrics
            .iter()
            .zip(buffers.drain(..))
            .zip(&mut outlets)
            .map(|(((schema, metric), buffer), outlet)| {
                (Rows::new(schema, buffer, outlet), metric, metric.nothing())
            })
            .collect();
        let mut reader = ChannelReader::new(source, workspace, timeline, part.channels.clone());
        let (mut messages, mut posts, mut reactions) = (0, 0, 0);
        for number in part.channels {
            reader.read(ChannelNo(number as u32), channel)?;
            for (rows, metric, kept) in &mut open {
                let later = metric.see(channel, rows);
                metric.fold(&mut **kept, later);
            }
            messages += channel.messages().len() as u64;
            posts += channel.posts().count() as u64;
            reactions += channel.reactions().len() as u64;
        }
        let mut done = Vec::with_capacity(open.len());
        for (rows, _, kept) in open {
            let (rows, buffer) = rows.finish()?;
            buffers.push(buffer);
            done.push((rows, kept));
        }
        let kept = metrics.iter().zip(&done).map(|((_, metric), (_, kept))| metric.kept_bytes(&**kept)).sum();
        let made = done.into_iter().zip(outlets).map(|((rows, kept), outlet)| Made {
            held: outlet.held,
            rows,
            kept,
        });
        Ok(Measured { made: made.collect(), kept, messages, posts, reactions })
    }

    /// Puts a part in its place, and writes what can be written.
    fn put(&self, number: usize, planned: usize, measured: Measured) -> Result<()> {
        let mut queue = lock(&self.queue);
        queue.measured_bytes -= planned;
        queue.held_bytes += measured.kept;
        queue.waiting.insert(number, measured);
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
        let mut results = lock(&self.results);
        let Results { tables, summary } = &mut *results;
        let mut written = measured.kept;
        let mut spare = Vec::new();
        for (table, made) in tables.iter_mut().zip(measured.made) {
            for rows in made.held {
                table.write(&rows)?;
                written += rows.len();
                if rows.capacity() >= BUFFER {
                    spare.push(rows);
                }
            }
            table.rows += made.rows;
            table.metric.fold(&mut *table.kept, made.kept);
        }
        summary.messages += measured.messages;
        summary.posts += measured.posts;
        summary.reactions += measured.reactions;
        self.progress.report(Step::new("metrics", summary.messages, Some(self.pass.timeline.len() as u64)));
        self.put_aside(tables)?;
        drop(results);
        lock(&self.spare).append(&mut spare);
        Ok(written)
    }

    /// Keeps what metrics keep within its room.
    fn put_aside(&self, tables: &mut [OpenTable<'_, O>]) -> Result<()> {
        let bytes = |table: &OpenTable<'_, O>| table.metric.kept_bytes(&*table.kept);
        while tables.iter().map(bytes).sum::<usize>() > self.pass.rooms.kept {
            let Some(largest) = tables.iter_mut().max_by_key(|table| bytes(table)) else { break };
            let put_aside = largest.metric.put_aside(&mut *largest.kept, self.spill_to);
            put_aside.map_err(|source| Error::Spill { table: largest.schema.name, source })?;
        }
        Ok(())
    }

    fn wait<'q>(&self, queue: MutexGuard<'q, Queue>) -> MutexGuard<'q, Queue> {
        self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the rows of one table go that are made of a part.
///
/// When it is the part's turn, they go straight to the table. Until then they are held, as long as there is room.
struct PartOutlet<'o, 'w, 'm, S, O> {
    work: &'o Work<'w, 'm, S, O>,
    number: usize,
    table: usize,
    held: Vec<Vec<u8>>,
}

impl<S: TableSource, O: Write + Send> Outlet for PartOutlet<'_, '_, '_, S, O> {
    fn put(&mut self, rows: &mut Vec<u8>) -> Result<()> {
        let work = self.work;
        if rows.len() < BUFFER / 2 {
            // The last rows of a part: what they need, so that the buffer is free for the next part.
            lock(&work.queue).held_bytes += rows.len();
            self.held.extend((!rows.is_empty()).then(|| rows.as_slice().into()));
            rows.clear();
            return Ok(());
        }
        let mut queue = lock(&work.queue);
        while queue.turn != self.number && queue.held_bytes > work.pass.rooms.rows && !queue.stopped {
            queue = work.wait(queue);
        }
        if queue.stopped {
            // Nobody writes them any more.
            rows.clear();
            return Ok(());
        }
        if queue.turn != self.number {
            queue.held_bytes += rows.len();
            drop(queue);
            let spare = lock(&work.spare).pop();
            self.held.push(std::mem::replace(rows, spare.unwrap_or_else(|| Vec::with_capacity(BUFFER))));
            rows.clear();
            return Ok(());
        }
        queue.held_bytes -= self.held.iter().map(Vec::len).sum::<usize>();
        drop(queue);
        work.moved.notify_all();
        let mut results = lock(&work.results);
        let table = &mut results.tables[self.table];
        for rows in &self.held {
            table.write(rows)?;
        }
        table.write(rows)?;
        drop(results);
        lock(&work.spare).append(&mut self.held);
        rows.clear();
        Ok(())
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

/// Lets the metrics write what needed all channels, several at a time.
pub(crate) fn finish<K: TableSink>(
    sink: &K,
    results: Results<'_, K::Output>,
    workspace: &Workspace,
    threads: usize,
) -> Result<MeasureSummary> {
    let Results { tables, mut summary } = results;
    let n_tables = tables.len();
    let mut tables: Vec<_> = tables.into_iter().enumerate().collect();
    // First those that are complete, or nearly so: whoever reads tables while they are written has the nodes before the
    // edges. Then the longest, so that the shorter ones fill the other threads.
    tables.sort_by_key(|(_, table)| match table.metric.kept_bytes(&*table.kept) {
        0 => Reverse(usize::MAX),
        bytes => Reverse(bytes),
    });
    let open = Mutex::new(tables.into_iter());
    let done = Mutex::new(Vec::with_capacity(n_tables));
    on_threads(threads, || {
        loop {
            let Some((place, table)) = lock(&open).next() else { break };
            let finished = table.finish(sink, workspace);
            lock(&done).push((place, finished));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(place, _)| *place);
    summary.tables = done.into_iter().map(|(_, table)| table).collect::<Result<_>>()?;
    Ok(summary)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
