//! The seam: what a metric is.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;

use slack_model::{Row, Schema};

use crate::channel::Channel;
use crate::row_buffer::{RowBuffer, Rows};
use crate::sorted::SpillTo;
use crate::workspace::Workspace;

/// A metric: it sees one channel after the other and writes one table.
///
/// Tables whose key begins with the channel are written as the channels come, in [`Metric::channel`]; the others
/// keep what they need of each channel and are written in [`Metric::finish`].
///
/// ```
/// use slack_metrics::{Channel, Metric, Rows};
/// use slack_model::ChannelId;
///
/// slack_model::table! {
///     /// Bytes of text in a channel.
///     pub struct ChannelBytes, ChannelBytesRef in "bytes_by_channel" by (channel) {
///         /// The channel.
///         open channel: ChannelId,
///         /// Number of bytes of its posts.
///         open bytes: u64,
///     }
/// }
///
/// struct BytesByChannel;
///
/// impl Metric for BytesByChannel {
///     type Row<'r> = ChannelBytesRef<'r>;
///     type Accumulator = ();
///
///     fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
///         let bytes: usize = channel.posts().map(|post| channel.text(post).len()).sum();
///         rows.write(&ChannelBytesRef { channel: channel.field(), bytes: bytes as u64 });
///     }
/// }
/// ```
pub trait Metric: Send + Sync {
    /// The rows of the table that the metric writes. [`table!`](slack_model::table!) declares them; an owned row will do
    /// where there are few.
    type Row<'r>: Row;
    /// What is kept of the channels until all were seen; `()` for nothing.
    type Accumulator: Accumulator;

    /// Sees a channel: writes the rows that belong to it alone, and returns what to keep of it.
    ///
    /// Runs on several threads at once, in no order; rows and what is kept are put in the channels' order after.
    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) -> Self::Accumulator;

    /// Writes the rows that need all channels. Does nothing by default.
    ///
    /// # Errors
    ///
    /// Where what was kept cannot be read again from the file that it was put into.
    fn finish(
        &self,
        kept: Self::Accumulator,
        workspace: &Workspace,
        rows: &mut Rows<'_, Self>,
    ) -> io::Result<()> {
        let _ = (kept, workspace, rows);
        Ok(())
    }
}

/// What a metric keeps across channels: a value for no channel, and a way to make two into one.
///
/// Implemented for numbers (added), vectors (one after the other) and maps of these (key by key). What may outgrow
/// memory is kept in a [`SortedSet`](crate::SortedSet).
pub trait Accumulator: Default + Send + 'static {
    /// Takes up what was kept of a later channel.
    fn merge(&mut self, later: Self);

    /// The bytes that [`Accumulator::spill`] would free.
    fn bytes(&self) -> usize {
        0
    }

    /// The bytes of everything that is kept, in memory and in files. By default [`Accumulator::bytes`].
    fn extent(&self) -> u64 {
        self.bytes() as u64
    }

    /// Puts into files what takes memory. Does nothing by default.
    ///
    /// # Errors
    ///
    /// Where a file cannot be written.
    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        let _ = to;
        Ok(())
    }
}

impl Accumulator for () {
    fn merge(&mut self, (): Self) {}
}

impl Accumulator for u64 {
    fn merge(&mut self, later: Self) {
        *self += later;
    }
}

impl<T: Send + 'static> Accumulator for Vec<T> {
    fn merge(&mut self, later: Self) {
        if self.is_empty() {
            *self = later;
        } else {
            self.extend(later);
        }
    }
}

impl<K: Ord + Send + 'static, V: Accumulator> Accumulator for BTreeMap<K, V> {
    fn merge(&mut self, later: Self) {
        for (key, value) in later {
            self.entry(key).or_default().merge(value);
        }
    }
}

impl<A: Accumulator, B: Accumulator> Accumulator for (A, B) {
    fn merge(&mut self, later: Self) {
        self.0.merge(later.0);
        self.1.merge(later.1);
    }

    fn bytes(&self) -> usize {
        self.0.bytes() + self.1.bytes()
    }

    fn extent(&self) -> u64 {
        self.0.extent() + self.1.extent()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.0.spill(to)?;
        self.1.spill(to)
    }
}

/// A [`Metric`] whatever it keeps, so that different ones stand in one list. Every metric is one.
pub trait DynMetric: Send + Sync + sealed::Sealed {
    /// The table that the metric writes.
    fn table(&self) -> Schema;
    #[doc(hidden)]
    fn see<'r>(&self, channel: &Channel<'_>, rows: RowBuffer<'r>) -> (Box<dyn Any + Send>, RowBuffer<'r>);
    #[doc(hidden)]
    fn nothing(&self) -> Box<dyn Any + Send>;
    #[doc(hidden)]
    fn fold(&self, kept: &mut (dyn Any + Send), later: Box<dyn Any + Send>);
    #[doc(hidden)]
    fn kept_bytes(&self, kept: &(dyn Any + Send)) -> usize;
    #[doc(hidden)]
    fn extent(&self, kept: &(dyn Any + Send)) -> u64;
    #[doc(hidden)]
    fn put_aside(&self, kept: &mut (dyn Any + Send), to: &SpillTo) -> io::Result<()>;
    #[doc(hidden)]
    fn complete<'r>(
        &self,
        kept: Box<dyn Any + Send>,
        workspace: &Workspace,
        rows: RowBuffer<'r>,
    ) -> io::Result<RowBuffer<'r>>;
}

impl<M: Metric> DynMetric for M {
    fn table(&self) -> Schema {
        M::Row::TABLE
    }

    fn see<'r>(&self, channel: &Channel<'_>, rows: RowBuffer<'r>) -> (Box<dyn Any + Send>, RowBuffer<'r>) {
        let mut rows = Rows::of(rows);
        let kept = self.channel(channel, &mut rows);
        (Box::new(kept), rows.into_buffer())
    }

    fn nothing(&self) -> Box<dyn Any + Send> {
        Box::new(M::Accumulator::default())
    }

    fn fold(&self, kept: &mut (dyn Any + Send), later: Box<dyn Any + Send>) {
        // Both were made by this metric, so both are of its type.
        if let (Some(kept), Ok(later)) =
            (kept.downcast_mut::<M::Accumulator>(), later.downcast::<M::Accumulator>())
        {
            kept.merge(*later);
        }
    }

    fn kept_bytes(&self, kept: &(dyn Any + Send)) -> usize {
        kept.downcast_ref::<M::Accumulator>().map_or(0, Accumulator::bytes)
    }

    fn extent(&self, kept: &(dyn Any + Send)) -> u64 {
        kept.downcast_ref::<M::Accumulator>().map_or(0, Accumulator::extent)
    }

    fn put_aside(&self, kept: &mut (dyn Any + Send), to: &SpillTo) -> io::Result<()> {
        kept.downcast_mut::<M::Accumulator>().map_or(Ok(()), |kept| kept.spill(to))
    }

    fn complete<'r>(
        &self,
        kept: Box<dyn Any + Send>,
        workspace: &Workspace,
        rows: RowBuffer<'r>,
    ) -> io::Result<RowBuffer<'r>> {
        let mut rows = Rows::of(rows);
        if let Ok(kept) = kept.downcast::<M::Accumulator>() {
            self.finish(*kept, workspace, &mut rows)?;
        }
        Ok(rows.into_buffer())
    }
}

mod sealed {
    pub trait Sealed {}
    impl<M: super::Metric> Sealed for M {}
}
