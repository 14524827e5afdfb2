//! Passwords out of password files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use slack_pg::{ConnectOptions, Error, Note, connect_with};
use tempfile::TempDir;

use crate::connecting::{everything_shown, refused_with};
use crate::private_postgres::{Authentication, PrivatePostgres, Setup};

const ROLE: &str = r"an:n\a";

fn options_with(folder: &Path, text: &str, mode: u32) -> (ConnectOptions, PathBuf) {
    let path = folder.join("pgpass");
    let _ = fs::remove_file(&path);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
    let mut options = ConnectOptions::default();
    options.passfile = Some(path.clone());
    (options, path)
}

#[test]
fn a_password_file_is_asked_where_there_is_no_other_password() {
    let setup = Setup { authentication: Authentication::Password, tcp: true, tls: None, access: None };
    let server = PrivatePostgres::start_as(&setup);
    let (port, password, folder) =
        (server.port(), PrivatePostgres::PASSWORD, TempDir::new().expect("a folder"));
    let by_socket = server.url("app", "postgres");
    let by_tcp = format!("postgres://app@localhost:{port}/postgres");
    let elsewhere = "*:1:*:*:hush\n*:*:other:*:hush\n*:*:*:nobody:hush\n";

    // The folder of a socket goes by its path and by localhost; TCP by the name that was asked for.
    for (host, socket, tcp) in [
        ("*", true, true),
        ("localhost", true, true),
        (server.socket(), true, false),
        ("127.0.0.1", false, false),
    ] {
        let text = format!("# ann's\n{elsewhere}{host}:{port}:postgres:app:{password}\n");
        let (options, path) = options_with(folder.path(), &text, 0o600);
        for (address, is_right) in [(&by_socket, socket), (&by_tcp, tcp)] {
            if is_right {
                let connected =
                    connect_with(address, &options).unwrap_or_else(|error| panic!("{host}: {error}"));
                assert!(connected.notes.is_empty());
            } else {
                let error = refused_with(address, &options);
                assert!(matches!(error, Error::WrongPassword { .. }), "{host}: {error:?}");
                assert!(error.to_string().contains("no password was given"), "{error}");
            }
            let named = format!("{address}?passfile={}", path.display());
            assert_eq!(connect_with(&named, &ConnectOptions::default()).is_ok(), is_right, "{host}: {named}");
        }
    }

    // An address or option that has one is not overruled, and a wrong file is named.
    let (mut options, path) = options_with(folder.path(), "*:*:*:*:hush", 0o600);
    connect_with(&by_tcp.replace("app", &format!("app:{password}")), &options).expect("the URL's");
    let error = refused_with(&by_tcp, &options);
    assert!(error.to_string().contains(&format!("the password in {}", path.display())), "{error}");
    options.password = Some(password.into());
    connect_with(&by_tcp, &options).expect("the options'");
    let shown = format!("{options:?}");
    assert!(shown.contains("pgpass") && !shown.contains(password), "{shown}");
}

#[test]
fn a_password_file_that_others_may_read_is_not_used_and_that_is_said() {
    let server = PrivatePostgres::start(Authentication::Password);
    let folder = TempDir::new().expect("a folder");
    let text = format!("*:*:*:*:{}", PrivatePostgres::PASSWORD);
    let address = server.url("app", "postgres");
    for mode in [0o644, 0o640, 0o606] {
        let (options, path) = options_with(folder.path(), &text, mode);
        let error = refused_with(&address, &options);
        assert!(matches!(error, Error::WrongPassword { .. }), "{mode:o}: {error:?}");
        assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
    }

    let trusting = PrivatePostgres::start(Authentication::Trust);
    let (options, path) = options_with(folder.path(), &text, 0o644);
    let connected = connect_with(&trusting.url("app", "postgres"), &options).expect("no password is needed");
    assert_eq!(connected.notes, [Note::PassfileOpenToOthers { path }]);
}

#[test]
fn names_and_passwords_may_hold_any_character() {
    let server = PrivatePostgres::start(Authentication::Password);
    let folder = TempDir::new().expect("a folder");
    let password = r"p:a\s*s@/?#%' ü";
    let (mut options, _) = options_with(folder.path(), "", 0o600);
    options.password = Some(PrivatePostgres::PASSWORD.into());
    let mut admin = connect_with(&server.url("app", "postgres"), &options).expect("connected").client;
    let role = format!(r#"CREATE ROLE "{ROLE}" LOGIN PASSWORD '{}'"#, password.replace('\'', "''"));
    admin.batch_execute(&role).expect("made");

    let line = r"*:*:*:an\:n\\a:p\:a\\s\*s@/?#%' ü";
    let (options, _) = options_with(folder.path(), line, 0o600);
    connect_with(&server.url("an%3An%5Ca", "postgres"), &options).expect("by the file");
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let user = format!("{}:{}", encode(ROLE), encode(password));
    connect_with(&server.url(&user, "postgres"), &ConnectOptions::default()).expect("by the URL");
    let quote = |text: &str| text.replace('\\', r"\\").replace('\'', r"\'");
    let pairs = format!(
        "host={} dbname=postgres user='{}' password='{}'",
        server.socket(),
        quote(ROLE),
        quote(password),
    );
    connect_with(&pairs, &ConnectOptions::default()).expect("by pairs");
    let wrong = refused_with(&pairs.replace("p:a", "q:a"), &ConnectOptions::default());
    assert!(!everything_shown(&wrong).contains("s*s"), "{wrong}");
}
