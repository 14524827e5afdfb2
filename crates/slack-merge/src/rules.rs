//! What becomes of two records of one key: a pure function of the two, whichever comes first.

use std::cmp::Ordering;

use slack_model::rows::{Channel, ChannelAlias, File, Message, Reply, User};
use slack_model::{ByteRecord, Schema, Table, Ts};

/// How the records of a table are joined.
///
/// Records are ranked first: one that knows what it is about stands above one that only knows that there is
/// something, and makes it void. Of equal rank, each part of the record is the one of the newer statement, and the row's
/// span of batches covers both. A statement that carries a version of its own, as a user and a message's text do, is
/// compared by that before its batch: an old export may be imported last. Every step takes a maximum or a minimum of the
/// two sides, which is what makes merging idempotent, commutative and associative.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    rank: fn(&Self, &ByteRecord) -> u8,
    /// The columns that the rank depends on.
    ranked_by: Vec<usize>,
    last_batch: Option<usize>,
    versioned: Option<Versioned>,
    /// What becomes of each column.
    columns: Vec<Part>,
}

/// What a column's value is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The record of the newer batch.
    Newer,
    /// The record of the newer version.
    Version,
    /// The batch that the newer version comes from; empty where that is the last batch.
    VersionBatch,
    /// The earlier of both batches.
    First,
    /// The greater value, whichever record brings it.
    Greatest,
    /// The last second at which a channel was confidential; empty where that is the last batch.
    Confidential,
    /// Worked out again after the merge, and so decides nothing.
    Derived,
}

/// Columns that have a version: which column says so, how it is read, and which one says the batch.
#[derive(Debug, Clone, Copy)]
struct Versioned {
    version: usize,
    read: fn(&[u8]) -> i64,
    batch: usize,
}

impl Rule {
    /// The rule of a table.
    pub(crate) fn of(schema: &Schema) -> Self {
        let at = |columns: &[&str]| -> Vec<usize> {
            columns.iter().filter_map(|column| schema.position(column)).collect()
        };
        let versioned = |version, read, batch| {
            let (version, batch) = schema.position(version).zip(schema.position(batch))?;
            Some(Versioned { version, read, batch })
        };
        let (rank, ranked_by): (fn(&Self, &ByteRecord) -> u8, _) = match schema.name {
            // A user that is only named says nothing of one that a list holds.
            name if name == User::SCHEMA.name => {
                (Self::rank_of_user, at(&["known", "name", "real_name", "display_name"]))
            }
            // Nor does a channel that no list holds.
            "channel_data" => (Self::rank_of_channel, at(&["is_private", "type"])),
            "message_data" | "thread_data" => (Self::rank_of_message, at(&["subtype"])),
            "file_data" => (Self::rank_of_file, at(&["mode"])),
            _ => (|_, _| 1, vec![]),
        };
        let versioned = match schema.name {
            name if name == User::SCHEMA.name => versioned("updated", seconds, "values_batch"),
            name if [Message::SCHEMA.name, Reply::SCHEMA.name].contains(&name) => {
                versioned("edited_ts", micros, "text_batch")
            }
            _ => None,
        };
        let columns = schema.columns.iter().map(|column| Part::of(schema, column.name)).collect();
        Self { rank, ranked_by, last_batch: schema.position("last_batch"), versioned, columns }
    }

    /// Joins two records of one key.
    pub(crate) fn join(&self, one: &ByteRecord, other: &ByteRecord, joined: &mut ByteRecord) {
        let stronger = self.rank_of(one).cmp(&self.rank_of(other));
        if stronger.is_ne() {
            let (weak, strong) = if stronger.is_gt() { (other, one) } else { (one, other) };
            self.outrank(strong, weak, joined);
            return;
        }
        let newer = self.age(one).cmp(self.age(other)).then_with(|| self.values(Part::Newer, one, other));
        let later = self.version(one).cmp(&self.version(other));
        let later = later.then_with(|| self.values(Part::Version, one, other));
        let (older, newer) = if newer.is_lt() { (one, other) } else { (other, one) };
        let later = if later.is_lt() { other } else { one };
        joined.clear();
        for (at, part) in self.columns.iter().enumerate() {
            let value: &[u8] = match part {
                Part::Newer | Part::Derived => &newer[at],
                Part::Version => &later[at],
                Part::VersionBatch => {
                    let (_, batch) = self.version(later);
                    if batch == self.age(newer) { b"" } else { batch }
                }
                Part::First => earliest(&newer[at], &older[at]),
                Part::Greatest => (&newer[at]).max(&older[at]),
                Part::Confidential => {
                    let until = self.confidential_until(newer, at).max(self.confidential_until(older, at));
                    self.confidential_at(newer, until)
                }
            };
            joined.push_field(value);
        }
    }

    /// What is left of two records of different ranks: the stronger one. Of a void one only this counts, that it did not
    /// know its channel to be public.
    fn outrank(&self, strong: &ByteRecord, weak: &ByteRecord, joined: &mut ByteRecord) {
        joined.clear();
        for (at, part) in self.columns.iter().enumerate() {
            joined.push_field(match part {
                Part::Confidential => {
                    let unknown = if self.is_unlisted(weak) { self.age(weak) } else { b"" };
                    let until = self.confidential_until(strong, at).max(unknown).max(&weak[at]);
                    self.confidential_at(strong, until)
                }
                _ => &strong[at],
            });
        }
    }

    /// Whether a record only knows that there is something.
    pub(crate) fn is_below(&self, record: &ByteRecord) -> bool {
        self.rank_of(record) == 0
    }

    fn rank_of(&self, record: &ByteRecord) -> u8 {
        (self.rank)(self, record)
    }

    /// One of the columns that the rank depends on.
    fn ranking<'r>(&self, record: &'r ByteRecord, number: usize) -> &'r [u8] {
        self.ranked_by.get(number).map(|at| &record[*at]).unwrap_or_default()
    }

    /// Known users above those that messages alone name, and these above bare ids.
    fn rank_of_user(&self, record: &ByteRecord) -> u8 {
        let has_name = (1..self.ranked_by.len()).any(|number| !self.ranking(record, number).is_empty());
        if self.ranking(record, 0) == b"true" { 2 } else { u8::from(has_name) }
    }

    fn rank_of_channel(&self, record: &ByteRecord) -> u8 {
        if !self.ranking(record, 0).is_empty() {
            return 2;
        }
        // A folder may turn out to be a canvas, and must not hide that it is one.
        u8::from(self.ranking(record, 1) == Channel::CANVAS.as_bytes())
    }

    fn rank_of_message(&self, record: &ByteRecord) -> u8 {
        u8::from(self.ranking(record, 0) != Message::TOMBSTONE.as_bytes())
    }

    fn rank_of_file(&self, record: &ByteRecord) -> u8 {
        u8::from(!File::is_gone(self.ranking(record, 0)))
    }

    fn age<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        self.last_batch.map(|at| &record[at]).unwrap_or_default()
    }

    /// Until when a channel was confidential, as far as a record says; empty where it never was.
    fn confidential_until<'r>(&self, record: &'r ByteRecord, at: usize) -> &'r [u8] {
        let is_now = self.ranking(record, 0) == b"true";
        if is_now { self.age(record).max(&record[at]) } else { &record[at] }
    }

    /// How the last second at which a channel was confidential stands in the record that is the newer one.
    fn confidential_at<'r>(&self, newer: &ByteRecord, until: &'r [u8]) -> &'r [u8] {
        let is_now = self.ranking(newer, 0) == b"true";
        if is_now && until == self.age(newer) { b"" } else { until }
    }

    /// Whether a record is of a channel that no list names.
    fn is_unlisted(&self, channel: &ByteRecord) -> bool {
        self.ranking(channel, 0).is_empty()
    }

    /// The version of the record's versioned part, and the batch that it comes from.
    fn version<'r>(&self, record: &'r ByteRecord) -> (i64, &'r [u8]) {
        let Some(Versioned { version, read, batch }) = self.versioned else { return (0, b"") };
        let batch = if record[batch].is_empty() { self.age(record) } else { &record[batch] };
        (read(&record[version]), batch)
    }

    /// Compares a part of two records that are of one batch, where they differ: two readings of the same pages.
    fn values(&self, part: Part, one: &ByteRecord, other: &ByteRecord) -> Ordering {
        let places = || (0..one.len()).filter(|at| self.columns.get(*at) == Some(&part));
        places().map(|at| &one[at]).cmp(places().map(|at| &other[at]))
    }
}

impl Part {
    fn of(schema: &Schema, column: &'static str) -> Self {
        let is_user = schema.name == User::SCHEMA.name;
        // A text is its own key; the column tells who saw it first.
        let first_batch = if schema.name == "message_revision_data" { "batch" } else { "first_batch" };
        match column {
            _ if column == first_batch && !schema.key.contains(&column) => Self::First,
            "last_batch" => Self::Newer,
            "deleted_batch" => Self::Derived,
            // Follows from the other columns of all batches: see `slack_model::rows::Channel`.
            "class" => Self::Derived,
            "confidential_at" => Self::Confidential,
            "values_batch" | "text_batch" => Self::VersionBatch,
            "text" | "edited_ts" if schema.position("text_batch").is_some() => Self::Version,
            _ if is_user => Self::Version,
            // A file's bytes are fetched once; the path begins with the batch that did it.
            "path" | "sha256" if schema.name == File::SCHEMA.name => Self::Greatest,
            // What the operator says counts more than what messages tell.
            "reason" if schema.name == ChannelAlias::SCHEMA.name => Self::Greatest,
            _ => Self::Newer,
        }
    }
}

/// When a profile changed last; 0 where that is not known.
fn seconds(updated: &[u8]) -> i64 {
    std::str::from_utf8(updated).ok().and_then(|updated| updated.parse().ok()).unwrap_or_default()
}

/// When a text was edited last; 0 where it never was.
fn micros(edited: &[u8]) -> i64 {
    Ts::parse(edited).map(Ts::micros).unwrap_or_default()
}

/// The earlier of two batches; an empty one is none.
fn earliest<'r>(one: &'r [u8], other: &'r [u8]) -> &'r [u8] {
    if one.is_empty() || other.is_empty() { one.max(other) } else { one.min(other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::rows::TABLES;

    fn check(schema: &Schema, one: &str, other: &str, expected: &str) {
        // Columns that came since are empty.
        let record = |text: &str| {
            let fields = text.split(',').chain(std::iter::repeat(""));
            ByteRecord::from(fields.take(schema.columns.len()).collect::<Vec<_>>())
        };
        let rule = Rule::of(schema);
        for (one, other) in [(one, other), (other, one)] {
            let mut joined = ByteRecord::new();
            rule.join(&record(one), &record(other), &mut joined);
            assert_eq!(joined, record(expected), "{one} with {other}");
        }
    }

    #[test]
    fn the_newest_batch_wins_and_the_span_covers_both() {
        let schema = schema("usergroup_data");
        check(
            schema,
            "S1,old,Old,,false,3,2020,2022",
            "S1,new,New,,false,4,2021,2023",
            "S1,new,New,,false,4,2020,2023",
        );
    }

    #[test]
    fn a_user_that_is_only_named_never_counts() {
        let bare = "U1,,,,,,,,,,,,,,,false,2020,2026,";
        let named = "U1,,,ana,,,,,,,,,,,,false,2020,2025,";
        let listed = "U1,ana,Ana,,,,,,,,,,,,,true,2021,2022,";
        check(&User::SCHEMA, named, listed, listed);
        check(&User::SCHEMA, bare, listed, listed);
        check(&User::SCHEMA, bare, named, named);
    }

    #[test]
    fn an_unlisted_channel_is_void_but_was_not_known_to_be_public() {
        let row = |is_private: &str, batches: &str| format!("C1,a,channel,,,{is_private},,,,,,,,{batches}");
        let check = |one: (&str, &str), other: (&str, &str), joined: (&str, &str)| {
            super::tests::check(
                &Channel::SCHEMA,
                &row(one.0, one.1),
                &row(other.0, other.1),
                &row(joined.0, joined.1),
            );
        };
        check(("", "2020,2022,"), ("false", "2021,2021,"), ("false", "2021,2021,2022"));
        check(("", "2020,2020,"), ("false", "2021,2021,"), ("false", "2021,2021,2020"));
        check(("", "2020,2022,2023"), ("false", "2021,2021,2019"), ("false", "2021,2021,2023"));
        check(("", "2020,2020,"), ("true", "2021,2021,"), ("true", "2021,2021,"));
        check(("", "2022,2022,"), ("true", "2021,2021,"), ("true", "2021,2021,2022"));
        check(("", "2020,2020,2019"), ("", "2021,2021,"), ("", "2020,2021,2019"));
    }

    #[test]
    fn a_profile_that_changed_later_is_the_newer_one_whatever_the_batches() {
        let row = |name: &str, updated: &str, batches: &str| {
            format!("U1,{name},,,,,,,,,,,,{updated},,true,{batches}")
        };
        let joined = row("new", "1000", "2020,2024,2021");
        check(&User::SCHEMA, &row("new", "1000", "2021,2021,"), &row("old", "999", "2020,2024,"), &joined);
        // Where that says nothing, the newer batch's: that of the values, not of the row.
        check(
            &User::SCHEMA,
            &joined,
            &row("newer", "1000", "2022,2022,"),
            &row("newer", "1000", "2020,2024,2022"),
        );
        check(
            &User::SCHEMA,
            &joined,
            &row("newest", "1000", "2025,2025,"),
            &row("newest", "1000", "2020,2025,"),
        );
        check(
            &User::SCHEMA,
            &row("none", "", "2024,2024,"),
            &row("one", "1", "2020,2020,"),
            &row("one", "1", "2020,2024,2020"),
        );
    }

    #[test]
    fn an_edit_is_newer_than_what_it_changed_and_all_else_is_the_newer_batchs() {
        let row = |replies: u8, edited: &str, text: &str, batches: &str| {
            format!("C1,message,,1600000000.000000,,,{replies},,,U1,,,{edited},{text},,{batches}")
        };
        let edit = "1600000009.000000";
        let joined = row(5, edit, "edited", "2020,2024,2020");
        check(
            &Message::SCHEMA,
            &row(2, edit, "edited", "2020,2020,"),
            &row(5, "", "plain", "2024,2024,"),
            &joined,
        );
        // The row was seen in 2024, its text in 2020: of two with the same edit, that of 2022 is the newer.
        check(
            &Message::SCHEMA,
            &joined,
            &row(3, edit, "corrected", "2022,2022,"),
            &row(5, edit, "corrected", "2020,2024,2022"),
        );
        let tombstone = "C1,message,tombstone,1600000000.000000,,,,,,U1,,,1700000000.000000,gone,,2025,2025,";
        check(&Message::SCHEMA, &joined, tombstone, &joined);
    }

    #[test]
    fn a_text_keeps_the_batch_that_saw_it_first() {
        let schema = schema("message_revision_data");
        check(schema, "C1,1,,2022,text", "C1,1,,2020,text", "C1,1,,2020,text");
    }

    #[test]
    fn a_fetched_file_stays_fetched() {
        let schema = schema("file_data");
        check(
            schema,
            "F1,C1,1,a,,,,,hosted,,U1,2020/files/F1/a,abc,2020,2020",
            "F1,C1,1,b,,,,,hosted,,U1,,,2021,2021",
            "F1,C1,1,b,,,,,hosted,,U1,2020/files/F1/a,abc,2020,2021",
        );
        let gone = "F1,C1,1,,,,,,tombstone,,,,,2022,2022";
        check(
            schema,
            "F1,C1,1,a,,,,,hosted,,U1,p,s,2020,2020",
            gone,
            "F1,C1,1,a,,,,,hosted,,U1,p,s,2020,2020",
        );
    }

    fn schema(name: &str) -> &'static Schema {
        TABLES.iter().find(|schema| schema.name == name).expect("a table of the contract")
    }
}
