//! The command line of Slack analytics: paths, progress and exit codes around the stages' crates.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod cli;
mod commands;
mod environment;
mod exit;
mod output;
mod pipeline;
mod progress;
mod summary;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    exit::code(commands::run(cli::Cli::parse()))
}
