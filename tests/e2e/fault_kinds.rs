//! The report knows every word with which a capture says what went wrong: an unknown one would be told as `other`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use slack_model::batch::{BatchFolder, Request, RequestStatus, RowLog};
use slack_model::{MemoryTables, TableSource};
use slack_report::{Capture, Report, ReportOptions};

use crate::support::root;

/// The sources below a folder, without their tests.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.file_stem().is_some_and(|name| name != "tests") {
            let text = fs::read_to_string(&path).expect("read");
            texts.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
        }
    }
    texts
}

/// The texts in quotes that begin within `reach` characters behind each `mark`.
fn quoted<'t>(text: &'t str, mark: &str, reach: usize) -> impl Iterator<Item = &'t str> {
    text.split(mark).skip(1).filter_map(move |rest| {
        let (before, rest) = rest.split_once('"')?;
        let is_near = before.len() <= reach && !before.contains(';');
        rest.split('"').next().filter(|_| is_near)
    })
}

/// What a report makes of an error in the log of requests.
fn told(method: &str, error: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let batch = BatchFolder::new(folder.path().into(), "20200101000000".parse().expect("an id"));
    fs::create_dir_all(batch.metadata()).expect("made");
    let mut request = Request::new(method, RequestStatus::Gap);
    request.error = error.into();
    RowLog::<Request>::open(&batch.metadata()).and_then(|mut log| log.append(&request)).expect("written");
    let capture = Capture::read(&batch).expect("read");
    let mut options = ReportOptions::default();
    options.captures = vec![capture];
    let nothing: &dyn TableSource = &MemoryTables::default();
    let mut page = Vec::new();
    Report::read(nothing, nothing, &options).and_then(|report| report.write_html(&mut page)).expect("a page");
    let page = String::from_utf8(page).expect("UTF-8");
    let (_, data) = page.split_once("id=\"data\">").expect("data");
    let (data, _) = data.split_once("</script>").expect("an end");
    let report: Value = serde_json::from_str(data).expect("JSON");
    let gaps = report["missing"]["gaps"].as_array().expect("gaps");
    assert_eq!(gaps.len(), 1);
    gaps[0]["error"].as_str().expect("a kind").to_owned()
}

fn check_known(method: &str, errors: &[String]) {
    for error in errors {
        assert_ne!(told(method, error), "other", "{method}: {error:?}");
    }
    assert_eq!(told(method, "what no source says"), "other");
}

#[test]
fn every_code_of_the_api_is_known() {
    let mut codes = Vec::new();
    for text in sources(&root().join("crates/slack-extract/src/sources/web_api")) {
        for (mark, reach) in [
            ("CallError::own(", 0),
            ("CallError::slack(", 0),
            ("CallError::transport(", 0),
            ("Self::slack(", 0),
            ("Self::transport(", 0),
            ("give_up(", 12),
            // Of pages without end.
            ("return Some(", 0),
            (".then_some(", 0),
            ("const LARGER: &str = ", 0),
            ("const TOO_LARGE: &str = ", 0),
            ("const TOO_SLOW: &str = ", 0),
            ("const TOO_LONG: &str = ", 0),
            ("const ODD_RANGE: &str = ", 0),
        ] {
            codes.extend(quoted(&text, mark, reach).map(ToOwned::to_owned));
        }
        // Slack's own, by which the capture goes on or ends.
        if let Some((_, classes)) = text.split_once("match code {") {
            let classes = classes.split("fn is_of_the_token").next().unwrap_or_default();
            codes.extend(
                classes.split('"').skip(1).step_by(2).filter(|word| is_code(word)).map(ToOwned::to_owned),
            );
        }
    }
    // A rename of what the marks look for must be repeated here.
    for code in [
        "odd_id",
        "pages_without_end",
        "no_channel_of_this_name",
        "answer_larger_than_the_limit",
        "invalid_auth",
    ] {
        assert!(codes.iter().any(|found| found == code), "{code} in {codes:?}");
    }
    check_known("conversations.history", &codes);
}

fn is_code(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
}

#[test]
fn every_reason_of_an_import_is_known() {
    let mut reasons = Vec::new();
    for text in sources(&root().join("crates/slack-extract/src/sources/official_export")) {
        for (mark, reach) in [("copied.gap(", 60), (".gap(to, &", 0), ("const OUTSIDE: &str = ", 0)] {
            reasons.extend(quoted(&text, mark, reach).map(ToOwned::to_owned));
        }
        // The second argument is the reason.
        reasons.extend(text.split("Gap::new(").skip(1).filter_map(|rest| {
            let (_, reason) = rest.lines().next()?.rsplit_once(", \"")?;
            reason.split('"').next().map(ToOwned::to_owned)
        }));
        for (begin, end) in
            [("impl fmt::Display for Fault", "impl From"), ("fn excess(self)", "/// A limit that was met")]
        {
            if let Some((_, words)) = text.split_once(begin) {
                let words = words.split(end).next().unwrap_or_default();
                reasons.extend(words.split('"').skip(1).step_by(2).map(ToOwned::to_owned));
            }
        }
    }
    for reason in ["it is protected by a password", "a file is too large", "as those before"] {
        assert!(reasons.iter().any(|found| found == reason), "{reason} in {reasons:?}");
    }
    assert!(reasons.len() >= 24, "{reasons:?}");
    check_known("export", &reasons);
}
