//! Metric tables of a Slack workspace, all measured in one pass.
//!
//! [`measure`] reads the tables of a batch or of the master from a [`TableSource`](slack_model::TableSource) and
//! writes every table of [`TABLES`] to a [`TableSink`](slack_model::TableSink). A first pass learns who and
//! what there is ([`Workspace`]), and of each message everything but its text; the second takes the texts, and hands each conversation as a [`Channel`] to every [`Metric`], several
//! channels at a time, and folds what metrics keep across channels in the channels' order, so that the number of
//! threads changes no byte. [`measure_with`] runs metrics of one's own in the same pass.
//!
//! ```
//! use slack_metrics::{MetricOptions, measure};
//! use slack_model::MemoryTables;
//!
//! let tables = MemoryTables::default();
//! tables.insert(
//!     "message_data",
//!     "channel,subtype,ts,thread_ts,user_id,bot_id,text\n\
//!      C1,,1600000000.000100,,U1,,hello\n\
//!      C1,,1600000060.000100,,U2,,hi\n",
//! );
//! let metrics = MemoryTables::default();
//! let summary = measure(&tables, &metrics, &MetricOptions::default(), &())?;
//! assert_eq!((summary.messages, summary.posts), (2, 2));
//!
//! let users = metrics.get("number_channel_user").unwrap_or_default();
//! assert_eq!(String::from_utf8_lossy(&users), "channel,users\nC1,2\n");
//! # Ok::<(), slack_metrics::Error>(())
//! ```

mod calendar;
mod channel;
mod error;
mod fields;
mod gaps;
mod measure;
mod memory;
mod metric;
mod metrics;
mod names;
mod options;
mod pass;
mod row_buffer;
mod sorted;
mod stored;
mod survey;
mod timeline;
mod workspace;

pub use self::calendar::{LocalTime, is_timezone};
pub use self::channel::{
    Channel, Mention, MentionKind, Message, MessageKind, Poster, PostingDay, Reaction, Thread,
};
pub use self::error::{Error, Result};
pub use self::measure::{MeasureSummary, TableSummary, measure, measure_with};
pub use self::metric::{Accumulator, DynMetric, Metric};
pub use self::metrics::{EdgeByMonth, TABLES, rows};
pub use self::options::MetricOptions;
pub use self::row_buffer::Rows;
pub use self::sorted::{SortedSet, SortedValues, SpillTo};
pub use self::stored::Stored;
pub use self::workspace::{ChannelNo, EmojiNo, ListedChannel, NodeNo, Place, User, UserNo, Workspace, ZONES};
