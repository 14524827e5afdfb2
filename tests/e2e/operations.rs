//! What those who run the program by machines see: logs, signals, metrics of the run, completions, manual pages.

use std::fs;
use std::process::{Command, Stdio};

use slack_model::batch::{RowLog, RunStage};

use crate::support::{Home, community, ran};

/// A data home beside an export that can be run.
fn with_export() -> Home {
    let home = Home::new();
    community(15, 200).write_export(&home.folder().join("export")).expect("written");
    home
}

#[test]
fn a_run_is_logged_a_line_a_stage_and_noted_in_its_batch() {
    let home = with_export();
    let out = home.run(0, ["run", "--import", "export"]).out;
    // The export has private channels: what is visible without them is measured for the files of the network and the report.
    let measured = ["metrics", "metrics", "graph", "graph", "report"];
    let stages = [&["import", "transform", "merge"][..], &measured, &measured, &["summary"]].concat();
    assert_eq!(out.lines().count(), stages.len(), "{out}");
    for (line, stage) in out.lines().zip(&stages) {
        let (time, rest) = line.split_once(' ').expect("a time");
        let shape: String =
            time.chars().map(|digit| if digit.is_ascii_digit() { '0' } else { digit }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00Z", "{line}");
        assert!(rest.starts_with(&format!("{stage}: ")), "{line}");
    }
    let rows: Vec<RunStage> = RowLog::readable(&home.batch().join("metadata")).expect("read").collect();
    let names: Vec<_> = rows.iter().map(|row| row.stage.as_str()).collect();
    let (whole, rows) = rows.split_last().expect("a run");
    assert_eq!((&names[..rows.len()], whole.stage.as_str()), (&stages[..], "run"));
    assert_eq!(whole.value("status"), Some("done"));
    assert!(rows.iter().map(|row| row.seconds.0).sum::<f64>() <= whole.seconds.0 + 0.01);
    let posts: u64 = rows[3].value("posts").expect("told").parse().expect("a number");
    assert!(posts > 100, "{:?}", rows[3]);
    assert!(home.run(0, ["status"]).out.contains("the run took"));
    home.run(0, ["verify"]);

    // The journal has times of its own.
    let mut command = home.command();
    let journal = ran(0, command.env("JOURNAL_STREAM", "8:1").args(["run", "--import", "export"])).out;
    assert!(journal.lines().all(|line| !line.starts_with("20")), "{journal}");
}

#[cfg(unix)]
#[test]
fn a_service_that_is_stopped_says_how_to_go_on() {
    let home = Home::new();
    let sandbox = slack_sandbox::Sandbox::builder(community(30, 2_000)).start_blocking().expect("started");
    let mut command = home.command();
    command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", sandbox.token());
    let run = command.arg("run").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("begun");
    let begun = std::time::Instant::now();
    while sandbox.log().len() < 5 {
        assert!(begun.elapsed().as_secs() < 60, "no call was made");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let second = home.run(1, ["merge"]);
    assert!(second.err.contains("is in use (run, process"), "{}", second.err);
    let killed = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let output = run.wait_with_output().expect("ended");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(143), "{err}");
    assert!(err.contains("broken off; what was captured is kept"), "{err}");
    home.run_against(&sandbox, 3, ["verify"]);
}

#[test]
fn shells_complete_and_manual_pages_are_whole() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(home.run(0, ["completions", shell]).out.contains("slack-analytics"), "{shell}");
    }
    let script = home.run(0, ["completions", "bash"]).out;
    fs::write(home.folder().join("completions.bash"), script).expect("written");
    let ask = "source ./completions.bash; [[ $(complete -p slack-analytics) =~ -F\\ ([^ ]+) ]]; \
               COMP_WORDS=(slack-analytics ver); COMP_CWORD=1; \
               ${BASH_REMATCH[1]} slack-analytics ver slack-analytics; echo \"${COMPREPLY[@]}\"";
    match Command::new("bash").args(["-c", ask]).current_dir(home.folder()).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "verify", "{output:?}"),
        Err(_) => eprintln!("skipped: there is no bash"),
    }
    home.run(0, ["man", "--out", "pages"]);
    let mut pages = 0;
    for entry in fs::read_dir(home.folder().join("pages")).expect("listed") {
        let path = entry.expect("listed").path();
        let page = fs::read_to_string(&path).expect("read");
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"), "{}", path.display());
        pages += 1;
        if let Ok(output) = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(&path).output() {
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", path.display());
        }
    }
    assert!(pages > 10);
    assert!(home.folder().join("pages/slack-analytics-run.1").is_file());
}

#[test]
fn colours_are_for_terminals_and_for_those_who_insist() {
    let home = with_export();
    home.run(0, ["run", "--import", "export"]);
    let plain = home.run(0, ["status"]).out;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(plain.contains("\nmessage_data\t"), "{plain}");
    let mut command = home.command();
    let forced = ran(0, command.env("CLICOLOR_FORCE", "1").arg("status")).out;
    assert!(forced.contains("\u{1b}["), "{forced}");
    let mut command = home.command();
    let never = ran(0, command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").arg("status")).out;
    assert_eq!(never, plain);
    let failed = home.run(2, ["extract"]).err;
    assert!(failed.starts_with("error: no token") && failed.contains("\nhint: "), "{failed}");
    // A name that would clear the screen is shown, and does nothing.
    let named = home.run(1, ["import", "\u{1b}[2Jmissing"]).err;
    assert!(!named.contains('\u{1b}') && named.contains("\\u{1b}[2Jmissing"), "{named}");
}
