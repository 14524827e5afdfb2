//! The laws of merging, on made-up batches: the order of the batches never matters, and nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use proptest::prelude::*;
use slack_merge::{MergeOptions, MergeSummary, merge_tables};
use slack_model::rows::TABLES;
use slack_model::{ByteRecord, MemoryTables, TableSource};

use crate::made::{content, distinct, made, tables};

mod made;
mod simple;

/// Merges batches into a master, with one thread or two, and says what changed.
fn merge_all(
    master: &MemoryTables,
    batches: &[MemoryTables],
    threads: usize,
) -> (MemoryTables, MergeSummary) {
    let merged = MemoryTables::default();
    let batches: Vec<_> = batches.iter().map(|batch| batch as &dyn TableSource).collect();
    let mut options = MergeOptions::default();
    options.threads = NonZeroUsize::new(threads);
    let summary = merge_tables(master, &batches, &merged, &options).expect("merged");
    for name in master.names() {
        let is_written = merged.get(name).is_some();
        // Where there are no batches, nobody looks at most tables.
        let change = summary.tables.get(name).copied().unwrap_or_default();
        assert_eq!(is_written, !change.is_none(), "{name}: {change:?}");
        if !is_written {
            merged.insert(name, master.get(name).expect("listed"));
        }
    }
    (merged, summary)
}

/// Merges two sets of tables into a new one.
fn merge(one: &MemoryTables, other: &MemoryTables) -> MemoryTables {
    let merged = MemoryTables::default();
    merge_tables(one, &[other], &merged, &MergeOptions::default()).expect("merged");
    for name in one.names() {
        if merged.get(name).is_none() {
            merged.insert(name, one.get(name).expect("listed"));
        }
    }
    merged
}

/// The same tables, with their columns the other way round, and one more.
fn turned(tables: &MemoryTables) -> MemoryTables {
    let other = MemoryTables::default();
    for name in tables.names() {
        let csv = tables.get(name).expect("listed");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&csv[..]);
        let mut writer = csv::Writer::from_writer(Vec::new());
        for (number, record) in reader.byte_records().enumerate() {
            let record = record.expect("a record");
            let more: &[u8] = if number == 0 { b"more" } else { b"more, still" };
            let fields: ByteRecord = (0..record.len()).rev().map(|at| &record[at]).chain([more]).collect();
            writer.write_byte_record(&fields).expect("written");
        }
        other.insert(name, writer.into_inner().expect("finished"));
    }
    other
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_never_matters(batches in proptest::collection::vec(made(), 1..5), order in any::<prop::sample::Index>()) {
        let batches: Vec<_> = distinct(batches).iter().map(tables).collect();
        let in_order = batches.iter().fold(MemoryTables::default(), |master, batch| merge(&master, batch));
        let mut turned: Vec<_> = batches.iter().collect();
        turned.rotate_left(order.index(batches.len()));
        turned.reverse();
        let otherwise = turned.into_iter().fold(MemoryTables::default(), |master, batch| merge(&master, batch));
        prop_assert_eq!(content(&in_order), content(&otherwise));
    }

    #[test]
    fn merging_is_associative(one in made(), two in made(), three in made()) {
        let batches = distinct(vec![one, two, three]);
        prop_assume!(batches.len() == 3);
        let [one, two, three] = [0, 1, 2].map(|at| tables(&batches[at]));
        prop_assert_eq!(content(&merge(&merge(&one, &two), &three)), content(&merge(&one, &merge(&two, &three))));
    }

    #[test]
    fn a_batch_merged_twice_changes_nothing(one in made(), two in made()) {
        let batches: Vec<_> = distinct(vec![one, two]).iter().map(tables).collect();
        let master = batches.iter().fold(MemoryTables::default(), |master, batch| merge(&master, batch));
        for batch in &batches {
            let merged = MemoryTables::default();
            let summary = merge_tables(&master, &[batch], &merged, &MergeOptions::default()).expect("merged");
            prop_assert!(summary.tables.values().all(|change| change.is_none()), "{summary:?}");
            prop_assert_eq!(merged.names(), Vec::<&str>::new(), "an unchanged table was written");
        }
    }

    /// However many of the batches are in the master already, whatever the order of its columns, and however many
    /// come at once.
    #[test]
    fn all_ways_give_what_the_plainest_one_gives(
        batches in proptest::collection::vec(made(), 1..6),
        split in any::<prop::sample::Index>(),
        threads in 1..4usize,
    ) {
        let batches: Vec<_> = distinct(batches).iter().map(tables).collect();
        let expected = simple::merged(&batches.iter().collect::<Vec<_>>());
        let (old, new) = batches.split_at(split.index(batches.len() + 1));
        let (master, _) = merge_all(&MemoryTables::default(), old, threads);
        let (merged, summary) = merge_all(&master, new, threads);
        prop_assert_eq!(content(&merged), expected.clone());

        let one_by_one = batches.iter().fold(MemoryTables::default(), |master, batch| merge(&master, batch));
        prop_assert_eq!(content(&one_by_one), expected.clone());

        let (merged, of_turned) = merge_all(&turned(&master), new, threads);
        prop_assert_eq!(&of_turned, &summary);
        for (name, change) in &of_turned.tables {
            if !change.is_none() {
                prop_assert_eq!(&content(&merged)[name], &expected[name]);
            }
        }
        // All at once again, in any split, changes nothing.
        let (_, again) = merge_all(&one_by_one, old, threads);
        prop_assert!(again.tables.values().all(|change| change.is_none()), "{again:?}");
    }

    #[test]
    fn a_merge_only_adds(batches in proptest::collection::vec(made(), 2..5)) {
        let batches: Vec<_> = distinct(batches).iter().map(tables).collect();
        let mut master = MemoryTables::default();
        for batch in &batches {
            let next = merge(&master, batch);
            for schema in TABLES {
                let rows: BTreeMap<_, _> =
                    simple::read(&next, schema).into_iter().map(|row| (simple::key(schema, &row), row)).collect();
                for row in simple::read(&master, schema) {
                    let now = rows.get(&simple::key(schema, &row));
                    let Some(now) = now else { prop_assert!(false, "{row:?} is lost"); continue };
                    // What takes the place of a row that knew nothing begins a span of its own.
                    let (before, after) = (simple::rank(schema, &row), simple::rank(schema, now));
                    prop_assert!(before <= after, "{row:?} became {now:?}");
                    if before < after {
                        continue;
                    }
                    if let Some(at) = schema.position("last_batch") {
                        prop_assert!(row[at] <= now[at], "{row:?} became {now:?}");
                    }
                    if let Some(at) = schema.position("first_batch") {
                        prop_assert!(row[at] >= now[at], "{row:?} became {now:?}");
                    }
                }
            }
            master = next;
        }
    }

    #[test]
    fn no_key_and_no_text_is_lost(batches in proptest::collection::vec(made(), 1..5)) {
        let batches: Vec<_> = distinct(batches).iter().map(tables).collect();
        let master = batches.iter().fold(MemoryTables::default(), |master, batch| merge(&master, batch));
        for schema in TABLES {
            let keys = |tables| simple::read(tables, schema).into_iter().map(|row| simple::key(schema, &row));
            let expected: BTreeSet<_> = batches.iter().flat_map(keys).collect();
            prop_assert_eq!(keys(&master).collect::<BTreeSet<_>>(), expected, "{}", schema.name);
        }
    }
}
