//! What it means when a connection fails.

use std::error::Error as StdError;
use std::io;

use postgres::error::SqlState;
use rustls::CertificateError;

use super::Note;
use super::target::{PasswordOrigin, Server, Target};
use super::tls::is_own_authority;
use crate::error::{Error, is_io};
use crate::tls_problem::TlsProblem;

/// The error of an attempt.
pub(super) fn explain(
    target: &Target,
    server: &Server,
    origin: &PasswordOrigin,
    notes: &[Note],
    source: postgres::Error,
) -> Error {
    let place = server.to_string();
    let wrong_password = |source| Error::WrongPassword {
        server: place.clone(),
        user: target.user.clone(),
        advice: password_advice(origin, notes),
        source,
    };
    let Some(code) = source.code() else {
        return if let Some(problem) = tls_problem(target, server, &source) {
            Error::Tls { server: place, problem, source }
        } else if is_io(&source) {
            Error::Unreachable { server: place, source }
        } else if is_caused_by(&source, "password missing") {
            wrong_password(source)
        } else {
            Error::Connect { server: place, source }
        };
    };
    if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(code) {
        wrong_password(source)
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        Error::NoDatabase { server: place, database: target.database.clone(), source }
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        Error::NoRights { action: format!("connect to database {}", target.database), source }
    } else {
        Error::Connect { server: place, source }
    }
}

/// Whether an attempt without TLS may get further than this one with it, as libpq sees it: the handshake
/// failed, or the server takes no encrypted connections of this user.
pub(super) fn is_due_to_tls(error: &postgres::Error) -> bool {
    is_handshake(error) || is_refusal(error)
}

/// Whether the server takes no such connections, whatever the password.
pub(super) fn is_refusal(error: &postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

fn password_advice(origin: &PasswordOrigin, notes: &[Note]) -> String {
    let advice = match origin {
        PasswordOrigin::Nowhere => "no password was given".to_owned(),
        PasswordOrigin::Address => "check user and password in the address".to_owned(),
        PasswordOrigin::Options => "check user and password".to_owned(),
        PasswordOrigin::File(path) => format!("check user, and the password in {}", path.display()),
    };
    notes.iter().fold(advice, |advice, note| format!("{advice}; {note}"))
}

fn tls_problem(target: &Target, server: &Server, error: &postgres::Error) -> Option<TlsProblem> {
    // The client has no other way to tell this from a handshake that fails.
    if is_caused_by(error, "server does not support TLS") {
        return Some(TlsProblem::Missing { mode: target.encryption.mode });
    }
    let roots = || target.encryption.roots.as_ref().map(ToString::to_string).unwrap_or_default();
    match rustls_error(error) {
        Some(rustls::Error::InvalidCertificate(problem)) => Some(match problem {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                TlsProblem::Untrusted { roots: roots() }
            }
            CertificateError::NotValidForNameContext { presented, .. } => TlsProblem::OtherName {
                host: server.host.clone(),
                names: if presented.is_empty() { "no name at all".into() } else { names(presented) },
            },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsProblem::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsProblem::NotValidYet
            }
            problem if is_own_authority(problem) => TlsProblem::Untrusted { roots: roots() },
            _ => TlsProblem::UnusableCertificate,
        }),
        Some(_) => Some(TlsProblem::Handshake),
        None => is_handshake(error).then_some(TlsProblem::Handshake),
    }
}

/// The names that a certificate is for, as rustls tells them: `DnsName("db.example.org")`.
fn names(presented: &[String]) -> String {
    let name = |told: &String| match told.split_once('(') {
        Some((_, rest)) => rest.trim_end_matches(')').trim_matches('"').to_owned(),
        None => told.clone(),
    };
    presented.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Whether the client says so itself: it tells its kinds of errors by text only.
fn is_handshake(error: &postgres::Error) -> bool {
    error.to_string() == "error performing TLS handshake" || rustls_error(error).is_some()
}

fn is_caused_by(error: &postgres::Error, text: &str) -> bool {
    error.source().is_some_and(|cause| cause.to_string() == text)
}

/// What rustls says, which stands inside of an I/O error.
fn rustls_error(error: &postgres::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| inner.downcast_ref()).or(error.downcast_ref()) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
