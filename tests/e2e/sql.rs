//! Questions to the SQLite file, from the command line.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;
use slack_model::MemoryTables;
use slack_sqlite::{load, open};
use slack_store::Input;

use crate::support::Home;

const USERS: &str =
    "id,name,real_name,tz_offset,known\nU1,ann,\"Ann, 安\u{1b}[31m\",3600,true\nU2,bob,,,true\n";

/// A data home with a small file in it.
fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.data("")).expect("made");
    let master = MemoryTables::default();
    master.insert("user_data", USERS);
    let mut connection = open(&home.data("slack.db")).expect("opened");
    load(&mut connection, &Input::new(&master, None), &()).expect("loaded");
    home
}

const QUERY: &str = "SELECT id, real_name AS name, tz_offset, 0.5 AS half FROM user_data ORDER BY id";

/// Gives a query on standard input.
fn ask(home: &Home, arguments: &[&str], query: &str) -> String {
    let mut command: Command = home.command();
    command.arg("sql").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("begun");
    child.stdin.take().expect("piped").write_all(query.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn answers_have_three_formats() {
    let home = home();
    // The ideograph is two columns wide; what would colour the terminal is shown as what it is.
    let table = [
        "id  name               tz_offset  half",
        "--  -----------------  ---------  ----",
        "U1  Ann, 安\\u{1b}[31m       3600   0.5",
        "U2                                 0.5",
    ];
    assert_eq!(home.run(0, ["sql", "--format", "table", QUERY]).out, table.join("\n") + "\n");
    let csv = "id,name,tz_offset,half\nU1,\"Ann, 安\u{1b}[31m\",3600,0.5\nU2,,,0.5\n";
    assert_eq!(home.run(0, ["sql", QUERY]).out, csv);
    let found = home.run(0, ["sql", "--format", "json", QUERY]).out;
    let first = "[{\"id\":\"U1\",\"name\":\"Ann, 安\\u001b[31m\",\"tz_offset\":3600,\"half\":0.5},\n";
    assert_eq!(found, format!("{first}{{\"id\":\"U2\",\"name\":\"\",\"tz_offset\":null,\"half\":0.5}}]\n"));
    let found = home.run(0, ["--json", "sql", "SELECT id, tz_offset FROM user_data ORDER BY id"]).json();
    assert_eq!((&found["command"], &found["status"]), (&json!("sql"), &json!("done")));
    assert_eq!(found["stages"][0]["columns"], json!(["id", "tz_offset"]));
    assert_eq!(found["stages"][0]["rows"], json!([["U1", 3600], ["U2", null]]));
    for (format, nothing) in [("table", "id\n--\n"), ("csv", "id\n"), ("json", "[]\n")] {
        let found = home.run(0, ["sql", "--format", format, "SELECT id FROM user_data WHERE false"]).out;
        assert_eq!(found, nothing);
    }
}

#[test]
fn a_query_may_come_on_standard_input() {
    let home = home();
    for arguments in [&["--format", "csv"][..], &["--format", "csv", "-"]] {
        assert_eq!(ask(&home, arguments, "SELECT count(*) AS users\nFROM v_users;\n"), "users\n2\n");
    }
}

#[test]
fn a_file_is_only_read() {
    let home = home();
    let before = std::fs::read(home.data("slack.db")).expect("read");
    let ran = home.run(1, ["sql", "DELETE FROM user_data"]);
    assert!(ran.err.contains("the statement is no query: the file is only read"), "{}", ran.err);
    let ran = home.run(1, ["sql", "SELECT id, mood FROM user_data"]);
    assert!(ran.err.contains("no such column: mood, at: mood FROM user_data"), "{}", ran.err);
    assert_eq!(std::fs::read(home.data("slack.db")).expect("read"), before);
}

#[test]
fn a_file_that_is_not_there_or_another_is_told() {
    let home = Home::new();
    let ran = home.run(1, ["sql", "SELECT 1"]);
    assert!(ran.err.contains("slack.db (make it with: slack-analytics load --sqlite "), "{}", ran.err);
    std::fs::write(home.folder().join("notes.txt"), "no database, and that at some length").expect("written");
    let ran = home.run(1, ["sql", "--database", "notes.txt", "SELECT 1"]);
    assert!(ran.err.contains("notes.txt is no SQLite database"), "{}", ran.err);
    // Nothing is made by asking.
    assert!(!home.data("").exists());
}

/// Counts without end.
const ENDLESS: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) ";

#[test]
fn a_query_has_limits_that_its_error_names() {
    let home = home();
    for (options, query, why) in [
        (&["--timeout", "1"][..], format!("{ENDLESS} SELECT max(n) FROM c"), "cannot be answered within 1 s"),
        // The first rows come at once.
        (&["--timeout", "1"], format!("{ENDLESS} SELECT n FROM c"), "cannot be answered within 1 s"),
        (
            &[],
            "SELECT length(hex(zeroblob(1300000000)))".into(),
            "a value of the query is longer than 128 MB",
        ),
        (&[], "SELECT printf('%.*c', 2000000000, 'x')".into(), "a value of the query is longer than 128 MB"),
        (
            &[],
            "SELECT length(replace(hex(zeroblob(60000000)), '0', 'xxxxxxxxxxxx'))".into(),
            "longer than 128 MB",
        ),
        (
            &["--max-memory", "40M"],
            format!("SELECT {}", ["randomblob(9000000)"; 6].join(", ")),
            "the query needs more than 40 MB of memory",
        ),
        (
            &["--max-memory", "2M", "--format", "table"],
            format!("{ENDLESS} SELECT hex(randomblob(20)) FROM c"),
            "the answer needs more than 2 MB of memory (--max-memory)",
        ),
        (
            &["--max-memory", "2M", "--json"],
            format!("{ENDLESS} SELECT hex(randomblob(1000)) FROM c"),
            "the answer needs more than 2 MB of memory (--max-memory)",
        ),
    ] {
        let mut command = home.command();
        command.arg("sql").args(options).arg(&query).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = command.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{query}: {told}");
        assert!(told.contains(why), "{query}: {told}");
        assert!(told.contains("--timeout") || told.contains("--max-memory"), "{query}: {told}");
    }
    let many = format!("{ENDLESS} SELECT count(*) FROM (SELECT n FROM c LIMIT 100000)");
    assert_eq!(home.run(0, ["sql", &many]).out, "count(*)\n100000\n");
    let large = home.run(0, ["sql", "--max-memory", "1G", "SELECT length(hex(zeroblob(100000000))) AS n"]);
    assert_eq!(large.out, "n\n200000000\n");
}

#[test]
fn a_query_without_an_end_is_refused() {
    let home = home();
    let mut child =
        home.command().arg("sql").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("begun");
    let mut input = child.stdin.take().expect("piped");
    // It is the program that ends this.
    while input.write_all(&[b' '; 1 << 16]).is_ok() {}
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("longer than 10 MB"));
}

#[test]
fn texts_are_no_formulas_where_a_spreadsheet_asks_for_it() {
    let home = home();
    let query = "SELECT '=1+1' AS \"=a\", '-x' AS b, -5 AS c, 'a=b' AS d, '@e' AS e";
    assert_eq!(home.run(0, ["sql", query]).out, "=a,b,c,d,e\n=1+1,-x,-5,a=b,@e\n");
    let safe = home.run(0, ["sql", "--spreadsheet-safe", query]).out;
    assert_eq!(safe, "'=a,b,c,d,e\n'=1+1,'-x,-5,a=b,'@e\n");
}
