//! Random tables, loaded one after the other: the file holds what they say.

use std::collections::BTreeMap;

use crate::loads::{LoadOptions, load};
use proptest::prelude::*;
use slack_model::MemoryTables;

use crate::master::{TestFile, rows_of, tables};

/// Values by key: `(weekday, hour)` is the key of a metric table; users stand for the contract's tables.
type State = BTreeMap<(i8, i8), Option<u8>>;

fn state() -> impl Strategy<Value = State> {
    let key = (-2..12i8, -3..60i8);
    prop_oneof![
        proptest::collection::btree_map(key.clone(), proptest::option::of(0..3u8), 0..900),
        proptest::collection::btree_map(key, proptest::option::of(0..3u8), 0..5),
    ]
}

fn number(value: Option<u8>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn metrics(state: &State, is_shuffled: bool) -> MemoryTables {
    let mut lines: Vec<_> = state
        .iter()
        .map(|((weekday, hour), posts)| format!("{weekday},{hour},{}\n", number(*posts)))
        .collect();
    if is_shuffled {
        lines.reverse();
    }
    tables(&[("activity_by_hour", &format!("weekday,hour,posts\n{}", lines.concat()))])
}

fn id((one, other): &(i8, i8)) -> String {
    format!("U{:03}{:03}", i16::from(*one) + 500, i16::from(*other) + 500)
}

fn master(state: &State) -> MemoryTables {
    let lines: String =
        state.iter().map(|(key, updated)| format!("{},{},true\n", id(key), number(*updated))).collect();
    tables(&[("user_data", &format!("id,updated,known\n{lines}"))])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_file_holds_what_was_loaded(
        states in proptest::collection::vec((state(), state(), any::<bool>()), 1..5),
        is_shuffled in proptest::bool::weighted(0.2),
    ) {
        let file = TestFile::new();
        let mut connection = file.open();
        let mut users = State::new();
        for (of_metrics, of_master, is_repeated) in &states {
            for _ in 0..=u8::from(*is_repeated) {
                let metrics = metrics(of_metrics, is_shuffled);
                load(&mut connection, &master(of_master), Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
            }
            let expected: Vec<_> = of_metrics
                .iter()
                .map(|((weekday, hour), posts)| format!("{weekday},{hour},{}", number(*posts)))
                .collect();
            prop_assert_eq!(rows_of(&connection, "activity_by_hour"), expected);
            users.extend(of_master);
            let expected: Vec<_> = users.iter().map(|(key, value)| format!("{},{}", id(key), number(*value))).collect();
            prop_assert_eq!(crate::master::rows(&connection, "SELECT id, updated FROM user_data ORDER BY id"), expected);
            let again = load(&mut connection, &master(of_master), Some(&metrics(of_metrics, is_shuffled)), &LoadOptions::default(), &());
            let written: u64 = again.expect("loaded").tables.iter().map(|table| table.written + table.deleted).sum();
            prop_assert_eq!(written, 0);
        }
    }
}
