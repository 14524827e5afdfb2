//! The tables of the data contract: what a table is, and one reader and one writer for all of them.

mod blocks;
mod dictionary;
mod field;
mod lines;
mod order;
mod packed;
mod place;
mod quantity;
mod quotes;
mod raw;
mod raw_writer;
mod reader;
mod row;
mod writer;

use std::cmp::Ordering;

pub use self::blocks::{Block, BlockReader, Digest};
pub use self::field::{Field, FieldError, Float, Kind, Sensitivity};
pub(crate) use self::lines::LineWriter;
pub use self::order::{AscendingKeys, KeyOrder};
pub(crate) use self::packed::{Lend, Packed, PackedBytes, piece};
pub use self::place::{DerivedFolder, Folder, MemoryTables, TableSink, TableSource};
pub use self::quantity::{Day, Fraction, Month, Seconds};
pub use self::quotes::needs_quotes;
pub(crate) use self::raw::unquoted;
pub use self::raw::{Layout, RawReader, RawRecord, line_at};
pub use self::raw_writer::RawWriter;
pub use self::reader::{Rows, TableReader};
pub use self::row::{Id, Line, Row, Text, Value};
pub use self::writer::TableWriter;
pub use csv::ByteRecord;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The name in the header row.
    pub name: &'static str,
    /// What its fields hold.
    pub kind: Kind,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// What it means, with its unit where it has one; in Markdown. Empty in a selection.
    pub description: &'static str,
    /// The table whose key its values are, where a store must hold those first.
    pub references: Option<&'static str>,
}

impl Column {
    /// A column as a reader of a table selects it, by its name. It says nothing about who may see it, which counts as
    /// private.
    pub const fn selected(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, sensitivity: Sensitivity::Private, description: "", references: None }
    }

    /// A column as [`table!`](crate::table!) declares it.
    #[doc(hidden)]
    pub const fn declared(
        name: &'static str,
        kind: Kind,
        sensitivity: Sensitivity,
        description: &'static str,
        references: Option<&'static str>,
    ) -> Self {
        Self { name, kind, sensitivity, description: description.trim_ascii(), references }
    }
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
    /// What a row is; in Markdown. Empty in a selection.
    pub description: &'static str,
}

impl Schema {
    /// Some columns of a table, to read them by their names.
    pub const fn selected(
        name: &'static str,
        columns: &'static [Column],
        key: &'static [&'static str],
    ) -> Self {
        Self { name, columns, key, description: "" }
    }

    /// The columns that a reader may see who may see a level of sensitivity.
    pub fn visible(&self, most: Sensitivity) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(move |column| column.sensitivity <= most)
    }

    /// A column.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The name of the table's file.
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// A row type of a table. [`table!`](crate::table!) and [`select!`](crate::select!) write the implementation.
pub trait Table: Sized + Clone {
    /// The table that these rows make up.
    const SCHEMA: Schema;

    /// Reads a row from a record whose fields stand in the schema's order.
    ///
    /// # Errors
    ///
    /// Where a field is not of its column's kind.
    fn decode(record: &ByteRecord) -> Result<Self, FieldError>;

    /// Appends the fields to a record, in the schema's order. `scratch` is room to write numbers in.
    fn encode(&self, record: &mut ByteRecord, scratch: &mut Vec<u8>);

    /// Compares the keys of two rows.
    fn compare_keys(&self, other: &Self) -> Ordering;
}

/// Declares a table: its name, its key, and of each column the name, the sensitivity, the kind (by the field's type) and
/// the description. All else follows from it: readers and writers, tables of databases, who may see what, and the data
/// dictionary.
///
/// The fields are the columns, in order; a column whose name is a word of Rust is given after `as`. Each begins with its
/// [`Sensitivity`](crate::Sensitivity): `open`, `name`, `content` or `private`. After `=>` stands the table whose key the
/// column refers to.
///
/// ```
/// slack_model::table! {
///     /// Posts of a channel on a weekday.
///     pub struct WeekdayRow in "weekday_data" by (channel, weekday) {
///         /// The channel.
///         open channel: slack_model::ChannelId,
///         /// 1 is Monday.
///         open weekday: u64,
///         /// The last post's text.
///         content last: String,
///     }
/// }
/// use slack_model::{Sensitivity, Table};
/// let column = WeekdayRow::SCHEMA.columns[2];
/// assert_eq!((column.name, column.sensitivity), ("last", Sensitivity::Content));
/// assert_eq!(column.description, "The last post's text.");
/// ```
///
/// A column without a sensitivity does not compile:
///
/// ```compile_fail
/// slack_model::table! {
///     /// Posts of a channel.
///     pub struct ChannelRow in "channel_posts" by (channel) {
///         /// The channel.
///         pub channel: slack_model::ChannelId,
///     }
/// }
/// ```
///
/// After the name may stand a second one, of a row with borrowed texts, which is for writing alone:
///
/// ```
/// slack_model::table! {
///     /// The last post of a channel.
///     pub struct Last, LastRef in "last_data" by (channel) {
///         /// The channel.
///         open channel: slack_model::ChannelId,
///         /// Its text.
///         content text: String,
///     }
/// }
/// let mut line = slack_model::Line::default();
/// line.row(&LastRef { channel: "C1".into(), text: "a, b".into() });
/// assert_eq!(line.into_buffer(), b"C1,\"a, b\"\n");
/// ```
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $doc:literal])+
        $visibility:vis struct $row:ident in $table:literal
        by ($($key:ident $(as $key_column:literal)?),+ $(,)?) {
            $(
                $(#[doc = $description:literal])+
                $sensitivity:ident $field:ident $(as $column:literal)? : $type:ty $(=> $references:literal)?
            ),+ $(,)?
        }
    ) => {
        $crate::select! {
            @schema $crate::Schema {
                name: $table,
                columns: &[
                    $( $crate::Column::declared(
                        $crate::select!(@name $field $($column)?),
                        <$type as $crate::Value>::KIND,
                        $crate::table!(@sensitivity $sensitivity),
                        concat!($($description),+),
                        $crate::table!(@references $($references)?),
                    ) ),+
                ],
                key: &[$( $crate::select!(@name $key $($key_column)?) ),+],
                description: concat!($($doc),+).trim_ascii(),
            };
            $(#[doc = $doc])+
            $visibility struct $row by ($($key),+) {
                $( $(#[doc = $description])+ pub $field $(as $column)? : $type ),+
            }
        }

        $crate::table! { @write $row, <$row as $crate::Table>::SCHEMA; $($field)+ }
    };
    (
        $(#[doc = $doc:literal])+
        $visibility:vis struct $row:ident, $borrowed:ident in $table:literal by ($($key:tt)+) { $($columns:tt)+ }
    ) => {
        $crate::table! {
            $(#[doc = $doc])+
            $visibility struct $row in $table by ($($key)+) { $($columns)+ }
        }
        $crate::table! { @borrowed $visibility $borrowed of $row in $table { $($columns)+ } }
    };
    (
        @borrowed $visibility:vis $borrowed:ident of $row:ident in $table:literal {
            $(
                $(#[doc = $description:literal])+
                $sensitivity:ident $field:ident $(as $column:literal)? : $type:ty $(=> $references:literal)?
            ),+ $(,)?
        }
    ) => {
        #[doc = concat!("A row of ", $table, " with borrowed texts, to be written.")]
        #[derive(Debug, Clone, Copy)]
        #[allow(clippy::exhaustive_structs, reason = "a row is its table's columns")]
        $visibility struct $borrowed<'a> {
            $( $(#[doc = $description])+ pub $field: <$type as $crate::Field>::Ref<'a> ),+
        }

        $crate::table! { @write $borrowed<'_>, <$row as $crate::Table>::SCHEMA; $($field)+ }
    };
    (
        $(#[doc = $doc:literal])+
        $visibility:vis struct $row:ident, packed $borrowed:ident in $table:literal by ($($key:tt)+) {
            $(
                $(#[doc = $description:literal])+
                $sensitivity:ident $field:ident $(as $column:literal)? : $type:ty $(=> $references:literal)?
            ),+ $(,)?
        }
    ) => {
        $crate::table! {
            $(#[doc = $doc])+
            $visibility struct $row, $borrowed in $table by ($($key)+) {
                $( $(#[doc = $description])+ $sensitivity $field $(as $column)? : $type $(=> $references)? ),+
            }
        }

        impl $row {
            /// The row with its texts lent.
            pub(crate) fn lend(&self) -> $borrowed<'_> {
                $borrowed { $( $field: $crate::table::Lend::lend(&self.$field) ),+ }
            }
        }

        impl<'a> $borrowed<'a> {
            /// Appends the row as bytes of our own. One bit for each column, the first one's the lowest, says whether
            /// its value follows: in most rows most are empty.
            pub(crate) fn pack(&self, out: &mut Vec<u8>) {
                const { assert!(<$row as $crate::Table>::SCHEMA.columns.len() <= 32, "too many columns") }
                let (start, mut present, mut column) = (out.len(), 0_u32, 0);
                out.extend_from_slice(&[0; 4]);
                $(
                    if !$crate::table::Packed::is_empty(&self.$field) {
                        present |= 1 << column;
                        $crate::table::Packed::pack(&self.$field, out);
                    }
                    column += 1;
                )+
                debug_assert_eq!(column, <$row as $crate::Table>::SCHEMA.columns.len());
                out[start..start + 4].copy_from_slice(&present.to_le_bytes());
            }

            /// Takes what `pack` wrote; `None` where it did not.
            #[inline]
            pub(crate) fn unpack(bytes: &mut $crate::table::PackedBytes<'a>) -> Option<Self> {
                let present = u32::from_le_bytes(bytes.array()?);
                let mut columns = (0..32).map(|column| present & 1 << column != 0);
                Some(Self {
                    $( $field: $crate::table::Packed::unpack(columns.next()?.then_some(&mut *bytes))? ),+
                })
            }
        }
    };
    (@write $row:ty, $schema:expr; $($field:ident)+) => {
        impl $crate::Row for $row {
            const TABLE: $crate::Schema = $schema;

            #[inline]
            fn write(&self, line: &mut $crate::Line) {
                $( line.field(&self.$field); )+
            }
        }
    };
    (@sensitivity open) => { $crate::Sensitivity::Open };
    (@sensitivity name) => { $crate::Sensitivity::Name };
    (@sensitivity content) => { $crate::Sensitivity::Content };
    (@sensitivity private) => { $crate::Sensitivity::Private };
    (@references) => { None };
    (@references $table:literal) => { Some($table) };
}

/// Declares a row type that reads some columns of a table that is declared elsewhere, by their names.
///
/// ```
/// slack_model::select! {
///     /// How many posts a channel has.
///     pub struct Posts from "aggr_by_channel" by (channel) {
///         /// The channel.
///         pub channel: slack_model::ChannelId,
///         /// Number of posts.
///         pub posts: u64,
///     }
/// }
/// use slack_model::{Table, TableReader};
/// let file = b"channel,name,posts\nC1,general,3\n";
/// let reader = TableReader::new(&file[..], &Posts::SCHEMA, "aggr_by_channel".into())?;
/// assert_eq!(reader.rows::<Posts>().next().expect("a row")?.posts, 3);
/// # Ok::<(), slack_model::Error>(())
/// ```
#[macro_export]
macro_rules! select {
    (
        $(#[$doc:meta])*
        $visibility:vis struct $row:ident from $table:literal
        by ($($key:ident $(as $key_column:literal)?),+ $(,)?) {
            $(
                $(#[$field_doc:meta])*
                pub $field:ident $(as $column:literal)? : $type:ty
            ),+ $(,)?
        }
    ) => {
        $crate::select! {
            @schema $crate::Schema::selected(
                $table,
                &[
                    $( $crate::Column::selected(
                        $crate::select!(@name $field $($column)?),
                        <$type as $crate::Value>::KIND,
                    ) ),+
                ],
                &[$( $crate::select!(@name $key $($key_column)?) ),+],
            );
            $(#[$doc])*
            $visibility struct $row by ($($key),+) {
                $( $(#[$field_doc])* pub $field $(as $column)? : $type ),+
            }
        }
    };
    (
        @schema $schema:expr;
        $(#[$doc:meta])*
        $visibility:vis struct $row:ident by ($($key:ident),+) {
            $( $(#[$field_doc:meta])* pub $field:ident $(as $column:literal)? : $type:ty ),+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $visibility struct $row {
            $( $(#[$field_doc])* pub $field: $type ),+
        }

        impl $crate::Table for $row {
            const SCHEMA: $crate::Schema = $schema;

            fn decode(record: &$crate::ByteRecord) -> Result<Self, $crate::FieldError> {
                let mut fields = record.iter();
                $(
                    let $field = <$type as $crate::Field>::decode(fields.next().unwrap_or_default())
                        .map_err(|error| error.in_column($crate::select!(@name $field $($column)?)))?;
                )+
                Ok(Self { $($field),+ })
            }

            fn encode(&self, record: &mut $crate::ByteRecord, scratch: &mut Vec<u8>) {
                $(
                    scratch.clear();
                    $crate::Value::encode(&self.$field, scratch);
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
