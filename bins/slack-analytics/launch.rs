//! Runs the command that was asked for: with the lock that it needs, and its words in the end.

use slack_model::batch::DataHome;
use slack_pipeline::Pipeline;

use crate::app::App;
use crate::cli::Cli;
use crate::commands::{Command, HomeUse};
use crate::failure::{Outcome, Result, Usage};
use crate::interrupt;
use crate::output::Output;

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let output = Output::new(cli.global.quiet, cli.global.json);
    let output = if matches!(cli.command, Command::Run(_)) { output.for_run() } else { output };
    let app = App { pipeline: Pipeline::new(DataHome::new(cli.global.data), &output), output: &output };
    // Serving ends well when it is told to end.
    if !matches!(cli.command, Command::Serve(_)) {
        interrupt::listen();
    }
    let outcome = run_locked(&cli.command, &app);
    output.finish(cli.command.name(), &outcome)?;
    outcome
}

fn run_locked(command: &Command, app: &App<'_>) -> Result<Outcome> {
    let (root, home_use) = (app.home().root(), command.home_use());
    if root.is_file() && home_use != HomeUse::None {
        let why = format!("{} is a file; a data home is a folder (--data)", root.display());
        return Err(Usage(why).into());
    }
    // Reading needs no lock; a status must show while a run is under way.
    let _lock = if home_use == HomeUse::Write { Some(app.pipeline.lock(command.name())?) } else { None };
    // A later version's data home is not read either. Taking the lock has looked already.
    if home_use != HomeUse::None {
        app.home().format()?;
    }
    if matches!(command, Command::Status(_) | Command::Doctor(_) | Command::Run(_)) {
        app.report_permissions();
    }
    command.run(app)
}
