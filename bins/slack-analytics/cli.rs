use std::path::PathBuf;

use clap::{Args, Parser};

use crate::commands::Command;

/// What is happening in our Slack? Captures a workspace, keeps it, and measures it.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  slack-analytics demo                       a made-up community, from capture to graph
  slack-analytics run --import export.zip    the same for an official export
  slack-analytics run                        the same for your workspace (SLACK_USER_TOKEN in the environment or .env)
  slack-analytics load --postgres postgres://me@localhost/slack

Exit codes: 0 done, 1 failed, 2 usage, 3 done with gaps (see metadata/requests.csv and set_aside.csv of the batch)";

/// Options that every command has.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The data home: batches, master, metrics
    #[arg(long, global = true, env = "SLACK_DATA_HOME", default_value = "./data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The configuration file [default: ./slack-analytics.toml, where there is one]
    #[arg(long, global = true, env = "SLACK_ANALYTICS_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print errors only
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print one JSON object at the end, and nothing else, to standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
