//! The database is found as PostgreSQL's own programs find it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::private_postgres::{Authentication, PrivatePostgres};
use crate::support::{Home, community, ran};

#[test]
fn the_database_and_its_password_come_from_the_environment_and_its_files() {
    let server = PrivatePostgres::start(Authentication::Password);
    let home = Home::new();
    community(5, 50).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let load = |code, variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = home.command();
        command.env("HOME", home.folder()).env("PGUSER", "app").envs(variables.iter().copied());
        let ran = ran(code, command.arg("load").args(arguments));
        assert!(!format!("{}{}", ran.out, ran.err).contains(PrivatePostgres::PASSWORD), "{}", ran.err);
        ran.err
    };
    let host = ("PGHOST", server.socket());
    let place = [host, ("PGDATABASE", "postgres")];
    let no_password = load(1, &place, &[]);
    assert!(no_password.contains("no password was given"), "{no_password}");
    load(0, &[host, ("PGDATABASE", "postgres"), ("PGPASSWORD", PrivatePostgres::PASSWORD)], &[]);

    let passfile = home.folder().join(".pgpass");
    fs::write(&passfile, format!("localhost:*:postgres:app:{}\n", PrivatePostgres::PASSWORD))
        .expect("written");
    fs::set_permissions(&passfile, fs::Permissions::from_mode(0o644)).expect("set");
    let open = load(1, &place, &[]);
    assert!(open.contains("chmod 600"), "{open}");
    fs::set_permissions(&passfile, fs::Permissions::from_mode(0o600)).expect("set");
    load(0, &place, &[]);
    load(0, &[host], &["--postgres", "postgres:///postgres"]);
    let other = load(1, &[host, ("PGPASSFILE", "nowhere")], &["--postgres", "postgres:///postgres"]);
    assert!(other.contains("no password was given"), "{other}");

    // The URL of an argument counts more than that of the environment, and each more than the parts.
    let wrong = [("SLACK_POSTGRES_URL", "postgres:///other"), host, ("PGDATABASE", "third")];
    load(0, &wrong, &["--postgres", "postgres:///postgres"]);
    let other = load(1, &wrong, &[]);
    assert!(other.contains("no password was given") && !other.contains("third"), "{other}");

    let mode = load(1, &[host, ("PGDATABASE", "postgres"), ("PGSSLMODE", "always")], &[]);
    assert!(mode.contains("sslmode cannot be used (want disable,"), "{mode}");
    // Where nothing names a server, it is a file; where there is nothing to load, there is none.
    let other = Home::new();
    other.run(2, ["load"]);
    assert!(!other.data("slack.db").exists());
    load(0, &[], &[]);
    assert!(home.data("slack.db").is_file());
    let told = load(2, &[], &["--materialize"]);
    assert!(told.contains("--materialize is for PostgreSQL"), "{told}");
}
