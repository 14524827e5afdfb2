//! What the command line says itself.

use clap::{ArgAction, ArgMatches, Command};

use super::place::{Placed, placed};

/// The command line, its flags taking a value where one is given: `--full=false` takes back what the file sets.
pub(super) fn with_values(mut command: Command) -> Command {
    let flags: Vec<Placed> = placed(&command).into_iter().filter(Placed::is_flag).collect();
    for flag in flags {
        let id = flag.id();
        let taking = |arg: clap::Arg| {
            let arg = arg.action(ArgAction::Set).num_args(0..=1).require_equals(true);
            arg.value_parser(clap::value_parser!(bool)).default_value("false").default_missing_value("true")
        };
        command = match &flag.command {
            Some(name) => command.mut_subcommand(name, |of| of.mut_arg(id, taking)),
            None => command.mut_arg(id, taking),
        };
    }
    command
}

/// Whether an argument of the command itself, or one that all commands have, is on the command line.
pub(super) fn is_said(said: &ArgMatches, id: &str) -> bool {
    let of_command = said.subcommand().map(|(_, matches)| matches);
    [Some(said), of_command].into_iter().flatten().any(|matches| {
        matches!(matches.try_contains_id(id), Ok(true))
            && matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine)
    })
}
