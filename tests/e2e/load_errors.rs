//! What can go wrong with a load is said, ends with exit code 1, and changes nothing.

use std::path::Path;
use std::process::Command;

use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::private_postgres::{Authentication, PrivatePostgres, Setup, TestDatabase};
use crate::support::{Home, community};

fn home() -> Home {
    let home = Home::new();
    community(20, 400).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    home
}

fn load(home: &Home, code: i32, url: &str) -> String {
    home.run(code, ["load", "--postgres", url]).err
}

#[test]
fn rights_versions_and_other_loads_are_told() {
    let server = PrivatePostgres::start(Authentication::Trust);
    let mut admin = Client::connect(&server.url("app", "postgres"), NoTls).expect("the server answers");
    admin.batch_execute("CREATE ROLE guest LOGIN").expect("made");
    let home = home();
    let url = server.url("app", "postgres");

    let told = load(&home, 1, &server.url("guest", "postgres"));
    assert!(told.contains("no right to make schema slack"), "{told}");

    load(&home, 0, &url);
    let told = load(&home, 1, &server.url("guest", "postgres"));
    assert!(told.contains("no right to"), "{told}");

    // Another load is under way, as far as the lock tells.
    let lock = "SELECT pg_advisory_lock(hashtextextended('slack-analytics load slack', 0))";
    admin.batch_execute(lock).expect("locked");
    let told = load(&home, 1, &url);
    assert!(told.contains("another load into schema slack is under way"), "{told}");
    admin.batch_execute("SELECT pg_advisory_unlock_all()").expect("unlocked");

    let newer = "INSERT INTO slack.schema_version (version, name, checksum) VALUES (99, 'later', '1')";
    admin.batch_execute(newer).expect("inserted");
    let told = load(&home, 1, &url);
    assert!(told.contains("schema slack is of version 99") && told.contains("use a newer program"), "{told}");

    drop(admin);
    server.stop_at_once();
    let told = load(&home, 1, &url);
    assert!(told.contains("no PostgreSQL server answers"), "{told}");
    server.start_again();
}

#[test]
fn a_migration_is_shown_before_it_is_carried_out() {
    let database = TestDatabase::create();
    let home = home();
    let plan = home.run(0, ["load", "--plan", "--postgres", &database.url]).out;
    assert!(
        plan.starts_with("-- 1: contract_tables\n") && plan.contains("CREATE TABLE message_data"),
        "{plan}"
    );
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'slack'";
    assert_eq!(database.client().query_one(schemas, &[]).expect("counted").get::<_, i64>(0), 0);
    // What was shown is what is carried out.
    let mut client = database.client();
    client.batch_execute(&format!("CREATE SCHEMA by_hand; SET search_path TO by_hand; {plan}")).expect("SQL");
    load(&home, 0, &database.url);
    let plan = home.run(0, ["load", "--plan", "--postgres", &database.url]).out;
    assert_eq!(plan, "-- schema slack is up to date\n");
    let columns = "SELECT count(*) FROM (
        SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'by_hand'
        EXCEPT SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'slack') d";
    assert_eq!(client.query_one(columns, &[]).expect("counted").get::<_, i64>(0), 0);
}

/// A file system of so few megabytes, unmounted in the end.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None`, and a word on standard error, where this account may not mount.
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let options = format!("size={megabytes}m,mode=0755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("skipped: no file system can be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be unmounted", self.path().display());
        }
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_changed() {
    let Some(disk) = SmallDisk::mount(90) else { return };
    let folder = tempfile::Builder::new().prefix("slack-pg-").tempdir_in(disk.path()).expect("a folder");
    let setup = Setup { authentication: Authentication::Trust, tcp: false, tls: None, access: None };
    let server = PrivatePostgres::start_in(folder, &setup);
    let home = home();
    let url = server.url("app", "postgres");
    load(&home, 0, &url);
    let mut client = Client::connect(&url, NoTls).expect("the server answers");
    let count = "SELECT count(*) FROM slack.message_data";
    let before: i64 = client.query_one(count, &[]).expect("counted").get(0);

    // A channel of more text than there is room for.
    let messages = home.data("master/csv/message_data.csv");
    let mut csv = std::fs::read_to_string(&messages).expect("read");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let channel = reader.records().last().expect("a row").expect("read")[0].to_owned();
    let last: u64 = 1_900_000_000;
    for number in 0..200_000 {
        let (ts, text) = (format!("{}.000000", last + number), format!("{number:0>40}").repeat(8));
        let fields = header.iter().map(|column| match column {
            "channel" => channel.as_str(),
            "type" => "message",
            "ts" => &ts,
            "text" => &text,
            _ => "",
        });
        csv.push_str(&(fields.collect::<Vec<_>>().join(",") + "\n"));
    }
    std::fs::write(&messages, csv).expect("written");
    let told = load(&home, 1, &url);
    assert!(told.contains("disk is full") && told.contains("nothing was changed"), "{told}");
    let mut client = Client::connect(&url, NoTls).expect("the server still answers");
    assert_eq!(client.query_one(count, &[]).expect("counted").get::<_, i64>(0), before);
}
