//! The tables of the data contract: what a table is, and one reader and one writer for all of them.

mod blocks;
mod field;
mod lines;
mod order;
mod place;
mod raw;
mod raw_writer;
mod reader;
mod writer;

use std::cmp::Ordering;

pub use self::blocks::{Block, BlockReader, Digest};
pub use self::field::{Field, FieldError, Float, Kind};
pub(crate) use self::lines::{FieldEncoder, LineWriter};
pub use self::order::{AscendingKeys, KeyOrder};
pub use self::place::{DerivedFolder, Folder, MemoryTables, TableSink, TableSource};
pub(crate) use self::raw::unquoted;
pub use self::raw::{Layout, RawReader, RawRecord, line_at};
pub use self::raw_writer::RawWriter;
pub use self::reader::{Rows, TableReader};
pub use self::writer::TableWriter;
pub use csv::ByteRecord;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name in the header row.
    pub name: &'static str,
    /// What its fields hold.
    pub kind: Kind,
}

/// The name, the columns in their order, and the key of a table.
///
/// Rows are sorted by key: ids and texts bytewise, timestamps as numbers. The key is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The table's name, which is its file's name without `.csv`.
    pub name: &'static str,
    /// The columns, in order.
    pub columns: &'static [Column],
    /// The names of the key's columns, the most significant first.
    pub key: &'static [&'static str],
}

impl Schema {
    /// The position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The name of the table's file.
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// A row type of a table. [`table!`](crate::table!) writes the implementation.
pub trait Table: Sized + Clone {
    /// The table that these rows make up.
    const SCHEMA: Schema;

    /// Reads a row from a record whose fields stand in the schema's order.
    fn decode(record: &ByteRecord) -> Result<Self, FieldError>;

    /// Appends the fields to a record, in the schema's order. `scratch` is room to write numbers in.
    fn encode(&self, record: &mut ByteRecord, scratch: &mut Vec<u8>);

    /// Compares the keys of two rows.
    fn compare_keys(&self, other: &Self) -> Ordering;
}

/// Declares a row type and its [`Table`] implementation at once.
///
/// The fields are the columns, in order; a column whose name is a word of Rust is given after `as`.
///
/// ```
/// slack_model::table! {
///     /// Posts of a channel on a weekday.
///     pub struct WeekdayRow in "weekday_data" by (channel, weekday) {
///         /// The channel.
///         pub channel: slack_model::ChannelId,
///         /// 1 is Monday.
///         pub weekday: u64,
///         /// Number of posts.
///         pub posts: u64,
///     }
/// }
/// use slack_model::Table;
/// assert_eq!(WeekdayRow::SCHEMA.columns[2].name, "posts");
/// ```
#[macro_export]
macro_rules! table {
    (
        $(#[$doc:meta])*
        $visibility:vis struct $row:ident in $table:literal by ($($key:ident $(as $key_column:literal)?),+ $(,)?) {
            $(
                $(#[$field_doc:meta])*
                pub $field:ident $(as $column:literal)? : $type:ty
            ),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $visibility struct $row {
            $( $(#[$field_doc])* pub $field: $type ),+
        }

        impl $crate::Table for $row {
            const SCHEMA: $crate::Schema = $crate::Schema {
                name: $table,
                columns: &[
                    $( $crate::Column {
                        name: $crate::table!(@name $field $($column)?),
                        kind: <$type as $crate::Field>::KIND,
                    } ),+
                ],
                key: &[$( $crate::table!(@name $key $($key_column)?) ),+],
            };

            fn decode(record: &$crate::ByteRecord) -> Result<Self, $crate::FieldError> {
                let mut fields = record.iter();
                $(
                    let $field = <$type as $crate::Field>::decode(fields.next().unwrap_or_default())
                        .map_err(|error| error.in_column($crate::table!(@name $field $($column)?)))?;
                )+
                Ok(Self { $($field),+ })
            }

            fn encode(&self, record: &mut $crate::ByteRecord, scratch: &mut Vec<u8>) {
                $(
                    scratch.clear();
                    $crate::Field::encode(&self.$field, scratch);
                    record.push_field(scratch);
                )+
            }

            fn compare_keys(&self, other: &Self) -> ::std::cmp::Ordering {
                ::std::cmp::Ordering::Equal
                    $( .then_with(|| self.$key.cmp(&other.$key)) )+
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $column:literal) => { $column };
}
