use std::error::Error as _;

use slack_pg::{Error, LoadOptions, connect, load};

use crate::master::{MASTER, tables};
use crate::private_postgres::{Authentication, PrivatePostgres};

/// The error and its causes as a person reads them, and as a developer does.
fn everything_shown(error: &Error) -> String {
    let mut shown = format!("{error:?} {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown.push_str(&format!(": {error}"));
        cause = error.source();
    }
    shown
}

fn refused(url: &str) -> Error {
    match connect(url) {
        Ok(_) => panic!("connected to {url}"),
        Err(error) => error,
    }
}

#[test]
fn each_reason_not_to_connect_has_its_error() {
    let server = PrivatePostgres::start(Authentication::Password);
    let password = PrivatePostgres::PASSWORD;
    let right = server.url(&format!("app:{password}"), "postgres");
    let mut client = connect(&right).expect("the password is right");

    let error = refused(&server.url("app:wrong-battery", "postgres"));
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
    assert!(!everything_shown(&error).contains("wrong-battery"));
    let error = refused(&server.url("app", "postgres"));
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
    let error = refused(&server.url(&format!("nobody:{password}"), "postgres"));
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
    assert!(!everything_shown(&error).contains(password));

    let error = refused(&server.url(&format!("app:{password}"), "nowhere"));
    assert!(matches!(&error, Error::NoDatabase { database, .. } if database == "nowhere"), "{error:?}");
    assert!(!everything_shown(&error).contains(password));

    for statement in [
        "CREATE ROLE guest LOGIN PASSWORD 'let-me-in'",
        "CREATE DATABASE closed",
        "REVOKE ALL ON DATABASE closed FROM PUBLIC",
    ] {
        client.batch_execute(statement).expect(statement);
    }
    let error = refused(&server.url("guest:let-me-in", "closed"));
    assert!(matches!(error, Error::NoRights { .. }), "{error:?}");
    assert!(!everything_shown(&error).contains("let-me-in"));

    let mut guest = connect(&server.url("guest:let-me-in", "postgres")).expect("a guest may look");
    let error = load(&mut guest, &tables(MASTER), None, &LoadOptions::default(), &());
    let error = error.expect_err("a guest may make nothing");
    assert!(error.to_string().starts_with("no right to make schema slack"), "{error}");

    // A schema that someone else made can be filled only with the right to do so.
    load(&mut client, &tables(MASTER), None, &LoadOptions::default(), &()).expect("loaded");
    let error = load(&mut guest, &tables(MASTER), None, &LoadOptions::default(), &());
    assert!(matches!(error, Err(Error::NoRights { .. })), "{error:?}");

    drop(server);
    let error = refused(&right);
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(!everything_shown(&error).contains(password));
}

#[test]
fn a_port_where_no_one_listens_is_named() {
    // A port that was free a moment ago: no server of PostgreSQL's is behind it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = port.expect("a free port").port();
    let error = refused(&format!("postgres://ann:hush@127.0.0.1:{port}/slack"));
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(!everything_shown(&error).contains("hush"));
}
