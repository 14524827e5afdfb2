use postgres::Client;
use slack_pg::{grant_read, has_text_index, index_texts};

use crate::more::loaded;
use crate::reading::{connect_as, drop_role};

#[test]
fn search_finds_what_the_caller_may_read() {
    let (database, mut client) = loaded();
    grant_read(&mut client, "slack", "slack_test_search").expect("granted");
    assert!(!has_text_index(&mut client, "slack").expect("looked"));
    for _ in 0..2 {
        assert!(index_texts(&mut client, "slack").expect("indexed").trigrams);
        assert!(has_text_index(&mut client, "slack").expect("looked"));
    }
    let mut reader = connect_as(&database, &mut client, "slack_test_search");
    let found = |client: &mut Client, words: &str| -> Vec<String> {
        let query =
            "SELECT channel || ' ' || coalesce(author, '') || ': ' || text FROM slack.search_messages($1)";
        client.query(query, &[&words]).expect("searched").iter().map(|row| row.get(0)).collect()
    };
    let all = ["C1 robo: beep hello", "C2 ann: hidden hello", "C1 ann: hello"];
    assert_eq!(found(&mut client, "Hello"), all);
    assert_eq!(found(&mut reader, "Hello"), [all[0], all[2]]);
    assert_eq!(found(&mut client, "\"hidden hello\" or answer"), ["C2 Cleo C: secret answer", all[1]]);
    assert_eq!(found(&mut reader, "\"hidden hello\" or answer"), [""; 0]);
    assert_eq!(found(&mut client, "hello -beep -hidden"), [all[2]]);
    // A broadcast reply stands in both tables.
    assert_eq!(found(&mut reader, "also"), ["C1 Cleo C: also here"]);

    // Somebody who was not let in cannot come by the function that acts as its owner.
    client
        .batch_execute(
            "CREATE ROLE slack_test_stranger; GRANT USAGE ON SCHEMA slack TO slack_test_stranger;
             SET ROLE slack_test_stranger",
        )
        .expect("made");
    assert!(client.batch_execute("SELECT slack.search_public_messages('hello')").is_err());
    client.batch_execute("RESET ROLE").expect("reset");
    drop_role(&mut client, "slack_test_stranger");
    // A reader who comes after the index searches too.
    grant_read(&mut client, "slack", "slack_test_search").expect("granted again");
    assert_eq!(found(&mut reader, "also").len(), 1);
    drop(reader);
    drop_role(&mut client, "slack_test_search");
}

#[test]
fn search_goes_by_the_index() {
    let (_database, mut client) = loaded();
    index_texts(&mut client, "slack").expect("indexed");
    client
        .batch_execute(
            "INSERT INTO slack.message_data (channel, ts, time, text)
             SELECT 'C1', n || '.000000', to_timestamp(n), 'word' || n || ' and a tail'
             FROM generate_series(1700000000, 1700020000) n;
             ANALYZE slack.message_data",
        )
        .expect("many messages");
    // Scanning twenty thousand rows would cost little; what counts is that the index fits the condition.
    client.batch_execute("SET enable_seqscan = off").expect("set");
    for (condition, index) in [
        (
            "to_tsvector('simple', left(text, 200000)) @@ websearch_to_tsquery('simple', 'word1700000007')",
            "message_data_words",
        ),
        ("text ILIKE '%1700000007%'", "message_data_trigrams"),
    ] {
        let plan = format!("EXPLAIN SELECT * FROM slack.message_data WHERE {condition}");
        let plan: Vec<String> =
            client.query(&plan, &[]).expect("explained").iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|line| line.contains(index)), "{plan:#?}");
    }
    client.batch_execute("RESET enable_seqscan").expect("reset");

    // The server counts the scans of a session: the functions' own queries go by the index as well.
    let scans = |client: &mut Client| -> (i64, i64) {
        let scans = "SELECT pg_stat_get_xact_numscans('slack.message_data_words'::regclass),
                            pg_stat_get_xact_numscans('slack.message_data'::regclass)";
        let row = client.query_one(scans, &[]).expect("counted");
        (row.get(0), row.get(1))
    };
    // Counts are handed over between transactions, and begin anew.
    client.batch_execute("BEGIN").expect("begun");
    for function in ["search_messages", "search_public_messages"] {
        let before = scans(&mut client);
        let query = format!("SELECT * FROM slack.{function}('word1700000007')");
        assert_eq!(client.query(&query, &[]).expect("searched").len(), 1);
        let after = scans(&mut client);
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 0), "{function}");
    }
    client.batch_execute("ROLLBACK").expect("rolled back");
}

#[test]
fn without_trigrams_words_are_found_all_the_same() {
    let (_database, mut client) = loaded();
    client
        .batch_execute(
            "CREATE ROLE slack_test_owner; ALTER SCHEMA slack OWNER TO slack_test_owner; GRANT ALL ON SCHEMA slack
             TO slack_test_owner; DO $$ DECLARE r record; BEGIN
                FOR r IN SELECT relname FROM pg_class WHERE relnamespace = 'slack'::regnamespace AND relkind IN ('r', 'v')
                LOOP EXECUTE format('ALTER TABLE slack.%I OWNER TO slack_test_owner', r.relname); END LOOP; END $$;
             SET ROLE slack_test_owner",
        )
        .expect("an owner who may create no extension");
    assert!(!index_texts(&mut client, "slack").expect("indexed").trigrams);
    let found = client.query("SELECT * FROM slack.search_messages('hidden')", &[]).expect("searched");
    assert_eq!(found.len(), 1);
    client.batch_execute("RESET ROLE").expect("reset");
    client.batch_execute("DROP SCHEMA slack CASCADE").expect("gone");
    drop_role(&mut client, "slack_test_owner");
}
