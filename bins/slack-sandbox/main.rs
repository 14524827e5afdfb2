//! `slack-sandbox`: serves a made-up community, or an official export, as Slack's Web API does.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use slack_sandbox::{CommunityOptions, FaultRule, Sandbox, SandboxBuilder, Workspace};

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
    #[command(after_help = SERVING)]
    Serve(Box<Serve>),
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
    /// Let Slack's time pass so many times as fast: limits and Retry-After, which stays in Slack's seconds
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = time_scale)]
    time_scale: f64,
    /// Let calls go wrong, METHOD:FAULT[:CONDITION]...; may be given more than once
    #[arg(long = "fault", value_name = "SPEC")]
    faults: Vec<FaultRule>,
    /// Draw from this seed which calls meet the faults with a share
    #[arg(long, value_name = "N", default_value_t = 0)]
    fault_seed: u64,
    /// Treat the caller as an app that gets one call a minute and 15 messages at a time
    #[arg(long)]
    small_class: bool,
    /// Hide what is older than so many days, as on the free plan
    #[arg(long, value_name = "DAYS")]
    horizon: Option<u32>,
    /// Revoke the token after so many calls
    #[arg(long, value_name = "CALLS")]
    revoke_after: Option<u64>,
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
    /// At most so many threads
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Replies of one huge thread, on top of the messages
    #[arg(long, value_name = "N")]
    huge_thread: Option<usize>,
    /// The same seed gives the same community
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

const EXAMPLES: &str = "Examples:
  slack-sandbox serve --port 8000 --people 500 --messages 50000
  slack-sandbox serve --port 8000 --export ./my-export --no-rate-limits
  slack-sandbox export ./made-up --people 20 --messages 500
  SLACK_API_URL=http://127.0.0.1:8000/api SLACK_USER_TOKEN=xoxp-sandbox slack-analytics run";

const SERVING: &str = "Faults:
  METHOD is a method's name, download (of files), or * for all
  FAULT is one of
    429=SECONDS      too many calls: blocked until Retry-After has passed
    ratelimited      HTTP 200 with the error ratelimited
    500              an HTTP status from 400 to 599, with HTML
    html             HTTP 200 with HTML
    cut              the connection breaks in the middle of the body
    half             half the body
    error=CODE       HTTP 200 with Slack's error of that code
    invalid-cursor   the same with invalid_cursor, to calls that carry a cursor
    empty            an empty page in mid-list
    slow=SECONDS     the true answer after a while
    hang             no answer
    redirect=URL     HTTP 302
  CONDITION is any of
    times=N          only so many calls
    after=N          let so many calls pass first
    share=X          meet this share of the calls, from 0 to 1
    channel=ID       only calls with this channel
    cursor           only calls that carry a cursor

Time passes on demand, and no token is needed for it:
  curl -X POST 'http://127.0.0.1:PORT/sandbox/advance?hours=24&seed=2'
    lets a day pass and answers what happened in it, as JSON. How often each thing happens: posts, threads,
    late_replies, old_replies, first_replies, edits, reply_edits, deletions, reply_deletions, tombstones,
    reactions, unreactions, newcomers, joins, channel_renames, user_renames, archived. With quiet=1 what is
    not named does not happen; within_days=N leaves older messages alone
  curl http://127.0.0.1:PORT/sandbox/stats
    answers how many answers were sent, and how many calls came before a Retry-After had passed

Examples:
  slack-sandbox serve --fault conversations.history:429=30:share=0.05 --fault users.list:500:times=2
  slack-sandbox serve --fault '*:hang:share=0.01' --fault-seed 3 --time-scale 60
  slack-sandbox serve --fault conversations.history:error=not_in_channel:channel=C0123
  slack-sandbox serve --fault download:redirect=https://example.com/x";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve(&options).await,
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

async fn serve(options: &Serve) -> Result<(), Box<dyn Error>> {
    let workspace = match &options.export {
        Some(folder) => Workspace::from_export(folder)?,
        None => Workspace::generate(&options.community.options()),
    };
    let sandbox = options.set_up(Sandbox::builder(workspace)).start().await?;
    #[expect(clippy::print_stdout, reason = "scripts read the address from this line")]
    {
        println!("listening on {}", sandbox.url());
    }
    interrupted().await?;
    sandbox.stop().await;
    Ok(())
}

impl Serve {
    fn set_up(&self, builder: SandboxBuilder) -> SandboxBuilder {
        let builder = builder.port(self.port).rate_limits(!self.no_rate_limits).time_scale(self.time_scale);
        let builder = builder.small_class(self.small_class).fault_seed(self.fault_seed);
        let builder = self.faults.iter().cloned().fold(builder, SandboxBuilder::fault);
        let builder = self.horizon.into_iter().fold(builder, SandboxBuilder::horizon);
        self.revoke_after.into_iter().fold(builder, SandboxBuilder::revoke_token_after)
    }
}

fn time_scale(text: &str) -> Result<f64, &'static str> {
    let scale = text.parse().ok().filter(|scale: &f64| scale.is_finite() && *scale > 0.0);
    scale.ok_or("expected a number above 0")
}

impl Community {
    fn options(&self) -> CommunityOptions {
        let mut community = CommunityOptions::default();
        community.people = self.people.unwrap_or(community.people);
        community.messages = self.messages.unwrap_or(community.messages);
        community.channels = self.channels.unwrap_or(community.channels);
        community.threads = self.threads.or(community.threads);
        community.huge_thread = self.huge_thread.unwrap_or(community.huge_thread);
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
