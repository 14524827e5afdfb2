use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use std::time::Duration;

use clap::Args;
use serde_json::json;
use slack_serve::{Current, Error, SHORTEST_TOKEN, ServeOptions, Server};

use super::report::ReportArgs;
use crate::app::App;
use crate::environment;
use crate::failure::{Failure, Outcome, Result, Usage};
use crate::interrupt;
use crate::rebuild::Rebuilding;

/// Serve the report and the tables over HTTP to the browsers of this machine, for reading only
///
/// The page is made anew when a run has changed the master.
#[derive(Debug, Args)]
#[command(after_help = "\
The report is at /. The tables of the visible conversations are listed at /tables, with what people wrote; e-mail addresses
in them are masked, and left out of user_data. With --anonymous or --min-group, which tables would undo, the report alone is served.

Nobody but this machine can connect, unless --listen names another address: then SLACK_SERVE_TOKEN must be set, in the
environment or in a .env file, and whoever connects must know it (http://.../?token=..., or `Authorization: Bearer ...`).
The token must have at least 20 letters, such as those of: openssl rand -hex 20
What is sent is not encrypted: put a server with TLS before it, or a tunnel.

A request must come within 5 seconds and in 32 kB; a connection ends where its client takes nothing for 10 seconds, and
after 15 minutes. Connections beyond --max-connections wait for their turn.

Examples:
  slack-analytics serve
  slack-analytics serve --port 0 --anonymous
  SLACK_SERVE_TOKEN=... slack-analytics serve --listen 0.0.0.0")]
pub(crate) struct Serve {
    /// The address to listen at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// The port; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    port: u16,
    /// Connections that are answered at the same time
    #[arg(long, value_name = "N", default_value = "256")]
    max_connections: NonZeroUsize,
    #[command(flatten)]
    reporting: ReportArgs,
}

/// The program ends this long after the last connection.
const END_WITHIN: Duration = Duration::from_secs(2);

/// Runs the command.
pub(crate) fn run(args: &Serve, app: &App<'_>) -> Result<Outcome> {
    let mut options = ServeOptions::new(SocketAddr::new(args.listen, args.port));
    options.token = environment::read()?.get("SLACK_SERVE_TOKEN");
    options.connections = args.max_connections;
    options.catalogue = app.pipeline.catalogue();
    let needs_token = options.token.is_some();
    options.check().map_err(refused)?;
    let request = args.reporting.request();
    let (rebuilding, snapshot) = Rebuilding::begin(app, &request)?;
    let current = Current::new(snapshot);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = runtime.block_on(Server::bind(&options)).map_err(refused)?;
    let url = server.url();
    let values = json!({ "url": url, "needs_token": needs_token });
    app.output.tell("serve", &format!("{url} (Ctrl-C ends it)"), values)?;
    std::thread::scope(|scope| {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let watched = current.clone();
        scope.spawn(move || rebuilding.watch(&watched, &ended));
        runtime.block_on(server.run(current, interrupt::told_to_end()));
        // Where it makes a page at this moment, nobody waits for that: files are there whole or not at all.
        std::thread::spawn(|| {
            std::thread::sleep(END_WITHIN);
            std::process::exit(0);
        });
        // The thread that watches ends when nobody can tell it to any more.
        drop(end);
    });
    Ok(Outcome::Done)
}

/// Why nothing is served, with the variable that the token comes from.
fn refused(error: Error) -> Failure {
    match error {
        Error::ShortToken { length } => Usage(format!(
            "SLACK_SERVE_TOKEN has {length} letters, which can be guessed: it must have at least {SHORTEST_TOKEN}"
        ))
        .into(),
        Error::NoToken { address } => Usage(format!(
            "{address} can be reached by others: set SLACK_SERVE_TOKEN to what they must know"
        ))
        .into(),
        Error::Listen(error) => error.into(),
        error => error.into(),
    }
}
