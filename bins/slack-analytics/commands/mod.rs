//! The subcommands, a file each: the arguments, and one function.

mod chosen;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod extract;
mod format;
pub(crate) mod graph;
pub(crate) mod import;
pub(crate) mod init;
mod limits;
pub(crate) mod load;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod merge;
pub(crate) mod metrics;
pub(crate) mod pack;
pub(crate) mod prune;
pub(crate) mod report;
pub(crate) mod resources;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod serve;
pub(crate) mod sql;
pub(crate) mod status;
pub(crate) mod transform;
pub(crate) mod verify;
mod what;

use slack_model::batch::DataHome;
use slack_pipeline::Pipeline;

use crate::app::App;
use crate::cli::{Cli, Command};
use crate::exit::{Outcome, Result, Usage};
use crate::interrupt;
use crate::output::Output;

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let output = Output::new(cli.global.quiet, cli.global.json);
    let output = if matches!(cli.command, Command::Run(_)) { output.for_run() } else { output };
    let app = App { pipeline: Pipeline::new(DataHome::new(cli.global.data), &output), output: &output };
    let name = cli.command.name();
    // Serving ends well when it is told to end.
    if !matches!(cli.command, Command::Serve(_)) {
        interrupt::listen();
    }
    let outcome = run_locked(cli.command, &app);
    output.finish(name, &outcome)?;
    outcome
}

fn run_locked(command: Command, app: &App<'_>) -> Result<Outcome> {
    let root = app.home().root();
    if root.is_file() && !command.needs_no_home() {
        let why = format!("{} is a file; a data home is a folder (--data)", root.display());
        return Err(Usage(why).into());
    }
    // Reading needs no lock; a status must show while a run is under way.
    let _lock = match &command {
        command if command.needs_no_home() => None,
        // Serving takes the lock while it makes the page.
        Command::Serve(_) | Command::Sql(_) | Command::Status(_) | Command::Verify(_) => None,
        command => Some(app.pipeline.lock(command.name())?),
    };
    // A later version's data home is not read either. Taking the lock has looked already.
    if !command.needs_no_home() {
        app.home().format()?;
    }
    if matches!(command, Command::Status(_) | Command::Doctor(_) | Command::Run(_)) {
        app.report_permissions();
    }
    match command {
        Command::Extract(args) => extract::run(&args, app),
        Command::Init(args) => init::run(&args, app),
        Command::Config(args) => config::run(&args, app),
        Command::Prune(args) => prune::run(&args, app),
        Command::Schedule(args) => schedule::run(&args, app),
        Command::Import(args) => import::run(&args, app),
        Command::Transform(args) => transform::run(&args, app),
        Command::Merge(args) => merge::run(&args, app),
        Command::Metrics(args) => metrics::run(&args, app),
        Command::Graph(args) => graph::run(&args, app),
        Command::Serve(args) => serve::run(&args, app),
        Command::Report(args) => report::run(&args, app),
        Command::Load(args) => load::run(&args, app),
        Command::Sql(args) => sql::run(&args, app),
        Command::Manifest(args) => manifest::run(&args, app),
        Command::Pack(args) => pack::run(&args, app),
        Command::Status(args) => status::run(&args, app),
        Command::Doctor(args) => doctor::run(&args, app),
        Command::Verify(args) => verify::run(&args, app),
        Command::Run(args) => self::run::run(&args, app),
        Command::Demo(args) => demo::run(&args, app),
        Command::Completions(args) => completions::run(&args, app),
        Command::Man(args) => man::run(&args, app),
    }
}

impl Command {
    /// Whether it neither reads nor writes what a data home holds, or says itself what is wrong with one.
    fn needs_no_home(&self) -> bool {
        matches!(
            self,
            Self::Completions(_)
                | Self::Config(_)
                | Self::Doctor(_)
                | Self::Init(_)
                | Self::Man(_)
                | Self::Manifest(_)
                | Self::Schedule(_)
        )
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Extract(_) => "extract",
            Self::Init(_) => "init",
            Self::Config(_) => "config",
            Self::Prune(_) => "prune",
            Self::Schedule(_) => "schedule",
            Self::Import(_) => "import",
            Self::Transform(_) => "transform",
            Self::Merge(_) => "merge",
            Self::Metrics(_) => "metrics",
            Self::Graph(_) => "graph",
            Self::Serve(_) => "serve",
            Self::Report(_) => "report",
            Self::Load(_) => "load",
            Self::Manifest(_) => "manifest",
            Self::Sql(_) => "sql",
            Self::Pack(_) => "pack",
            Self::Status(_) => "status",
            Self::Doctor(_) => "doctor",
            Self::Verify(_) => "verify",
            Self::Run(_) => "run",
            Self::Demo(_) => "demo",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}
