//! What Slack answered is stored to the byte.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use slack_sandbox::Sandbox;

use crate::support::{Home, community, files, sandbox, shared};

/// The stored pages must be the bodies that the sandbox sent: the same methods, the same hashes.
fn check(home: &Home, sandbox: &Sandbox) {
    let hex =
        |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let stored: BTreeSet<(String, String)> =
        files(&home.batch().join("api")).iter().map(|(path, bytes)| (first_part(path), hex(bytes))).collect();
    let sent: BTreeSet<(String, String)> = sandbox
        .log()
        .into_iter()
        .filter(|sent| sent.status == 200)
        .map(|sent| (sent.method, sent.sha256))
        .collect();
    assert_eq!(stored, sent);
    assert!(stored.len() > 5, "{stored:?}");
}

fn first_part(path: &Path) -> String {
    path.iter().next().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn every_answer_is_stored_as_it_was_sent() {
    let sandbox = sandbox(community(40, 1_500)).most_reactors(2).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["extract", "--types", "public,private,im,mpim", "--rate", "unlimited"]);
    check(&home, &sandbox);
}

/// Numbers and escapes that a program which reads and writes JSON again would change.
const ODD: &str = r#""odd":{"z":12345678901234567890123,"a":0.10,"e":1e5,"u":"\u00e9\/é","z":null}"#;

#[test]
fn odd_numbers_survive() {
    let body = format!(r#"{{ "ok" : true,  "team":{{"id":"T1","name":"x"}}, {ODD} }}"#);
    let sandbox =
        sandbox(community(5, 20)).canned("team.info", body.clone()).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["extract", "--rate", "unlimited"]);
    check(&home, &sandbox);
    assert_eq!(fs::read_to_string(home.batch().join("api/team.info/00001.json")).expect("read"), body);
}

/// A sample that makes the capture ask for what only follows from others: single users and files that messages
/// name, reactions that are cut short, groups' members.
fn inviting(method: &str, body: String) -> String {
    match method {
        "conversations.history" => {
            let access = body.find("\"file_access\": \"\"").expect("a file");
            let id = body[..access].rfind("\"id\": \"\"").expect("its id");
            let body = filled(&body, access, "file_access", "check_file_info");
            let body = filled(&body, id, "id", "F00000009");
            let reactions = body.find("\"reactions\": [").expect("a reaction");
            filled(&body, reactions, "name", "tada").replace("U00000000", "U00000009")
        }
        "usergroups.list" => body.replace("\"users\":", "\"no_users\":"),
        _ => body,
    }
}

/// The body with a value for the first empty field of that name from a place on.
fn filled(body: &str, from: usize, field: &str, value: &str) -> String {
    let (before, after) = body.split_at(from);
    before.to_owned()
        + &after.replacen(&format!("\"{field}\": \"\""), &format!("\"{field}\": \"{value}\""), 1)
}

#[test]
fn the_published_samples_survive() {
    let Some(samples) = shared("api-samples") else { return };
    let mut builder = sandbox(community(5, 20));
    let mut methods = BTreeSet::new();
    for entry in fs::read_dir(samples).expect("listed") {
        let path = entry.expect("listed").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let method = path.file_stem().expect("named").to_string_lossy().into_owned();
        // The samples show every key that there is, error included; and they count 12345 pages.
        let body = fs::read_to_string(&path).expect("read");
        let body = body.replacen("\"ok\": false", &format!("\"ok\": true, {ODD}"), 1);
        let body = body.replace("\"error\":", "\"no_error\":").replace("\"pages\": 12345", "\"pages\": 1");
        let body = inviting(&method, body);
        methods.insert(method.clone());
        builder = builder.canned(method, body);
    }
    let sandbox = builder.start_blocking().expect("started");
    let home = Home::new();
    // What the token's own user reacted to is captured where it is asked for.
    // Each thread counts 12345 replies and gives none: nothing else is missing.
    let told =
        home.run_against(&sandbox, 3, ["--json", "extract", "--parts", "all", "--rate", "unlimited"]).json();
    let kinds = told["stages"][0]["gap_kinds"].as_array().expect("a list");
    assert!(
        kinds.len() == 1
            && kinds[0]["method"] == "conversations.replies"
            && kinds[0]["why"].as_str().is_some_and(|why| why.starts_with("fewer_replies_than_announced")),
        "{kinds:?}"
    );
    check(&home, &sandbox);
    let stored = files(&home.batch().join("api"));
    for method in methods {
        assert!(stored.keys().any(|path| first_part(path) == method), "{method} was not captured");
    }
    assert!(stored.values().all(|body| body.windows(23).any(|part| part == b"12345678901234567890123")));
    // Whatever is odd in the samples is set aside at the most.
    let code = home.command().arg("transform").status().expect("runs").code();
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
}
