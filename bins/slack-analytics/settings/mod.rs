//! Options from `slack-analytics.toml` and the environment: what the command line says counts first, then the
//! environment, then the file, then the default.
//!
//! Nothing here knows an option by itself. The place of each follows from its command and name (`place.rs`), and what is
//! set becomes its default value, so that what clap holds of the command line (which options exclude each other, which
//! are required) is not held of the file.

mod choose;
mod place;
mod said;
mod sources;
mod template;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Command, CommandFactory, FromArgMatches};
use slack_pipeline::settings::{Error, FILE, Setting, SettingsFile};

pub(crate) use self::place::placed;
use self::said::with_values;
pub(crate) use self::sources::OptionSources;
pub(crate) use self::template::{Chosen, template};
use crate::cli::Cli;
use crate::environment;
use crate::failure::{Result, Usage};
use crate::usage;

/// The command line with, at the end of each command's help, where its options stand in the file and the environment.
pub(crate) fn command() -> Command {
    let plain = Cli::command();
    let all = placed(&plain);
    let mut told = plain.clone();
    for of in plain.get_subcommands() {
        let name = of.get_name();
        let Some(line) = place::help_line(&all, name) else { continue };
        let help = of.get_after_help().map(|help| format!("{help}\n\n{line}")).unwrap_or(line);
        told = told.mut_subcommand(name, |of| of.after_help(help));
    }
    told
}

/// Reads the command line, the environment and the file. Ends the process where the command line is wrong or asks for help.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let said = match with_values(Cli::command()).try_get_matches_from(&arguments) {
        Ok(said) => said,
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion => {
                command().try_get_matches_from(&arguments).unwrap_or_else(|error| usage::end(&error))
            }
            _ => usage::end(&error),
        },
    };
    let name = said.subcommand_name().unwrap_or_default();
    let asked = said.get_one::<PathBuf>("config").cloned();
    let path = asked.clone().or_else(|| Some(PathBuf::from(FILE)).filter(|path| path.is_file()));
    if let Some(path) = &path {
        environment::look_beside(path.parent().unwrap_or(Path::new("")));
    }
    // `init` writes the file, and may be there to mend it.
    let file = match path.as_ref().filter(|_| name != "init") {
        None => SettingsFile::default(),
        Some(path) if !path.is_file() => {
            return Err(Usage(format!("there is no configuration file {}", path.display())).into());
        }
        Some(path) => checked(SettingsFile::read(path)?)?,
    };
    // A broken .env stops what needs it, and says so then.
    let environment = environment::read().unwrap_or_default();
    let chosen = choose::choose(name, &said, &file, asked.is_some(), &environment)?;
    let mut command = with_values(Cli::command());
    for (placed, setting) in &chosen {
        let id = placed.id();
        let set = |arg: clap::Arg| arg.default_values(setting.values.clone());
        command = match placed.command {
            Some(_) => command.mut_subcommand(name, |of| of.mut_arg(id, set)),
            None => command.mut_arg(id, set),
        };
    }
    let mut matches = command.try_get_matches_from(&arguments).unwrap_or_else(|error| usage::end(&error));
    let mut sources = OptionSources::new(&said, name, path, &file, &environment)?;
    sources.origins =
        chosen.into_iter().map(|(placed, setting)| (placed.id().to_owned(), setting.origin)).collect();
    let mut cli = Cli::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| usage::end(&error));
    cli.command.take_sources(sources);
    Ok(cli)
}

/// A file whose values the command line would take too.
pub(crate) fn checked(file: SettingsFile) -> Result<SettingsFile, Error> {
    let all = placed(&Cli::command());
    for Setting { key, values, origin, .. } in file.settings() {
        let placed = all.iter().find(|placed| placed.key == *key);
        placed.map_or(Ok(()), |placed| placed.check(values)).map_err(|why| origin.wrong(key, &why))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_with_values_and_places_is_consistent() {
        command().debug_assert();
        with_values(Cli::command()).debug_assert();
    }

    #[test]
    fn help_says_where_options_stand() {
        let help = |name: &str| {
            let command = command();
            let of = command.find_subcommand(name).expect("a command");
            of.get_after_help().map(ToString::to_string).unwrap_or_default()
        };
        assert!(help("extract").ends_with(
            "In slack-analytics.toml: [capture]; in the environment: SLACK_ANALYTICS_CAPTURE_<OPTION>"
        ));
        assert!(help("run").contains("[capture], [import], [metrics]"), "{}", help("run"));
        assert!(!help("status").contains("slack-analytics.toml"), "it has no option of its own");
    }

    #[test]
    fn what_the_command_line_would_not_take_is_told_with_its_line() {
        let refused = |text: &str| {
            let file = SettingsFile::parse(Path::new("dir/s.toml"), text).expect("read");
            checked(file).expect_err(text).to_string()
        };
        let soon = refused("quiet = true\n[capture]\n\nsince = 'soon'\n");
        assert!(soon.starts_with("dir/s.toml:4: [capture] since: invalid value 'soon'"), "{soon}");
        let kind = refused("[capture]\ntypes = ['public', 'open']");
        assert!(kind.contains("'open'") && kind.contains("possible values: public"), "{kind}");
    }
}
