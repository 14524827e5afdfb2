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

#[test]
fn a_token_in_an_odd_place_is_not_shown() {
    let home = Home::new();
    let token = |letter: char| format!("xox{letter}-1-odd-SECRET9");
    for letter in ['a', 'b', 'c', 'd', 'e', 'o', 'p', 'r', 's'] {
        let token = token(letter);
        for arguments in [
            vec!["--token".to_owned(), token.clone(), "extract".into()],
            vec!["extract".into(), format!("--token={token}")],
            vec!["extract".into(), "--since".into(), token.clone()],
            vec!["extract".into(), "--types".into(), token.clone()],
            vec!["--json".into(), "graph".into(), "--seed".into(), token.clone()],
            vec![token.clone()],
            vec!["--data".into(), token.clone(), "status".into()],
            vec!["--data".into(), token.clone(), "--json".into(), "verify".into()],
            vec!["load".into(), "postgres://me:SECRET9@127.0.0.1/x".into()],
            vec![
                "--json".into(),
                "sql".into(),
                "--database=x".into(),
                "1".into(),
                "db://me:SECRET9@h".into(),
            ],
            vec!["import".into(), format!("{token}.zip")],
            vec!["--config".into(), token.clone(), "status".into()],
            vec!["sql".into(), format!("SELECT {token}")],
            vec!["load".into(), "--postgres".into(), format!("postgres://me@127.0.0.1:9/{token}")],
        ] {
            let output = home.command().args(&arguments).output().expect("it runs");
            let told = [output.stdout, output.stderr].concat();
            let told = String::from_utf8_lossy(&told);
            assert!(!told.contains("SECRET9"), "{arguments:?}: {told}");
            assert!(!told.is_empty(), "{arguments:?}");
        }
        for arguments in [&["config"][..], &["config", "--json"]] {
            let mut command = home.command();
            command
                .env("SLACK_ANALYTICS_REPORT_TITLE", &token)
                .env("SLACK_ANALYTICS_CAPTURE_CHANNEL", &token);
            let told = ran(0, command.args(arguments));
            assert!(told.out.contains("[secret]") && !told.out.contains("SECRET9"), "{}", told.out);
        }
        let mut command = home.command();
        command.env("SLACK_API_URL", format!("http://{token}:1/api")).env("SLACK_USER_TOKEN", "xoxp-any-one");
        let told = ran(1, command.args(["doctor", "--json"]));
        assert!(!told.out.contains("SECRET9") && !told.err.contains("SECRET9"), "{told:?}");
    }
}

#[test]
fn what_is_packed_to_be_handed_on_holds_no_token_of_an_address() {
    let home = Home::new();
    let export = home.folder().join("export");
    community(6, 60).write_export(&export).expect("written");
    let day = files(&export).into_keys().find(|path| path.components().count() == 2).expect("a day's file");
    let message = r#"[{"type":"message","user":"U1","ts":"1600000000.000100","text":"see","files":[{"id":"F1","name":"a.png",
        "url_private":"https:\/\/files.example.com\/a.png?t=xoxe-12-34-SECRET9","permalink":"https://x/?t=xoxe-9-SECRET9&a=1"}]}]"#;
    std::fs::write(export.join(&day), message).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let kept = |folder: &std::path::Path| {
        files(folder).into_values().filter(|bytes| String::from_utf8_lossy(bytes).contains("SECRET9")).count()
    };
    assert_eq!(kept(&home.batch()), 1, "the data home has what Slack gave");
    let packed = |arguments: &[&str]| {
        let told = home.run(0, [&["pack", "--json"], arguments].concat()).json();
        let mut entries = std::collections::BTreeMap::new();
        for name in ["raw", "metrics"] {
            let batch = home.batch();
            let id = batch.file_name().expect("a name").to_str().expect("UTF-8");
            let file = std::fs::File::open(home.data(&format!("{id}-{name}.zip"))).expect("opened");
            let mut archive = zip::ZipArchive::new(file).expect("a zip");
            for at in 0..archive.len() {
                let mut entry = archive.by_index(at).expect("read");
                let mut text = Vec::new();
                entry.read_to_end(&mut text).expect("read");
                entries.insert(entry.name().expect("UTF-8").into_owned(), text);
            }
        }
        (told["stages"][0]["tokens_removed"].clone(), entries)
    };
    let (removed, entries) = packed(&[]);
    assert_eq!(removed, 2);
    assert!(entries.values().all(|text| !String::from_utf8_lossy(text).contains("SECRET9")));
    let changed =
        entries.iter().find(|(name, _)| name.ends_with(day.to_str().expect("UTF-8"))).expect("packed");
    let text = String::from_utf8_lossy(changed.1);
    assert_eq!(text, message.replace("xoxe-12-34-SECRET9", "removed").replace("xoxe-9-SECRET9", "removed"));
    serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON still");
    let (removed, entries) = packed(&["--untouched"]);
    assert_eq!(removed, 0);
    for (name, bytes) in entries.iter().filter(|(name, _)| name.contains("/export/")) {
        let (_, inside) = name.split_once('/').expect("the batch");
        assert_eq!(*bytes, std::fs::read(home.batch().join(inside)).expect("there"), "{name}");
    }
}
