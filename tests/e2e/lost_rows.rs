//! Pages that vanish or break after they were read: no table and no master shrinks unless somebody asks for it.

use std::fs;
use std::path::PathBuf;

use crate::support::{Home, community, files, rows_without};

/// A home with an imported export whose tables are in the master, and the days of its largest channel.
fn imported() -> (Home, String, Vec<PathBuf>) {
    let home = Home::new();
    let export = home.folder().join("export");
    community(12, 300).write_export(&export).expect("written");
    home.run(0, ["import".into(), export.into_os_string()]);
    home.run(0, ["transform"]);
    home.run(0, ["merge"]);
    let batch = home.batch();
    let folders = fs::read_dir(batch.join("export")).expect("listed");
    let folders = folders.map(|entry| entry.expect("listed").path()).filter(|path| path.is_dir());
    let days =
        folders.map(|folder| files(&folder).into_keys().map(|day| folder.join(day)).collect::<Vec<_>>());
    let days = days.max_by_key(Vec::len).expect("a channel");
    assert!(days.len() > 3, "{days:?}");
    let id = batch.file_name().expect("a name").to_string_lossy().into_owned();
    (home, id, days)
}

#[test]
fn a_table_and_the_master_lose_no_row_unasked() {
    let (home, id, days) = imported();
    let (csv, master) = (home.batch().join("csv"), home.data("master/csv"));
    let (tables, merged) = (files(&csv), files(&master));
    let whole = fs::read(&days[0]).expect("read");

    fs::write(&days[0], &whole[..whole.len() / 2]).expect("cut");
    let cut = home.run(1, ["transform", &id]);
    assert!(cut.err.contains("would drop") && cut.err.contains("--allow-drops"), "{}", cut.err);
    fs::remove_file(&days[1]).expect("removed");
    fs::write(&days[2], "[]").expect("emptied");
    let gone = home.run(1, ["transform", &id]).err;
    assert!(gone.contains("of message_data (") && gone.contains("of message_revision_data ("), "{gone}");
    assert_eq!(files(&csv), tables, "the refused tables left something");

    // What is wanted is done, and the master has its own say.
    home.run(3, ["transform", &id, "--allow-drops"]);
    assert_ne!(files(&csv), tables);
    let refused = home.run(1, ["merge", "--rebuild"]).err;
    assert!(refused.contains("of message_data (") && refused.contains("--allow-drops"), "{refused}");
    assert_eq!(files(&master), merged);
    assert!(!home.data("master/.rebuilt").exists());
    // A merge that is no rebuild keeps what the master has.
    home.run(0, ["merge", &id]);
    let rows = |folder: &PathBuf| rows_without(&folder.join("message_data.csv"), &[]).len();
    assert!(rows(&master) > rows(&csv));
    home.run(0, ["merge", "--rebuild", "--allow-drops"]);
    assert_eq!(rows(&master), rows(&csv));

    // With its pages back, the batch has more rows than before: nobody is asked.
    fs::write(&days[0], &whole).expect("restored");
    home.run(0, ["transform", &id]);
    home.run(0, ["merge", "--rebuild"]);
    assert_eq!(rows(&master), rows(&csv));
}

#[test]
fn a_damaged_table_is_replaced_after_saying_so() {
    let (home, id, _) = imported();
    let table = home.batch().join("csv/message_data.csv");
    let whole = fs::read_to_string(&table).expect("read");
    fs::write(&table, whole.replacen('\n', "\nX1,cut\n", 1)).expect("damaged");
    let refused = home.run(1, ["transform", &id]).err;
    assert!(refused.contains("cannot be read of message_data"), "{refused}");
    home.run(0, ["transform", &id, "--allow-drops"]);
    assert_eq!(fs::read_to_string(&table).expect("read"), whole);
}

#[test]
fn drops_are_allowed_where_a_master_is_rebuilt() {
    let home = Home::new();
    home.run(2, ["merge", "--allow-drops"]);
}
