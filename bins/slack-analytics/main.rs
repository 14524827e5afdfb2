//! The command line of Slack analytics: paths, progress and exit codes around the stages' crates.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod aliases;
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
mod measured;
mod output;
mod pipeline;
mod printable;
mod progress;
mod raw_pages;
mod reporting;
mod serving;
mod settings;
mod shown;
mod stamp;
mod style;
mod summary;
mod table;
mod tapped;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match settings::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(failure) => return exit::code(Err(failure)),
    };
    let secrets = environment::Environment::read().map(|environment| environment.secrets());
    // A broken .env stops only what needs it, and says so then.
    logging::begin(secrets.unwrap_or_default());
    exit::code(commands::run(cli))
}
