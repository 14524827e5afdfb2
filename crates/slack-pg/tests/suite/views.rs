use crate::master::rows_of;
use crate::more::loaded;

/// The rows of each view, worked out by hand from the two masters, as PostgreSQL writes them. The view of the one who
/// asks is the owner's.
const VIEWS: &[(&str, &[&str])] = &[
    (
        "v_users",
        &[
            r#"(B1,robo,robo,"","","","","",t,,,,,t)"#,
            r#"(U1,ann,ann,"","","","","",f,,,,,t)"#,
            r#"(U2,bob,bob,"","","","","",f,,,,,t)"#,
            r#"(U3,"Cleo C",cleo,"Cleo C","",cleo@example.org,"","",f,,,,,t)"#,
            r#"(U9,U9,"","","","","","",f,,,,,f)"#,
        ],
    ),
    (
        "v_channels",
        &[
            r#"(C1,general,channel,public,f,U77,,"2020-09-13 12:26:40+00","","",)"#,
            r#"(C2,board,group,confidential,,U3,"Cleo C","2020-09-13 12:26:40+00",takeover,"plan it",)"#,
        ],
    ),
    (
        "v_messages",
        &[
            r#"(C1,general,public,1600000000.000100,"2020-09-13 12:26:40.0001+00",1600000000.000100,f,"",t,U1,ann,ann,"",hello,,,)"#,
            r#"(C1,general,public,1600000001.000000,"2020-09-13 12:26:41+00",,f,channel_join,f,U9,U9,"","",joined,,,)"#,
            r#"(C1,general,public,1600000002.000000,"2020-09-13 12:26:42+00",,f,bot_message,f,,,,,beep,,,)"#,
            r#"(C1,general,public,1600000003.000000,"2020-09-13 12:26:43+00",1600000000.000100,t,"",t,U2,bob,bob,"",hi,,,)"#,
            r#"(C1,general,public,1600000200.000000,"2020-09-13 12:30:00+00",1600000000.000100,t,thread_broadcast,t,U3,"Cleo C",cleo,"Cleo C","also here",,,)"#,
            r#"(C1,general,public,1600000250.000000,"2020-09-13 12:30:50+00",,f,"",f,B1,robo,robo,"","beep hello",,,)"#,
            r#"(C1,general,public,1600086400.000000,"2020-09-14 12:26:40+00",,f,"",t,U2,bob,bob,"",gone,,20200915000000,20200914000000)"#,
            r#"(C2,board,confidential,1600000100.000000,"2020-09-13 12:28:20+00",1600000100.000000,f,"",t,U1,ann,ann,"","hidden hello",,,)"#,
            r#"(C2,board,confidential,1600000101.000000,"2020-09-13 12:28:21+00",1600000100.000000,t,"",t,U1,ann,ann,"",more,,,)"#,
            r#"(C2,board,confidential,1600000160.500000,"2020-09-13 12:29:20.5+00",1600000100.000000,t,"",t,U3,"Cleo C",cleo,"Cleo C","secret answer",,,)"#,
        ],
    ),
    (
        "v_deleted_messages",
        &[
            r#"(C1,general,1600086400.000000,"2020-09-14 12:26:40+00",,f,U2,bob,gone,20200914000000,20200915000000)"#,
        ],
    ),
    (
        "v_revisions",
        &[
            r#"(C1,general,1600000000.000100,1600000009.000000,20200914000000,helo,hello)"#,
            r#"(C2,board,1600000100.000000,1600000110.000000,20200914000000,"hidden hell","hidden hello")"#,
        ],
    ),
    (
        "v_reactions",
        &[
            r#"(C1,general,1600000000.000100,"2020-09-13 12:26:40.0001+00",U1,ann,U1,ann,tada,tada)"#,
            r#"(C1,general,1600000000.000100,"2020-09-13 12:26:40.0001+00",U1,ann,U2,bob,+1,+1)"#,
            r#"(C2,board,1600000100.000000,"2020-09-13 12:28:20+00",U1,ann,U3,"Cleo C",+1::skin-tone-3,+1)"#,
        ],
    ),
    (
        "v_files",
        &[
            r#"(F1,C1,general,1600000000.000100,a.png,"","","",9007199254740993,"",,U1,ann,f)"#,
            r#"(F2,C2,board,1600000100.000000,plan.txt,"The plan","","",7,"",,U1,ann,t)"#,
        ],
    ),
    (
        "v_threads",
        &[
            r#"(C1,general,1600000000.000100,"2020-09-13 12:26:40.0001+00",U1,ann,hello,2,3,"2020-09-13 12:30:00+00")"#,
            r#"(C2,board,1600000100.000000,"2020-09-13 12:28:20+00",U1,ann,"hidden hello",2,2,"2020-09-13 12:29:20.5+00")"#,
        ],
    ),
    (
        "v_response_times",
        &[
            r#"(C1,general,1600000000.000100,"2020-09-13 12:26:40.0001+00",U1,ann,"2020-09-13 12:26:43+00",U2,bob,2.999900,2,2)"#,
            r#"(C2,board,1600000100.000000,"2020-09-13 12:28:20+00",U1,ann,"2020-09-13 12:29:20.5+00",U3,"Cleo C",60.500000,1,2)"#,
        ],
    ),
    (
        "v_response_by_channel",
        &[r#"(C1,general,1,1,2.999900,2.999900)"#, r#"(C2,board,1,1,60.500000,60.500000)"#],
    ),
    ("v_daily_activity", &[r#"(2020-09-13,6,4,3,3,3,2)"#, r#"(2020-09-14,1,0,0,1,1,1)"#]),
    (
        "v_channel_activity",
        &[
            r#"(C1,general,channel,public,4,2,3,2,"2020-09-13 12:26:40.0001+00","2020-09-14 12:26:40+00")"#,
            r#"(C2,board,group,confidential,3,2,2,1,"2020-09-13 12:28:20+00","2020-09-13 12:29:20.5+00")"#,
        ],
    ),
    (
        "v_top_posters",
        &[
            r#"(,1,U1,ann,3,1,2)"#,
            r#"(,2,U2,bob,2,1,1)"#,
            r#"(,2,U3,"Cleo C",2,2,2)"#,
            r#"(2020-09,1,U1,ann,3,1,2)"#,
            r#"(2020-09,2,U2,bob,2,1,1)"#,
            r#"(2020-09,2,U3,"Cleo C",2,2,2)"#,
        ],
    ),
    (
        "v_newcomers",
        &[
            r#"(U1,ann,"2020-09-13 12:26:40.0001+00",C1,general,1600000000.000100,f,hello,"2020-09-13 12:26:43+00",U2,bob,2.999900)"#,
            r#"(U2,bob,"2020-09-13 12:26:43+00",C1,general,1600000003.000000,t,hi,"2020-09-13 12:30:00+00",U3,"Cleo C",197.000000)"#,
            r#"(U3,"Cleo C","2020-09-13 12:29:20.5+00",C2,board,1600000160.500000,t,"secret answer",,,,)"#,
        ],
    ),
    (
        "v_references",
        &[
            r#"(C1,general,1600000000.000100,0,U1,ann,user,U2,bob)"#,
            r#"(C1,general,1600000000.000100,1,U1,ann,email,ann@example.org,"write me")"#,
            r#"(C1,general,1600000000.000100,2,U1,ann,link,https://example.org,here)"#,
            r#"(C2,board,1600000100.000000,0,U1,ann,user,U2,"our bob")"#,
            r#"(C2,board,1600000100.000000,1,U1,ann,link,https://secret.example.org,there)"#,
        ],
    ),
    ("v_mentions", &[r#"(U1,ann,U2,bob,2,2,"2020-09-13 12:26:40.0001+00","2020-09-13 12:28:20+00")"#]),
    (
        "v_edges",
        &[r#"(U2,bob,U1,ann,user,interacts,1,C1,general,"2020-09-13 12:26:43+00","2020-09-13 12:26:43+00")"#],
    ),
    ("v_reader", &[r#"(t,t)"#]),
];

#[test]
fn views_tell_what_the_tables_hold() {
    let (_database, mut client) = loaded();
    for (view, expected) in VIEWS {
        assert_eq!(rows_of(&mut client, view), *expected, "{view}");
    }
    let made = "SELECT viewname::text FROM pg_views WHERE schemaname = 'slack' ORDER BY 1";
    let made: Vec<String> =
        client.query(made, &[]).expect("the catalog").iter().map(|row| row.get(0)).collect();
    let mut tested: Vec<_> = VIEWS.iter().map(|(view, _)| *view).collect();
    tested.sort_unstable();
    assert_eq!(made, tested);
}

#[test]
fn views_count_as_the_metrics_do_where_a_thread_has_no_first_message() {
    let (_database, mut client) = loaded();
    client
        .batch_execute(
            "DELETE FROM slack.message_data WHERE ts IN ('1600000000.000100', '1600000200.000000');
             DELETE FROM slack.reaction_data WHERE user_id = 'U1'",
        )
        .expect("deleted");
    let threads = rows_of(&mut client, "v_threads");
    assert_eq!(threads[0], r#"(C1,general,1600000000.000100,,,,,2,2,"2020-09-13 12:30:00+00")"#);
    assert_eq!(rows_of(&mut client, "v_response_by_channel"), ["(C2,board,1,1,60.500000,60.500000)"]);
    // A reaction whose message is not there belongs to no day.
    assert_eq!(rows_of(&mut client, "v_daily_activity")[0], "(2020-09-13,5,4,1,3,3,2)");
}
