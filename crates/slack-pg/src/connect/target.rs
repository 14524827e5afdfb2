//! Where a connection goes, as whom, and by which password.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::Config;
use postgres::config::{LoadBalanceHosts, SslMode as PostgresSslMode, SslNegotiation};

use super::Note;
use super::address::Parameters;
use super::options::{ConnectOptions, RootCertificates};
use super::pgpass::{self, Wanted};
use super::tls::Encryption;
use crate::error::{Error, Result};

const TIME_OUT: Duration = Duration::from_secs(10);

/// What an address and the options say together. It has no `Debug`, since it holds the password.
pub(super) struct Target {
    pub(super) servers: Vec<Server>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) encryption: Encryption,
    password: Option<(String, PasswordOrigin)>,
    passfile: Option<PathBuf>,
    /// All other parameters.
    config: Config,
}

/// Where a password comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PasswordOrigin {
    Nowhere,
    Address,
    Options,
    File(PathBuf),
}

/// One of the servers that are tried in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// A name, an address or the folder of a socket.
    pub(super) host: String,
    address: Option<IpAddr>,
    port: u16,
}

impl Target {
    /// Adds up an address and the options.
    pub(super) fn new(address: &str, options: &ConnectOptions) -> Result<Self> {
        let mut places = [&options.host, &options.port, &options.user, &options.database].into_iter();
        if address.trim().is_empty() && places.all(|place| said(place).is_none()) {
            return Err(Error::InvalidUrl);
        }
        let parameters = Parameters::parse(address)?;
        let config = config(&parameters)?;
        let or = |name, option| parameters.get(name).or(said(option)).map(ToOwned::to_owned);
        let mut servers = servers(
            or("host", &options.host).as_deref(),
            parameters.get("hostaddr"),
            or("port", &options.port).as_deref(),
        )?;
        if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
            servers.sort_by_cached_key(|_| RandomState::new().build_hasher().finish());
        }
        let user = match or("user", &options.user) {
            Some(user) => user,
            None => whoami::username().map_err(|_| Error::Parameter {
                name: "user",
                advice: "this account has no name: give one",
            })?,
        };
        let mode = parameters.get("sslmode").map(str::parse).transpose()?.or(options.ssl_mode);
        let roots = parameters.get("sslrootcert").map(RootCertificates::from);
        let encryption = Encryption::new(mode, roots.or_else(|| options.ssl_root_cert.clone()))?;
        if config.get_ssl_negotiation() == SslNegotiation::Direct && encryption.is_optional() {
            let (mode, option) = (encryption.mode, "sslnegotiation=direct");
            return Err(Error::WeakSslMode { mode, option, want: "require or more" });
        }
        let given =
            |(password, origin): (Option<&str>, _)| password.map(|password| (password.to_owned(), origin));
        Ok(Self {
            servers,
            database: or("dbname", &options.database).unwrap_or_else(|| user.clone()),
            user,
            encryption,
            password: given((parameters.get("password"), PasswordOrigin::Address))
                .or_else(|| given((said(&options.password), PasswordOrigin::Options))),
            passfile: parameters.get("passfile").map(PathBuf::from).or_else(|| options.passfile.clone()),
            config,
        })
    }

    /// The password file's text, where one is needed.
    pub(super) fn read_passfile(&self, notes: &mut Vec<Note>) -> Option<(&Path, Vec<u8>)> {
        let path = self.passfile.as_deref().filter(|_| self.password.is_none())?;
        Some((path, pgpass::read(path, notes)?))
    }

    /// How to connect to a server, with TLS or without, and where the password comes from.
    pub(super) fn config(
        &self,
        server: &Server,
        mode: PostgresSslMode,
        passfile: Option<&(&Path, Vec<u8>)>,
    ) -> (Config, PasswordOrigin) {
        let mut config = self.config.clone();
        config.user(&self.user).dbname(&self.database).ssl_mode(mode);
        server.enter(&mut config);
        let origin = if let Some((password, origin)) = &self.password {
            config.password(password);
            origin.clone()
        } else if let Some((path, password)) = passfile
            .and_then(|(path, text)| Some((path, pgpass::find(text, &self.wanted(server, &server.names()))?)))
        {
            config.password(password);
            PasswordOrigin::File(path.to_path_buf())
        } else {
            PasswordOrigin::Nowhere
        };
        (config, origin)
    }

    fn wanted<'a>(&'a self, server: &Server, hosts: &'a [&'a str]) -> Wanted<'a> {
        Wanted { hosts, port: server.port, database: &self.database, user: &self.user }
    }
}

impl Server {
    /// Whether it is reached by a socket in the file system.
    pub(super) fn is_local(&self) -> bool {
        cfg!(unix) && self.host.starts_with('/')
    }

    /// What a password file may call it.
    fn names(&self) -> Vec<&str> {
        if self.is_local() { vec![&self.host, "localhost"] } else { vec![&self.host] }
    }

    fn enter(&self, config: &mut Config) {
        config.host(&self.host).port(self.port);
        if let Some(address) = self.address {
            config.hostaddr(address);
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// An option, where it is not empty: as in an address, that means the default.
fn said(option: &Option<String>) -> Option<&str> {
    option.as_deref().filter(|text| !text.is_empty())
}

/// What `postgres` reads itself.
fn config(parameters: &Parameters) -> Result<Config> {
    let mut texts = Vec::new();
    for (name, text) in parameters.passed_on() {
        // One by one, since the parser's words may quote.
        if text.parse::<Config>().is_err() {
            return Err(Error::Parameter { name, advice: "PostgreSQL knows no such value" });
        }
        texts.push(text);
    }
    let mut config: Config = texts.join(" ").parse().map_err(|_| Error::InvalidUrl)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(TIME_OUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("slack-analytics");
    }
    Ok(config)
}

/// Puts hosts, their addresses and their ports together, each a list with commas.
fn servers(hosts: Option<&str>, addresses: Option<&str>, ports: Option<&str>) -> Result<Vec<Server>> {
    let split = |list: Option<&str>| {
        list.map_or_else(Vec::new, |list| list.split(',').map(|it| it.trim().to_owned()).collect())
    };
    let (hosts, addresses, ports): (Vec<_>, Vec<_>, Vec<_>) = (split(hosts), split(addresses), split(ports));
    let count = hosts.len().max(addresses.len()).max(1);
    if [hosts.len(), addresses.len()].iter().any(|&length| length != 0 && length != count) {
        return Err(Error::Parameter { name: "hostaddr", advice: "want as many addresses as hosts" });
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(Error::Parameter { name: "port", advice: "want one port, or as many as hosts" });
    }
    let server = |at: usize| {
        let address = addresses.get(at).filter(|address| !address.is_empty());
        let address = address.map(|address| address.parse::<IpAddr>()).transpose();
        let address =
            address.map_err(|_| Error::Parameter { name: "hostaddr", advice: "want an IP address" })?;
        let host = hosts.get(at).filter(|host| !host.is_empty()).cloned();
        // Certificates can be for addresses too.
        let host = host.or_else(|| address.map(|address| address.to_string()));
        let port = ports.get(at).or(ports.first()).filter(|port| !port.is_empty());
        let port = port.map_or(Ok(5432), |port| port.parse());
        let port =
            port.map_err(|_| Error::Parameter { name: "port", advice: "want a number up to 65535" })?;
        Ok(Server { host: host.unwrap_or_else(|| "localhost".into()), address, port })
    };
    (0..count).map(server).collect()
}
