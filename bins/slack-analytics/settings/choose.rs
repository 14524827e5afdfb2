//! Which of what the environment and the file say holds beside a command line.

use std::net::IpAddr;

use clap::{ArgMatches, Command, CommandFactory};
use slack_pipeline::settings::{Environment, Origin, Setting, SettingsFile};

use super::place::{Placed, placed};
use super::said::is_said;
use crate::cli::Cli;
use crate::failure::{Result, Usage};

/// What is set of an option, in the environment or else in the file.
pub(super) fn setting(
    placed: &Placed,
    file: &SettingsFile,
    environment: &Environment,
) -> Result<Option<Setting>> {
    let variable = environment.setting(placed.key)?;
    if let Some(Setting { key, values, origin, .. }) = &variable {
        placed.check(values).map_err(|why| origin.wrong(key, &why))?;
    }
    Ok(variable.or_else(|| file.get(placed.key).cloned()))
}

/// The settings of a command that its command line leaves room for: neither what it says itself, nor what excludes that.
pub(super) fn choose(
    name: &str,
    said: &ArgMatches,
    file: &SettingsFile,
    is_named: bool,
    environment: &Environment,
) -> Result<Vec<(Placed, Setting)>> {
    let cli = Cli::command();
    let Some(command) = cli.find_subcommand(name) else { return Ok(Vec::new()) };
    let on_command_line: Vec<&str> =
        command.get_opts().map(|arg| arg.get_id().as_str()).filter(|id| is_said(said, id)).collect();
    let mut chosen: Vec<(Placed, Setting)> = Vec::new();
    for placed in placed(&cli) {
        let id = placed.id();
        let is_heeded = placed.command.as_deref().is_none_or(|of| of == name);
        let excluded = || on_command_line.iter().any(|other| exclude(command, id, other));
        if !is_heeded || is_said(said, id) || excluded() {
            continue;
        }
        let Some(setting) = setting(&placed, file, environment)? else { continue };
        refuse_unnamed(&setting, is_named)?;
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
fn opens(Setting { key, values, .. }: &Setting) -> Option<&'static str> {
    if PRIVATE.contains(&&*key.name) {
        let is_on = !values.is_empty() && *values != ["false"];
        return is_on.then_some("private conversations are not shown");
    }
    let is_address = key.section == Some("serve") && key.name == "listen";
    let mut addresses = values.iter().filter_map(|value| value.parse::<IpAddr>().ok());
    (is_address && addresses.any(|address| !address.is_loopback())).then_some("other machines are not let in")
}

/// Refuses to let others see more because a file says so that nobody named: it may have come with the folder.
fn refuse_unnamed(setting: &Setting, is_named: bool) -> Result<()> {
    let Some(what) = opens(setting) else { return Ok(()) };
    let Setting { key, origin, .. } = setting;
    let instead = match origin {
        Origin::File { path, .. } if !is_named => {
            format!("name the file (--config {}), or give --{}", path.display(), key.name)
        }
        Origin::Variable { variable, path: Some(_) } => {
            format!("set {variable} in the environment, or give --{}", key.name)
        }
        _ => return Ok(()),
    };
    let why = format!("{key} ({origin}): {what} because of a file in the working folder alone; {instead}");
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
            let ids = [one, other].map(|(placed, _)| placed.id());
            if one.0.command.is_none() || other.0.command.is_none() || !exclude(command, ids[0], ids[1]) {
                continue;
            }
            let is_variable = |setting: &Setting| matches!(setting.origin, Origin::Variable { .. });
            match (is_variable(&one.1), is_variable(&other.1)) {
                (true, false) => dropped.push(other_at),
                (false, true) => dropped.push(at),
                _ => {
                    let told =
                        [one, other].map(|(_, setting)| format!("{} ({})", setting.key, setting.origin));
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
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Environment::from_variables(variables);
        let name = said.subcommand_name().expect("a command").to_owned();
        let chosen = choose(&name, &said, &file, false, &environment)?;
        Ok(chosen.iter().map(|(_, set)| format!("{}={}", set.key.name, set.values.join(" "))).collect())
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
        let file = SettingsFile::parse(Path::new("s.toml"), "[report]\ninclude-dms = true\n").expect("read");
        let said =
            super::super::said::with_values(Cli::command()).get_matches_from(["slack-analytics", "report"]);
        let nothing = Environment::default();
        assert_eq!(choose("report", &said, &file, true, &nothing).expect("chosen").len(), 1);
        let folder = tempfile::tempdir().expect("made");
        std::fs::write(folder.path().join(".env"), "SLACK_ANALYTICS_REPORT_INCLUDE_PRIVATE=true\n")
            .expect("written");
        let beside = Environment::read([folder.path()]).expect("read");
        let refused = choose("report", &said, &file, true, &beside).expect_err("refused").to_string();
        assert!(refused.contains("INCLUDE_PRIVATE in ") && refused.contains("/.env"), "{refused}");
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
