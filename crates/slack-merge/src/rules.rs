//! What becomes of two records of one key: a pure function of the two, whichever comes first.

use std::cmp::Ordering;

use slack_model::rows::{File, Message};
use slack_model::{ByteRecord, Schema};

/// How the records of a table are joined.
///
/// Records are ranked first: one that knows what it is about stands above one that only knows that there is
/// something, and makes it void. Of equal rank the newer batch's values count, and the row's span of batches
/// covers both. Every step takes a maximum or a minimum of the two sides, which is what makes merging
/// idempotent, commutative and associative.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    first_batch: Option<usize>,
    last_batch: Option<usize>,
    /// A column whose value is worked out anew after the merge, and so decides nothing.
    derived: Option<usize>,
    /// Columns of which the greater value counts, whichever record brings it.
    greatest: Vec<usize>,
    rank: Rank,
}

#[derive(Debug, Clone, Copy)]
enum Rank {
    /// All records are of one rank.
    Equal,
    /// A record with this value, or without any where the value is empty, stands below one without.
    Below(usize, fn(&[u8]) -> bool),
}

impl Rule {
    /// The rule of a table.
    pub(crate) fn of(schema: &Schema) -> Self {
        let rank = |column, is_below: fn(&[u8]) -> bool| {
            schema.position(column).map_or(Rank::Equal, |at| Rank::Below(at, is_below))
        };
        let (rank, greatest) = match schema.name {
            // A user that is only named says nothing of one that a list holds.
            "user_data" => (rank("known", |known| known != b"true"), vec![]),
            // Nor does a channel that no list holds.
            "channel_data" => (rank("is_private", <[u8]>::is_empty), vec![]),
            "message_data" | "thread_data" => {
                (rank("subtype", |subtype| subtype == Message::TOMBSTONE.as_bytes()), vec![])
            }
            // A file's bytes are fetched once; the path begins with the batch that did it.
            "file_data" => (rank("mode", File::is_gone), vec!["path", "sha256"]),
            _ => (Rank::Equal, vec![]),
        };
        // A text is its own key; the column tells who saw it first.
        let first_batch = if schema.name == "message_revision_data" { "batch" } else { "first_batch" };
        Self {
            first_batch: schema.position(first_batch).filter(|_| !schema.key.contains(&first_batch)),
            last_batch: schema.position("last_batch"),
            derived: schema.position("deleted_batch"),
            greatest: greatest.into_iter().filter_map(|column| schema.position(column)).collect(),
            rank,
        }
    }

    /// Joins two records of one key.
    pub(crate) fn join(&self, one: &ByteRecord, other: &ByteRecord, joined: &mut ByteRecord) {
        let stronger = self.rank_of(one).cmp(&self.rank_of(other));
        let newer =
            stronger.then_with(|| self.age(one).cmp(self.age(other))).then_with(|| self.values(one, other));
        let (loser, winner) = if newer.is_lt() { (one, other) } else { (other, one) };
        joined.clear();
        for (at, value) in winner.iter().enumerate() {
            joined.push_field(if stronger.is_ne() {
                value
            } else if Some(at) == self.first_batch {
                earliest(value, &loser[at])
            } else if self.greatest.contains(&at) {
                value.max(&loser[at])
            } else {
                value
            });
        }
    }

    /// Whether a record only knows that there is something.
    pub(crate) fn is_below(&self, record: &ByteRecord) -> bool {
        !self.rank_of(record)
    }

    fn rank_of(&self, record: &ByteRecord) -> bool {
        match self.rank {
            Rank::Equal => true,
            Rank::Below(at, is_below) => !is_below(&record[at]),
        }
    }

    fn age<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        self.last_batch.map(|at| &record[at]).unwrap_or_default()
    }

    /// Compares what two records of one batch say, where they differ: two readings of the same pages.
    fn values(&self, one: &ByteRecord, other: &ByteRecord) -> Ordering {
        let counts = |at: &usize| Some(*at) != self.derived && Some(*at) != self.first_batch;
        let places = || (0..one.len()).filter(counts);
        places().map(|at| &one[at]).cmp(places().map(|at| &other[at]))
    }
}

/// The earlier of two batches; an empty one is none.
fn earliest<'r>(one: &'r [u8], other: &'r [u8]) -> &'r [u8] {
    if one.is_empty() || other.is_empty() { one.max(other) } else { one.min(other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::rows::{TABLES, User};
    use slack_model::{Schema, Table};

    fn check(schema: &Schema, one: &str, other: &str, expected: &str) {
        let record = |text: &str| ByteRecord::from(text.split(',').collect::<Vec<_>>());
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
        let named = "U1,,,,,,,,,,,,,,,false,2020,2025";
        let listed = "U1,ana,Ana,,,,,,,,,,,,,true,2021,2022";
        check(&User::SCHEMA, named, listed, listed);
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
