//! The token shows nowhere.

use std::io::Read;

use crate::support::{Home, community, files, ran, sandbox};

const TOKEN: &str = "a-very-secret-token";

#[test]
fn the_token_is_in_no_file_and_no_line() {
    let sandbox = sandbox(community(20, 300)).token(TOKEN).start_blocking().expect("started");
    let home = Home::new();
    let mut printed = String::new();
    for (token, code, arguments) in [
        (TOKEN, 0, &["run", "--rate", "unlimited", "--files", "all"][..]),
        (TOKEN, 0, &["extract", "--json", "--rate", "unlimited"]),
        (TOKEN, 0, &["pack"]),
        ("a-very-secret-token-but-wrong", 1, &["extract"]),
    ] {
        let mut command = home.command();
        command.env("SLACK_USER_TOKEN", token).env("SLACK_API_URL", sandbox.url()).env("RUST_LOG", "trace");
        let ran = ran(code, command.args(arguments));
        printed.push_str(&ran.out);
        printed.push_str(&ran.err);
    }
    assert!(printed.contains("TRACE") && printed.contains("hyper"), "everything is logged");
    assert!(printed.contains("extract") && !printed.contains("very-secret"), "{printed}");
    let mut looked_into = 0;
    for (name, bytes) in files(&home.data("")) {
        assert!(!contains(&bytes), "{}", name.display());
        looked_into += 1;
        if name.extension().is_some_and(|extension| extension == "zip") {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
            for entry in 0..archive.len() {
                let mut inner = Vec::new();
                archive.by_index(entry).expect("read").read_to_end(&mut inner).expect("read");
                assert!(!contains(&inner), "{}", name.display());
            }
        }
    }
    assert!(looked_into > 50);
}

fn contains(bytes: &[u8]) -> bool {
    bytes.windows(b"very-secret".len()).any(|part| part == b"very-secret")
}

#[test]
fn a_database_password_is_not_shown() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(5, 50).write_export(&export).expect("written");
    home.run(0, ["run", "--import", "export"]);
    for url in [
        "postgres://me:very-secret@127.0.0.1:9/slack",
        "postgres://me:very-secret@127.0.0.1:9/slack?sslmode=require",
        "postgres//me:very-secret@nowhere",
    ] {
        let ran = home.run(1, ["load", "--postgres", url]);
        assert!(!ran.err.contains("very-secret") && !ran.out.contains("very-secret"), "{}", ran.err);
    }
    for (name, value) in [
        ("SLACK_POSTGRES_URL", "postgres://me:very-secret@127.0.0.1:9/slack"),
        ("DATABASE_URL", "postgres://127.0.0.1:9/slack?user=me&password=very-secret"),
        ("PGPASSWORD", "very-secret"),
    ] {
        let mut command = home.command();
        command.env(name, value).env("RUST_LOG", "trace").env("PGHOST", "127.0.0.1").env("PGPORT", "9");
        let ran = ran(1, command.arg("load"));
        assert!(!ran.err.contains("very-secret") && !ran.out.contains("very-secret"), "{name}: {}", ran.err);
    }
}
