use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use clap::Args;

use super::report::ReportArgs;
use crate::app::App;
use crate::environment::Environment;
use crate::exit::{Outcome, Result};

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

/// Runs the command.
pub(crate) fn run(args: &Serve, app: &App<'_>) -> Result<Outcome> {
    let token = Environment::read()?.get("SLACK_SERVE_TOKEN");
    let address = SocketAddr::new(args.listen, args.port);
    app.serve(&args.reporting.request(), address, token, args.max_connections)?;
    Ok(Outcome::Done)
}
