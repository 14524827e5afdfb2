//! `slack-sandbox`: serves a made-up community, or an official export, as Slack's Web API does.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

/// A Slack Web API server on this machine, for demos and tests
#[derive(Debug, Parser)]
#[command(name = "slack-sandbox", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves until it is interrupted; the token is xoxp-sandbox
    Serve(Serve),
    /// Writes a made-up community as an official export
    Export(Export),
}

#[derive(Debug, Args)]
struct Export {
    /// The folder to write
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    community: Community,
}

#[derive(Debug, Args)]
struct Serve {
    /// Serve this folder of an official export instead of a made-up community
    #[arg(long, value_name = "DIR", conflicts_with = "Community")]
    export: Option<PathBuf>,
    #[command(flatten)]
    community: Community,
    /// Port on 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Answer as fast as asked
    #[arg(long)]
    no_rate_limits: bool,
}

#[derive(Debug, Args)]
struct Community {
    /// People of the made-up community
    #[arg(long, value_name = "N")]
    people: Option<usize>,
    /// Its messages and replies
    #[arg(long, value_name = "N")]
    messages: Option<usize>,
    /// Its channels
    #[arg(long, value_name = "N")]
    channels: Option<usize>,
    /// The same seed gives the same community
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

const EXAMPLES: &str = "Examples:
  slack-sandbox serve --port 8000 --people 500 --messages 50000
  slack-sandbox serve --port 8000 --export ./my-export --no-rate-limits
  slack-sandbox export ./made-up --people 20 --messages 500
  SLACK_API_URL=http://127.0.0.1:8000/api SLACK_USER_TOKEN=xoxp-sandbox slack-analytics run";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve(options).await,
        Command::Export(options) => export(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut line = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                line.push_str(&format!(": {error}"));
                cause = error.source();
            }
            #[expect(clippy::print_stderr, reason = "this is the program's error message")]
            {
                eprintln!("slack-sandbox: {line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn export(options: &Export) -> Result<(), Box<dyn Error>> {
    Ok(Workspace::generate(&options.community.options()).write_export(&options.folder)?)
}

async fn serve(options: Serve) -> Result<(), Box<dyn Error>> {
    let workspace = match &options.export {
        Some(folder) => Workspace::from_export(folder)?,
        None => Workspace::generate(&options.community.options()),
    };
    let sandbox =
        Sandbox::builder(workspace).port(options.port).rate_limits(!options.no_rate_limits).start().await?;
    #[expect(clippy::print_stdout, reason = "scripts read the address from this line")]
    {
        println!("listening on {}", sandbox.url());
    }
    interrupted().await?;
    sandbox.stop().await;
    Ok(())
}

impl Community {
    fn options(&self) -> CommunityOptions {
        let mut community = CommunityOptions::default();
        community.people = self.people.unwrap_or(community.people);
        community.messages = self.messages.unwrap_or(community.messages);
        community.channels = self.channels.unwrap_or(community.channels);
        community.seed = self.seed.unwrap_or(community.seed);
        community
    }
}

/// Waits for Ctrl-C, or for the signal that service managers end programs with.
#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut ended = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = ended.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
