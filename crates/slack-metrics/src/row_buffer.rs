//! Writes the rows of a metric table, straight into CSV.

use std::io::Write;
use std::marker::PhantomData;

use slack_model::Line;

use crate::error::{Error, Result};
use crate::metric::Metric;

/// Beyond so many bytes, rows go on to their outlet.
const FLUSH_AT: usize = 192 << 10;

/// Room in a buffer for rows: one more of usual length never makes it grow.
pub(crate) const BUFFER: usize = 256 << 10;

/// Where rows go on to, a buffer at a time.
pub(crate) trait Outlet {
    /// Takes the bytes of whole rows out of a buffer.
    fn put(&mut self, rows: &mut Vec<u8>) -> Result<()>;
}

/// The output of a table.
pub(crate) struct TableOutlet<'o, O> {
    pub(crate) table: &'static str,
    pub(crate) output: &'o mut O,
}

impl<O: Write> Outlet for TableOutlet<'_, O> {
    fn put(&mut self, rows: &mut Vec<u8>) -> Result<()> {
        let written = self.output.write_all(rows);
        rows.clear();
        written.map_err(|source| Error::Write { table: self.table, source })
    }
}

/// Rows of a table, whatever metric writes them.
pub struct RowBuffer<'a> {
    line: Line,
    rows: u64,
    outlet: &'a mut dyn Outlet,
    failure: Option<Error>,
}

impl<'a> RowBuffer<'a> {
    /// Begins rows. `bytes` is the buffer that they are put together in.
    pub(crate) fn new(bytes: Vec<u8>, outlet: &'a mut dyn Outlet) -> Self {
        Self { line: Line::new(bytes), rows: 0, outlet, failure: None }
    }

    /// Hands on what is left, and returns the number of rows and the buffer, which is empty.
    pub(crate) fn finish(mut self) -> Result<(u64, Vec<u8>)> {
        self.flush();
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok((self.rows, self.line.into_buffer())),
        }
    }

    fn flush(&mut self) {
        let bytes = self.line.buffer();
        if self.failure.is_none()
            && let Err(failure) = self.outlet.put(bytes)
        {
            self.failure = Some(failure);
        }
        bytes.clear();
    }
}

/// The rows that a metric writes. They must come in the order of the table's key.
pub struct Rows<'a, M: Metric + ?Sized> {
    buffer: RowBuffer<'a>,
    metric: PhantomData<fn(&M)>,
}

impl<'a, M: Metric + ?Sized> Rows<'a, M> {
    pub(crate) fn of(buffer: RowBuffer<'a>) -> Self {
        Self { buffer, metric: PhantomData }
    }

    pub(crate) fn into_buffer(self) -> RowBuffer<'a> {
        self.buffer
    }

    /// Writes a row of the metric's table.
    #[inline]
    pub fn write(&mut self, row: &M::Row<'_>) {
        self.buffer.line.row(row);
        self.buffer.rows += 1;
        if self.buffer.line.buffer().len() >= FLUSH_AT {
            self.buffer.flush();
        }
    }
}
