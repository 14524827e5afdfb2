//! A community whose time passes.

#[allow(dead_code, reason = "not every test binary uses all of it")]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Client, sandbox};
use serde_json::Value;
use slack_sandbox::{Changes, CommunityOptions, PlayOptions, Spot, Workspace};

type Records = BTreeMap<(String, String), Value>;

/// All messages by channel and timestamp.
fn messages(workspace: &Workspace) -> Records {
    let mut found = BTreeMap::new();
    for channel in &workspace.channels {
        for message in channel.messages() {
            let record: Value = serde_json::from_str(message.json.get()).expect("a message");
            assert_eq!(record["ts"], message.ts.to_string());
            found.insert((channel.id.to_string(), message.ts.to_string()), record);
        }
    }
    found
}

fn records<'a>(list: impl Iterator<Item = (String, &'a str)>) -> BTreeMap<String, Value> {
    list.map(|(id, json)| (id, serde_json::from_str(json).expect("JSON"))).collect()
}

fn users(workspace: &Workspace) -> BTreeMap<String, Value> {
    records(workspace.users.iter().map(|user| (user.id.to_string(), user.json.get())))
}

fn channels(workspace: &Workspace) -> BTreeMap<String, Value> {
    records(workspace.channels.iter().map(|channel| (channel.id.to_string(), channel.json.get())))
}

fn keys(spots: &[Spot]) -> BTreeSet<(String, String)> {
    spots.iter().map(|spot| (spot.channel.to_string(), spot.ts.to_string())).collect()
}

/// What is in the second and not in the first, or another there by what `part` shows of it.
fn differing<K: Ord + Clone, T: PartialEq>(
    before: &BTreeMap<K, Value>,
    after: &BTreeMap<K, Value>,
    part: impl Fn(&Value) -> T,
) -> BTreeSet<K> {
    let differs = |(key, new): &(&K, &Value)| before.get(key).is_none_or(|old| part(old) != part(new));
    after.iter().filter(differs).map(|(key, _)| key.clone()).collect()
}

/// Emoji with users of a message.
fn reactions(message: &Value) -> BTreeSet<(String, String)> {
    let reactions = message["reactions"].as_array().cloned().unwrap_or_default();
    let users = |reaction: &Value| {
        let users = reaction["users"].as_array().expect("users").clone();
        assert_eq!(reaction["count"], users.len());
        let name = reaction["name"].as_str().expect("a name").to_owned();
        users.into_iter().map(move |user| (name.clone(), user.as_str().expect("a user").to_owned()))
    };
    reactions.iter().flat_map(users).collect()
}

/// Checks that the changes are exactly what differs, and that all of the workspace fits together.
fn check(before: &Workspace, after: &Workspace, changes: &Changes) {
    let (old, new) = (messages(before), messages(after));
    let added: BTreeSet<_> = new.keys().filter(|key| !old.contains_key(*key)).cloned().collect();
    let gone: BTreeSet<_> = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
    assert_eq!(keys(&changes.posted), added);
    assert_eq!(keys(&changes.deleted), gone);
    assert!(keys(&changes.late_replies).is_subset(&added));
    let stretch = changes.from.micros() + 1..=changes.to.micros();
    assert!(changes.posted.iter().all(|spot| stretch.contains(&spot.ts.micros())));

    let is_tombstone = |message: &Value| message["subtype"] == "tombstone";
    let tombstones = differing(&old, &new, is_tombstone);
    assert_eq!(keys(&changes.tombstones), tombstones.difference(&added).cloned().collect());
    let text = |message: &Value| message["text"].clone();
    let mut edited = differing(&old, &new, text);
    edited.retain(|key| !added.contains(key) && !tombstones.contains(key));
    assert_eq!(keys(&changes.edited), edited);
    for key in &edited {
        let at: f64 = new[key]["edited"]["ts"].as_str().expect("a ts").parse().expect("seconds");
        assert!(stretch.contains(&((at * 1e6) as i64)));
        assert_eq!(new[key]["user"], old[key]["user"]);
    }
    let counts = |message: &Value| (message["reply_count"].clone(), message["latest_reply"].clone());
    let mut threads = differing(&old, &new, counts);
    threads.retain(|key| !added.contains(key) || new[key].get("reply_count").is_some());
    assert_eq!(keys(&changes.threads), threads);

    let mut came = BTreeSet::new();
    let mut went = BTreeSet::new();
    for (key, message) in &new {
        let (was, is) = (old.get(key).map(reactions).unwrap_or_default(), reactions(message));
        came.extend(is.difference(&was).map(|(name, user)| (key.clone(), name.clone(), user.clone())));
        if !tombstones.contains(key) {
            went.extend(was.difference(&is).map(|(name, user)| (key.clone(), name.clone(), user.clone())));
        }
    }
    let listed = |list: &[slack_sandbox::Reacted]| {
        let key = |spot: &Spot| (spot.channel.to_string(), spot.ts.to_string());
        list.iter().map(|it| (key(&it.spot), it.name.clone(), it.user.to_string())).collect::<BTreeSet<_>>()
    };
    assert_eq!((listed(&changes.reactions_added), listed(&changes.reactions_removed)), (came, went));

    let touched = [&changes.posted, &changes.edited, &changes.tombstones, &changes.threads]
        .into_iter()
        .flat_map(|list| keys(list));
    let reacted =
        changes.reactions_added.iter().chain(&changes.reactions_removed).map(|reacted| &reacted.spot);
    let mut touched: BTreeSet<_> = touched.collect();
    touched.extend(reacted.map(|spot| (spot.channel.to_string(), spot.ts.to_string())));
    let differs = differing(&old, &new, |message| {
        let mut message = message.clone();
        // Which of the repliers are named may change where a reply comes and another goes.
        for key in ["reply_users", "reply_users_count"] {
            message.as_object_mut().expect("an object").remove(key);
        }
        message
    });
    assert_eq!(differs, touched.into_iter().filter(|key| new.contains_key(key)).collect());
    fits_together(after);
    lists(before, after, changes);
}

fn fits_together(workspace: &Workspace) {
    for channel in &workspace.channels {
        assert!(channel.messages().is_sorted_by(|a, b| a.ts < b.ts));
        assert!(channel.orphan_threads().is_empty(), "{}", channel.name);
        for message in channel.messages() {
            let record: Value = serde_json::from_str(message.json.get()).expect("a message");
            let replies: Vec<_> = channel.replies(message.ts).collect();
            assert_eq!(record["reply_count"].as_u64().unwrap_or(0), replies.len() as u64);
            let latest = replies.last().map(|reply| reply.ts.to_string());
            assert_eq!(record["latest_reply"].as_str(), latest.as_deref());
        }
        let record: Value = serde_json::from_str(channel.json.get()).expect("a channel");
        let members = record["num_members"].as_u64();
        assert!(members.is_none_or(|members| members == channel.members.len() as u64));
        assert_eq!(record["is_archived"], channel.is_archived);
        assert!(record["name"].as_str().is_none_or(|name| name == channel.name));
    }
}

fn lists(before: &Workspace, after: &Workspace, changes: &Changes) {
    let text = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
    let (old, new) = (users(before), users(after));
    let mut renamed = differing(&old, &new, |user| user["profile"]["display_name"].clone());
    renamed.retain(|id| old.contains_key(id));
    assert_eq!(text(changes.renamed_users.iter().map(ToString::to_string).collect()), renamed);
    for id in &renamed {
        assert_ne!(new[id]["profile"]["real_name"], old[id]["profile"]["real_name"]);
        assert!(new[id]["updated"].as_i64() > Some(changes.from.micros() / 1_000_000));
    }
    let newcomers = new.keys().filter(|id| !old.contains_key(*id)).cloned().collect();
    assert_eq!(text(changes.newcomers.iter().map(ToString::to_string).collect()), newcomers);
    let (old, new) = (channels(before), channels(after));
    let renamed = differing(&old, &new, |channel| channel["name"].clone());
    assert_eq!(text(changes.renamed_channels.iter().map(ToString::to_string).collect()), renamed);
    for id in &renamed {
        assert_eq!(new[id]["previous_names"][0], old[id]["name"]);
        assert!(new[id]["updated"].as_i64() > Some(changes.from.micros() / 1000));
    }
    let archived = differing(&old, &new, |channel| channel["is_archived"].clone());
    assert_eq!(text(changes.archived.iter().map(ToString::to_string).collect()), archived);
    let members = |workspace: &Workspace| -> BTreeSet<(String, String)> {
        let of = |channel: &slack_sandbox::Channel| {
            let id = channel.id.to_string();
            channel.members.iter().map(move |user| (id.clone(), user.to_string())).collect::<Vec<_>>()
        };
        workspace.channels.iter().flat_map(of).collect()
    };
    let joined = changes.joined.iter().map(|it| (it.channel.to_string(), it.user.to_string()));
    assert_eq!(
        joined.collect::<BTreeSet<_>>(),
        members(after).difference(&members(before)).cloned().collect()
    );
}

#[test]
fn a_day_brings_what_it_should_and_says_so() {
    let mut community = CommunityOptions::default();
    community.messages = 3000;
    let before = Workspace::generate(&community);
    let mut after = before.clone();
    let options = PlayOptions::default();
    let changes = after.advance(&options);
    check(&before, &after, &changes);
    let replies = options.late_replies + options.old_replies + options.first_replies;
    assert_eq!(changes.late_replies.len(), replies);
    assert_eq!(changes.edited.len(), options.edits + options.reply_edits);
    assert_eq!(changes.deleted.len(), options.deletions + options.reply_deletions);
    assert_eq!(changes.tombstones.len(), options.tombstones);
    assert_eq!(changes.reactions_added.len(), options.reactions);
    assert_eq!(changes.reactions_removed.len(), options.unreactions);
    assert_eq!(changes.newcomers.len(), options.newcomers);
    assert_eq!(changes.joined.len(), options.newcomers * 3 + options.joins);
    assert_eq!(
        (changes.renamed_users.len(), changes.renamed_channels.len(), changes.archived.len()),
        (1, 1, 1)
    );
    assert!(changes.threads.len() >= options.threads + replies);
    let is_old = |spot: &&Spot| spot.ts.micros() < changes.from.micros() - 365 * 86_400_000_000;
    assert!(changes.threads.iter().filter(is_old).count() >= options.old_replies);
    assert_eq!(after.clock, changes.to);
    assert_eq!(changes.to.micros() - changes.from.micros(), 24 * 3_600_000_000);
    // What nothing happened to keeps its bytes, not only its meaning.
    let bytes = |workspace: &Workspace| -> BTreeSet<String> {
        let messages = workspace.channels.iter().flat_map(|channel| channel.messages());
        messages.map(|message| message.json.get().to_owned()).collect()
    };
    let changed = bytes(&before).difference(&bytes(&after)).count();
    assert!(changed < 70, "{changed}");
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let mut options = PlayOptions::default();
    let days = |options: &PlayOptions| {
        let mut workspace = common::workspace();
        for day in 0..3 {
            let before = workspace.clone();
            let changes = workspace.advance(options);
            if day == 2 {
                check(&before, &workspace, &changes);
            }
        }
        format!("{workspace:?}")
    };
    let first = days(&options);
    assert!(first == days(&options));
    options.seed = 2;
    assert!(first != days(&options));
}

#[test]
fn old_messages_are_left_alone_where_asked() {
    let mut workspace = common::workspace();
    let before = workspace.clone();
    let mut options = PlayOptions::quiet();
    options.within_days = Some(90);
    (options.edits, options.deletions, options.late_replies, options.reactions) = (5, 5, 5, 5);
    let changes = workspace.advance(&options);
    check(&before, &workspace, &changes);
    let first = changes.from.micros() - 90 * 86_400_000_000;
    let reacted = changes.reactions_added.iter().map(|reacted| &reacted.spot);
    let spots = changes.edited.iter().chain(&changes.deleted).chain(&changes.threads).chain(reacted);
    assert!(spots.clone().count() >= 15);
    assert!(spots.clone().all(|spot| spot.ts.micros() >= first));
    assert!(changes.joined.is_empty() && changes.archived.is_empty());
}

#[test]
fn small_workspaces_do_not_fail() {
    for (people, channels, messages) in [(0, 0, 0), (2, 2, 5), (5, 3, 60)] {
        let mut community = CommunityOptions::default();
        (community.people, community.channels, community.messages) = (people, channels, messages);
        let mut workspace = Workspace::generate(&community);
        for hours in [0, 1, 24 * 400] {
            let mut options = PlayOptions::default();
            (options.hours, options.archived, options.deletions, options.reply_deletions) =
                (hours, 9, 99, 99);
            let before = workspace.clone();
            let changes = workspace.advance(&options);
            check(&before, &workspace, &changes);
        }
    }
}

#[test]
fn a_running_server_goes_on_with_what_happened() {
    let sandbox = sandbox(|builder| builder);
    let client = Client::of(&sandbox);
    let before = sandbox.workspace();
    let mut options = PlayOptions::quiet();
    (options.posts, options.newcomers, options.user_renames) = (3, 1, 1);
    let changes = sandbox.advance(&options);
    check(&before, &sandbox.workspace(), &changes);
    for spot in &changes.posted {
        let bounds = format!("oldest={0}&latest={0}&inclusive=true", spot.ts);
        let page = client.json(&format!("conversations.history?channel={}&{bounds}", spot.channel));
        assert_eq!(page["messages"][0]["ts"], spot.ts.to_string());
    }
    let user = client.json(&format!("users.info?user={}", changes.newcomers[0]));
    assert_eq!(user["ok"], true);
    assert!(changes.to_json().contains(changes.newcomers[0].as_str()));
}

#[test]
fn other_processes_can_move_the_clock() {
    let sandbox = sandbox(|builder| builder);
    let client = Client::of(&sandbox);
    let before = sandbox.workspace();
    let (status, told) = client.post("/sandbox/advance?hours=48&quiet=1", "edits=2&posts=3");
    assert_eq!(status, 200, "{told}");
    let changes: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(changes["posted"].as_array().map(Vec::len), Some(3));
    assert_eq!(changes["edited"].as_array().map(Vec::len), Some(2));
    assert!(changes["edited"][0]["ts"].is_string() && changes["edited"][0]["channel"].is_string());
    let after = sandbox.workspace();
    assert_eq!(after.clock.micros() - before.clock.micros(), 48 * 3_600_000_000);
    assert_eq!(changes["to"], after.clock.to_string());
    for odd in ["/sandbox/advance?hours=x", "/sandbox/advance?colour=red"] {
        assert_eq!(client.post(odd, "").0, 400, "{odd}");
    }
    assert_eq!(client.get("auth.test").expect("an answer").status().as_u16(), 200);
    let address = format!("{}/sandbox/stats", sandbox.url().trim_end_matches("/api"));
    assert_eq!(client.file(&address, None).1, br#"{"sent":1,"violations":0}"#);
}
