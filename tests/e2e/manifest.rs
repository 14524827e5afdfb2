//! The manifest of an app: its scopes are those that a capture needs, no fewer and no more.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

use crate::support::{Home, sandbox};

const EVERYTHING: [&str; 4] = ["--types", "public,private,im,mpim", "--parts", "all"];

fn scopes(manifest: &Value, kind: &str) -> Vec<String> {
    let scopes = manifest["oauth_config"]["scopes"][kind].as_array().expect("scopes");
    scopes.iter().map(|scope| scope.as_str().expect("a text").to_owned()).collect()
}

fn workspace(seed: u64) -> Workspace {
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages, options.seed) = (20, 10, 300, seed);
    Workspace::generate(&options)
}

/// The seed of a workspace that has conversations of each type.
static SEED: LazyLock<u64> = LazyLock::new(|| {
    let kinds = |seed: &u64| {
        let workspace = workspace(*seed);
        workspace.visible_channels().map(|channel| channel.kind.api_type()).collect::<BTreeSet<_>>().len()
    };
    (0..100).find(|seed| kinds(seed) == 4).expect("one of a hundred")
});

fn sandbox_with(scopes: &[String]) -> Sandbox {
    sandbox(workspace(*SEED)).most_reactors(1).scopes(scopes).start_blocking().expect("started")
}

fn extract(code: i32, scopes: &[String], what: &[&str]) -> String {
    let arguments = [&["extract", "--rate", "unlimited"], what].concat();
    Home::new().run_against(&sandbox_with(scopes), code, arguments).out
}

#[test]
fn a_manifest_is_printed_and_leaves_nothing_behind() {
    let home = Home::new();
    let ran = home.run(0, ["manifest", "--name", "Archive"]);
    let manifest: Value = serde_json::from_str(&ran.out).expect("JSON, and nothing else");
    assert_eq!(manifest["display_information"]["name"], "Archive");
    assert_eq!(manifest["settings"]["socket_mode_enabled"], false);
    assert_eq!(scopes(&manifest, "user").len(), 12);
    assert_eq!(ran.err.lines().count(), 3);
    assert!(ran.err.contains("SLACK_USER_TOKEN"), "{}", ran.err);
    let quiet = home.run(0, ["--quiet", "manifest", "--name", "Archive"]);
    assert_eq!((quiet.out, quiet.err), (ran.out, String::new()));
    let json = home.run(0, ["manifest", "--name", "Archive", "--json"]).json();
    assert_eq!(json["stages"][0]["manifest"], manifest);
    let bot = home.run(0, ["manifest", "--bot", "--quiet"]).out;
    let bot: Value = serde_json::from_str(&bot).expect("JSON");
    assert_eq!(scopes(&bot, "bot"), scopes(&manifest, "user"));
    assert!(bot["features"]["bot_user"]["display_name"].is_string());
    assert!(!home.data("").exists(), "it needs no data home");
    home.run(2, ["manifest", "--name", "a name that is longer than Slack lets one be"]);
}

#[test]
fn its_scopes_suffice_and_each_of_them_is_needed() {
    for what in [&EVERYTHING[..], &["--types", "private", "--parts", "messages,pins", "--files", "none"]] {
        let arguments = [&["manifest", "--quiet"], what].concat();
        let manifest = serde_json::from_str(&Home::new().run(0, arguments).out).expect("JSON");
        let scopes = scopes(&manifest, "user");
        extract(0, &scopes, what);
        for missing in &scopes {
            // Slack leaves addresses out of what it answers and says nothing of it.
            if missing == "users:read.email" {
                continue;
            }
            let others: Vec<String> = scopes.iter().filter(|scope| *scope != missing).cloned().collect();
            let told = extract(3, &others, what);
            let advice = format!("add the scope {missing} to the app and install it again");
            assert!(told.contains(&advice), "{missing}: {told}");
        }
    }
}
