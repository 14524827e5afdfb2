//! The one pass that feeds every metric: channels shared out to threads, results put back in order.

use std::any::Any;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use slack_model::{Progress, Schema, Step, TableSink, TableSource};

use crate::channel::{Channel, ChannelReader};
use crate::error::{Error, Result};
use crate::gaps::Timeline;
use crate::measure::{MeasureSummary, TableSummary};
use crate::metric::DynMetric;
use crate::rows::Rows;
use crate::workspace::Workspace;

/// Channels that are done ahead of an earlier one may hold so many bytes of rows before threads wait.
const AHEAD: usize = 32 << 20;

/// Feeds the channels to the metrics and writes their tables.
pub(crate) fn run<K: TableSink>(
    source: &impl TableSource,
    sink: &K,
    metrics: &[(Schema, &dyn DynMetric)],
    workspace: &Workspace,
    timeline: &Timeline,
    threads: usize,
    progress: &dyn Progress,
) -> Result<MeasureSummary>
where
    K::Output: Send,
{
    let tables = metrics
        .iter()
        .map(|(schema, metric)| OpenTable::begin(sink, *schema, *metric))
        .collect::<Result<_>>()?;
    let pass = Pass {
        metrics,
        reader: Mutex::new((0, ChannelReader::new(source, workspace, timeline)?)),
        queue: Mutex::new(Queue::default()),
        moved: Condvar::new(),
        results: Mutex::new(Results { tables, summary: MeasureSummary::default() }),
        total: timeline.len() as u64,
        progress,
    };
    on_threads(threads, || pass.work());
    if let Some(failure) = lock(&pass.queue).failure.take() {
        return Err(failure);
    }
    let results = pass.results.into_inner().unwrap_or_else(PoisonError::into_inner);
    finish(sink, results, workspace, threads)
}

/// Runs the same work on several threads, this one among them.
fn on_threads(threads: usize, work: impl Fn() + Sync) {
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

    fn take(&mut self, part: Part) -> Result<()> {
        let written = self.output.write_all(&part.bytes);
        written.map_err(|source| Error::Write { table: self.schema.name, source })?;
        self.rows += part.rows;
        self.metric.fold(&mut *self.kept, part.kept);
        Ok(())
    }

    fn finish(mut self, sink: &impl TableSink<Output = O>, workspace: &Workspace) -> Result<TableSummary> {
        let mut rows = Rows::onto(&self.schema, &mut self.output);
        self.metric.complete(self.kept, workspace, &mut rows);
        let (_, further) = rows.finish()?;
        sink.finish(&self.schema, self.output)?;
        Ok(TableSummary { name: self.schema.name, rows: self.rows + further })
    }
}

/// What one metric made of one channel.
struct Part {
    bytes: Vec<u8>,
    rows: u64,
    kept: Box<dyn Any + Send>,
}

/// What all metrics made of one channel.
struct Measured {
    parts: Vec<Part>,
    bytes: usize,
    messages: u64,
    posts: u64,
    reactions: u64,
}

/// Measured channels that wait for an earlier one.
#[derive(Default)]
struct Queue {
    waiting: BTreeMap<usize, Measured>,
    waiting_bytes: usize,
    next: usize,
    /// Whether a thread is writing: it takes what becomes ready meanwhile.
    writing: bool,
    stopped: bool,
    failure: Option<Error>,
}

struct Results<'m, O> {
    tables: Vec<OpenTable<'m, O>>,
    summary: MeasureSummary,
}

struct Pass<'p, O> {
    metrics: &'p [(Schema, &'p dyn DynMetric)],
    reader: Mutex<(usize, ChannelReader<'p>)>,
    queue: Mutex<Queue>,
    moved: Condvar,
    results: Mutex<Results<'p, O>>,
    total: u64,
    progress: &'p dyn Progress,
}

impl<O: Write + Send> Pass<'_, O> {
    /// Reads, measures and writes channels until there are no more.
    fn work(&self) {
        let panicking = StopOnPanic(self);
        loop {
            match self.step() {
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

    /// Takes on one channel; `false` where there is nothing left to do.
    fn step(&self) -> Result<bool> {
        let mut queue = lock(&self.queue);
        while queue.waiting_bytes > AHEAD && !queue.stopped {
            queue = self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.stopped {
            return Ok(false);
        }
        drop(queue);
        let mut reader = lock(&self.reader);
        let Some(channel) = reader.1.next_channel()? else { return Ok(false) };
        let place = reader.0;
        reader.0 += 1;
        drop(reader);
        let measured = self.measure(&channel)?;
        drop(channel);
        self.put(place, measured)?;
        Ok(true)
    }

    fn measure(&self, channel: &Channel<'_>) -> Result<Measured> {
        let mut parts = Vec::with_capacity(self.metrics.len());
        for (schema, metric) in self.metrics {
            let mut rows = Rows::new(schema);
            let kept = metric.see(channel, &mut rows);
            let (bytes, rows) = rows.finish()?;
            parts.push(Part { bytes, rows, kept });
        }
        Ok(Measured {
            bytes: parts.iter().map(|part| part.bytes.len()).sum(),
            parts,
            messages: channel.messages().len() as u64,
            posts: channel.posts().count() as u64,
            reactions: channel.reactions().len() as u64,
        })
    }

    /// Puts a channel in its place, and writes what can be written.
    fn put(&self, place: usize, measured: Measured) -> Result<()> {
        let mut queue = lock(&self.queue);
        queue.waiting_bytes += measured.bytes;
        queue.waiting.insert(place, measured);
        if queue.writing {
            return Ok(());
        }
        queue.writing = true;
        loop {
            let next = queue.next;
            let Some(measured) = queue.waiting.remove(&next) else { break };
            queue.next += 1;
            queue.waiting_bytes -= measured.bytes;
            drop(queue);
            self.moved.notify_all();
            self.write(measured)?;
            queue = lock(&self.queue);
        }
        queue.writing = false;
        Ok(())
    }

    fn write(&self, measured: Measured) -> Result<()> {
        let Results { tables, summary } = &mut *lock(&self.results);
        for (table, part) in tables.iter_mut().zip(measured.parts) {
            table.take(part)?;
        }
        summary.messages += measured.messages;
        summary.posts += measured.posts;
        summary.reactions += measured.reactions;
        self.progress.report(Step::new("metrics", summary.messages, Some(self.total)));
        Ok(())
    }
}

/// A metric that panics must not leave the other threads waiting for its channel.
struct StopOnPanic<'p, 'q, O>(&'p Pass<'q, O>);

impl<O> Drop for StopOnPanic<'_, '_, O> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).stopped = true;
            self.0.moved.notify_all();
        }
    }
}

/// Lets the metrics write what needed all channels, several at a time.
fn finish<K: TableSink>(
    sink: &K,
    results: Results<'_, K::Output>,
    workspace: &Workspace,
    threads: usize,
) -> Result<MeasureSummary> {
    let Results { tables, mut summary } = results;
    let n_tables = tables.len();
    let open = Mutex::new(tables.into_iter().enumerate());
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
