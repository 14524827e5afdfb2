//! The one place that an option has in the file, and its variable.

use std::collections::BTreeSet;

use clap::{Arg, ArgAction, Command, ValueHint};

/// Where an option stands: a section (none for those of all commands) and a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) section: Option<String>,
    pub(crate) key: String,
}

/// An option of a command (or of all commands) at its place.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) place: Place,
    pub(crate) command: Option<String>,
    pub(crate) arg: Arg,
}

/// Options that say what to do this once, and so stand on the command line only, by command.
const COMMAND_LINE_ONLY: [(&str, &[&str]); 10] = [
    ("", &["config", "json"]),
    ("extract", &["resume", "time-scale"]),
    ("run", &["import", "taken-at", "same-workspace", "assume-public", "time-scale"]),
    ("import", &["taken-at", "same-workspace"]),
    ("transform", &["allow-drops"]),
    ("merge", &["rebuild", "allow-drops", "assume-public"]),
    ("load", &["plan", "exclude-private", "exclude-dms"]),
    ("pack", &["untouched"]),
    ("prune", &["dry-run"]),
    ("sql", &["timeout", "max-memory", "spreadsheet-safe"]),
];

/// Commands whose options in common with another one stand in that one's section: who has them, and who shares them.
const SHARED: [(&str, &[&str]); 3] = [
    ("extract", &["run", "doctor", "manifest"]),
    ("import", &["run"]),
    ("report", &["run", "demo", "serve"]),
];

/// Options that stand elsewhere than their command and name say, since another command's is the same one.
const ELSEWHERE: [(&str, &str, &str, &str); 4] = [
    ("", "timezone", "metrics", "timezone"),
    ("sql", "database", "database", "sqlite"),
    ("prune", "keep", "retention", "raw"),
    ("run", "keep-raw", "retention", "raw"),
];

/// Whether an option stands on the command line only. `command` is empty for those that all commands have.
fn is_command_line_only(command: &str, option: &str) -> bool {
    // `init` writes the file.
    command == "init"
        || COMMAND_LINE_ONLY.iter().any(|(of, options)| *of == command && options.contains(&option))
}

/// All options that have a place, command by command.
pub(crate) fn placed(cli: &Command) -> Vec<Placed> {
    let commands = cli.get_subcommands().map(|of| (Some(of.get_name()), of));
    let mut all = Vec::new();
    for (command, of) in [(None, cli)].into_iter().chain(commands) {
        for arg in of.get_opts() {
            // Help and version are no options of ours.
            let is_ours = !matches!(
                arg.get_action(),
                ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
            );
            let Some(option) = arg.get_long().filter(|_| is_ours) else { continue };
            if let Some(place) = Place::of(cli, command, option) {
                all.push(Placed { place, command: command.map(Into::into), arg: arg.clone() });
            }
        }
    }
    all
}

impl Place {
    fn of(cli: &Command, command: Option<&str>, option: &str) -> Option<Self> {
        let name = command.unwrap_or_default();
        if is_command_line_only(name, option) {
            return None;
        }
        let at = |section: &str, key: &str| Some(Self { section: Some(section.into()), key: key.into() });
        let elsewhere =
            ELSEWHERE.iter().find(|(of, named, ..)| *named == option && (of.is_empty() || *of == name));
        if let Some((.., section, key)) = elsewhere.filter(|_| command.is_some()) {
            return at(section, key);
        }
        let Some(name) = command else { return Some(Self { section: None, key: option.into() }) };
        let has = |owner: &str| {
            let owner = cli.find_subcommand(owner);
            owner.is_some_and(|owner| owner.get_opts().any(|arg| arg.get_long() == Some(option)))
        };
        let owner = SHARED.iter().find(|(owner, sharers)| sharers.contains(&name) && has(owner));
        at(section(owner.map_or(name, |(owner, _)| owner)), option)
    }

    /// The environment's variable.
    pub(crate) fn variable(&self) -> String {
        // It was there before the others.
        if self.section.is_none() && self.key == "data" {
            return "SLACK_DATA_HOME".into();
        }
        let words = ["slack_analytics"].into_iter().chain(self.section.as_deref()).chain([self.key.as_str()]);
        words.collect::<Vec<_>>().join("_").replace('-', "_").to_uppercase()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.section {
            Some(section) => write!(f, "[{section}] {}", self.key),
            None => f.write_str(&self.key),
        }
    }
}

impl Placed {
    /// Whether it is on or off.
    pub(crate) fn is_flag(&self) -> bool {
        matches!(self.arg.get_action(), ArgAction::SetTrue)
    }

    /// What holds where nothing is set, as far as the command line or its help says so.
    pub(crate) fn default_values(&self) -> Vec<String> {
        if self.is_flag() {
            return vec!["false".into()];
        }
        let values: Vec<_> =
            self.arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let help = self.arg.get_help().map(ToString::to_string).unwrap_or_default();
        // Options that must know whether they are given say their default in the help alone.
        let told = help.split_once("[default: ").and_then(|(_, rest)| rest.split(']').next());
        let told = told.filter(|told| !told.contains(char::is_whitespace)).map(Into::into);
        if values.is_empty() { told.into_iter().collect() } else { values }
    }

    /// Whether it may have several values.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.arg.get_action(), ArgAction::Append)
    }

    /// Whether it names a file or a folder.
    pub(crate) fn is_path(&self) -> bool {
        matches!(self.arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath)
    }
}

/// The section of the options that a command has to itself.
fn section(command: &str) -> &str {
    match command {
        "extract" => "capture",
        "load" | "sql" => "database",
        name => name,
    }
}

/// What a command's help says of its options' places; `None` where it has none.
pub(super) fn help_line(all: &[Placed], command: &str) -> Option<String> {
    let of_command = all.iter().filter(|placed| placed.command.as_deref() == Some(command));
    let sections: BTreeSet<&str> = of_command.filter_map(|placed| placed.place.section.as_deref()).collect();
    let named = |name: &dyn Fn(&str) -> String| {
        sections.iter().map(|section| name(section)).collect::<Vec<_>>().join(", ")
    };
    let variable = |section: &str| {
        let place = Place { section: Some(section.into()), key: "<OPTION>".into() };
        place.variable()
    };
    (!sections.is_empty()).then(|| {
        format!(
            "In slack-analytics.toml: {}; in the environment: {}",
            named(&|section| format!("[{section}]")),
            named(&variable)
        )
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn place(command: Option<&str>, option: &str) -> Option<String> {
        Place::of(&crate::cli::Cli::command(), command, option).map(|place| place.to_string())
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
    fn options_at_one_place_are_of_one_kind() {
        let all = placed(&crate::cli::Cli::command());
        for one in &all {
            for other in all.iter().filter(|other| other.place == one.place) {
                let kind = |placed: &Placed| (placed.is_flag(), placed.is_list(), placed.is_path());
                assert_eq!(kind(one), kind(other), "{}", one.place);
            }
        }
    }

    #[test]
    fn every_option_that_is_named_here_is_there() {
        let cli = crate::cli::Cli::command();
        let has = |command: &str, option: &str| {
            let of = if command.is_empty() { Some(&cli) } else { cli.find_subcommand(command) };
            of.is_some_and(|of| of.get_opts().any(|arg| arg.get_long() == Some(option)))
        };
        for (command, options) in COMMAND_LINE_ONLY {
            for option in options {
                assert!(has(command, option), "{command} --{option}");
            }
        }
        for (command, option, ..) in ELSEWHERE.iter().filter(|(command, ..)| !command.is_empty()) {
            assert!(has(command, option), "{command} --{option}");
        }
    }

    #[test]
    fn a_default_is_known_from_the_help_too() {
        let default = |command: &str, option: &str| {
            let all = placed(&crate::cli::Cli::command());
            let is_it = |placed: &&Placed| {
                placed.command.as_deref() == Some(command) && placed.arg.get_long() == Some(option)
            };
            all.iter().find(is_it).expect("an option").default_values().join(" ")
        };
        assert_eq!(default("extract", "types"), "public");
        assert_eq!(default("extract", "full"), "false");
        assert_eq!(default("graph", "format"), "gexf svg");
        assert_eq!(default("metrics", "threads"), "", "it depends on the machine");
    }

    #[test]
    fn a_variable_is_named_after_the_place() {
        let variable = |section: Option<&str>, key: &str| {
            Place { section: section.map(Into::into), key: key.into() }.variable()
        };
        assert_eq!(variable(Some("capture"), "max-file-size"), "SLACK_ANALYTICS_CAPTURE_MAX_FILE_SIZE");
        assert_eq!(variable(None, "quiet"), "SLACK_ANALYTICS_QUIET");
        assert_eq!(variable(None, "data"), "SLACK_DATA_HOME");
    }
}
