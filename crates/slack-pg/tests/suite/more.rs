//! What the views, readers and search are tried on: the small master, with a channel that is not public.

use crate::loads::{LoadOptions, load};
use postgres::Client;

use crate::master::{MASTER, METRICS, tables};
use crate::private_postgres::TestDatabase;

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

/// A database with all of it, and a client that writes times in UTC.
pub(crate) fn loaded() -> (TestDatabase, Client) {
    let database = TestDatabase::create();
    let mut client = database.client();
    let metrics: Vec<_> = METRICS.iter().chain(MORE_METRICS).copied().collect();
    for (master, metrics) in [(MASTER, None), (MORE, Some(tables(&metrics)))] {
        let metrics = metrics.as_ref().map(|tables| tables as _);
        load(&mut client, &tables(master), metrics, &LoadOptions::default(), &()).expect("loaded");
    }
    client.batch_execute("SET TIME ZONE 'UTC'").expect("set");
    (database, client)
}
