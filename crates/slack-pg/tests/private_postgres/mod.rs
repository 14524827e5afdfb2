//! A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket in it (or by TCP, where
//! a test asks for it), gone at the end.
//!
//! `SLACK_PG_TEST_URL` names another server to use instead; its user must be allowed to make databases.

#![allow(dead_code, reason = "several tests include this file, and not each uses all of it")]

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

/// The account that runs the server where the tests run as root, whom initdb refuses.
const SERVICE_USER: &str = "postgres";

/// An empty database that is dropped in the end.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    name: String,
    admin_url: String,
    /// Stops with the last database on it.
    _server: Option<Arc<PrivatePostgres>>,
}

impl TestDatabase {
    /// Makes a database on the server that the tests of this process share.
    pub(crate) fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("slack_test_{}_{count}", std::process::id());
        let (server, admin_url) = match std::env::var("SLACK_PG_TEST_URL") {
            Ok(url) => (None, url),
            Err(_) => {
                let server = PrivatePostgres::shared();
                let url = server.url("app", "postgres");
                (Some(server), url)
            }
        };
        execute(&admin_url, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
        Self { url: with_database(&admin_url, &name), name, admin_url, _server: server }
    }

    pub(crate) fn client(&self) -> postgres::Client {
        postgres::Client::connect(&self.url, postgres::NoTls).expect("the test's database is there")
    }

    /// A client of another role, which may log in and needs no password.
    pub(crate) fn client_as(&self, role: &str) -> postgres::Client {
        let mut config: postgres::Config = self.url.parse().expect("the test's own address");
        config.user(role).connect(postgres::NoTls).expect("the role may log in")
    }

    /// What pg_dump says of the tables and all else but rows, without the marks that it makes up anew each time.
    pub(crate) fn schema_dump(&self) -> String {
        let output = Command::new(find_programs().join("pg_dump"))
            .args(["--schema-only", "--dbname", &self.url])
            .output()
            .expect("pg_dump starts");
        assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
        let dump = String::from_utf8(output.stdout).expect("UTF-8");
        dump.lines()
            .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
            .flat_map(|line| [line, "\n"])
            .collect()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The private server goes as a whole.
        if self._server.is_none() && !std::thread::panicking() {
            execute(&self.admin_url, &format!("DROP DATABASE {}", self.name));
        }
    }
}

/// How the server asks who one is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// It believes it.
    Trust,
    /// By password, which is [`PrivatePostgres::PASSWORD`] for the user `app`.
    Password,
}

/// What a server is like.
pub(crate) struct Setup<'a> {
    pub(crate) authentication: Authentication,
    /// Whether it listens on 127.0.0.1 too.
    pub(crate) tcp: bool,
    /// Certificate and key, both PEM, of one that has TLS.
    pub(crate) tls: Option<(&'a str, &'a str)>,
    /// What its pg_hba.conf holds in place of initdb's.
    pub(crate) access: Option<&'a str>,
}

/// A running server; stopped and removed when it is dropped.
pub(crate) struct PrivatePostgres {
    folder: TempDir,
    programs: PathBuf,
    /// Of 127.0.0.1, where it listens there.
    port: Option<u16>,
    /// What it is started with.
    options: String,
}

impl PrivatePostgres {
    pub(crate) const PASSWORD: &str = "correct-horse";

    /// The server that the tests of this process share; it stops when the last of them lets go.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PrivatePostgres>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(Authentication::Trust));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Makes a cluster whose superuser is `app`, and starts it.
    pub(crate) fn start(authentication: Authentication) -> Self {
        Self::start_as(&Setup { authentication, tcp: false, tls: None, access: None })
    }

    /// Makes a cluster whose superuser is `app`, and starts it as it is to be.
    pub(crate) fn start_as(setup: &Setup<'_>) -> Self {
        let folder = tempfile::Builder::new().prefix("slack-pg-").tempdir().expect("a temporary folder");
        Self::start_in(folder, setup)
    }

    /// Does so in a folder.
    pub(crate) fn start_in(folder: TempDir, setup: &Setup<'_>) -> Self {
        let programs = find_programs();
        give_to_service_user(folder.path());
        let mut server = Self { folder, programs, port: None, options: String::new() };
        let password_file = server.give_file("password", Self::PASSWORD);
        let data = server.folder.path().join("data");
        let method = if setup.authentication == Authentication::Trust { "trust" } else { "scram-sha-256" };
        server.run("initdb", |command| {
            command.arg("-D").arg(&data).args([
                "-U",
                "app",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--wal-segsize=1",
            ]);
            command.arg("-A").arg(method).arg("--pwfile").arg(&password_file);
        });
        // A socket in the folder needs no free port and cannot be met by anyone else.
        let mut options = format!(
            "-k '{}' -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            server.folder.path().display(),
        );
        if let Some((certificate, key)) = setup.tls {
            server.give_file("data/server.crt", certificate);
            server.give_file("data/server.key", key);
            options.push_str(" -c ssl=on");
        }
        if let Some(access) = setup.access {
            server.give_file("data/pg_hba.conf", access);
        }
        if setup.tcp {
            server.port = Some(free_port());
        }
        options.push_str(&match server.port {
            Some(port) => format!(" -h 127.0.0.1 -p {port}"),
            None => " -h ''".to_owned(),
        });
        server.options = options;
        server.start_again();
        server
    }

    /// Starts the server after it was stopped.
    pub(crate) fn start_again(&self) {
        self.run("pg_ctl", |command| {
            command.arg("-D").arg(self.folder.path().join("data"));
            command.arg("-l").arg(self.folder.path().join("log"));
            command.args(["-w", "-s", "-o", &self.options, "start"]);
        });
    }

    /// Stops the server as a crash would: it has to recover when it is started again.
    pub(crate) fn stop_at_once(&self) {
        self.run("pg_ctl", |command| {
            command.arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "-s", "stop"]);
        });
    }

    /// The folder of the server's socket.
    pub(crate) fn socket(&self) -> &str {
        self.folder.path().to_str().expect("temporary folders have plain names")
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port.expect("a server that listens there")
    }

    /// Writes a file that is the server's alone.
    fn give_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
        give_to_service_user(&path);
        path
    }

    /// The address of a database for a user, `user` or `user:password`.
    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        let folder = self.socket().replace('%', "%25").replace('/', "%2F");
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("postgres://{user}@{folder}{port}/{database}")
    }

    fn run(&self, program: &str, arguments: impl FnOnce(&mut Command)) {
        let mut command = self.command(program);
        arguments(&mut command);
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={SERVICE_USER}")).arg(format!("--regid={SERVICE_USER}"));
            command.args(["--clear-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The working directory must be one that the service user may enter.
        command.current_dir(self.folder.path()).env("HOME", self.folder.path());
        command
    }
}

impl Drop for PrivatePostgres {
    #[expect(clippy::print_stderr, reason = "a drop has no other way to say that a server is left")]
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        if data.join("postmaster.pid").exists() {
            let stopped =
                self.command("pg_ctl").arg("-D").arg(&data).args(["-m", "immediate", "-s", "stop"]).status();
            if !stopped.is_ok_and(|status| status.success()) {
                eprintln!("the server in {} could not be stopped", self.folder.path().display());
            }
        }
    }
}

/// The address of another database on the same server.
fn with_database(url: &str, database: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(left, right)| (left, Some(right)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{database}{options}", &address[..end])
}

fn execute(url: &str, statement: &str) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("the tests' server answers");
    client.batch_execute(statement).expect(statement);
}

/// The folder that holds initdb: as `pg_config` says, else the newest of Debian's.
fn find_programs() -> PathBuf {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told =
        told.and_then(|output| String::from_utf8(output.stdout).ok()).map(|text| PathBuf::from(text.trim()));
    let mut folders: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.extend(told);
    folders
        .into_iter()
        .rev()
        .find(|folder| folder.join("initdb").exists())
        .expect("no initdb: install PostgreSQL's server (Debian: apt-get install postgresql), or set SLACK_PG_TEST_URL")
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.expect("a free port").port()
}

fn is_root() -> bool {
    account_id(&["-u"]) == Some(0)
}

/// Hands a file of root's to the account that runs the server.
fn give_to_service_user(path: &Path) {
    if is_root() {
        let (user, group) = (account_id(&["-u", SERVICE_USER]), account_id(&["-g", SERVICE_USER]));
        assert!(user.is_some(), "root cannot run initdb, and there is no account {SERVICE_USER}");
        std::os::unix::fs::chown(path, user, group).expect("root may give files away");
    }
}

fn account_id(arguments: &[impl AsRef<OsStr>]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
