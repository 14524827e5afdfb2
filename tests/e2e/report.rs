//! The report: what the command makes, and what a real browser makes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use slack_model::batch::{BatchFolder, Metadata, Request, RequestStatus, RowLog};
use slack_sandbox::{CommunityOptions, Workspace};
use tempfile::TempDir;

use crate::support::{Home, rcwg, root, sandbox};
use crate::written::Written;

/// The data inside a page.
fn data(page: &Path) -> Value {
    let html = fs::read_to_string(page).expect("a page");
    let start = html.find("id=\"data\">").expect("data") + "id=\"data\">".len();
    let end = start + html[start..].find("</script>").expect("an end");
    serde_json::from_str(&html[start..end]).expect("JSON")
}

/// A data home with a small community in it, private channels and direct messages too.
fn captured() -> Home {
    let mut options = CommunityOptions::default();
    (options.people, options.messages) = (40, 2_000);
    let sandbox = sandbox(Workspace::generate(&options)).start_blocking().expect("a sandbox");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["run", "--types", "public,private,im,mpim", "--rate", "unlimited"]);
    home
}

#[test]
fn a_run_ends_with_a_page_of_the_batch_and_one_of_the_master() {
    let home = captured();
    let (master, batch) = (data(&home.data("report.html")), data(&home.batch().join("report.html")));
    assert_eq!(
        (&master["subject"], batch["subject"].as_str().map(|text| &text[..6])),
        (&json!("master"), Some("batch "))
    );
    assert_eq!(master["totals"], batch["totals"], "there is one batch");
    assert!(master["left_out"].as_u64() > Some(0));
    // As the metrics of what is shown say, and those hold nothing of private conversations.
    let shown =
        home.run(0, ["--json", "report", "--include-private", "--include-dms", "--out", "all.html"]).json();
    assert_eq!(shown["stages"][0]["left_out"], 0);
    let all = data(&home.folder().join("all.html"));
    assert!(all["totals"]["posts"].as_u64() > master["totals"]["posts"].as_u64());
    let types = |report: &Value| -> Vec<Value> {
        report["channels"]["rows"]
            .as_array()
            .expect("channels")
            .iter()
            .map(|row| row["type"].clone())
            .collect()
    };
    assert!(types(&all).iter().any(|kind| *kind != "channel"));
    assert!(types(&master).iter().all(|kind| *kind == "channel"));
}

#[test]
fn a_page_holds_no_address_no_text_and_under_pseudonyms_nobody() {
    let home = captured();
    home.run(0, ["report", "--anonymous", "--include-private", "--include-dms", "--out", "anonymous.html"]);
    home.run(0, ["report", "--include-private", "--include-dms", "--out", "named.html"]);
    let read = |name: &str| data(&home.folder().join(name)).to_string();
    let (anonymous, named) = (read("anonymous.html"), read("named.html"));
    let users = csv::Reader::from_path(home.data("master/csv/user_data.csv")).expect("users");
    let mut n_named = 0;
    for user in users.into_records() {
        let user = user.expect("a user");
        assert!(!named.contains(&user[4]) || user[4].is_empty(), "the address {}", &user[4]);
        for field in [0, 1, 2, 3] {
            // A name of a few letters may be a part of a word.
            let is_there = user[field].len() > 6 && &user[8] == "false" && anonymous.contains(&user[field]);
            assert!(!is_there, "{} in an anonymous page", &user[field]);
        }
        n_named += usize::from(named.contains(&user[2]));
    }
    assert!(n_named > 20, "{n_named} names in the page with names");
    for text in
        csv::Reader::from_path(home.data("master/csv/message_data.csv")).expect("messages").into_records()
    {
        let text = text.expect("a message");
        assert!(text[13].len() < 20 || !named.contains(&text[13]), "the text {}", &text[13]);
    }
    // The same people have the same pseudonyms the next time, and only their owner can read the key.
    let names = |page: &str| data(&home.folder().join(page))["people"]["names"].clone();
    home.run(0, ["report", "--anonymous", "--include-private", "--include-dms", "--out", "again.html"]);
    assert_eq!(names("anonymous.html"), names("again.html"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = fs::metadata(home.data("pseudonyms.key")).expect("a key");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    fs::remove_file(home.data("pseudonyms.key")).expect("removed");
    home.run(0, ["report", "--anonymous", "--include-private", "--include-dms", "--out", "other.html"]);
    assert_ne!(names("anonymous.html"), names("other.html"), "another key");
}

#[test]
fn small_groups_are_taken_together() {
    let home = captured();
    home.run(0, ["report", "--min-group", "5", "--out", "folded.html"]);
    let report = data(&home.folder().join("folded.html"));
    for channel in report["channels"]["rows"].as_array().expect("channels") {
        assert!(channel["people"].as_u64() >= Some(5), "{channel}");
    }
    for country in report["countries"]["rows"].as_array().expect("countries") {
        assert!(country["people"].as_u64() >= Some(5), "{country}");
    }
    let cohorts = report["retention"]["cohorts"].as_array().expect("cohorts");
    assert!(cohorts.iter().all(|cohort| cohort["size"].as_u64() >= Some(5)), "{cohorts:?}");
    assert!(cohorts.iter().any(|cohort| cohort["cohort"] == "others"));
}

#[test]
fn without_metrics_it_says_what_to_do_first() {
    let home = Home::new();
    assert!(home.run(2, ["report"]).err.contains("no tables yet"));
    Written::default().into_home(&home);
    assert!(home.run(2, ["report"]).err.contains("no metrics yet"));
}

#[test]
fn a_fault_is_told_by_its_kind_and_nobody_by_an_id() {
    let home = Home::new();
    Written::default().people(&["Mia", "", "Olu"]).channels(&["general"]).posts(30, 4_000).into_home(&home);
    // Somebody whom no list of users holds.
    let users = home.data("master/csv/user_data.csv");
    let text = fs::read_to_string(&users).expect("read");
    fs::write(&users, text.replace("U000001,login1,", "U000001,,")).expect("written");
    let batch = BatchFolder::new(home.data("20200101000000"), "20200101000000".parse().expect("an id"));
    fs::create_dir_all(batch.metadata()).expect("made");
    let mut metadata = Metadata::default();
    metadata.set("status", "partial");
    metadata.write(&batch.metadata()).expect("written");
    let mut log = RowLog::<Request>::open(&batch.metadata()).expect("opened");
    for (method, error) in [
        (
            "export",
            "cannot be unpacked: cannot create /srv/mia/data/.import/export/undercover/2020-01-01.json",
        ),
        ("conversations.history", "missing_scope"),
        ("conversations.history", "xoxp-123456-abcdef"),
        ("users.list", "connection_failed (Connection refused (os error 111))"),
    ] {
        let mut request = Request::new(method, RequestStatus::Gap);
        (request.file, request.error) = ("export/undercover/2020-01-01.json".into(), error.into());
        log.append(&request).expect("written");
    }
    drop(log);
    for command in ["metrics", "graph", "report"] {
        home.run(0, [command]);
    }
    let report = data(&home.data("report.html"));
    let gaps = report["missing"]["gaps"].as_array().expect("gaps");
    let kinds: Vec<_> = gaps.iter().map(|gap| gap["error"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["missing_scope", "other", "cannot_be_unpacked", "connection_failed"]);
    let text = report.to_string();
    for word in ["undercover", "/srv", "xoxp", "refused", "U000001"] {
        assert!(!text.contains(word), "{word}");
    }
    let names = report["people"]["names"].as_array().expect("names");
    assert!(names.contains(&json!("Unknown person 1")) && names.contains(&json!("Mia")), "{names:?}");
    for file in ["graph.svg", "graph.gexf"] {
        let text = fs::read_to_string(home.data("metrics").join(file)).expect("read");
        assert!(text.contains("Unknown person 1"), "{file}");
    }
}

/// A page, where it is, and what it is of.
struct Case {
    _home: Home,
    kind: &'static str,
    page: PathBuf,
    /// The data home that it was made from.
    data: PathBuf,
}

impl Case {
    fn written(kind: &'static str, written: Written) -> Self {
        let home = Home::new();
        written.into_home(&home);
        for command in ["metrics", "graph", "report"] {
            home.run(0, [command]);
        }
        Self { kind, page: home.data("report.html"), data: home.data(""), _home: home }
    }

    fn demo(kind: &'static str, options: &[&str]) -> Self {
        let home = Home::new();
        home.run(0, ["demo", "--people", "60", "--messages", "2500"].iter().chain(options));
        Self { kind, page: home.data("demo/report.html"), data: home.data("demo"), _home: home }
    }
}

const HOSTILE: [&str; 6] = [
    "</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(2)>",
    "{{7*7}}${alert(3)}`<b>",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "__proto__",
    "<!--<script>alert(4)</script>",
];

const SCRIPTS: [&str; 20] = [
    "Ada Lovelace",
    "Ελένη Παπαδοπούλου",
    "Анна Каренина",
    "مريم الخوارزمي",
    "דוד בן־גוריון",
    "प्रिया शर्मा",
    "রবীন্দ্রনাথ ঠাকুর",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "தமிழ்ச்செல்வன்",
    "తెలుగు రాజు",
    "ಕನ್ನಡ ರಾಜ್",
    "മലയാളം രവി",
    "สมชาย ใจดี",
    "ລາວ ສົມພອນ",
    "မြန်မာ အောင်",
    "ខ្មែរ សុខ",
    "山田太郎",
    "김철수",
    "አበበ ቢቂላ",
    "Հայկ Սարգսյան",
];

/// What is left out of no number can be compared with the metric tables.
const ALL: [&str; 2] = ["--include-private", "--include-dms"];

/// Every kind of workspace that a page must bear.
fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::demo("demo", &ALL),
        Case::demo("anonymous", &["--anonymous", "--min-group", "5"]),
        Case::written("empty", Written::default().people(&["Ada"]).channels(&["general"])),
        Case::written("one", Written::default().people(&["Ada"]).channels(&["general"]).posts(1, 86_400)),
        Case::written(
            "hostile",
            Written::default().title(HOSTILE[0]).people(&HOSTILE).channels(&HOSTILE).posts(300, 40_000),
        ),
        Case::written(
            "scripts",
            Written::default().people(&SCRIPTS).channels(&SCRIPTS[..8]).posts(400, 40_000),
        ),
        Case::written(
            "years",
            Written::default().people(&SCRIPTS).channels(&["general", "random"]).posts(1_300, 243_000),
        ),
        Case::written(
            "large",
            Written::default().crowd(5_000).channels(&["general", "random", "help"]).posts(15_000, 2_000),
        ),
    ];
    if let Some(exports) = rcwg() {
        let home = Home::new();
        let run = ["run", ALL[0], ALL[1], "--import"].map(PathBuf::from);
        home.run(0, run.into_iter().chain(exports));
        cases.push(Case { kind: "rcwg", page: home.data("report.html"), data: home.data(""), _home: home });
    }
    cases
}

#[test]
fn a_browser_shows_every_page() {
    let modules = root().join("tests/browser/node_modules/playwright-core");
    let browser = std::env::var_os("CHROMIUM");
    if browser.is_none() || !modules.is_dir() {
        eprintln!("skipped: no browser, or not what drives it; tests/run installs both");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let cases = cases();
    let listed = cases
        .iter()
        .map(|case| json!({ "name": case.kind, "kind": case.kind, "html": case.page, "home": case.data }));
    let list = Value::from(listed.collect::<Vec<_>>()).to_string();
    fs::write(folder.path().join("cases.json"), list).expect("written");
    for case in &cases {
        let bytes = fs::metadata(&case.page).expect("a page").len();
        assert!(bytes < 3_000_000, "{}: {bytes} bytes", case.kind);
    }
    let output = Command::new("node")
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .current_dir(root().join("tests/browser"))
        .env("REPORTS", folder.path())
        .output()
        .expect("node runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed = told.lines().find_map(|line| line.split_once("pass ")?.1.trim().parse::<u32>().ok());
    assert!(passed > Some(80), "{told}");
}
