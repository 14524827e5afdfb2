use std::error::Error as _;

use crate::loads::{LoadOptions, load};
use slack_pg::{ConnectOptions, Error, connect, connect_with};

use crate::master::{MASTER, tables};
use crate::private_postgres::{Authentication, PrivatePostgres, free_port};

/// The error and its causes as a person reads them, and as a developer does.
pub(crate) fn everything_shown(error: &Error) -> String {
    let mut shown = format!("{error:?} {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown.push_str(&format!(": {error}"));
        cause = error.source();
    }
    shown
}

/// The error of a connection that must not come about, which shows no password.
pub(crate) fn refused_with(address: &str, options: &ConnectOptions) -> Error {
    match connect_with(address, options) {
        Ok(_) => panic!("connected to {address}"),
        Err(error) => {
            let shown = everything_shown(&error);
            for secret in [PrivatePostgres::PASSWORD, "hush"] {
                assert!(!shown.contains(secret), "{shown}");
            }
            error
        }
    }
}

pub(crate) fn refused(address: &str) -> Error {
    refused_with(address, &ConnectOptions::default())
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
    let port = free_port();
    let error = refused(&format!("postgres://ann:hush@127.0.0.1:{port}/slack"));
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(!everything_shown(&error).contains("hush"));
}

#[test]
fn what_the_url_does_not_say_the_options_do() {
    let server = PrivatePostgres::start(Authentication::Password);
    let mut options = ConnectOptions::default();
    options.host = Some(server.socket().into());
    options.user = Some("app".into());
    options.password = Some(PrivatePostgres::PASSWORD.into());
    options.database = Some("template1".into());
    let database = |address: &str, options: &ConnectOptions| {
        let mut client = connect_with(address, options).expect(address).client;
        client.query_one("select current_database()::text", &[]).expect("asked").get::<_, String>(0)
    };
    assert_eq!(database("", &options), "template1");
    assert_eq!(database("postgres:///postgres", &options), "postgres");
    assert_eq!(database("dbname=postgres", &options), "postgres");
    options.port = Some("1".into());
    assert!(refused_with("", &options).to_string().ends_with(":1"));
    assert_eq!(database("port=5432", &options), "template1");
    // The URL's password counts, also where it is wrong.
    let error = refused_with("postgres://app:hush@/postgres?port=5432", &options);
    assert!(error.to_string().contains("check user and password in the address"), "{error}");

    let nothing = refused("");
    assert!(matches!(nothing, Error::InvalidUrl), "{nothing:?}");
    options.port = Some("hush".into());
    let error = refused_with("", &options);
    assert!(matches!(error, Error::Parameter { name: "port", .. }), "{error:?}");
}

#[test]
fn hosts_are_tried_in_turn() {
    let server = PrivatePostgres::start(Authentication::Password);
    let free = free_port();
    let hosts = format!("host=127.0.0.1,{} port={free},5432 user=app dbname=postgres", server.socket());
    let address = format!("{hosts} password={}", PrivatePostgres::PASSWORD);
    connect(&address).expect("the second answers");
    connect(&format!("{address} load_balance_hosts=random")).expect("either way");
    let error = refused(&format!("{hosts} password=hush"));
    assert!(
        matches!(&error, Error::WrongPassword { server: place, .. } if place.starts_with(server.socket()))
    );
    for (address, name) in [
        ("host=a,b,c port=1,2", "port"),
        ("host=a,b hostaddr=127.0.0.1", "hostaddr"),
        ("hostaddr=hush", "hostaddr"),
        ("host=a connect_timeout=hush", "connect_timeout"),
        ("host=a sslmode=hush", "sslmode"),
        ("host=a sslkey=hush", "sslkey"),
    ] {
        let error = refused(address);
        assert!(matches!(error, Error::Parameter { name: found, .. } if found == name), "{error:?}");
    }
}
