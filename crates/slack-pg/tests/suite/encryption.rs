//! Connections by TLS.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;

use postgres::Client;
use slack_pg::{ConnectOptions, Error, RootCertificates, SslMode, TlsProblem, connect, connect_with};
use tempfile::TempDir;

use crate::certificates::{Authority, ServerCertificate, VALID, self_signed};
use crate::connecting::{refused, refused_with};
use crate::private_postgres::{Authentication, PrivatePostgres, Setup};

const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

fn start(tls: Option<&ServerCertificate>, access: Option<&str>) -> PrivatePostgres {
    let tls = tls.map(|server| (&*server.certificate, &*server.key));
    PrivatePostgres::start_as(&Setup { authentication: Authentication::Password, tcp: true, tls, access })
}

/// The address of the server by a name of its host, with more parameters.
fn url(server: &PrivatePostgres, host: &str, parameters: &str) -> String {
    let (password, port) = (PrivatePostgres::PASSWORD, server.port());
    format!("postgres://app:{password}@{host}:{port}/postgres?{parameters}")
}

fn is_encrypted(client: &mut Client) -> bool {
    let query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    client.query_one(query, &[]).expect("asked").get(0)
}

/// Whether the connection is encrypted that must come about.
fn connected(address: &str) -> bool {
    let mut client = connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    is_encrypted(&mut client)
}

/// What stands in the way of TLS.
fn problem(address: &str) -> TlsProblem {
    match refused(address) {
        Error::Tls { problem, .. } => problem,
        error => panic!("{address}: {error:?}"),
    }
}

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    path
}

fn mode(name: &str, roots: Option<&Path>) -> String {
    let roots = roots.map(|path| format!("&sslrootcert={}", path.display())).unwrap_or_default();
    format!("sslmode={name}{roots}")
}

#[test]
fn each_mode_asks_for_as_much_as_it_says() {
    let (authority, folder) = (Authority::new(), TempDir::new().expect("a folder"));
    let server = start(Some(&authority.server(&["localhost"], VALID)), None);
    let right = file(&folder, "right.pem", &authority.certificate());
    // Of the same name, with another key.
    let wrong = file(&folder, "wrong.pem", &Authority::new().certificate());
    let both = file(
        &folder,
        "both.pem",
        &format!("{}\n{}", Authority::new().certificate(), authority.certificate()),
    );

    for name in MODES {
        for roots in [&right, &both] {
            assert_eq!(
                connected(&url(&server, "localhost", &mode(name, Some(roots)))),
                name != "disable",
                "{name}"
            );
        }
        let elsewhere = url(&server, "127.0.0.1", &mode(name, Some(&right)));
        if name == "verify-full" {
            let problem = problem(&elsewhere);
            let names = "localhost".to_owned();
            assert_eq!(problem, TlsProblem::OtherName { host: "127.0.0.1".into(), names });
            assert!(problem.to_string().contains("sslmode=verify-ca"), "{problem}");
        } else {
            assert_eq!(connected(&elsewhere), name != "disable", "{name}");
        }
        let distrusted = url(&server, "localhost", &mode(name, Some(&wrong)));
        if ["require", "verify-ca", "verify-full"].contains(&name) {
            let problem = problem(&distrusted);
            assert_eq!(problem, TlsProblem::Untrusted { roots: wrong.display().to_string() });
        } else {
            assert_eq!(connected(&distrusted), name != "disable", "{name}");
        }
    }
    assert!(connected(&url(&server, "localhost", "")), "prefer is the default");
    assert!(connected(&url(&server, "localhost", "sslmode=require")), "anyone's certificate will do");
    assert!(connected(&url(&server, "localhost", "ssl=true")));

    // Of the system's authorities, none has signed it.
    for parameters in ["sslmode=verify-full", "sslrootcert=system", "sslmode=verify-full&sslrootcert=system"]
    {
        match refused(&url(&server, "localhost", parameters)) {
            Error::Tls { problem: TlsProblem::Untrusted { roots }, .. } => {
                assert_eq!(roots, "this system's store")
            }
            // A machine may have no store.
            Error::RootCertificates { place, .. } => assert_eq!(place, "this system's store"),
            error => panic!("{error:?}"),
        }
    }
    for name in ["disable", "require", "verify-ca"] {
        let error = refused(&url(&server, "localhost", &format!("sslmode={name}&sslrootcert=system")));
        assert!(matches!(error, Error::WeakSslMode { .. }), "{error:?}");
    }
    let error = refused(&url(&server, "localhost", "sslmode=verify-ca"));
    assert!(error.to_string().contains("verify-ca needs sslrootcert=FILE"), "{error}");
    let error = refused(&url(&server, "localhost", "sslnegotiation=direct"));
    assert_eq!(
        error.to_string(),
        "sslmode=prefer is too weak for sslnegotiation=direct (use sslmode=require or more)"
    );

    // The same out of options, which the URL overrules; and a host's name may have an address of its own.
    let mut options = ConnectOptions::default();
    options.ssl_mode = Some(SslMode::VerifyFull);
    options.ssl_root_cert = Some(RootCertificates::File(wrong.clone()));
    let error = refused_with(&url(&server, "localhost", ""), &options);
    assert!(matches!(error, Error::Tls { problem: TlsProblem::Untrusted { .. }, .. }), "{error:?}");
    let roots = format!("sslrootcert={}", right.display());
    let named = url(&server, "localhost", &format!("hostaddr=127.0.0.1&{roots}"));
    let mut client = connect_with(&named, &options).expect("connected").client;
    assert!(is_encrypted(&mut client));
    options.ssl_root_cert = Some(RootCertificates::File(right));
    options.ssl_mode = Some(SslMode::Disable);
    let required = url(&server, "localhost", "sslmode=require");
    assert!(is_encrypted(&mut connect_with(&required, &options).expect("connected").client));
}

#[test]
fn a_server_without_tls_is_good_enough_for_modes_that_do_not_ask_for_it() {
    let (server, folder) = (start(None, None), TempDir::new().expect("a folder"));
    let roots = file(&folder, "roots.pem", &Authority::new().certificate());
    for name in MODES {
        let address = url(&server, "localhost", &mode(name, Some(&roots)));
        if ["disable", "allow", "prefer"].contains(&name) {
            assert!(!connected(&address), "{name}");
        } else {
            let problem = problem(&address);
            assert_eq!(problem, TlsProblem::Missing { mode: name.parse().expect("a mode") });
            assert!(problem.to_string().contains(&format!("sslmode={name} asks for it")), "{problem}");
        }
        // A socket has no need of it.
        let by_socket = server.url(&format!("app:{}", PrivatePostgres::PASSWORD), "postgres");
        assert!(!connected(&format!("{by_socket}?{}", mode(name, Some(Path::new("/nowhere"))))), "{name}");
    }
    let error = refused(&url(&server, "localhost", &mode("verify-ca", Some(Path::new("/nowhere")))));
    assert!(matches!(error, Error::RootCertificates { .. }), "{error:?}");
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nhalf"] {
        let roots = file(&folder, "bad.pem", text);
        let error = refused(&url(&server, "localhost", &mode("verify-full", Some(&roots))));
        assert!(matches!(error, Error::RootCertificates { .. }), "{text}: {error:?}");
        assert!(error.to_string().contains("bad.pem"), "{error}");
    }
}

#[test]
fn passwords_are_bound_to_the_channel() {
    let authority = Authority::new();
    let server = start(Some(&authority.server(&["localhost"], VALID)), None);
    assert!(connected(&url(&server, "localhost", "sslmode=require&channel_binding=require")));
    assert!(connected(&url(&server, "localhost", "sslmode=require&channel_binding=disable")));
    let error = refused(&url(&server, "localhost", "sslmode=disable&channel_binding=require"));
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    let wrong = url(&server, "localhost", "sslmode=require").replace(PrivatePostgres::PASSWORD, "hush");
    assert!(matches!(refused(&wrong), Error::WrongPassword { .. }));
}

#[test]
fn a_certificate_is_valid_in_its_time_and_for_all_of_its_names() {
    let (authority, folder) = (Authority::new(), TempDir::new().expect("a folder"));
    let roots = file(&folder, "roots.pem", &authority.certificate());
    for (valid, expected) in [((2020, 2021), TlsProblem::Expired), ((2119, 2120), TlsProblem::NotValidYet)] {
        let server = start(Some(&authority.server(&["localhost"], valid)), None);
        assert_eq!(problem(&url(&server, "localhost", &mode("verify-ca", Some(&roots)))), expected);
        assert!(connected(&url(&server, "localhost", "sslmode=require")), "nobody looks at it");
    }
    let server = start(Some(&authority.server(&["db.example.org", "127.0.0.1"], VALID)), None);
    let full = mode("verify-full", Some(&roots));
    assert!(connected(&url(&server, "127.0.0.1", &full)));
    assert!(connected(&url(&server, "db.example.org", &format!("{full}&hostaddr=127.0.0.1"))));
    let names = "db.example.org, 127.0.0.1".to_owned();
    let expected = TlsProblem::OtherName { host: "localhost".into(), names };
    assert_eq!(problem(&url(&server, "localhost", &full)), expected);
}

#[test]
fn a_certificate_that_is_its_own_authority_can_be_trusted() {
    let (own, folder) = (self_signed("localhost"), TempDir::new().expect("a folder"));
    let server = start(Some(&own), None);
    let roots = file(&folder, "own.pem", &own.certificate);
    assert!(connected(&url(&server, "localhost", &mode("verify-full", Some(&roots)))));
    let expected = TlsProblem::OtherName { host: "127.0.0.1".into(), names: "localhost".into() };
    assert_eq!(problem(&url(&server, "127.0.0.1", &mode("verify-full", Some(&roots)))), expected);
    let other = file(&folder, "other.pem", &self_signed("localhost").certificate);
    let expected = TlsProblem::Untrusted { roots: other.display().to_string() };
    assert_eq!(problem(&url(&server, "localhost", &mode("verify-ca", Some(&other)))), expected);
}

#[test]
fn who_prefers_tls_goes_without_where_the_server_wants_that() {
    let certificate = Authority::new().server(&["localhost"], VALID);
    let access =
        |kind: &str| format!("local all all scram-sha-256\n{kind} all all 127.0.0.1/32 scram-sha-256\n");
    let plain = start(Some(&certificate), Some(&access("hostnossl")));
    assert!(!connected(&url(&plain, "localhost", "sslmode=prefer")));
    let error = refused(&url(&plain, "localhost", "sslmode=require"));
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
    let encrypted = start(Some(&certificate), Some(&access("hostssl")));
    assert!(connected(&url(&encrypted, "localhost", "sslmode=allow")));
    let error = refused(&url(&encrypted, "localhost", "sslmode=disable"));
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
}

#[test]
fn a_handshake_that_fails_is_no_server_that_is_missing() {
    // It says yes to TLS and then hangs up; what the client says first is told.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let server = thread::spawn(move || {
        let mut greetings = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut greeting = [0; 8];
            stream.read_exact(&mut greeting).expect("greeted");
            if greeting[4..] == 80877103_u32.to_be_bytes() {
                stream.write_all(b"S").expect("answered");
                // Up to the handshake's first bytes, so that the answer is read before the end is.
                stream.read_exact(&mut [0; 5]).expect("a handshake");
            }
            greetings.push(u32::from_be_bytes([greeting[4], greeting[5], greeting[6], greeting[7]]));
        }
        greetings
    });
    let address = format!("postgres://ann:hush@127.0.0.1:{port}/slack");
    assert_eq!(problem(&format!("{address}?sslmode=require")), TlsProblem::Handshake);
    refused(&address);
    // The request for TLS twice, and at last version 3.0 of the protocol without it.
    assert_eq!(server.join().expect("served"), [80877103, 80877103, 196608]);
}
