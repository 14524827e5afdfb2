//! The command line of Slack analytics: paths, progress and exit codes around the stages' crates.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod answer;
mod captured;
mod cli;
mod commands;
mod database;
mod drawing;
mod environment;
mod exit;
mod graphing;
mod hint;
mod home_health;
mod interrupt;
mod last_run;
mod logging;
mod output;
mod pipeline;
mod printable;
mod progress;
mod shown;
mod stamp;
mod style;
mod summary;
mod table;
mod tapped;
mod usage;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::try_parse().unwrap_or_else(|error| usage::end(&error));
    let secrets = environment::Environment::read().map(|environment| environment.secrets());
    // A broken .env stops only what needs it, and says so then.
    logging::begin(secrets.unwrap_or_default());
    exit::code(commands::run(cli))
}
