use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, Result};

/// What holds for a connection where its address is silent.
///
/// Each field stands for an environment variable of PostgreSQL's own programs, which a binary may read; the
/// library reads none.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Host names, addresses or folders of sockets, separated by commas (`PGHOST`).
    pub host: Option<String>,
    /// A port for all hosts, or one for each, separated by commas (`PGPORT`).
    pub port: Option<String>,
    /// The user (`PGUSER`); the one who runs the process where `None`.
    pub user: Option<String>,
    /// The database (`PGDATABASE`); that of the user's name where `None`.
    pub database: Option<String>,
    /// The password (`PGPASSWORD`).
    pub password: Option<String>,
    /// A file of passwords, asked where there is no other (`PGPASSFILE`); see
    /// [libpq's format](https://www.postgresql.org/docs/current/libpq-pgpass.html).
    pub passfile: Option<PathBuf>,
    /// How much TLS is wanted (`PGSSLMODE`).
    pub ssl_mode: Option<SslMode>,
    /// Who may sign the server's certificate (`PGSSLROOTCERT`).
    pub ssl_root_cert: Option<RootCertificates>,
}

/// How much TLS is wanted: libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SslMode {
    /// None.
    Disable,
    /// The same as `Prefer` here: what the server can do is done.
    Allow,
    /// TLS where the server has it, whatever its certificate says; this is the default.
    Prefer,
    /// TLS. The certificate is checked as in `VerifyCa` where root certificates are given, and not otherwise.
    Require,
    /// TLS, with a certificate that one of the root certificates vouches for.
    VerifyCa,
    /// TLS, with such a certificate, issued for the host's name. Without root certificates, the system's
    /// count.
    VerifyFull,
}

impl SslMode {
    const ALL: [(&str, Self); 6] = [
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

impl FromStr for SslMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, mode)| *mode);
        found.ok_or(Error::Parameter {
            name: "sslmode",
            advice: "want disable, allow, prefer, require, verify-ca or verify-full",
        })
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// The certificates of those who may sign a server's: libpq's `sslrootcert`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootCertificates {
    /// Those that the system trusts.
    System,
    /// Those of a PEM file.
    File(PathBuf),
}

impl From<&str> for RootCertificates {
    /// `system`, or a path.
    fn from(text: &str) -> Self {
        if text == "system" { Self::System } else { Self::File(text.into()) }
    }
}

impl fmt::Display for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("this system's store"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .field("password", &self.password.as_ref().map(|_| format_args!("_")))
            .field("passfile", &self.passfile)
            .field("ssl_mode", &self.ssl_mode)
            .field("ssl_root_cert", &self.ssl_root_cert)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_hide_the_password() {
        let options = ConnectOptions {
            user: Some("ann".into()),
            password: Some("hush".into()),
            ..ConnectOptions::default()
        };
        let shown = format!("{options:?} {options:#?}");
        assert!(shown.contains("ann") && !shown.contains("hush"), "{shown}");
    }

    #[test]
    fn modes_are_written_as_they_are_read() {
        for (name, mode) in SslMode::ALL {
            assert_eq!(mode.to_string(), name);
            assert_eq!(name.parse::<SslMode>().expect("a mode"), mode);
        }
        let error = "Require".parse::<SslMode>().expect_err("no mode");
        assert!(error.to_string().contains("verify-full"), "{error}");
    }
}
