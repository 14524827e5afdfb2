//! Private channels and direct messages go to others only where that is asked for, and no number tells of them.

use std::collections::HashSet;
use std::fs;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, community, sandbox};

/// The ids of the public conversations, and of the others.
fn conversations(home: &Home) -> (HashSet<String>, HashSet<String>) {
    let mut reader = csv::Reader::from_path(home.data("master/csv/channel_data.csv")).expect("opened");
    let header = reader.headers().expect("read").clone();
    let at = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let (id, class) = (at("id"), at("class"));
    let records: Vec<_> = reader.records().map(|record| record.expect("read")).collect();
    let ids = |public: bool| {
        let wanted = records.iter().filter(|record| (&record[class] == "public") == public);
        wanted.map(|record| record[id].to_owned()).collect()
    };
    (ids(true), ids(false))
}

#[test]
fn what_is_not_shown_is_not_loaded_and_not_measured() {
    let home = Home::new();
    let sandbox = sandbox(community(30, 1_500)).start_blocking().expect("started");
    let types = ["run", "--types", "public,private,im,mpim", "--rate", "unlimited"];
    home.run_against(&sandbox, 0, types);
    let (public, confidential) = conversations(&home);
    assert!(!public.is_empty() && !confidential.is_empty());

    let database = TestDatabase::create();
    let mut client = database.client();
    let told = home.run(0, ["load", "--postgres", &database.url]).out;
    assert!(told.contains("private or direct conversation"), "{told}");
    let channels: HashSet<String> = client
        .query(
            "SELECT DISTINCT channel FROM slack.conversation_data UNION SELECT id FROM slack.channel_data
             UNION SELECT channel FROM slack.aggr_by_channel UNION SELECT channel FROM slack.edge_data
             UNION SELECT channel FROM slack.window_data UNION SELECT channel FROM slack.member_data
             UNION SELECT channel FROM slack.message_revision_data UNION SELECT channel FROM slack.file_data",
            &[],
        )
        .expect("queried")
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(channels, public);
    let mut number = |query: &str| -> i64 { client.query_one(query, &[]).expect(query).get(0) };
    // Numbers of people and days are those of what is there.
    let posts = "SELECT sum(posts)::bigint FROM slack.aggr_by_channel_user";
    let shown = number(posts);
    assert_eq!(shown, number("SELECT sum(message_count)::bigint FROM slack.useractive_data"));
    assert_eq!(shown, number("SELECT sum(posts)::bigint FROM slack.activity_by_day"));
    let interacting = "SELECT sum(\"Weight\")::bigint FROM slack.edge_data WHERE relate = 'interacts'";
    let ties = number(interacting);

    home.run(0, ["load", "--include-private", "--include-dms", "--postgres", &database.url]);
    assert!(number(posts) > shown);
    assert!(number(interacting) > ties);
    let channels = "SELECT count(*) FROM slack.channel_data";
    assert_eq!(number(channels), (public.len() + confidential.len()) as i64);

    // Of a master nothing is deleted; the metrics are those of what is shown again.
    home.run(0, ["load", "--include-private", "--exclude-private", "--postgres", &database.url]);
    assert_eq!(number(posts), shown);
    assert_eq!(number(channels), (public.len() + confidential.len()) as i64);
}

/// The stages that a load told of.
fn stages(home: &Home, arguments: &[&str]) -> Vec<String> {
    let json = home.run(0, ["load", "--json"].iter().chain(arguments)).json();
    let stages = json["stages"].as_array().expect("stages");
    stages.iter().map(|stage| stage["stage"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn what_is_shown_is_measured_once() {
    let home = Home::new();
    let sandbox = sandbox(community(30, 800)).start_blocking().expect("started");
    home.run_against(&sandbox, 0, ["run", "--types", "public,private,im,mpim", "--rate", "unlimited"]);
    let measured = ["metrics", "graph", "load"];
    // The run measured it for its report.
    assert_eq!(stages(&home, &[]), ["load"]);
    // Each choice of conversations is kept, and none is taken for another.
    assert_eq!(stages(&home, &["--include-private"]), measured);
    assert_eq!(stages(&home, &[]), ["load"]);
    assert_eq!(stages(&home, &["--include-private", "--include-dms"]), ["load"]);

    // What changed is measured again, and what was made before it is gone, as is what was made by half.
    fs::create_dir(home.data(".shown/all")).expect("made");
    let users = home.data("master/csv/user_data.csv");
    fs::write(&users, fs::read(&users).expect("read")).expect("written");
    assert_eq!(stages(&home, &[]), measured);
    let kept = |home: &Home| {
        let entries = fs::read_dir(home.data(".shown")).expect("listed");
        entries
            .map(|entry| entry.expect("listed").file_name().into_string().expect("text"))
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(&home), ["public"]);
    fs::remove_file(home.data(".shown/public/stamp.txt")).expect("removed");
    assert_eq!(stages(&home, &[]), measured);
    fs::write(home.data(".shown/public/metrics/emoji_data.csv"), "").expect("written");
    assert_eq!(stages(&home, &[]), measured);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(home.data("master/csv"), fs::Permissions::from_mode(0o750)).expect("set");
        fs::write(&users, fs::read(&users).expect("read")).expect("written");
        stages(&home, &[]);
        let mode = fs::metadata(home.data(".shown")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
    }

    // Where nothing is private, nothing is kept.
    let channels = home.data("master/csv/channel_data.csv");
    let text = fs::read_to_string(&channels).expect("read");
    let header = text.lines().next().expect("a header").to_owned();
    let public =
        text.lines().skip(1).filter(|line| line.contains(",public,")).map(|line| format!("{line}\n"));
    fs::write(&channels, format!("{header}\n{}", public.collect::<String>())).expect("written");
    assert_eq!(stages(&home, &[]), ["load"]);
    assert!(!home.data(".shown").exists());
}

#[test]
fn readers_and_search_come_with_a_load() {
    let home = Home::new();
    community(20, 400).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let database = TestDatabase::create();
    let role = format!("reader_{}", std::process::id());
    let arguments = ["load", "--search", "--materialize", "--grant-read", &role, "--postgres", &database.url];
    for _ in 0..2 {
        let told = home.run(0, arguments).out;
        for words in ["metric tables computed by the database", "can be searched by words", "may read"] {
            assert!(told.contains(words), "{told}");
        }
    }
    let mut client = database.client();
    let word = "SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', text) FROM slack.message_data')
        WHERE length(word) > 4 ORDER BY ndoc DESC, word LIMIT 1";
    let word: String = client.query_one(word, &[]).expect("a word").get(0);
    let found = "SELECT count(*) FROM slack.search_messages($1)";
    let all: i64 = client.query_one(found, &[&word]).expect("searched").get(0);
    assert!(all > 0);
    client.batch_execute(&format!("SET ROLE {role}")).expect("set");
    assert_eq!(client.query_one(found, &[&word]).expect("searched").get::<_, i64>(0), all);
    assert!(client.query("SELECT email FROM slack.user_data", &[]).is_err());
    assert!(client.query("SELECT count(*) FROM slack.mv_aggr_by_channel", &[]).is_ok());
    client.batch_execute(&format!("RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")).expect("gone");
}
