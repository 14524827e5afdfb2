use crate::loads::{LoadOptions, load};
use slack_model::MemoryTables;

use crate::master::{MASTER, METRICS, TestFile, rows, rows_of, tables};

/// A channel that is not public, and more of what views show.
const MORE: &[(&str, &str)] = &[
    (
        "user_data",
        "id,name,real_name,email,known,is_bot\nU3,cleo,Cleo C,cleo@example.org,true,\nB1,robo,,,true,true\n",
    ),
    (
        "channel_data",
        "id,name,type,class,creator,created,topic,purpose\n\
         C2,board,group,confidential,U3,1600000000,takeover,plan it\n",
    ),
    (
        "message_data",
        "channel,type,subtype,ts,thread_ts,time,user_id,text,deleted_batch,last_batch\n\
         C1,message,thread_broadcast,1600000200.000000,1600000000.000100,2020-09-13T12:30:00.000000Z,U3,also here,,\n\
         C1,message,,1600086400.000000,,2020-09-14T12:26:40.000000Z,U2,gone,20200915000000,20200914000000\n\
         C1,message,,1600000250.000000,,2020-09-13T12:30:50.000000Z,B1,beep hello,,\n\
         C2,message,,1600000100.000000,1600000100.000000,2020-09-13T12:28:20.000000Z,U1,hidden hello,,\n",
    ),
    (
        "thread_data",
        "channel,type,subtype,ts,thread_ts,time,user_id,text\n\
         C1,message,thread_broadcast,1600000200.000000,1600000000.000100,2020-09-13T12:30:00.000000Z,U3,also here\n\
         C2,message,,1600000101.000000,1600000100.000000,2020-09-13T12:28:21.000000Z,U1,more\n\
         C2,message,,1600000160.500000,1600000100.000000,2020-09-13T12:29:20.500000Z,U3,secret answer\n",
    ),
    ("reaction_data", "channel,ts,thread_ts,user_id,reaction\nC2,1600000100.000000,,U3,+1::skin-tone-3\n"),
    (
        "file_data",
        "id,channel,ts,name,title,size,user_id,path,sha256\n\
         F2,C2,1600000100.000000,plan.txt,The plan,7,U1,files/F2/plan.txt,ab\n",
    ),
    (
        "message_revision_data",
        "channel,ts,edited_ts,batch,text\n\
         C2,1600000100.000000,,20200913000000,hidden hell\n\
         C2,1600000100.000000,1600000110.000000,20200914000000,hidden hello\n",
    ),
];

const MORE_METRICS: &[(&str, &str)] = &[
    (
        "tag_data",
        "channel,ts,position,user_id,type,tag,label\n\
         C1,1600000000.000100,0,U1,user,U2,bob\n\
         C1,1600000000.000100,1,U1,email,ann@example.org,write me\n\
         C1,1600000000.000100,2,U1,link,https://example.org,here\n\
         C2,1600000100.000000,0,U1,user,U2,our bob\n\
         C2,1600000100.000000,1,U1,link,https://secret.example.org,there\n",
    ),
    ("conversation_data", "channel,ts,text\nC1,1600000000.000100,hello\nC2,1600000100.000000,hidden hello\n"),
    ("node_data", "Id,Label,type,name\nU1,ann,user,\nU2,bob,user,\n"),
];

/// A file with all of it.
fn loaded() -> (TestFile, rusqlite::Connection) {
    let file = TestFile::new();
    let mut connection = file.open();
    let metrics: Vec<_> = METRICS.iter().chain(MORE_METRICS).copied().collect();
    for (master, metrics) in [(MASTER, MemoryTables::default()), (MORE, tables(&metrics))] {
        load(&mut connection, &tables(master), Some(&metrics), &LoadOptions::default(), &()).expect("loaded");
    }
    (file, connection)
}

/// The rows of each view, worked out by hand from the two masters: those of slack-pg's tests.
const VIEWS: &[(&str, &[&str])] = &[
    (
        "v_users",
        &[
            "B1,robo,robo,,,,,,1,,,,,1",
            "U1,ann,ann,,,,,,0,,,,,1",
            "U2,bob,bob,,,,,,0,,,,,1",
            "U3,Cleo C,cleo,Cleo C,,cleo@example.org,,,0,,,,,1",
            "U9,U9,,,,,,,0,,,,,0",
        ],
    ),
    (
        "v_channels",
        &[
            "C1,general,channel,public,0,U77,,2020-09-13T12:26:40.000000Z,,,",
            "C2,board,group,confidential,,U3,Cleo C,2020-09-13T12:26:40.000000Z,takeover,plan it,",
        ],
    ),
    (
        "v_messages",
        &[
            "C1,general,public,1600000000.000100,2020-09-13T12:26:40.000100Z,1600000000.000100,0,,1,U1,ann,ann,,hello,,,",
            "C1,general,public,1600000001.000000,2020-09-13T12:26:41.000000Z,,0,channel_join,0,U9,U9,,,joined,,,",
            "C1,general,public,1600000002.000000,2020-09-13T12:26:42.000000Z,,0,bot_message,0,,,,,beep,,,",
            "C1,general,public,1600000003.000000,2020-09-13T12:26:43.000000Z,1600000000.000100,1,,1,U2,bob,bob,,hi,,,",
            "C1,general,public,1600000200.000000,2020-09-13T12:30:00.000000Z,1600000000.000100,1,thread_broadcast,1,U3,Cleo C,cleo,Cleo C,also here,,,",
            "C1,general,public,1600000250.000000,2020-09-13T12:30:50.000000Z,,0,,0,B1,robo,robo,,beep hello,,,",
            "C1,general,public,1600086400.000000,2020-09-14T12:26:40.000000Z,,0,,1,U2,bob,bob,,gone,,20200915000000,20200914000000",
            "C2,board,confidential,1600000100.000000,2020-09-13T12:28:20.000000Z,1600000100.000000,0,,1,U1,ann,ann,,hidden hello,,,",
            "C2,board,confidential,1600000101.000000,2020-09-13T12:28:21.000000Z,1600000100.000000,1,,1,U1,ann,ann,,more,,,",
            "C2,board,confidential,1600000160.500000,2020-09-13T12:29:20.500000Z,1600000100.000000,1,,1,U3,Cleo C,cleo,Cleo C,secret answer,,,",
        ],
    ),
    (
        "v_deleted_messages",
        &[
            "C1,general,1600086400.000000,2020-09-14T12:26:40.000000Z,,0,U2,bob,gone,20200914000000,20200915000000",
        ],
    ),
    (
        "v_revisions",
        &[
            "C1,general,1600000000.000100,1600000009.000000,20200914000000,helo,hello",
            "C2,board,1600000100.000000,1600000110.000000,20200914000000,hidden hell,hidden hello",
        ],
    ),
    (
        "v_reactions",
        &[
            "C1,general,1600000000.000100,2020-09-13T12:26:40.000100Z,U1,ann,U1,ann,tada,tada",
            "C1,general,1600000000.000100,2020-09-13T12:26:40.000100Z,U1,ann,U2,bob,+1,+1",
            "C2,board,1600000100.000000,2020-09-13T12:28:20.000000Z,U1,ann,U3,Cleo C,+1::skin-tone-3,+1",
        ],
    ),
    (
        "v_files",
        &[
            "F1,C1,general,1600000000.000100,a.png,,,,9007199254740993,,,U1,ann,0",
            "F2,C2,board,1600000100.000000,plan.txt,The plan,,,7,,,U1,ann,1",
        ],
    ),
    (
        "v_threads",
        &[
            "C1,general,1600000000.000100,2020-09-13T12:26:40.000100Z,U1,ann,hello,2,3,2020-09-13T12:30:00.000000Z",
            "C2,board,1600000100.000000,2020-09-13T12:28:20.000000Z,U1,ann,hidden hello,2,2,2020-09-13T12:29:20.500000Z",
        ],
    ),
    (
        "v_response_times",
        &[
            "C1,general,1600000000.000100,2020-09-13T12:26:40.000100Z,U1,ann,2020-09-13T12:26:43.000000Z,U2,bob,2.9999,2,2",
            "C2,board,1600000100.000000,2020-09-13T12:28:20.000000Z,U1,ann,2020-09-13T12:29:20.500000Z,U3,Cleo C,60.5,1,2",
        ],
    ),
    ("v_response_by_channel", &["C1,general,1,1,2.9999,2.9999", "C2,board,1,1,60.5,60.5"]),
    ("v_daily_activity", &["2020-09-13,6,4,3,3,3,2", "2020-09-14,1,0,0,1,1,1"]),
    (
        "v_channel_activity",
        &[
            "C1,general,channel,public,4,2,3,2,2020-09-13T12:26:40.000100Z,2020-09-14T12:26:40.000000Z",
            "C2,board,group,confidential,3,2,2,1,2020-09-13T12:28:20.000000Z,2020-09-13T12:29:20.500000Z",
        ],
    ),
    (
        "v_top_posters",
        &[
            ",1,U1,ann,3,1,2",
            ",2,U2,bob,2,1,1",
            ",2,U3,Cleo C,2,2,2",
            "2020-09,1,U1,ann,3,1,2",
            "2020-09,2,U2,bob,2,1,1",
            "2020-09,2,U3,Cleo C,2,2,2",
        ],
    ),
    (
        "v_newcomers",
        &[
            "U1,ann,2020-09-13T12:26:40.000100Z,C1,general,1600000000.000100,0,hello,2020-09-13T12:26:43.000000Z,U2,bob,2.9999",
            "U2,bob,2020-09-13T12:26:43.000000Z,C1,general,1600000003.000000,1,hi,2020-09-13T12:30:00.000000Z,U3,Cleo C,197.0",
            "U3,Cleo C,2020-09-13T12:29:20.500000Z,C2,board,1600000160.500000,1,secret answer,,,,",
        ],
    ),
    (
        "v_references",
        &[
            "C1,general,1600000000.000100,0,U1,ann,user,U2,bob",
            "C1,general,1600000000.000100,1,U1,ann,email,ann@example.org,write me",
            "C1,general,1600000000.000100,2,U1,ann,link,https://example.org,here",
            "C2,board,1600000100.000000,0,U1,ann,user,U2,our bob",
            "C2,board,1600000100.000000,1,U1,ann,link,https://secret.example.org,there",
        ],
    ),
    ("v_mentions", &["U1,ann,U2,bob,2,2,2020-09-13T12:26:40.000100Z,2020-09-13T12:28:20.000000Z"]),
    (
        "v_edges",
        &[
            "U2,bob,U1,ann,user,interacts,1,C1,general,2020-09-13T12:26:43.000000Z,2020-09-13T12:26:43.000000Z",
        ],
    ),
];

#[test]
fn views_tell_what_the_tables_hold() {
    let (_file, connection) = loaded();
    for (view, expected) in VIEWS {
        assert_eq!(rows_of(&connection, view), *expected, "{view}");
    }
    let mut tested: Vec<_> = VIEWS.iter().map(|(view, _)| *view).collect();
    tested.sort_unstable();
    assert_eq!(rows(&connection, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1"), tested);
}

#[test]
fn views_count_as_the_metrics_do_where_a_thread_has_no_first_message() {
    let (_file, connection) = loaded();
    let change = "DELETE FROM message_data WHERE ts IN ('1600000000.000100', '1600000200.000000');
                  DELETE FROM reaction_data WHERE user_id = 'U1'";
    connection.execute_batch(change).expect("deleted");
    let threads = rows_of(&connection, "v_threads");
    assert_eq!(threads[0], "C1,general,1600000000.000100,,,,,2,2,2020-09-13T12:30:00.000000Z");
    assert_eq!(rows_of(&connection, "v_response_by_channel"), ["C2,board,1,1,60.5,60.5"]);
    // A reaction whose message is not there belongs to no day.
    assert_eq!(rows_of(&connection, "v_daily_activity")[0], "2020-09-13,5,4,1,3,3,2");
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let (_file, connection) = loaded();
    for n in 1..=25 {
        let change = format!(
            "DELETE FROM thread_data; DELETE FROM message_data;
             WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < {n})
             INSERT INTO message_data (channel, ts, thread_ts, time, user_id)
             SELECT 'C1', (1600000000 + 100 * i) || '.000000', (1600000000 + 100 * i) || '.000000', '2020', 'U1'
             FROM number;
             INSERT INTO thread_data (channel, ts, thread_ts, time, user_id)
             SELECT 'C1', (CAST(ts AS INTEGER) + (CAST(ts AS INTEGER) - 1600000000) / 100) || '.000000', ts, '2020', 'U2'
             FROM message_data"
        );
        connection.execute_batch(&change).expect("made");
        let expected = format!("{n},{n},{:?},{:?}", f64::from((n + 1) / 2), f64::from((9 * n + 9) / 10));
        let found = "SELECT threads, answered, median_response_s, p90_response_s FROM v_response_by_channel";
        assert_eq!(rows(&connection, found), [expected]);
    }
}
