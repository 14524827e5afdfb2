use std::io::Write;

use slack_model::TableSource;

use super::lock;
use super::work::Work;
use crate::error::Result;
use crate::row_buffer::{BUFFER, Outlet};

/// Where the rows of one table go that are made of a part.
///
/// When it is the part's turn, they go straight to the table. Until then they are held, as long as there is room.
pub(super) struct PartOutlet<'o, 'w, 'm, S, O> {
    work: &'o Work<'w, 'm, S, O>,
    part: usize,
    table: usize,
    held: Vec<Vec<u8>>,
}

impl<'o, 'w, 'm, S, O> PartOutlet<'o, 'w, 'm, S, O> {
    pub(super) fn new(work: &'o Work<'w, 'm, S, O>, part: usize, table: usize) -> Self {
        Self { work, part, table, held: Vec::new() }
    }

    /// The rows that are not written yet.
    pub(super) fn into_held(self) -> Vec<Vec<u8>> {
        self.held
    }
}

impl<'w, S: TableSource, O: Write + Send> Outlet for PartOutlet<'_, 'w, '_, S, O> {
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
        while queue.turn != self.part && queue.held_bytes > work.pass.budget.rows && !queue.stopped {
            // What is to be done for the part whose turn it is never waits here.
            let turn = queue.turn;
            queue = match queue.task(turn) {
                Some(task) => {
                    drop(queue);
                    work.see(task)?;
                    lock(&work.queue)
                }
                None => work.wait(queue),
            };
        }
        if queue.stopped {
            // Nobody writes them any more.
            rows.clear();
            return Ok(());
        }
        if queue.turn != self.part {
            queue.held_bytes += rows.len();
            drop(queue);
            self.held.push(std::mem::replace(rows, work.buffer()));
            return Ok(());
        }
        queue.held_bytes -= self.held.iter().map(Vec::len).sum::<usize>();
        drop(queue);
        work.moved.notify_all();
        let mut table = lock(&work.results.tables[self.table]);
        for rows in &self.held {
            table.write(rows)?;
        }
        table.write(rows)?;
        drop(table);
        work.put_by(self.held.drain(..));
        rows.clear();
        Ok(())
    }
}
