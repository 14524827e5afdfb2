use postgres::Client;
use slack_model::{MemoryTables, Table};
use slack_pg::{Error, grant_read, index_texts, migrate};
use slack_store::Input;

use crate::master::{MASTER, tables};
use crate::more::loaded;
use crate::private_postgres::TestDatabase;

fn texts(client: &mut Client, query: &str) -> Vec<Option<String>> {
    client.query(query, &[]).expect(query).iter().map(|row| row.get(0)).collect()
}

fn count(client: &mut Client, from: &str) -> i64 {
    client.query_one(&format!("SELECT count(*) FROM slack.{from}"), &[]).expect(from).get(0)
}

/// Connects as a role that may not log in otherwise.
pub(crate) fn connect_as(database: &TestDatabase, client: &mut Client, role: &str) -> Client {
    let quoted = role.replace('"', "\"\"");
    client.batch_execute(&format!("ALTER ROLE \"{quoted}\" LOGIN")).expect("may log in");
    let mut reader = database.client_as(role);
    reader.batch_execute("SET TIME ZONE 'UTC'").expect("set");
    reader
}

/// Roles belong to the server, not to the database.
pub(crate) fn drop_role(client: &mut Client, role: &str) {
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).expect("gone");
}

slack_model::table! {
    /// What a metric of one's own says of a channel.
    struct OwnRow in "own_by_channel" by (channel) {
        /// The channel.
        open channel: slack_model::ChannelId,
        /// Seconds to the first answer, half of them.
        open median_s: Option<slack_model::Seconds>,
        /// The day's "quote".
        private quote: String,
    }
}

#[test]
fn a_table_of_ones_own_is_typed_and_commented_and_its_private_column_is_withheld() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let own = MemoryTables::default();
    own.insert("own_by_channel", "channel,median_s,quote\nC1,1.500000,a secret\n");
    let (master, catalogue) = (tables(MASTER), [<OwnRow as Table>::SCHEMA]);
    let input = Input::new(&master, Some(&own)).with_catalogue(&catalogue);
    for _ in 0..2 {
        slack_pg::load(&mut client, &input, &slack_pg::LoadOptions::default(), &()).expect("loaded");
    }
    let columns = "SELECT concat_ws(' | ', a.attname, format_type(a.atttypid, -1), col_description(a.attrelid, a.attnum))
        FROM pg_attribute a WHERE a.attrelid = 'slack.own_by_channel'::regclass AND a.attnum > 0 ORDER BY a.attnum";
    let columns: Vec<_> = texts(&mut client, columns).into_iter().flatten().collect();
    assert_eq!(
        columns,
        [
            "channel | text | The channel",
            "median_s | numeric | Seconds to the first answer, half of them",
            "quote | text | The day's \"quote\" (private)",
        ]
    );
    let median = "SELECT median_s::text FROM slack.own_by_channel";
    assert_eq!(texts(&mut client, median), [Some("1.500000".to_owned())]);

    grant_read(&mut client, "slack", "slack_test_own").expect("granted");
    let mut reader = connect_as(&database, &mut client, "slack_test_own");
    assert_eq!(texts(&mut reader, median), [Some("1.500000".to_owned())]);
    let error = reader.batch_execute("SELECT quote FROM slack.own_by_channel").expect_err("withheld");
    assert_eq!(error.code(), Some(&postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
    let listed = "SELECT sensitivity FROM slack.catalogue_data WHERE column_name = 'quote'";
    assert_eq!(texts(&mut reader, listed), [Some("private".to_owned())]);
    drop(reader);
    drop_role(&mut client, "slack_test_own");
}

#[test]
fn a_column_that_the_catalogue_has_is_added_to_a_table_of_an_earlier_version() {
    let database = TestDatabase::create();
    let mut client = database.client();
    let master = tables(MASTER);
    let load = |client: &mut Client| {
        let input = Input::new(&master, None);
        slack_pg::load(client, &input, &slack_pg::LoadOptions::default(), &()).expect("loaded")
    };
    load(&mut client);
    // As a version made it that did not have the column.
    client.batch_execute("ALTER TABLE slack.batch_data DROP COLUMN status").expect("dropped");
    load(&mut client);
    let comment = "SELECT col_description(attrelid, attnum) FROM pg_attribute
        WHERE attrelid = 'slack.batch_data'::regclass AND attname = 'status'";
    assert_eq!(
        texts(&mut client, comment),
        [Some("How its extraction ended: complete or partial".to_owned())]
    );
    assert_eq!(count(&mut client, "batch_data WHERE status = 'complete'"), 1, "its rows were sent again");
}

#[test]
fn a_reader_sees_everything_but_private_texts_and_addresses() {
    let (database, mut client) = loaded();
    client
        .batch_execute(
            "CREATE MATERIALIZED VIEW slack.mv_conversation_data AS TABLE slack.conversation_data;
             CREATE MATERIALIZED VIEW slack.mv_emoji_data AS TABLE slack.emoji_data",
        )
        .expect("views of metrics");
    grant_read(&mut client, "slack", "slack_test_reader").expect("granted");
    let mut reader = connect_as(&database, &mut client, "slack_test_reader");

    for (table, columns) in [
        ("user_data", &["email", "name", "real_name", "display_name", "title"][..]),
        ("channel_data", &["name", "topic", "purpose", "confidential_at"]),
        ("message_data", &["text", "username"]),
        ("thread_data", &["text", "username"]),
        ("usergroup_data", &["handle", "name", "description"]),
        ("conversation_data", &["text", "name", "real_name"]),
        ("node_data", &["\"Label\"", "name"]),
        ("mv_conversation_data", &["text"]),
        ("message_revision_data", &["text", "text_md5"]),
        ("tag_data", &["tag", "label"]),
        ("file_data", &["name", "title", "path"]),
        ("load_block", &["first_key", "digest"]),
    ] {
        for column in columns {
            let query = format!("SELECT {column} FROM slack.{table}");
            client.batch_execute(&query).expect("its owner may");
            let error = reader.batch_execute(&query).expect_err(&query);
            assert_eq!(error.code(), Some(&postgres::error::SqlState::INSUFFICIENT_PRIVILEGE), "{query}");
            // Neither whole rows nor conditions get round it.
            let error =
                reader.batch_execute(&format!("SELECT 1 FROM slack.{table} WHERE {column} IS NOT NULL"));
            assert!(error.is_err(), "{query}");
            assert!(reader.batch_execute(&format!("SELECT t FROM slack.{table} t")).is_err(), "{query}");
        }
    }
    reader
        .batch_execute("SELECT name FROM slack.v_users; SELECT ts, user_id FROM slack.message_data")
        .expect("may");

    // Every table and view answers, with as many rows as to its owner.
    let all = "SELECT relname::text FROM pg_class WHERE relnamespace = 'slack'::regnamespace
               AND relkind IN ('r', 'v', 'm') AND relname <> 'load_block' ORDER BY 1";
    for relation in texts(&mut client, all).into_iter().flatten() {
        assert_eq!(count(&mut reader, &relation), count(&mut client, &relation), "{relation}");
        for change in
            [format!("DELETE FROM slack.{relation}"), format!("INSERT INTO slack.{relation} DEFAULT VALUES")]
        {
            assert!(reader.batch_execute(&change).is_err(), "{change}");
        }
    }
    for change in [
        "UPDATE slack.user_data SET name = ''",
        "TRUNCATE slack.tag_data",
        "CREATE TABLE slack.mine (x text)",
    ] {
        assert!(reader.batch_execute(change).is_err(), "{change}");
    }

    let shown = "SELECT text FROM slack.v_messages WHERE channel = 'C1' AND is_post ORDER BY time";
    let public = ["hello", "hi", "also here", "gone"].map(|text| Some(text.to_owned()));
    assert_eq!(texts(&mut reader, shown), public);
    for (column, view) in [
        ("text", "v_messages WHERE channel = 'C2'"),
        ("email", "v_users"),
        ("topic || purpose", "v_channels WHERE id = 'C2'"),
        ("concat(before, after)", "v_revisions WHERE channel = 'C2'"),
        ("concat(name, title)", "v_files WHERE channel = 'C2'"),
        ("text", "v_threads WHERE channel = 'C2'"),
        ("concat(label, CASE WHEN type = 'link' THEN tag END)", "v_references WHERE channel = 'C2'"),
        ("concat(tag, label)", "v_references WHERE type = 'email'"),
    ] {
        let query = format!("SELECT nullif({column}, '') FROM slack.{view}");
        let rows = texts(&mut reader, &query);
        assert!(!rows.is_empty() && rows.iter().all(Option::is_none), "{query}: {rows:?}");
        assert!(texts(&mut client, &query).iter().any(Option::is_some), "{query}");
    }
    // A function of the reader's own sees no more than the view shows.
    reader
        .batch_execute(
            "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001
             AS $$ BEGIN IF $1 ~ 'hidden' THEN RAISE 'leaked'; END IF; RETURN true; END $$;
             SELECT * FROM slack.v_messages WHERE pg_temp.tell(text)",
        )
        .expect("no private text gets there");
    drop(reader);
    drop_role(&mut client, "slack_test_reader");
}

#[test]
fn a_reader_gets_no_address_in_texts_and_names() {
    let (database, mut client) = loaded();
    client
        .batch_execute(
            "UPDATE slack.user_data SET name = 'ann@hidden.example.org', real_name = 'Ann <ann@hidden.example.org>',
                display_name = 'ann@hidden.example.org', title = 'mail ann@hidden.example.org' WHERE id = 'U1';
             UPDATE slack.channel_data SET name = 'ann@hidden.example.org', topic = 'ask ann@hidden.example.org',
                purpose = '<mailto:ann@hidden.example.org|mail>' WHERE id = 'C1';
             UPDATE slack.message_data SET username = 'ann@hidden.example.org',
                text = 'write to <mailto:ann@hidden.example.org|ann@hidden.example.org>, thanks';
             UPDATE slack.thread_data SET text = 'thanks, ann@hidden.example.org. https://x.org?to=ann%40hidden.example.org';
             INSERT INTO slack.message_revision_data (channel, ts, edited_ts, text) VALUES
                ('C1', '1600000000.000100', '1600000500.000000', 'hello ann@hidden.example.org'),
                ('C1', '1600000000.000100', '1600000600.000000', 'hello, ann@hidden.example.org');
             INSERT INTO slack.file_data (id, channel, name, title, path) VALUES
                ('F9', 'C1', 'ann@hidden.example.org.txt', 'of ann@hidden.example.org', 'files/ann@hidden.example.org');
             UPDATE slack.tag_data SET label = 'ann@hidden.example.org', tag = 'https://x.org?to=ann%40hidden.example.org'
                WHERE type = 'link';
             UPDATE slack.node_data SET \"Label\" = 'ann@hidden.example.org', name = 'ann@hidden.example.org';
             UPDATE slack.usergroup_data SET description = 'ann@hidden.example.org'",
        )
        .expect("changed");
    index_texts(&mut client, "slack").expect("indexed");
    let role = "slack_test_masked";
    grant_read(&mut client, "slack", role).expect("granted");
    let mut reader = connect_as(&database, &mut client, role);

    let relations = "SELECT format('SELECT row::text FROM (SELECT %s FROM slack.%I) AS row',
            string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), c.relname)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'slack'::regnamespace AND c.relkind IN ('r', 'v', 'm')
            AND has_column_privilege(current_user, c.oid, a.attnum, 'SELECT')
        GROUP BY c.relname ORDER BY c.relname";
    let queries = texts(&mut reader, relations);
    assert!(queries.len() > 40, "{queries:?}");
    let mut masked = Vec::new();
    for query in queries.into_iter().flatten() {
        for row in texts(&mut reader, &query).into_iter().flatten() {
            assert!(!row.contains("hidden.example.org"), "{query}: {row}");
            masked.extend(row.contains("[e-mail]").then(|| query.clone()));
        }
    }
    for view in [
        "v_users",
        "v_channels",
        "v_messages",
        "v_revisions",
        "v_files",
        "v_threads",
        "v_references",
        "v_reactions",
    ] {
        assert!(masked.iter().any(|query| query.contains(view)), "{view}");
    }
    let text = "SELECT DISTINCT text FROM slack.v_messages WHERE channel = 'C1' AND NOT is_reply";
    assert_eq!(texts(&mut reader, text), [Some("write to <mailto:[e-mail]|[e-mail]>, thanks".to_owned())]);
    assert!(texts(&mut client, text)[0].as_deref().is_some_and(|text| text.contains("ann@hidden")));

    // What is found must not tell of an address either.
    let found = |client: &mut Client, word: &str| {
        texts(client, &format!("SELECT concat(author, text) FROM slack.search_messages('{word}')"))
    };
    assert!(
        found(&mut reader, "ann@hidden.example.org").is_empty()
            && found(&mut reader, "hidden.example.org").is_empty()
    );
    let thanks = found(&mut reader, "thanks");
    assert!(
        !thanks.is_empty()
            && thanks
                .iter()
                .flatten()
                .all(|text| text.contains("[e-mail]") && !text.contains("hidden.example.org"))
    );
    assert!(!found(&mut client, "ann@hidden.example.org").is_empty());
    drop(reader);
    drop_role(&mut client, role);
}

#[test]
fn granting_again_takes_new_tables_in_and_old_rights_away() {
    let (database, mut client) = loaded();
    let role = "\"slack test \"\"again\"";
    let name = "slack test \"again";
    grant_read(&mut client, "slack", name).expect("granted");
    client
        .batch_execute(&format!(
            "CREATE MATERIALIZED VIEW slack.mv_emoji_data AS TABLE slack.emoji_data;
             CREATE MATERIALIZED VIEW slack.mv_tag_data AS TABLE slack.tag_data;
             GRANT ALL ON slack.emoji_data TO {role}; GRANT SELECT (email) ON slack.user_data TO {role};
             GRANT CREATE ON SCHEMA slack TO {role}"
        ))
        .expect("changed");
    client
        .batch_execute(&format!("SET ROLE {role}; SELECT email FROM slack.user_data; RESET ROLE"))
        .expect("may");
    for _ in 0..2 {
        grant_read(&mut client, "slack", name).expect("granted");
        let mut reader = connect_as(&database, &mut client, name);
        assert_eq!((count(&mut reader, "mv_emoji_data"), count(&mut reader, "mv_tag_data")), (0, 5));
        for statement in [
            "SELECT tag FROM slack.mv_tag_data",
            "SELECT email FROM slack.user_data",
            "DELETE FROM slack.emoji_data",
            "CREATE TABLE slack.mine (x text)",
        ] {
            assert!(reader.batch_execute(statement).is_err(), "{statement}");
        }
    }
    drop_role(&mut client, role);
}

#[test]
fn roles_that_cannot_be_readers_are_refused() {
    let database = TestDatabase::create();
    let mut client = database.client();
    migrate(&mut client, "slack").expect("made");
    for name in ["", "public", "none", "pg_reader", "a\0b"] {
        assert!(matches!(grant_read(&mut client, "slack", name), Err(Error::RoleName { .. })), "{name:?}");
    }
    let owner: String = client.query_one("SELECT current_user::text", &[]).expect("asked").get(0);
    let error = grant_read(&mut client, "slack", &owner).expect_err("it owns the schema");
    assert!(matches!(error, Error::OwnerRole { .. }), "{error:?}");

    client.batch_execute("CREATE ROLE slack_test_nobody; SET ROLE slack_test_nobody").expect("made");
    let error = grant_read(&mut client, "slack", "slack_test_new").expect_err("it may make no role");
    assert_eq!(
        error.to_string(),
        "no right to make role slack_test_new, which is missing and which only a user with CREATEROLE can make"
    );
    client.batch_execute("RESET ROLE; DROP ROLE slack_test_nobody").expect("gone");
}
