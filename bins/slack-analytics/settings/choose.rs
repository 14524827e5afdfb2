//! Which of what the environment and the file say holds beside a command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{ArgMatches, Command, CommandFactory};

use super::file::{SettingsFile, check};
use super::place::{Place, Placed, placed};
use super::said::is_said;
use crate::cli::Cli;
use crate::environment;
use crate::failure::{Result, Usage};

/// An option's values, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) values: Vec<String>,
    pub(crate) origin: Origin,
}

/// Where an option is set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// Nowhere.
    Default,
    /// In the file, in this line.
    File(PathBuf, usize),
    /// In this variable of the environment.
    Variable(String),
    /// In this variable, which is set in a `.env` file.
    VariableIn(String, PathBuf),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::VariableIn(name, path) => write!(f, "{name} in {}", path.display()),
        }
    }
}

/// What is set of an option, in the environment or else in the file.
pub(super) fn setting(
    placed: &Placed,
    file: &SettingsFile,
    variable: impl Fn(&str) -> Option<(String, environment::Place)>,
) -> Result<Option<Setting>> {
    let name = placed.place.variable();
    if let Some((value, place)) = variable(&name) {
        let wrong = |why: String| Usage(format!("{name}: {why}"));
        let values = if placed.is_flag() {
            vec![on_or_off(&value).map_err(wrong)?.to_string()]
        } else if placed.is_list() {
            let values = value.split(',').map(str::trim).filter(|value| !value.is_empty());
            values.map(Into::into).collect()
        } else {
            vec![value]
        };
        check(placed, &values).map_err(wrong)?;
        let origin = match place {
            environment::Place::Environment => Origin::Variable(name),
            environment::Place::File(path) => Origin::VariableIn(name, path),
        };
        return Ok(Some(Setting { values, origin }));
    }
    let said = file.get(&placed.place);
    Ok(said.map(|(values, line)| Setting {
        values: values.to_vec(),
        origin: Origin::File(file.path.clone(), line),
    }))
}

fn on_or_off(value: &str) -> Result<bool, String> {
    match value.trim().to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("want true or false".into()),
    }
}

/// The settings of a command that its command line leaves room for: neither what it says itself, nor what excludes that.
pub(super) fn choose(
    name: &str,
    said: &ArgMatches,
    file: &SettingsFile,
    variable: impl Fn(&str) -> Option<(String, environment::Place)>,
) -> Result<Vec<(Placed, Setting)>> {
    let cli = Cli::command();
    let Some(command) = cli.find_subcommand(name) else { return Ok(Vec::new()) };
    let on_command_line: Vec<&str> =
        command.get_opts().map(|arg| arg.get_id().as_str()).filter(|id| is_said(said, id)).collect();
    let mut chosen: Vec<(Placed, Setting)> = Vec::new();
    for placed in placed(&cli) {
        let id = placed.arg.get_id().as_str();
        let is_heeded = placed.command.as_deref().is_none_or(|of| of == name);
        let excluded = || on_command_line.iter().any(|other| exclude(command, id, other));
        if !is_heeded || is_said(said, id) || excluded() {
            continue;
        }
        let Some(setting) = setting(&placed, file, &variable)? else { continue };
        refuse_unnamed(&placed, &setting, file)?;
        // A list without an item says nothing.
        if !setting.values.is_empty() {
            chosen.push((placed, setting));
        }
    }
    without_contradictions(command, chosen)
}

/// The options that let others see private conversations.
const PRIVATE: [&str; 2] = ["include-private", "include-dms"];

/// What a setting would let others see, that a file must not decide which nobody named.
fn opens(placed: &Placed, setting: &Setting) -> Option<&'static str> {
    let Place { section, key } = &placed.place;
    if PRIVATE.contains(&&**key) {
        let is_on = !setting.values.is_empty() && setting.values != ["false"];
        return is_on.then_some("private conversations are not shown");
    }
    let is_address = section.as_deref() == Some("serve") && key == "listen";
    let mut addresses = setting.values.iter().filter_map(|value| value.parse::<IpAddr>().ok());
    (is_address && addresses.any(|address| !address.is_loopback())).then_some("other machines are not let in")
}

/// Refuses to let others see more because a file says so that nobody named: it may have come with the folder.
fn refuse_unnamed(placed: &Placed, setting: &Setting, file: &SettingsFile) -> Result<()> {
    let Some(what) = opens(placed, setting) else { return Ok(()) };
    let instead = match &setting.origin {
        Origin::File(path, _) if !file.is_named => {
            format!("name the file (--config {}), or give --{}", path.display(), placed.place.key)
        }
        Origin::VariableIn(name, _) => {
            format!("set {name} in the environment, or give --{}", placed.place.key)
        }
        _ => return Ok(()),
    };
    let why = format!(
        "{} ({}): {what} because of a file in the working folder alone; {instead}",
        placed.place, setting.origin
    );
    Err(Usage(why).into())
}

/// Leaves out what the file says where the environment says what excludes it.
fn without_contradictions(
    command: &Command,
    mut chosen: Vec<(Placed, Setting)>,
) -> Result<Vec<(Placed, Setting)>> {
    let is_off = |(placed, setting): &(Placed, Setting)| placed.is_flag() && setting.values == ["false"];
    let mut dropped = Vec::new();
    for (at, one) in chosen.iter().enumerate().filter(|(_, one)| !is_off(one)) {
        for (other_at, other) in chosen.iter().enumerate().skip(at + 1).filter(|(_, other)| !is_off(other)) {
            let ids = [one, other].map(|(placed, _)| placed.arg.get_id().as_str());
            if one.0.command.is_none() || other.0.command.is_none() || !exclude(command, ids[0], ids[1]) {
                continue;
            }
            let is_variable =
                |setting: &Setting| matches!(setting.origin, Origin::Variable(_) | Origin::VariableIn(..));
            match (is_variable(&one.1), is_variable(&other.1)) {
                (true, false) => dropped.push(other_at),
                (false, true) => dropped.push(at),
                _ => {
                    let told = [one, other]
                        .map(|(placed, setting)| format!("{} ({})", placed.place, setting.origin));
                    return Err(Usage(format!("{} and {} exclude each other", told[0], told[1])).into());
                }
            }
        }
    }
    let mut at = 0;
    chosen.retain(|_| (!dropped.contains(&at), at += 1).0);
    Ok(chosen)
}

/// Whether two options of a command exclude each other.
fn exclude(command: &Command, one: &str, other: &str) -> bool {
    let conflicts = |one: &str, other: &str| {
        let arg = command.get_arguments().find(|arg| arg.get_id() == one);
        let all = arg.map(|arg| command.get_arg_conflicts_with(arg)).unwrap_or_default();
        all.iter().any(|arg| arg.get_id() == other)
    };
    // Of these the later one counts on the command line, which clap does not tell.
    let opposes = |one: &str, other: &str| {
        let what = one.strip_prefix("include_");
        what.is_some() && what == other.strip_prefix("exclude_")
    };
    conflicts(one, other) || conflicts(other, one) || opposes(one, other) || opposes(other, one)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What holds of a command line, a file and variables, as `key=values`.
    fn chosen(arguments: &[&str], toml: &str, variables: &[(&str, &str)]) -> Result<Vec<String>> {
        let arguments = ["slack-analytics"].iter().chain(arguments);
        let said = super::super::said::with_values(Cli::command()).try_get_matches_from(arguments)?;
        let file = SettingsFile::parse(Path::new("s.toml"), toml)?;
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| ((*value).to_owned(), environment::Place::Environment))
        };
        let name = said.subcommand_name().expect("a command").to_owned();
        let chosen = choose(&name, &said, &file, variable)?;
        Ok(chosen
            .iter()
            .map(|(placed, set)| format!("{}={}", placed.place.key, set.values.join(" ")))
            .collect())
    }

    #[test]
    fn the_command_line_comes_before_the_environment_before_the_file() {
        let toml = "[capture]\nsince = '30d'\ntypes = ['public', 'im']\n";
        let variables = [("SLACK_ANALYTICS_CAPTURE_TYPES", "private, im")];
        let all = chosen(&["extract"], toml, &variables).expect("chosen");
        assert_eq!(all, ["types=private im", "since=30d"]);
        let all = chosen(&["run", "--types", "mpim", "--since", "1d"], toml, &variables).expect("chosen");
        assert!(all.is_empty(), "{all:?}");
        assert!(chosen(&["status"], toml, &variables).expect("chosen").is_empty());
    }

    #[test]
    fn what_the_command_line_says_drops_what_excludes_it() {
        let full = "[capture]\nfull = true\n";
        assert!(chosen(&["run", "--since", "3d"], full, &[]).expect("chosen").is_empty());
        assert_eq!(chosen(&["run"], full, &[]).expect("chosen"), ["full=true"]);
        let variables = [("SLACK_ANALYTICS_CAPTURE_SINCE", "3d")];
        assert_eq!(chosen(&["run"], full, &variables).expect("chosen"), ["since=3d"]);
        let private = "[database]\ninclude-private = true\n";
        assert!(chosen(&["load", "--exclude-private"], private, &[]).expect("chosen").is_empty());
        let target = "[database]\npostgres = 'postgres://h/d'\ngrant-read = ['a', 'b']\n";
        assert!(chosen(&["load", "--sqlite", "f"], target, &[]).expect("chosen").is_empty());
    }

    #[test]
    fn private_conversations_are_not_shown_because_of_a_file_alone() {
        for (section, command) in
            [("database", "load"), ("report", "report"), ("report", "run"), ("report", "serve")]
        {
            for key in ["include-private", "include-dms"] {
                let toml = |on: bool| format!("[{section}]\n{key} = {on}\n");
                let refused = chosen(&[command], &toml(true), &[]).expect_err("refused").to_string();
                assert!(refused.starts_with(&format!("[{section}] {key} (s.toml:2)")), "{refused}");
                assert!(chosen(&[command], &toml(false), &[]).is_ok());
                let flag = format!("--{key}");
                assert!(
                    chosen(&[command, &flag], &toml(true), &[]).is_ok(),
                    "the command line says so itself"
                );
                let name = format!("SLACK_ANALYTICS_{section}_{key}").replace('-', "_").to_uppercase();
                assert_eq!(
                    chosen(&[command], &toml(true), &[(&name, "true")]).expect("chosen"),
                    [format!("{key}=true")],
                    "the environment says so"
                );
            }
        }
        for (address, is_open) in
            [("127.0.0.1", false), ("::1", false), ("0.0.0.0", true), ("192.0.2.7", true), ("::", true)]
        {
            let toml = format!("[serve]\nlisten = '{address}'\n");
            assert_eq!(chosen(&["serve"], &toml, &[]).is_err(), is_open, "{address}");
        }
        assert!(chosen(&["status"], "[report]\ninclude-dms = true\n", &[]).is_ok());
        let mut file =
            SettingsFile::parse(Path::new("s.toml"), "[report]\ninclude-dms = true\n").expect("read");
        file.is_named = true;
        let said =
            super::super::said::with_values(Cli::command()).get_matches_from(["slack-analytics", "report"]);
        assert_eq!(choose("report", &said, &file, |_| None).expect("chosen").len(), 1);
        let variable = |name: &str| {
            let place = environment::Place::File(".env".into());
            (name == "SLACK_ANALYTICS_REPORT_INCLUDE_PRIVATE").then(|| ("true".to_owned(), place))
        };
        let refused = choose("report", &said, &file, variable).expect_err("refused").to_string();
        assert!(refused.contains("INCLUDE_PRIVATE in .env"), "{refused}");
    }

    #[test]
    fn a_file_that_contradicts_itself_is_refused() {
        let failure = chosen(&["run"], "[capture]\nfull = true\nsince = '3d'", &[]).expect_err("refused");
        assert_eq!(
            failure.to_string(),
            "[capture] since (s.toml:3) and [capture] full (s.toml:2) exclude each other"
        );
        let off = chosen(&["run"], "[capture]\nfull = false\nsince = '3d'", &[]).expect("chosen");
        assert_eq!(off, ["since=3d", "full=false"]);
    }

    #[test]
    fn a_variable_is_checked_as_the_file_is() {
        let failure = chosen(&["run"], "", &[("SLACK_ANALYTICS_QUIET", "perhaps")]).expect_err("refused");
        assert_eq!(failure.to_string(), "SLACK_ANALYTICS_QUIET: want true or false");
        let failure =
            chosen(&["run"], "", &[("SLACK_ANALYTICS_CAPTURE_SINCE", "soon")]).expect_err("refused");
        assert!(failure.to_string().starts_with("SLACK_ANALYTICS_CAPTURE_SINCE: invalid value 'soon'"));
    }
}
