use std::env;
use std::path::{Path, PathBuf, absolute};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::app::App;
use crate::failure::{Outcome, Result, Usage};
use crate::settings::OptionSources;

/// Print what has cron or systemd run this every day
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is installed. Paths are those of this program, of the configuration file and of the data home in use, and the
working folder is the one whose .env holds the token.

Examples:
  slack-analytics schedule cron
  slack-analytics schedule systemd --at 04:30
  (crontab -l; slack-analytics --quiet --data /srv/slack schedule cron) | crontab -")]
pub(crate) struct Schedule {
    /// What is to run it
    #[arg(value_enum)]
    scheduler: Scheduler,
    /// The time of day, on this machine's clock
    #[arg(long, value_name = "HH:MM", default_value = "03:00", value_parser = parse_at)]
    at: At,
    #[arg(skip)]
    pub(crate) sources: OptionSources,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheduler {
    /// A line of a crontab
    Cron,
    /// A service and a timer
    Systemd,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    hour: u8,
    minute: u8,
}

/// What is run, by absolute paths.
struct Scheduled {
    program: String,
    folder: String,
    /// The arguments before the command.
    paths: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Schedule, app: &App<'_>) -> Result<Outcome> {
    let scheduled = scheduled(args.sources.file.as_deref(), app.home().root())?;
    match args.scheduler {
        Scheduler::Cron => {
            let line = cron(&scheduled, args.at);
            app.output.hand_over("schedule", &line, json!({ "scheduler": "cron", "line": line }))?;
            app.output
                .advise("Put this line into the crontab of the user who owns the data home: crontab -e");
        }
        Scheduler::Systemd => {
            let (service, timer) = (service(&scheduled), timer(args.at));
            let text = format!("# {NAME}.service\n{service}\n# {NAME}.timer\n{timer}");
            let values = json!({ "scheduler": "systemd", "service": service, "timer": timer });
            app.output.hand_over("schedule", text.trim_end(), values)?;
            app.output.advise(SYSTEMD);
        }
    }
    Ok(Outcome::Done)
}

/// The units' name.
const NAME: &str = "slack-analytics";

const SYSTEMD: &str = "\
Put each part into a file of its name in ~/.config/systemd/user (or /etc/systemd/system, with User= in the service), then:
systemctl --user daemon-reload && systemctl --user enable --now slack-analytics.timer
loginctl enable-linger has it run while you are not logged in.";

fn scheduled(config: Option<&Path>, home: &Path) -> Result<Scheduled> {
    let here = env::current_dir()?;
    let config = config.map(absolute).transpose()?;
    let beside = config.as_deref().and_then(Path::parent).map(Path::to_owned);
    // Where .env is looked for first.
    let folder = if here.join(".env").is_file() { here } else { beside.unwrap_or(here) };
    let mut paths = Vec::new();
    for (option, path) in [("--config", config), ("--data", Some(absolute(home)?))] {
        if let Some(path) = path {
            paths.extend([option.to_owned(), text(path)?]);
        }
    }
    Ok(Scheduled { program: text(env::current_exe()?)?, folder: text(folder)?, paths })
}

/// A path as a line of text.
fn text(path: PathBuf) -> Result<String> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let why = || Usage(format!("{} is no path that a line of text could hold", path.display()));
    Ok(text.ok_or_else(why)?.to_owned())
}

fn cron(scheduled: &Scheduled, At { hour, minute }: At) -> String {
    let Scheduled { program, folder, paths } = scheduled;
    let words =
        [program.as_str(), "--quiet"].into_iter().chain(paths.iter().map(String::as_str)).chain(["run"]);
    let command = words.map(shell_word).collect::<Vec<_>>().join(" ");
    let line = format!("cd {} && {command}", shell_word(folder));
    // To cron a % is the end of the line, in quotes as well.
    format!("{minute} {hour} * * *  {}", line.replace('%', "\\%"))
}

fn shell_word(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./,:=@+".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn service(scheduled: &Scheduled) -> String {
    let Scheduled { program, folder, paths } = scheduled;
    let arguments: String =
        paths.iter().map(|path| format!(" {}", unit_word(path).replace('$', "$$"))).collect();
    // Variables are put into arguments, not into the program's own path, which may hold no quote or backslash.
    let program = if program.contains(['"', '\'', '\\']) {
        format!(r#"/bin/sh -c "exec \"$$0\" \"$$@\"" {}"#, unit_word(program).replace('$', "$$"))
    } else {
        unit_word(program)
    };
    let folder = folder.replace('%', "%%");
    format!(
        "[Unit]\n\
         Description=Capture and measure the Slack workspace\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         # The folder in which .env is looked for.\n\
         WorkingDirectory={folder}\n\
         ExecStart={program}{arguments} run\n\
         # 3: done with gaps, which the batch's metadata tell of.\n\
         SuccessExitStatus=3\n\
         Nice=10\n"
    )
}

/// A word of a unit's command line; `%` begins a specifier there.
fn unit_word(word: &str) -> String {
    let escaped = word.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%");
    if escaped.chars().any(|letter| letter.is_whitespace() || "\"'\\;".contains(letter)) {
        format!("\"{escaped}\"")
    } else {
        escaped
    }
}

fn timer(At { hour, minute }: At) -> String {
    format!(
        "[Unit]\n\
         Description=Every day: capture and measure the Slack workspace\n\
         \n\
         [Timer]\n\
         OnCalendar=*-*-* {hour:02}:{minute:02}:00\n\
         # What was missed while the machine was off is made up for.\n\
         Persistent=true\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n"
    )
}

fn parse_at(text: &str) -> Result<At, String> {
    let parsed = text.split_once(':').and_then(|(hour, minute)| {
        let is_number = |part: &str| {
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        (is_number(hour) && is_number(minute)).then_some(())?;
        Some(At { hour: hour.parse().ok()?, minute: minute.parse().ok()? })
    });
    let at = parsed.filter(|At { hour, minute }| *hour < 24 && *minute < 60);
    at.ok_or_else(|| "want a time of day, such as 03:00".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read() {
        assert_eq!(parse_at("4:05"), Ok(At { hour: 4, minute: 5 }));
        for text in ["", "3", "24:00", "03:60", "+3:00", "03:00:00", "noon"] {
            assert!(parse_at(text).is_err(), "{text}");
        }
    }

    #[test]
    fn paths_are_quoted_as_each_scheduler_reads_them() {
        let odd = r#"/a b/100%/$HOME/it's "x"\y"#;
        let scheduled = Scheduled {
            program: "/bin/slack-analytics".into(),
            folder: odd.into(),
            paths: vec!["--data".into(), odd.into()],
        };
        let quoted = r#"'/a b/100\%/$HOME/it'\''s "x"\y'"#;
        assert_eq!(
            cron(&scheduled, At { hour: 3, minute: 0 }),
            format!("0 3 * * *  cd {quoted} && /bin/slack-analytics --quiet --data {quoted} run")
        );
        let unit = service(&scheduled);
        assert!(unit.contains("WorkingDirectory=/a b/100%%/$HOME/it's \"x\"\\y\n"), "{unit}");
        let word = r#""/a b/100%%/$$HOME/it's \"x\"\\y""#;
        assert!(unit.contains(&format!("ExecStart=/bin/slack-analytics --data {word} run\n")), "{unit}");
        assert!(timer(At { hour: 4, minute: 5 }).contains("OnCalendar=*-*-* 04:05:00\n"));
    }
}
