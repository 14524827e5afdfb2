//! Files that came with the working folder: they neither get a token nor send private conversations away.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use crate::support::{Home, community, ran, sandbox};

/// A server that takes note of what it is sent, and its address.
fn eavesdropper() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (heard, hears) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap_or_default();
            if heard.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).is_err() {
                return;
            }
        }
    });
    (address, hears)
}

#[test]
fn a_token_goes_only_where_it_was_meant_to() {
    let (address, hears) = eavesdropper();
    let url = format!("SLACK_API_URL=http://{address}/api\n");
    let home = Home::new();
    fs::write(home.folder().join(".env"), &url).expect("written");
    for arguments in [&["run"][..], &["extract"], &["doctor"]] {
        let mut command = home.command();
        let output =
            command.env("SLACK_USER_TOKEN", "xoxp-1-mine").args(arguments).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(
            told.contains("SLACK_API_URL is set in .env, SLACK_USER_TOKEN in the environment")
                && !told.contains("mine"),
            "{arguments:?}: {told}"
        );
    }
    // Nor to the address of another file.
    let own = home.folder().join("own");
    fs::create_dir(&own).expect("made");
    fs::write(own.join("own.toml"), "").expect("written");
    fs::write(own.join(".env"), "SLACK_USER_TOKEN=xoxp-1-mine\n").expect("written");
    let told = home.run(2, ["--config", "own/own.toml", "extract"]);
    assert!(told.err.contains("own/.env"), "{}", told.err);
    assert!(hears.try_recv().is_err(), "nobody called");
}

#[test]
fn an_address_that_is_set_with_the_token_is_used() {
    let sandbox = sandbox(community(6, 40)).start_blocking().expect("started");
    let home = Home::new();
    let env = format!("SLACK_USER_TOKEN={}\nSLACK_API_URL={}\n", sandbox.token(), sandbox.url());
    fs::write(home.folder().join(".env"), env).expect("written");
    home.run(0, ["extract", "--rate", "unlimited"]);
    // The environment is nobody's but the user's.
    fs::write(home.folder().join(".env"), format!("SLACK_USER_TOKEN={}\n", sandbox.token()))
        .expect("written");
    let mut command = home.command();
    command.env("SLACK_API_URL", sandbox.url());
    ran(0, command.args(["extract", "--rate", "unlimited", "--full"]));
}

#[test]
fn no_file_alone_shows_private_conversations() {
    let home = Home::new();
    community(6, 40).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    for (section, command) in
        [("database", "load"), ("report", "report"), ("report", "run"), ("report", "serve")]
    {
        for key in ["include-private", "include-dms"] {
            fs::write(home.folder().join("slack-analytics.toml"), format!("[{section}]\n{key} = true\n"))
                .expect("written");
            let told = home.run(2, [command]);
            let why =
                format!("[{section}] {key} (slack-analytics.toml:2): private conversations are not shown");
            assert!(told.err.contains(&why) && told.err.contains("--config"), "{}", told.err);
        }
    }
    fs::remove_file(home.folder().join("slack-analytics.toml")).expect("removed");
    fs::write(home.folder().join(".env"), "SLACK_ANALYTICS_REPORT_INCLUDE_DMS=true\n").expect("written");
    assert!(home.run(2, ["report"]).err.contains("SLACK_ANALYTICS_REPORT_INCLUDE_DMS in .env"));
    fs::write(home.folder().join("mine.toml"), "[report]\ninclude-dms = true\n").expect("written");
    fs::remove_file(home.folder().join(".env")).expect("removed");
    home.run(0, ["--config", "mine.toml", "report"]);
    let mut command = home.command();
    ran(0, command.env("SLACK_ANALYTICS_REPORT_INCLUDE_DMS", "true").arg("report"));
}

#[test]
fn a_load_tells_where_it_goes_before_anything_is_sent() {
    let home = Home::new();
    community(6, 40).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    let (address, hears) = eavesdropper();
    let url = format!("postgres://ann:hidden-word@{address}/archive?sslmode=disable&connect_timeout=1");
    let where_to = format!("loading into PostgreSQL at {address}, database archive, user ann");
    let told = home.run(1, ["load", "--postgres", &url]);
    assert!(told.err.starts_with(&format!("{where_to} (--postgres)\n")), "{}", told.err);
    let told = home.run(1, ["load", "--quiet", "--postgres", &url]);
    assert!(!told.err.contains("loading into"), "{}", told.err);
    let mut command = home.command();
    let told = ran(1, command.env("DATABASE_URL", &url).arg("load"));
    assert!(told.err.starts_with(&format!("{where_to} (DATABASE_URL in the environment)\n")), "{}", told.err);
    // What a file says is told even where that file asks for silence.
    let bare = url.replace(":hidden-word", "");
    let toml = format!("quiet = true\n[database]\npostgres = '{bare}'\n");
    fs::write(home.folder().join("slack-analytics.toml"), toml).expect("written");
    let told = home.run(1, ["load", "--json"]);
    assert!(
        told.err.starts_with(&format!("{where_to} ([database] postgres, slack-analytics.toml:3)\n")),
        "{}",
        told.err
    );
    fs::write(home.folder().join("slack-analytics.toml"), "quiet = true\n").expect("written");
    fs::write(home.folder().join(".env"), format!("SLACK_POSTGRES_URL={url}\n")).expect("written");
    let told = home.run(1, ["load"]);
    assert!(told.err.starts_with(&format!("{where_to} (SLACK_POSTGRES_URL in .env)\n")), "{}", told.err);
    let (host, port) = address.split_once(':').expect("a port");
    fs::write(home.folder().join(".env"), format!("PGHOST={host}\nPGPORT={port}\nPGUSER=ann\n"))
        .expect("written");
    let told = home.run(1, ["load"]);
    assert!(
        told.err.contains("database ann, user ann (PGHOST in .env, PGPORT in .env, PGUSER in .env)"),
        "{}",
        told.err
    );
    assert!(hears.iter().take(6).all(|sent| !sent.contains("hidden-word")));
    // A file of its own is named too.
    fs::remove_file(home.folder().join(".env")).expect("removed");
    fs::write(home.folder().join("slack-analytics.toml"), "[database]\nsqlite = 'shared/slack.db'\n")
        .expect("written");
    fs::create_dir(home.folder().join("shared")).expect("made");
    let told = home.run(0, ["load", "--quiet"]);
    assert!(
        told.err.contains("loading into shared/slack.db ([database] sqlite, slack-analytics.toml:2)"),
        "{}",
        told.err
    );
}
