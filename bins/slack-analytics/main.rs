//! The command line of Slack analytics: paths, progress and exit codes around the stages' crates.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod answer;
mod app;
mod capture_words;
mod cli;
mod commands;
mod database;
mod environment;
mod exit;
mod failure;
mod figures;
mod hint;
mod interrupt;
mod launch;
mod logging;
mod output;
mod permissions;
mod printable;
mod progress;
mod rebuild;
mod redact;
mod settings;
mod style;
mod table;
mod usage;
mod without_tokens;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    permissions::keep_to_oneself();
    // What is wrong with the command line may quote it.
    redact::remember(environment::secrets_of_arguments(std::env::args_os()));
    redact::remember(secrets());
    let cli = match settings::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(failure) => return exit::code(Err(failure)),
    };
    // The configuration file may have a .env beside it.
    let secrets = secrets();
    redact::remember(secrets.iter().cloned());
    logging::begin(secrets);
    exit::code(launch::run(cli))
}

/// The secrets of the environment. A broken .env stops only what needs it, and says so then.
fn secrets() -> Vec<String> {
    environment::read().map(|environment| environment.secrets()).unwrap_or_default()
}
