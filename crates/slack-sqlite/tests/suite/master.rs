//! A small master by hand, and how the tests look at the file.

use std::path::PathBuf;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use slack_model::MemoryTables;
use tempfile::TempDir;

pub(crate) const MASTER: &[(&str, &str)] = &[
    (
        "user_data",
        "id,name,known,is_bot,tz_offset,first_batch,last_batch\n\
         U1,ann,true,false,3600,20200913000000,20200913000000\n\
         U2,bob,true,,,20200913000000,20200913000000\n\
         U9,,false,,,20200913000000,20200913000000\n",
    ),
    (
        "channel_data",
        "id,name,type,class,is_archived,created,creator\n\
         C1,general,channel,public,false,1600000000,U77\n",
    ),
    (
        "message_data",
        "channel,type,subtype,ts,thread_ts,time,reply_count,user_id,text\n\
         C1,message,,1600000000.000100,1600000000.000100,2020-09-13T12:26:40.000100Z,1,U1,hello\n\
         C1,message,channel_join,1600000001.000000,,2020-09-13T12:26:41.000000Z,,U9,joined\n\
         C1,message,bot_message,1600000002.000000,,2020-09-13T12:26:42.000000Z,,,beep\n",
    ),
    (
        "thread_data",
        "channel,type,subtype,ts,thread_ts,time,user_id,text\n\
         C1,message,,1600000003.000000,1600000000.000100,2020-09-13T12:26:43.000000Z,U2,hi\n",
    ),
    (
        "reaction_data",
        "channel,ts,thread_ts,user_id,reaction\n\
         C1,1600000000.000100,1600000000.000100,U2,+1\n\
         C1,1600000000.000100,1600000000.000100,U1,tada\n",
    ),
    ("file_data", "id,channel,ts,name,size,user_id\nF1,C1,1600000000.000100,a.png,9007199254740993,U1\n"),
    ("member_data", "channel,user_id\nC1,U1\nC1,U2\n"),
    ("usergroup_data", "id,handle,user_count\nS1,team,1\n"),
    ("usergroup_member_data", "usergroup,user_id\nS1,U1\n"),
    (
        "message_revision_data",
        "channel,ts,edited_ts,batch,text\n\
         C1,1600000000.000100,,20200913000000,helo\n\
         C1,1600000000.000100,1600000009.000000,20200914000000,hello\n",
    ),
    ("batch_data", "batch,source,status,team_id,team_name\n20200913000000,export,complete,,\n"),
    (
        "window_data",
        "channel,oldest,latest,scope,thread_ts,batch\n\
         C1,1600000000.000000,1600000003.000000,all,,20200913000000\n",
    ),
];

pub(crate) const METRICS: &[(&str, &str)] = &[
    ("aggr_by_channel_user", "channel,user_id,posts,replies\nC1,U1,1,0\nC1,U2,1,1\n"),
    ("cube_by_month", "month,channel,user_id,posts,replies\n,,,2,1\n,,U1,1,0\n2020-09,C1,U1,1,0\n"),
    ("response_by_channel", "channel,threads,answered,median_response_s,p90_response_s\nC1,1,1,2.999900,\n"),
    ("activity_by_day", "date,posts,stickiness\n2020-09-13,2,0.333333\n"),
    ("number_channel_user", "channel,users\nC1,2\n"),
    (
        "edge_data",
        "Source,Target,Type,Weight,relate,channel,first_time,last_time\n\
         U2,U1,Directed,1,interacts,C1,2020-09-13T12:26:43.000000Z,2020-09-13T12:26:43.000000Z\n",
    ),
];

pub(crate) fn tables(contents: &[(&'static str, &str)]) -> MemoryTables {
    let tables = MemoryTables::default();
    for (table, csv) in contents {
        tables.insert(table, *csv);
    }
    tables
}

/// A folder of the test's own, and a file in it that is not there yet.
pub(crate) struct TestFile {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl TestFile {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slack.db");
        Self { _folder: folder, path }
    }

    /// A connection that loads.
    pub(crate) fn open(&self) -> Connection {
        slack_sqlite::open(&self.path).expect("opened")
    }

    /// The names of the files in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let folder = self.path.parent().expect("in a folder").read_dir().expect("read");
        let mut names: Vec<_> =
            folder.map(|file| file.expect("read").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The rows of a query, values with commas between them: nothing for null, texts as they are.
pub(crate) fn rows(connection: &Connection, query: &str) -> Vec<String> {
    let mut statement = connection.prepare(query).expect(query);
    let n = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let values = (0..n).map(|column| {
            Ok(match row.get_ref(column)? {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => format!("{number:?}"),
                ValueRef::Text(text) => String::from_utf8(text.to_vec()).expect("UTF-8"),
                ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
            })
        });
        Ok(values.collect::<rusqlite::Result<Vec<_>>>()?.join(","))
    };
    let rows = statement.query_map([], row).expect(query);
    rows.collect::<rusqlite::Result<_>>().expect(query)
}

/// All rows of a table or view, in the order of their columns.
pub(crate) fn rows_of(connection: &Connection, table: &str) -> Vec<String> {
    let columns = rows(connection, &format!("SELECT cid + 1 FROM pragma_table_info('{table}')"));
    rows(connection, &format!("SELECT * FROM {table} ORDER BY {}", columns.join(", ")))
}

/// The rows of every table.
pub(crate) fn everything(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
    rows(connection, tables).into_iter().map(|table| (table.clone(), rows_of(connection, &table))).collect()
}
