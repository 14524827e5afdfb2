//! Connections: an address and options become a target, whose servers are tried in turn.

mod address;
mod explain;
mod options;
mod pgpass;
mod target;
mod tls;

use std::fmt;
use std::path::{Path, PathBuf};

use postgres::config::SslMode as PostgresSslMode;
use postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::explain::{explain, is_due_to_tls, is_refusal};
pub use self::options::{ConnectOptions, RootCertificates, SslMode};
use self::target::{Server, Target};
use crate::error::{Error, Result};

/// An open connection, and what is to be known of how it was made.
#[non_exhaustive]
pub struct Connected {
    /// The connection.
    pub client: Client,
    /// What was left aside on the way.
    pub notes: Vec<Note>,
}

/// What was left aside while a connection was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A password file is not used, since more than its owner may read it.
    PassfileOpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// A password file cannot be read.
    PassfileUnreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PassfileOpenToOthers { path } => {
                let path = path.display();
                write!(
                    f,
                    "password file {path} was ignored, as others may read or write it (chmod 600 {path})"
                )
            }
            Self::PassfileUnreadable { path, reason } => {
                write!(f, "password file {} was ignored: {reason}", path.display())
            }
        }
    }
}

/// Connects to the database of a URL such as `postgres://ann:secret@localhost:5432/slack`, without further
/// options; see [`connect_with`].
///
/// # Errors
///
/// As [`connect_with`]. No error shows the password.
pub fn connect(url: &str) -> Result<Client> {
    connect_with(url, &ConnectOptions::default()).map(|connected| connected.client)
}

/// Connects to the database of a URL or of `key=value` pairs, [as libpq does](
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING). What the address does not
/// say, the options do: an empty address leaves all to them.
///
/// Without a host, it is `localhost`. Several hosts are tried in turn. Connections by TCP are encrypted where
/// the server has TLS, unless `sslmode` says more or less; sockets never are. The password is the address's,
/// else the options', else that of the password file.
///
/// # Errors
///
/// An address or option that cannot be used; root certificates that cannot be read; and of the last server
/// tried, why it cannot be reached, cannot be trusted, or does not let the user in. No error shows the
/// password.
pub fn connect_with(address: &str, options: &ConnectOptions) -> Result<Connected> {
    let target = Target::new(address, options)?;
    let needs_tls = target.servers.iter().any(|server| !server.is_local());
    let connector = if needs_tls { target.encryption.connector()? } else { None };
    let mut notes = Vec::new();
    let passfile = target.read_passfile(&mut notes);
    let mut failure = Error::InvalidUrl;
    for server in &target.servers {
        let connector = connector.as_ref().filter(|_| !server.is_local());
        match attempt(&target, server, connector, passfile.as_ref(), &notes) {
            Ok(client) => return Ok(Connected { client, notes }),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Where a connection would go, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// The servers that are tried in turn: a host and a port, or the folder of a socket.
    pub servers: Vec<String>,
    /// The database.
    pub database: String,
    /// The user.
    pub user: String,
}

/// Where [`connect_with`] would connect to. Nothing is sent.
///
/// # Errors
///
/// An address or option that cannot be used. No error shows the password.
pub fn destination(address: &str, options: &ConnectOptions) -> Result<Destination> {
    let Target { servers, database, user, .. } = Target::new(address, options)?;
    Ok(Destination { servers: servers.iter().map(Server::to_string).collect(), database, user })
}

fn attempt(
    target: &Target,
    server: &Server,
    connector: Option<&MakeRustlsConnect>,
    passfile: Option<&(&Path, Vec<u8>)>,
    notes: &[Note],
) -> Result<Client> {
    let config = |mode| target.config(server, mode, passfile);
    let (plain, origin) = config(PostgresSslMode::Disable);
    let connected = match connector {
        None => plain.connect(NoTls),
        Some(tls) if target.encryption.is_optional() => {
            prefer_tls(&config(PostgresSslMode::Prefer).0, &plain, tls)
        }
        Some(tls) => config(PostgresSslMode::Require).0.connect(tls.clone()),
    };
    connected.map_err(|source| explain(target, server, &origin, notes, source))
}

/// Connects without TLS where it is TLS that stands in the way.
fn prefer_tls(
    encrypted: &Config,
    plain: &Config,
    tls: &MakeRustlsConnect,
) -> Result<Client, postgres::Error> {
    encrypted.connect(tls.clone()).or_else(|first| {
        if !is_due_to_tls(&first) {
            return Err(first);
        }
        // Where the server insists on TLS, what went wrong with it is what to know.
        plain.connect(NoTls).map_err(|second| if is_refusal(&second) { first } else { second })
    })
}
