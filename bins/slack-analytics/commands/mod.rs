//! The subcommands, a file each: the arguments, and one function.

mod chosen;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod extract;
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

use crate::cli::{Cli, Command};
use crate::exit::{Outcome, Result, Usage};
use crate::interrupt;
use crate::output::Output;
use crate::pipeline::Pipeline;

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let output = Output::new(cli.global.quiet, cli.global.json);
    let output = if matches!(cli.command, Command::Run(_)) { output.for_run() } else { output };
    let pipeline = Pipeline { home: DataHome::new(cli.global.data), output: &output };
    let name = cli.command.name();
    // Serving ends well when it is told to end.
    if !matches!(cli.command, Command::Serve(_)) {
        interrupt::listen();
    }
    let outcome = run_locked(cli.command, &pipeline);
    output.finish(name, &outcome)?;
    outcome
}

fn run_locked(command: Command, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let root = pipeline.home.root();
    if root.is_file() && !command.needs_no_home() {
        let why = format!("{} is a file; a data home is a folder (--data)", root.display());
        return Err(Usage(why).into());
    }
    // Reading needs no lock; a status must show while a run is under way.
    let _lock = match &command {
        command if command.needs_no_home() => None,
        // Serving takes the lock while it makes the page.
        Command::Serve(_) | Command::Sql(_) | Command::Status(_) | Command::Verify(_) => None,
        command => Some(pipeline.lock_patiently(command.name())?),
    };
    // A later version's data home is not read either. Taking the lock has looked already.
    if !command.needs_no_home() {
        pipeline.home.format()?;
    }
    if matches!(command, Command::Status(_) | Command::Doctor(_) | Command::Run(_)) {
        pipeline.report_permissions();
    }
    match command {
        Command::Extract(args) => extract::run(&args, pipeline),
        Command::Init(args) => init::run(&args, pipeline),
        Command::Config(args) => config::run(&args, pipeline),
        Command::Prune(args) => prune::run(&args, pipeline),
        Command::Schedule(args) => schedule::run(&args, pipeline),
        Command::Import(args) => import::run(&args, pipeline),
        Command::Transform(args) => transform::run(&args, pipeline),
        Command::Merge(args) => merge::run(&args, pipeline),
        Command::Metrics(args) => metrics::run(&args, pipeline),
        Command::Graph(args) => graph::run(&args, pipeline),
        Command::Serve(args) => serve::run(&args, pipeline),
        Command::Report(args) => report::run(&args, pipeline),
        Command::Load(args) => load::run(&args, pipeline),
        Command::Sql(args) => sql::run(&args, pipeline),
        Command::Manifest(args) => manifest::run(&args, pipeline),
        Command::Pack(args) => pack::run(&args, pipeline),
        Command::Status(args) => status::run(&args, pipeline),
        Command::Doctor(args) => doctor::run(&args, pipeline),
        Command::Verify(args) => verify::run(&args, pipeline),
        Command::Run(args) => self::run::run(&args, pipeline),
        Command::Demo(args) => demo::run(&args, pipeline),
        Command::Completions(args) => completions::run(&args, pipeline),
        Command::Man(args) => man::run(&args, pipeline),
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
