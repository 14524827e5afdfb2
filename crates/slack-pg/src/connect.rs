use std::time::Duration;

use postgres::config::Host;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};

use crate::error::{Error, Result, is_io};

const TIME_OUT: Duration = Duration::from_secs(10);

/// Connects to the database of a URL such as `postgres://ann:secret@localhost:5432/slack`.
///
/// A URL without a host means `localhost`. No error shows the password. The connection is not encrypted.
pub fn connect(url: &str) -> Result<Client> {
    if let Some(mode) = demanded_tls(url) {
        return Err(Error::NoTls { mode: mode.into() });
    }
    if !is_postgres_address(url) {
        return Err(Error::InvalidUrl);
    }
    let mut config: Config = url.parse().map_err(|_| Error::InvalidUrl)?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(TIME_OUT);
    }
    config.application_name("slack-analytics");
    config.connect(NoTls).map_err(|source| explain(&config, source))
}

/// Whether a text is a URL of PostgreSQL's or `key=value` pairs: the parser takes others for no options at all.
fn is_postgres_address(text: &str) -> bool {
    match text.split_once("://") {
        Some((scheme, _)) if !scheme.contains('=') => matches!(scheme, "postgres" | "postgresql"),
        _ => text.contains('='),
    }
}

/// The value of an `sslmode` that cannot be met without TLS.
fn demanded_tls(url: &str) -> Option<&str> {
    url.split(['?', '&', ' '])
        .filter_map(|part| part.strip_prefix("sslmode="))
        .find(|mode| matches!(*mode, "require" | "verify-ca" | "verify-full"))
}

fn explain(config: &Config, source: postgres::Error) -> Error {
    let server = describe_server(config);
    let user = config.get_user().unwrap_or("of this account").to_owned();
    let database = config.get_dbname().or(config.get_user()).unwrap_or("of this account's name").to_owned();
    let Some(code) = source.code() else {
        // Without a password in the URL, the client gives up as soon as the server asks for one.
        return if is_io(&source) {
            Error::Unreachable { server, source }
        } else if config.get_password().is_none() {
            Error::WrongPassword { server, user, source }
        } else {
            Error::Connect { server, source }
        };
    };
    if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(code) {
        Error::WrongPassword { server, user, source }
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        Error::NoDatabase { server, database, source }
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        Error::NoRights { action: format!("connect to database {database}"), source }
    } else {
        Error::Connect { server, source }
    }
}

fn describe_server(config: &Config) -> String {
    let addresses = config.get_hostaddrs().iter().map(ToString::to_string);
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let host = hosts.chain(addresses).next().unwrap_or_default();
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_url_is_said_to_be_one_without_its_password() {
        for url in [
            "",
            "mysql://ann:hush@localhost/slack",
            "mysql://ann:hush@localhost/slack?user=hush",
            "postgres://ann@localhost/slack?hush=1",
            "postgres://ann:hush@localhost:port/slack",
            "localhost:5432",
        ] {
            let Err(error) = connect(url) else { panic!("connected to {url}") };
            let shown = format!("{error} {error:?}");
            assert!(matches!(error, Error::InvalidUrl), "{shown}");
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn tls_is_said_to_be_missing() {
        for url in [
            "postgres://ann:hush@localhost/slack?sslmode=require",
            "postgres://localhost/slack?connect_timeout=3&sslmode=verify-full",
            "host=localhost sslmode=verify-ca",
        ] {
            assert!(matches!(connect(url), Err(Error::NoTls { .. })), "{url}");
        }
        assert_eq!(demanded_tls("postgres://localhost/slack?sslmode=prefer"), None);
    }
}
