//! The data contract of Slack analytics: what every stage reads and writes.
//!
//! * [`Ts`], [`BatchId`] and the ids name things, each with a type of its own.
//! * [`Table`] says what a row type's table is called and which columns it has; [`TableReader`] and
//!   [`TableWriter`] stream any table, sorted by key, as records or as [`rows`]; [`RawReader`] is for speed.
//!
//! ```
//! use slack_model::rows::Member;
//! use slack_model::{Table, TableReader, TableWriter};
//!
//! let row = Member { channel: "C1".into(), user_id: "U1".into(), first_batch: None, last_batch: None };
//! let mut writer = TableWriter::new(Vec::new(), &Member::SCHEMA)?;
//! writer.write_row(&row)?;
//! let (bytes, rows) = writer.finish()?;
//! assert_eq!(rows, 1);
//!
//! let reader = TableReader::new(&bytes[..], &Member::SCHEMA, "member_data".into())?;
//! assert_eq!(reader.rows::<Member>().collect::<Result<Vec<_>, _>>()?, [row]);
//! # Ok::<(), slack_model::Error>(())
//! ```

mod addresses;
pub mod atomic;
pub mod batch;
mod classes;
pub mod codepage;
mod error;
mod ids;
pub mod in_order;
mod leave_out;
mod lost;
mod nofollow;
mod progress;
pub mod redact;
pub mod rows;
mod table;
mod transform;
mod ts;
mod wire;

pub use self::addresses::without_addresses;
pub use self::classes::reclassify;
pub use self::error::{Error, Result};
pub use self::ids::{BotId, ChannelId, FileId, TeamId, UserId, UsergroupId};
pub use self::leave_out::{Shown, Withheld, folders_left, leave_out};
pub use self::lost::{LostFrom, LostKeys, lost_keys};
pub use self::progress::{Progress, Step};
pub use self::table::{
    AscendingKeys, Block, BlockReader, ByteRecord, Column, Day, DerivedFolder, Digest, Field, FieldError,
    Float, Folder, Fraction, Id, KeyOrder, Kind, Layout, Line, MemoryTables, Month, RawReader, RawRecord,
    RawWriter, Row, Rows, Schema, Seconds, Sensitivity, Table, TableReader, TableSink, TableSource,
    TableWriter, Text, Value, line_at, needs_quotes,
};
pub use self::transform::{
    BatchReader, ExportReading, ExportSurvey, ListRows, MemoryRecords, MessageRows, TransformOptions,
    TransformSummary, composed_name, export_channels, is_day_file, survey_export, transform,
    transform_folder, transform_with,
};
pub use self::ts::{BatchId, ParseTimeError, Time, TimeWriter, Ts, civil_from_days, write_padded};
pub use self::wire::{
    Envelope, MessagePage, PageSummary, ShownFile, ShownThread, channel_canvases, channel_updates,
    is_org_wide, listed_channels, listed_teams, listed_usergroups, listed_users, reacting_users, record_keys,
    shown_files, team_identity, token_identity, token_user,
};
