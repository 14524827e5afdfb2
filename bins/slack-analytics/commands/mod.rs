//! The subcommands, a file each: the arguments, and one function.

mod chosen;
mod format;
mod limits;
pub(crate) mod resources;
mod what;

use clap::Subcommand;

use crate::app::App;
use crate::failure::{Outcome, Result};

/// How a command works with the data home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HomeUse {
    /// Neither reads nor writes what a data home holds, or says itself what is wrong with one.
    None,
    /// Reads it without the lock, which others may hold meanwhile, or takes the lock itself.
    Read,
    /// Needs the lock.
    Write,
}

/// Lists the commands: the module of each, the type of its arguments there, and how it works with the data home.
macro_rules! commands {
    ($($module:ident: $command:ident, $home:ident;)+) => {
        $( pub(crate) mod $module; )+

        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $( $command($module::$command), )+
        }

        impl Command {
            pub(crate) fn name(&self) -> &'static str {
                match self { $( Self::$command(_) => stringify!($module), )+ }
            }

            pub(crate) fn home_use(&self) -> HomeUse {
                match self { $( Self::$command(_) => HomeUse::$home, )+ }
            }

            pub(crate) fn run(&self, app: &App<'_>) -> Result<Outcome> {
                match self { $( Self::$command(args) => $module::run(args, app), )+ }
            }
        }
    };
}

commands! {
    init: Init, None;
    manifest: Manifest, None;
    doctor: Doctor, None;
    extract: Extract, Write;
    import: Import, Write;
    transform: Transform, Write;
    merge: Merge, Write;
    metrics: Metrics, Write;
    graph: Graph, Write;
    report: Report, Write;
    serve: Serve, Read;
    load: Load, Write;
    sql: Sql, Read;
    pack: Pack, Write;
    status: Status, Read;
    verify: Verify, Read;
    prune: Prune, Write;
    run: Run, Write;
    schedule: Schedule, None;
    config: Config, None;
    demo: Demo, Write;
    completions: Completions, None;
    man: Man, None;
}
