//! The metric tables while they are written, and what metrics keep for the rest.

use std::any::Any;
use std::cmp::Reverse;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use slack_model::{Schema, TableSink};

use super::{lock, on_threads};
use crate::error::{Error, Result};
use crate::measure::{MeasureSummary, TableSummary};
use crate::metric::DynMetric;
use crate::row_buffer::{BUFFER, RowBuffer, TableOutlet};
use crate::sorted::SpillTo;
use crate::workspace::Workspace;

/// A metric table while it is written.
pub(super) struct OpenTable<'m, O> {
    schema: Schema,
    pub(super) metric: &'m dyn DynMetric,
    output: O,
    pub(super) rows: u64,
    pub(super) kept: Box<dyn Any + Send>,
}

impl<'m, O: Write + Send> OpenTable<'m, O> {
    pub(super) fn begin(
        sink: &impl TableSink<Output = O>,
        schema: Schema,
        metric: &'m dyn DynMetric,
    ) -> Result<Self> {
        let mut output = sink.create(&schema)?;
        let header = schema.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\n";
        let written = output.write_all(header.as_bytes());
        written.map_err(|source| Error::Write { table: schema.name, source })?;
        Ok(Self { schema, metric, output, rows: 0, kept: metric.nothing() })
    }

    pub(super) fn write(&mut self, rows: &[u8]) -> Result<()> {
        let written = self.output.write_all(rows);
        written.map_err(|source| Error::Write { table: self.schema.name, source })
    }

    fn kept_bytes(&self) -> usize {
        self.metric.kept_bytes(&*self.kept)
    }

    fn extent(&self) -> u64 {
        self.metric.extent(&*self.kept)
    }

    fn finish(mut self, sink: &impl TableSink<Output = O>, workspace: &Workspace) -> Result<TableSummary> {
        let table = self.schema.name;
        let mut outlet = TableOutlet { table, output: &mut self.output };
        let rows = RowBuffer::new(Vec::with_capacity(BUFFER), &mut outlet);
        let complete = self.metric.complete(self.kept, workspace, rows);
        let (further, _) = complete.map_err(|source| Error::Spill { table, source })?.finish()?;
        sink.finish(&self.schema, self.output)?;
        Ok(TableSummary { name: table, rows: self.rows + further })
    }
}

/// The metric tables as far as they are written, and what metrics keep for the rest.
pub(crate) struct Results<'m, O> {
    /// Each for itself, so that threads write different tables at the same time.
    pub(super) tables: Vec<Mutex<OpenTable<'m, O>>>,
    pub(super) summary: Mutex<MeasureSummary>,
}

impl<'m, O: Write + Send> Results<'m, O> {
    pub(super) fn begin(
        sink: &impl TableSink<Output = O>,
        metrics: &[(Schema, &'m dyn DynMetric)],
    ) -> Result<Self> {
        let begin = |(schema, metric): &(Schema, &'m dyn DynMetric)| {
            Ok(Mutex::new(OpenTable::begin(sink, *schema, *metric)?))
        };
        let tables = metrics.iter().map(begin).collect::<Result<_>>()?;
        Ok(Self { tables, summary: Mutex::default() })
    }

    /// Keeps what metrics keep within `room` bytes.
    pub(super) fn put_aside(&self, room: usize, spill_to: &SpillTo) -> Result<()> {
        loop {
            let bytes: Vec<_> = self.tables.iter().map(|table| lock(table).kept_bytes()).collect();
            let largest = (0..bytes.len()).max_by_key(|table| bytes[*table]);
            let Some(largest) = largest.filter(|_| bytes.iter().sum::<usize>() > room) else { return Ok(()) };
            let mut table = lock(&self.tables[largest]);
            let OpenTable { metric, kept, .. } = &mut *table;
            let put_aside = metric.put_aside(&mut **kept, spill_to);
            put_aside.map_err(|source| Error::Spill { table: table.schema.name, source })?;
        }
    }

    /// Lets the metrics write what needed all channels, several at a time.
    pub(crate) fn finish(
        self,
        sink: &impl TableSink<Output = O>,
        workspace: &Workspace,
        threads: usize,
    ) -> Result<MeasureSummary> {
        let tables =
            self.tables.into_iter().map(|table| table.into_inner().unwrap_or_else(PoisonError::into_inner));
        let tables: Vec<_> = tables.enumerate().collect();
        let n_tables = tables.len();
        // Whoever reads tables while they are written has the nodes before the edges: first come tables of few rows, then
        // the longest, so that the shorter ones fill the other threads.
        let (written, mut tables): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|(_, table)| table.extent() == 0 && table.rows > 0);
        tables.sort_by_key(|(_, table)| match table.extent() {
            0 => Reverse(u64::MAX),
            bytes => Reverse(bytes),
        });
        let (written, open) = (Mutex::new(written.into_iter()), Mutex::new(tables.into_iter()));
        let done = Mutex::new(Vec::with_capacity(n_tables));
        let close = |open: &Mutex<std::vec::IntoIter<_>>| {
            loop {
                let Some((place, table)) = lock(open).next() else { break };
                let finished = OpenTable::finish(table, sink, workspace);
                lock(&done).push((place, finished));
            }
        };
        std::thread::scope(|scope| {
            // To close a large file that takes the place of an older one is waiting for the disk, which needs no
            // processor: a thread beside the others does it.
            let beside =
                (threads > 1).then(|| std::thread::Builder::new().spawn_scoped(scope, || close(&written)));
            on_threads(threads, || close(&open));
            if !matches!(beside, Some(Ok(_))) {
                close(&written);
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(place, _)| *place);
        let mut summary = self.summary.into_inner().unwrap_or_else(PoisonError::into_inner);
        summary.tables = done.into_iter().map(|(_, table)| table).collect::<Result<_>>()?;
        Ok(summary)
    }
}
