//! What cron and systemd are told, read as they read it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::{Home, community, ran};

/// A folder with everything in its name that shells, cron or units could take for something else, with the program, a
/// configuration and an export in it.
fn odd_place(home: &Home) -> (PathBuf, PathBuf) {
    let folder = home.folder().join(r#"a b 100%d $HOME it's "x" #1;y"#);
    fs::create_dir(&folder).expect("made");
    let program = folder.join("slack analytics");
    fs::copy(env!("CARGO_BIN_EXE_slack-analytics"), &program).expect("copied");
    (folder, program)
}

/// A command without the tester's own settings.
fn command(home: &Home, program: &std::ffi::OsStr) -> Command {
    let clean = home.command();
    let mut command = Command::new(program);
    for (name, value) in clean.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

#[test]
fn the_line_of_cron_runs() {
    let home = Home::new();
    let (folder, program) = odd_place(&home);
    community(5, 40).write_export(&folder.join("export")).expect("written");
    fs::write(folder.join("slack-analytics.toml"), "data = 'kept $x %y'\n").expect("written");
    let mut schedule = command(&home, program.as_os_str());
    let told = ran(0, schedule.current_dir(&folder).args(["schedule", "cron", "--at", "4:05"]));
    assert!(told.err.contains("crontab -e"), "{}", told.err);
    let line = told.out.trim_end();
    let line = line.strip_prefix("5 4 * * *  ").expect("the time");
    assert!(!line.contains('\n') && line.ends_with(" run"), "{line}");
    // As cron does: what follows a bare % is input, \% is a %.
    assert!(line.match_indices('%').all(|(at, _)| line[..at].ends_with('\\')), "{line}");
    let line = line.replace("\\%", "%");
    let line = line.replacen(" run", " run --import export", 1);
    let mut shell = command(&home, "sh".as_ref());
    let told = ran(0, shell.current_dir("/").env("HOME", "/nowhere").args(["-c", &line]));
    assert_eq!((told.out.as_str(), told.err.as_str()), ("", ""));
    assert!(folder.join("kept $x %y/master/csv/message_data.csv").is_file());
}

#[test]
fn the_units_are_units() {
    let home = Home::new();
    let (folder, program) = odd_place(&home);
    let mut schedule = command(&home, program.as_os_str());
    schedule.current_dir(&folder).args(["--data", "kept $x %y", "schedule", "systemd", "--at", "04:05"]);
    let told = ran(0, &mut schedule);
    let (service, timer) = told.out.split_once("# slack-analytics.timer\n").expect("two units");
    assert!(timer.contains("\nOnCalendar=*-*-* 04:05:00\n"), "{timer}");
    assert!(service.contains("\nSuccessExitStatus=3\n") && service.contains("kept $$x %%y"), "{service}");
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        eprintln!("skipped: systemd-analyze is not there");
        return;
    };
    assert!(version.status.success());
    let units = home.folder().join("units");
    fs::create_dir(&units).expect("made");
    fs::write(units.join("slack-analytics.service"), service).expect("written");
    fs::write(units.join("slack-analytics.timer"), timer).expect("written");
    let mut verify = Command::new("systemd-analyze");
    verify
        .arg("verify")
        .args(["slack-analytics.service", "slack-analytics.timer"].map(|unit| units.join(unit)));
    let told = verify.output().expect("it runs");
    let text = String::from_utf8_lossy(&told.stderr);
    // Of units that are not ours it may say what it likes.
    assert!(!text.contains("slack-analytics") && !text.contains("slack analytics"), "{text}");
}

#[test]
fn a_time_or_a_scheduler_that_is_none_is_refused() {
    let home = Home::new();
    home.run(2, ["schedule", "cron", "--at", "25:00"]);
    home.run(2, ["schedule", "at"]);
    let json = home.run(0, ["schedule", "systemd", "--json"]).json();
    assert!(json["stages"][0]["service"].as_str().is_some_and(|unit| unit.contains("ExecStart=")));
    assert!(!home.data("").exists(), "it makes nothing");
}
