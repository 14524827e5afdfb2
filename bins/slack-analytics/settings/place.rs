//! The options of the command line that have a key in the file.

use std::collections::BTreeSet;

use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory};
use slack_pipeline::settings::{Key, Kind};

use crate::cli::Cli;

/// An option of a command (or of all commands) with its key.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) key: &'static Key,
    pub(crate) command: Option<String>,
    pub(crate) arg: Arg,
}

/// Options whose key has another name than they have, since another command's is the same one.
const ELSEWHERE: [(&str, &str, &str, &str); 3] = [
    ("sql", "database", "database", "sqlite"),
    ("prune", "keep", "retention", "raw"),
    ("run", "keep-raw", "retention", "raw"),
];

/// The sections that a command's options are looked for in: options that it shares with another command stand in that
/// one's section.
fn sections(command: &str) -> &'static [&'static str] {
    match command {
        "extract" | "doctor" => &["capture"],
        "manifest" => &["capture", "manifest"],
        "run" => &["capture", "import", "report"],
        "demo" => &["report", "demo"],
        "serve" => &["report", "serve"],
        "load" | "sql" => &["database"],
        "import" => &["import"],
        "transform" => &["transform"],
        "merge" => &["merge"],
        "metrics" => &["metrics"],
        "graph" => &["graph"],
        "report" => &["report"],
        "schedule" => &["schedule"],
        "man" => &["man"],
        _ => &[],
    }
}

/// The key of an option; `None` for those that say what to do this once, and so stand on the command line only.
/// `command` is `None` for the options that all commands have.
fn key_of(command: Option<&str>, option: &str) -> Option<&'static Key> {
    let Some(command) = command else { return Key::find(None, option) };
    let elsewhere = ELSEWHERE.iter().find(|(of, named, ..)| *of == command && *named == option);
    if let Some((.., section, name)) = elsewhere {
        return Key::find(Some(section), name);
    }
    let sections = if option == "timezone" { &["metrics"] } else { sections(command) };
    sections.iter().find_map(|section| Key::find(Some(section), option))
}

/// All options that have a key, command by command.
pub(crate) fn placed(cli: &Command) -> Vec<Placed> {
    options(cli)
        .filter_map(|(command, arg)| {
            let key = key_of(command, arg.get_long()?)?;
            Some(Placed { key, command: command.map(Into::into), arg: arg.clone() })
        })
        .collect()
}

/// All options, with their commands; `None` for those that all commands have.
fn options(cli: &Command) -> impl Iterator<Item = (Option<&str>, &Arg)> {
    let commands = cli.get_subcommands().map(|of| (Some(of.get_name()), of));
    [(None, cli)]
        .into_iter()
        .chain(commands)
        .flat_map(|(command, of)| of.get_opts().map(move |arg| (command, arg)))
}

impl Placed {
    /// Its name in the parsed command line.
    pub(crate) fn id(&self) -> &str {
        self.arg.get_id().as_str()
    }

    /// Whether it is on or off.
    pub(crate) fn is_flag(&self) -> bool {
        self.key.kind == Kind::Flag
    }

    /// Whether it takes values.
    pub(crate) fn check(&self, values: &[String]) -> Result<(), String> {
        if self.is_flag() {
            return Ok(());
        }
        let long = self.arg.get_long().unwrap_or_default();
        let command = self.command.as_deref().unwrap_or("status");
        let values = values.iter().map(|value| format!("--{long}={value}"));
        let arguments = ["slack-analytics".to_owned(), command.into()].into_iter().chain(values);
        match Cli::command().try_get_matches_from(arguments) {
            Err(error) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) => {
                let text = error.to_string();
                let text = text.split("\n\n").next().unwrap_or_default();
                let text = text.strip_prefix("error: ").unwrap_or(text);
                Err(text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            _ => Ok(()),
        }
    }
}

/// What a command's help says of its options' places; `None` where it has none.
pub(super) fn help_line(all: &[Placed], command: &str) -> Option<String> {
    let of_command = all.iter().filter(|placed| placed.command.as_deref() == Some(command));
    let sections: BTreeSet<&str> = of_command.filter_map(|placed| placed.key.section).collect();
    let named = |name: &dyn Fn(&str) -> String| {
        sections.iter().map(|section| name(section)).collect::<Vec<_>>().join(", ")
    };
    (!sections.is_empty()).then(|| {
        format!(
            "In slack-analytics.toml: {}; in the environment: {}",
            named(&|section| format!("[{section}]")),
            named(&|section| format!("SLACK_ANALYTICS_{}_<OPTION>", section.to_uppercase()))
        )
    })
}

#[cfg(test)]
mod tests {
    use clap::{ArgAction, ValueHint};
    use slack_pipeline::settings::keys;

    use super::*;

    /// Options that have no key, by command.
    const COMMAND_LINE_ONLY: [(&str, &[&str]); 10] = [
        ("", &["config", "json"]),
        ("extract", &["resume", "time-scale"]),
        ("run", &["import", "taken-at", "same-workspace", "assume-public", "time-scale"]),
        ("import", &["taken-at", "same-workspace"]),
        ("transform", &["allow-drops"]),
        ("merge", &["rebuild", "allow-drops", "assume-public"]),
        ("load", &["plan", "jsonl", "exclude-private", "exclude-dms"]),
        ("pack", &["untouched"]),
        ("prune", &["dry-run"]),
        ("sql", &["timeout", "max-memory", "spreadsheet-safe"]),
    ];

    fn place(command: Option<&str>, option: &str) -> Option<String> {
        key_of(command, option).map(ToString::to_string)
    }

    #[test]
    fn an_option_has_one_place() {
        assert_eq!(place(None, "quiet").as_deref(), Some("quiet"));
        for command in ["extract", "run"] {
            assert_eq!(place(Some(command), "since").as_deref(), Some("[capture] since"), "{command}");
        }
        assert_eq!(place(Some("doctor"), "types").as_deref(), Some("[capture] types"));
        assert_eq!(place(Some("metrics"), "since").as_deref(), Some("[metrics] since"));
        assert_eq!(place(Some("run"), "timezone").as_deref(), Some("[metrics] timezone"));
        assert_eq!(place(Some("sql"), "database").as_deref(), Some("[database] sqlite"));
        assert_eq!(place(Some("prune"), "keep").as_deref(), Some("[retention] raw"));
        assert_eq!(place(Some("run"), "import"), None);
    }

    #[test]
    fn every_option_has_a_key_or_is_named_as_one_that_has_none() {
        let cli = Cli::command();
        let without: Vec<(&str, &str)> = COMMAND_LINE_ONLY
            .iter()
            .flat_map(|(command, options)| options.iter().map(move |option| (*command, *option)))
            .collect();
        let is_help = |arg: &Arg| {
            use ArgAction::{Help, HelpLong, HelpShort, Version};
            matches!(arg.get_action(), Help | HelpShort | HelpLong | Version)
        };
        let mut found = Vec::new();
        for (command, arg) in options(&cli) {
            let Some(option) = arg.get_long().filter(|_| !is_help(arg) && command != Some("init")) else {
                continue;
            };
            let named = (command.unwrap_or_default(), option);
            assert_ne!(key_of(command, option).is_some(), without.contains(&named), "{named:?}");
            found.push(named);
        }
        for option in without.into_iter().chain(ELSEWHERE.map(|(command, option, ..)| (command, option))) {
            assert!(found.contains(&option), "{option:?}");
        }
        assert!(
            placed(&cli).iter().all(|placed| placed.command.as_deref() != Some("init")),
            "init writes the file"
        );
    }

    #[test]
    fn every_key_is_an_options_and_of_its_kind() {
        let all = placed(&Cli::command());
        for key in keys() {
            assert!(all.iter().any(|placed| placed.key == key), "{key}");
        }
        for Placed { key, arg, .. } in &all {
            let is_path =
                matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath);
            let kind = match arg.get_action() {
                ArgAction::SetTrue => Kind::Flag,
                ArgAction::Append => Kind::List,
                _ if is_path => Kind::Path,
                _ => Kind::One,
            };
            assert_eq!(kind, key.kind, "{key}");
        }
    }

    #[test]
    fn a_keys_default_is_its_options() {
        for Placed { key, arg, .. } in placed(&Cli::command()).iter().filter(|placed| !placed.is_flag()) {
            let default: Vec<_> =
                arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
            // Options that must know whether they are given name their default in the help alone.
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let named = help.split_once("[default: ").and_then(|(_, rest)| rest.split(']').next());
            let named = named.filter(|named| !named.contains(char::is_whitespace));
            match named {
                Some(named) if default.is_empty() => assert_eq!(key.default, [named], "{key}"),
                _ => assert_eq!(key.default, default, "{key}"),
            }
        }
    }
}
