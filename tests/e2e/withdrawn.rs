//! What was public when it was loaded, and is withheld now, leaves the database.

use std::fs;

use serde_json::Value;

use crate::private_postgres::TestDatabase;
use crate::support::Home;
use crate::written::Written;

/// What only the channel holds that becomes private.
const SECRET: &str = "zanzibarquarterly";

/// A master with two public channels. A stranger wrote in the second one only.
fn home() -> Home {
    let home = Home::new();
    Written::default()
        .people(&["Mia", "Noor", "Olu"])
        .channels(&["general", "plans"])
        .posts(60, 4_000)
        .into_home(&home);
    append(&home, "user_data", "U9STRANGER,,,,,false\n");
    append(&home, "message_data", &format!("C0001,message,1999999999.000100,,U9STRANGER,{SECRET} of ours\n"));
    for command in ["metrics", "graph"] {
        home.run(0, [command]);
    }
    home
}

fn append(home: &Home, table: &str, row: &str) {
    let path = home.data(&format!("master/csv/{table}.csv"));
    let text = fs::read_to_string(&path).expect("a table");
    fs::write(path, text + row).expect("written");
}

/// The second channel becomes private, or is found to be.
fn hide(home: &Home) {
    let path = home.data("master/csv/channel_data.csv");
    let text = fs::read_to_string(&path).expect("a table");
    assert!(text.contains("C0001,plans,channel,public,false"));
    fs::write(path, text.replace("C0001,plans,channel,public,false", "C0001,plans,group,confidential,true"))
        .expect("written");
}

/// A load's own part of what `--json` prints.
fn load(home: &Home, arguments: &[&str]) -> Value {
    let json = home.run(0, ["--json", "load"].iter().chain(arguments)).json();
    json["stages"].as_array().expect("stages").last().expect("a load").clone()
}

/// Rows that a load sent, wrote or deleted.
fn touched(load: &Value) -> u64 {
    let tables = load["tables"].as_object().expect("tables").values();
    let numbers = tables.flat_map(|table| ["sent", "written", "deleted"].map(|key| table[key].as_u64()));
    numbers.map(|number| number.expect("a number")).sum()
}

/// Does what both databases must do. `count` counts rows: it takes what stands behind FROM.
fn check(to: &[&str], mut count: impl FnMut(&Home, &str) -> u64) {
    let home = home();
    load(&home, to);
    let of_channel = [
        "message_data WHERE channel = 'C0001'",
        "thread_data WHERE channel = 'C0001'",
        "reaction_data WHERE channel = 'C0001'",
        "channel_data WHERE id = 'C0001'",
        "user_data WHERE id = 'U9STRANGER'",
        "aggr_by_channel WHERE channel = 'C0001'",
        "conversation_data WHERE channel = 'C0001'",
    ];
    let before = of_channel.map(|from| count(&home, from));
    assert!(before.iter().all(|rows| *rows > 0), "{before:?}");
    let general = count(&home, "message_data WHERE channel = 'C0000'");

    hide(&home);
    let told = home.run(0, ["load"].iter().chain(to)).out;
    assert!(
        told.contains(
            "1 conversation loaded as public before, withheld or of another id now: plans (C0001); "
        ) && told.contains("--include-private"),
        "{told}"
    );
    assert_eq!(of_channel.map(|from| count(&home, from)), [0; 7]);
    assert_eq!(count(&home, "message_data WHERE channel = 'C0000'"), general);
    // Told once, and nothing is left to do.
    let again = load(&home, to);
    assert_eq!(
        (touched(&again), &again["withdrawn"], &again["withdrawn_rows"]),
        (0, &Value::Array(vec![]), &0.into())
    );
    let told = home.run(0, ["load"].iter().chain(to)).out;
    assert!(!told.contains("C0001") && told.contains("1 private or direct conversation withheld"), "{told}");

    // What is loaded on purpose stays.
    let with_private = [to, &["--include-private"]].concat();
    load(&home, &with_private);
    assert_eq!(of_channel.map(|from| count(&home, from)), before);
    assert_eq!(touched(&load(&home, &with_private)), 0);
    let public = load(&home, to);
    assert_eq!(public["withdrawn"], Value::Array(vec![]));
    assert_eq!(of_channel[..5].iter().map(|from| count(&home, from)).collect::<Vec<_>>(), before[..5]);
    assert_eq!(touched(&load(&home, to)), 0);
}

#[test]
fn a_folder_that_was_found_to_be_a_channel_stands_once() {
    let home = home();
    let table = home.data("master/csv/channel_data.csv");
    let text = fs::read_to_string(&table).expect("read");
    // Without its list, an earlier export's channel was known by its folder alone; the operator said that it is public.
    let old = "X1ZNE2VAN6S,general,channel,public,\n";
    fs::create_dir_all(home.data("references")).expect("made");
    fs::write(home.data("references/public_channels.csv"), "channel\nX1ZNE2VAN6S\n").expect("written");
    fs::write(&table, format!("{text}{old}")).expect("written");
    append(&home, "message_data", "X1ZNE2VAN6S,message,1999999999.000100,,U000000,hello\n");
    load(&home, &[]);
    assert_eq!(load(&home, &[])["withdrawn_rows"], 0, "it is in the home");
    fs::write(&table, text).expect("written");
    let messages = home.data("master/csv/message_data.csv");
    let rows = fs::read_to_string(&messages).expect("read");
    fs::write(&messages, rows.replace("X1ZNE2VAN6S,message,1999999999.000100,,U000000,hello\n", ""))
        .expect("written");
    let loaded = load(&home, &[]);
    assert_eq!(loaded["withdrawn"], serde_json::json!([{ "id": "X1ZNE2VAN6S", "name": "general" }]));
    assert_eq!((touched(&load(&home, &[])), &loaded["withdrawn_rows"]), (0, &2.into()));
}

#[test]
fn a_file_loses_what_is_withheld_now() {
    check(&[], |home, from| {
        let answer = home.run(0, ["sql", "--json", &format!("SELECT count(*) FROM {from}")]).json();
        answer["stages"][0]["rows"][0][0].as_u64().expect("a number")
    });
}

#[test]
fn a_server_loses_what_is_withheld_now() {
    let database = TestDatabase::create();
    let mut client = database.client();
    check(&["--postgres", &database.url], |_, from| {
        let count: i64 =
            client.query_one(&format!("SELECT count(*) FROM slack.{from}"), &[]).expect(from).get(0);
        count as u64
    });
}

#[test]
fn json_names_what_left_and_no_byte_stays_in_the_file() {
    let home = home();
    load(&home, &["--search"]);
    let holds_it = || {
        let bytes = fs::read(home.data("slack.db")).expect("read");
        bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
    };
    assert!(holds_it());
    hide(&home);
    let withdrawn = load(&home, &[]);
    assert_eq!(withdrawn["withdrawn"], serde_json::json!([{ "id": "C0001", "name": "plans" }]));
    assert!(withdrawn["withdrawn_rows"].as_u64() > Some(20));
    assert!(!home.data("slack.db-wal").exists());
    let found = home.run(0, ["sql", "--json", &format!("SELECT * FROM search_messages('{SECRET}')")]).json();
    assert_eq!(found["stages"][0]["rows"], Value::Array(vec![]));
    let rows = home.run(0, ["sql", "--json", "SELECT text FROM message_data"]).json().to_string();
    assert!(!rows.contains(SECRET));
    // With the option, nothing leaves, and the table of channels says what it is now.
    let other = self::home();
    load(&other, &[]);
    hide(&other);
    let kept = load(&other, &["--include-private"]);
    assert_eq!((&kept["withdrawn"], &kept["withdrawn_rows"]), (&Value::Array(vec![]), &0.into()));
    let class = other.run(0, ["sql", "--json", "SELECT class FROM channel_data WHERE id = 'C0001'"]).json();
    assert_eq!(class["stages"][0]["rows"][0][0], "confidential");
}

#[test]
fn what_the_server_measured_itself_forgets_it_too() {
    let home = home();
    let database = TestDatabase::create();
    let to = ["--postgres", &database.url];
    load(&home, &[&to[..], &["--materialize", "--search"]].concat());
    let mut client = database.client();
    let mut count = |query: &str| -> i64 { client.query_one(query, &[]).expect(query).get(0) };
    let measured = "SELECT count(*) FROM slack.mv_aggr_by_channel WHERE channel = 'C0001'";
    let found = format!("SELECT count(*) FROM slack.search_messages('{SECRET}')");
    assert_eq!((count(measured), count(&found)), (1, 1));
    hide(&home);
    load(&home, &to);
    assert_eq!((count(measured), count(&found)), (0, 0));
}

#[test]
fn metrics_that_are_not_loaded_again_do_not_stay() {
    let home = home();
    load(&home, &[]);
    hide(&home);
    for folder in ["metrics", ".shown"] {
        fs::remove_dir_all(home.data(folder))
            .or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })
            .expect("removed");
    }
    load(&home, &[]);
    let rows = home.run(0, ["sql", "--json", "SELECT count(*) FROM aggr_by_channel_user"]).json();
    assert_eq!(rows["stages"][0]["rows"][0][0], 0);
}
