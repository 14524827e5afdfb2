//! A data home of its own for each test, the binaries, and the independent checks.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use slack_sandbox::{CommunityOptions, Sandbox, SandboxBuilder, Workspace};
use tempfile::TempDir;

/// Variables of the tester's own that the binaries would heed.
const OWN_SETTINGS: [&str; 15] = [
    "DATABASE_URL",
    "PGDATABASE",
    "PGHOST",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGUSER",
    "RUST_LOG",
    "SLACK_ACCESS_TOKEN",
    "SLACK_API_URL",
    "SLACK_DATA_HOME",
    "SLACK_POSTGRES_URL",
    "SLACK_USER_TOKEN",
];

/// The project's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of published data; `None`, and a word on standard error, where it is not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// A Python with the libraries of the independent checks.
pub(crate) fn python() -> Option<PathBuf> {
    let python = std::env::var_os("SLACK_TEST_PYTHON");
    if python.is_none() {
        eprintln!("skipped: SLACK_TEST_PYTHON is not set; tests/run sets it");
    }
    python.map(Into::into)
}

/// Runs a script of `tests/` that must agree, and returns what it printed.
pub(crate) fn must_agree<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>) -> String {
    let Some(python) = python() else { return String::new() };
    let output = Command::new(python).arg(root().join("tests").join(script)).args(arguments).output();
    let output = output.expect("python runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{script}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// A small made-up community.
pub(crate) fn community(people: usize, messages: usize) -> Workspace {
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (people, 8, messages);
    Workspace::generate(&options)
}

/// A sandbox without rate limits.
pub(crate) fn sandbox(workspace: Workspace) -> SandboxBuilder {
    Sandbox::builder(workspace).rate_limits(false)
}

/// The five exports of one community, in the order in which they were taken.
pub(crate) fn rcwg() -> Option<Vec<PathBuf>> {
    let mut exports: Vec<_> = fs::read_dir(shared("exports/rcwg")?)
        .expect("listed")
        .map(|entry| entry.expect("listed").path())
        .collect();
    exports.sort();
    Some(exports)
}

/// A small generator of numbers that look random: the same ones each time (Knuth's MMIX).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// The next number, from 0 up to and without `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A data home, and the folder in which the commands run.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// The folder in which commands run; the data home is `data` in it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the data home.
    pub(crate) fn data(&self, path: &str) -> PathBuf {
        self.folder.path().join("data").join(path)
    }

    /// The folder of the only batch.
    pub(crate) fn batch(&self) -> PathBuf {
        let batches = slack_model::batch::DataHome::new(self.data("")).batches().expect("listed");
        assert_eq!(batches.len(), 1, "{batches:?}");
        batches[0].root().to_path_buf()
    }

    /// The command line, without the tester's own settings.
    pub(crate) fn command(&self) -> Command {
        self.here(Command::new(env!("CARGO_BIN_EXE_slack-analytics")))
    }

    /// The command line in a process that may have so many files open.
    #[cfg(unix)]
    pub(crate) fn command_of_files(&self, files: u32) -> Command {
        let mut shell = Command::new("sh");
        let script = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_slack-analytics")]);
        self.here(shell)
    }

    fn here(&self, mut command: Command) -> Command {
        command.current_dir(self.folder());
        for name in OWN_SETTINGS {
            command.env_remove(name);
        }
        // Each option has a variable.
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in names.filter(|name| name.starts_with("SLACK_ANALYTICS_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command that must end with an exit code.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, code: i32, arguments: impl IntoIterator<Item = A>) -> Ran {
        ran(code, self.command().args(arguments))
    }

    /// Runs a command against a sandbox.
    pub(crate) fn run_against<A: AsRef<OsStr>>(
        &self,
        sandbox: &Sandbox,
        code: i32,
        arguments: impl IntoIterator<Item = A>,
    ) -> Ran {
        let mut command = self.command();
        command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
        ran(code, command.args(arguments))
    }
}

/// What a command printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The JSON object of `--json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("--json prints one object")
    }
}

/// Runs a command that must end with an exit code.
pub(crate) fn ran(code: i32, command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the command runs");
    let ran = Ran {
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    };
    assert_eq!(status.code(), Some(code), "{command:?}\n{}\n{}", ran.out, ran.err);
    ran
}

/// Makes an export one of another workspace: its users are, and its messages say so.
pub(crate) fn of_workspace(export: &Path, other: &str) {
    let users = fs::read_to_string(export.join("users.json")).expect("read");
    let users: serde_json::Value = serde_json::from_str(&users).expect("JSON");
    let team = users[0]["team_id"].as_str().expect("a team");
    let mut days = 0;
    for (path, bytes) in files(export) {
        let text = String::from_utf8(bytes).expect("text");
        days += usize::from(path.components().count() == 2 && text.contains(team));
        fs::write(export.join(path), text.replace(team, other)).expect("written");
    }
    assert!(days > 0, "no message names {team}");
}

/// The bytes of every file below a folder, by path.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(inner) = open.pop() {
        for entry in fs::read_dir(&inner).into_iter().flatten() {
            let path = entry.expect("listed").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_path_buf();
                // Where a process is at work, what is being written gets another name meanwhile.
                match fs::read(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    bytes => drop(found.insert(name, bytes.expect("read"))),
                }
            }
        }
    }
    found
}

/// The rows of a table without some of its columns, and without the header.
pub(crate) fn rows_without(table: &Path, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(table).expect("opened");
    let header = reader.headers().expect("read").clone();
    let kept: Vec<_> = (0..header.len()).filter(|at| !columns.contains(&&header[*at])).collect();
    let row = |record: csv::StringRecord| kept.iter().map(|at| record[*at].to_owned()).collect();
    reader.records().map(|record| row(record.expect("read"))).collect()
}

/// Every table that the program has.
pub(crate) fn catalogue() -> Vec<slack_model::Schema> {
    slack_pipeline::Pipeline::new(slack_model::batch::DataHome::new("."), &()).catalogue()
}
