//! Loads that are killed at any moment, by the client's end or the server's, leave the database as it was or as it was
//! to become.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::private_postgres::{Authentication, PrivatePostgres};
use crate::support::{Home, Numbers, community};

/// So many loads are killed from either side.
const KILLS: u32 = 20;

/// A home whose master is larger than another's: more messages of more people.
fn home(people: usize, messages: usize) -> Home {
    let home = Home::new();
    community(people, messages).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    home
}

/// A digest of every row of every table, but for when migrations were carried out.
fn state(client: &mut Client) -> Vec<String> {
    let tables = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'slack' AND tablename <> 'schema_version'
        ORDER BY 1";
    let tables: Vec<String> =
        client.query(tables, &[]).expect("the catalog").iter().map(|row| row.get(0)).collect();
    let digest = |table: &String| {
        let query = format!(
            "SELECT '{table} ' || count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)
             FROM slack.{table} AS t"
        );
        client.query_one(&query, &[]).expect("a table").get(0)
    };
    tables.iter().map(digest).collect()
}

/// A server with a database `before`, into which one home was loaded, and the states before and after the other is.
struct Stage {
    server: PrivatePostgres,
    next: Home,
    before: Vec<String>,
    after: Vec<String>,
    /// How long the second load takes.
    takes: Duration,
}

impl Stage {
    fn set() -> Self {
        let server = PrivatePostgres::start(Authentication::Trust);
        let next = home(60, 4_000);
        home(30, 800).run(0, ["load", "--postgres", &server.url("app", "postgres")]);
        let mut stage =
            Self { server, next, before: Vec::new(), after: Vec::new(), takes: Duration::default() };
        stage.execute("CREATE DATABASE before TEMPLATE postgres");
        stage.before = state(&mut stage.client("before"));
        stage.renew();
        let begun = Instant::now();
        stage.next.run(0, ["load", "--postgres", &stage.server.url("app", "work")]);
        stage.takes = begun.elapsed();
        stage.after = state(&mut stage.client("work"));
        assert_ne!(stage.before, stage.after);
        stage
    }

    fn client(&self, database: &str) -> Client {
        Client::connect(&self.server.url("app", database), NoTls).expect("the server answers")
    }

    fn execute(&self, statement: &str) {
        self.client("template1").batch_execute(statement).expect(statement);
    }

    /// Makes the database `work` as it is before the second load.
    fn renew(&self) {
        self.execute("DROP DATABASE IF EXISTS work WITH (FORCE)");
        self.execute("CREATE DATABASE work TEMPLATE before");
        // The tests' servers answer before a commit is written, and would lose it in a crash.
        self.execute("ALTER DATABASE work SET synchronous_commit = on");
    }

    fn load(&self) -> Command {
        let mut command = self.next.command();
        command.args(["load", "--postgres", &self.server.url("app", "work")]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// A moment during the load, more or less.
    fn wait(&self, numbers: &mut Numbers) {
        std::thread::sleep(self.takes.mul_f64(numbers.below(1_000) as f64 / 1_000.0));
    }

    fn must_be_whole(&self, kill: u32) {
        // The server may still be at work for a client that is gone.
        let mut client = self.client("template1");
        let others =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'work' AND pid <> pg_backend_pid()";
        while client.query_one(others, &[]).expect("counted").get::<_, i64>(0) > 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let found = state(&mut self.client("work"));
        assert!(found == self.before || found == self.after, "kill {kill}: {found:?}");
    }
}

#[test]
fn a_killed_client_leaves_the_old_state_or_the_new_one() {
    let stage = Stage::set();
    let mut numbers = Numbers(3);
    for kill in 0..KILLS {
        stage.renew();
        let mut child = stage.load().spawn().expect("started");
        stage.wait(&mut numbers);
        child.kill().expect("killed");
        child.wait().expect("gone");
        stage.must_be_whole(kill);
    }
    // What is left of them stands in nobody's way.
    stage.next.run(0, ["load", "--postgres", &stage.server.url("app", "work")]);
    assert_eq!(state(&mut stage.client("work")), stage.after);
}

#[test]
fn a_killed_server_leaves_the_old_state_or_the_new_one() {
    let stage = Stage::set();
    let mut numbers = Numbers(4);
    for kill in 0..KILLS {
        stage.renew();
        let child = stage.load().spawn().expect("started");
        stage.wait(&mut numbers);
        stage.server.stop_at_once();
        let output = child.wait_with_output().expect("gone");
        let told = String::from_utf8_lossy(&output.stderr);
        stage.server.start_again();
        stage.must_be_whole(kill);
        match output.status.code() {
            Some(0) => assert_eq!(state(&mut stage.client("work")), stage.after, "kill {kill}"),
            Some(1) => {
                let is_clear = ["went away", "no PostgreSQL server answers", "cannot connect"];
                assert!(is_clear.iter().any(|words| told.contains(words)), "{told}");
            }
            code => panic!("exit code {code:?}: {told}"),
        }
    }
    stage.next.run(0, ["load", "--postgres", &stage.server.url("app", "work")]);
    assert_eq!(state(&mut stage.client("work")), stage.after);
}
