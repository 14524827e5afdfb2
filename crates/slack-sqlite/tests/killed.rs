//! A load that is killed at any moment leaves the old state or the new one.

#[path = "suite/loads.rs"]
mod loads;

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use loads::{LoadOptions, load};
use slack_model::MemoryTables;
use slack_sqlite::open;

/// The file and the state that a run of this program is to load.
const FILE: &str = "SLACK_SQLITE_KILLED_FILE";
const STATE: &str = "SLACK_SQLITE_KILLED_STATE";

/// Kills of loads into a file that holds another state, and of those into one that is not there.
const KILLS: u32 = 20;
const FIRST_KILLS: u32 = 8;

fn main() {
    if let Some(file) = std::env::var_os(FILE) {
        let state = std::env::var(STATE).expect("a state").parse().expect("a number");
        load_state(Path::new(&file), state);
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("slack.db");

    load_state(&file, 0);
    let whole = time_of(&file, 1);
    let (mut state, mut n_old) = (1, 0);
    for kill in 0..KILLS {
        let next = kill + 2;
        kill_after(begin(&file, next), whole * kill / KILLS);
        let found = state_of(&file);
        assert!(found == Some(state) || found == Some(next), "{found:?} is neither {state} nor {next}");
        n_old += u32::from(found == Some(state));
        state = found.unwrap_or_default();
    }
    assert!(n_old > 0, "no load was killed before its end");
    // What was broken off leaves nothing behind once the file was opened and loaded again.
    load_state(&file, 99);
    assert_eq!(state_of(&file), Some(99));
    assert_eq!(std::fs::read_dir(folder.path()).expect("read").count(), 1);

    for kill in 0..FIRST_KILLS {
        std::fs::remove_file(&file).expect("removed");
        kill_after(begin(&file, 1), whole * kill / FIRST_KILLS);
        let found = state_of(&file);
        assert!(found.is_none() || found == Some(1), "{found:?}");
    }
}

fn begin(file: &Path, state: u32) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.env(FILE, file).env(STATE, state.to_string()).spawn().expect("begun")
}

fn kill_after(mut child: Child, time: Duration) {
    std::thread::sleep(time);
    child.kill().expect("killed");
    child.wait().expect("waited for");
}

/// How long a load takes that nobody kills.
fn time_of(file: &Path, state: u32) -> Duration {
    let begun = Instant::now();
    assert!(begin(file, state).wait().expect("waited for").success());
    begun.elapsed()
}

fn load_state(file: &Path, state: u32) {
    let (master, metrics) = (MemoryTables::default(), MemoryTables::default());
    let (mut messages, mut posters) =
        (String::from("channel,ts,text\n"), String::from("channel,user_id,posts\n"));
    for row in 0..3_000 {
        let text = "so it goes ".repeat(30);
        messages.push_str(&format!("C1,16{row:08}.000000,{state} {text}\n"));
        posters.push_str(&format!("C1,U{row:05},{state}\n"));
    }
    master.insert("channel_data", "id\nC1\n");
    master.insert("message_data", messages);
    metrics.insert("aggr_by_channel_user", posters);
    let mut connection = open(file).expect("opened");
    load(&mut connection, &master, Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
}

/// The state that a file is in, the same in every row; `None` where there are no tables.
fn state_of(file: &Path) -> Option<u32> {
    let connection = open(file).expect("opened");
    let text = |query: &str| connection.query_row(query, [], |row| row.get::<_, String>(0)).expect(query);
    assert_eq!(text("PRAGMA integrity_check"), "ok");
    if text("SELECT CAST(count(*) AS TEXT) FROM sqlite_schema") == "0" {
        return None;
    }
    let count = "SELECT group_concat(n || ' ' || state) FROM (
                    SELECT count(*) AS n, CAST(text AS INTEGER) AS state FROM message_data GROUP BY 2
                    UNION ALL SELECT count(*), posts FROM aggr_by_channel_user GROUP BY 2)";
    let found = text(count);
    let state = found.split([' ', ',']).nth(1)?.parse().ok()?;
    assert_eq!(found, format!("3000 {state},3000 {state}"));
    Some(state)
}
