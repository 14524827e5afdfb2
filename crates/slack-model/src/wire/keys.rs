//! What tells the records of a list's pages apart, and what an org-wide token may read.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::note_scan;
use crate::ts::Ts;

/// The lists of all paged methods.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Lists<'a> {
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    members: Option<Vec<&'a RawValue>>,
    channels: Option<Vec<&'a RawValue>>,
    files: Option<Vec<&'a RawValue>>,
    items: Option<Vec<&'a RawValue>>,
    teams: Option<Vec<&'a RawValue>>,
}

/// A record's own key: what it holds beside may differ from read to read.
#[derive(Deserialize, PartialEq, Hash, Default)]
#[serde(default)]
struct Key {
    id: Option<String>,
    ts: Option<String>,
    message: Option<Timestamp>,
    file: Option<Id>,
}

#[derive(Deserialize, PartialEq, Hash, Default)]
#[serde(default)]
struct Timestamp {
    ts: Option<String>,
}

#[derive(Deserialize, PartialEq, Hash, Default)]
#[serde(default)]
struct Id {
    id: Option<String>,
}

/// A digest of each record's key on a page of any paged method: two pages that hold the same records have the same keys,
/// even where a record's other fields differ. A page whose records cannot be told apart is one record.
pub fn record_keys(body: &[u8]) -> Vec<u64> {
    note_scan();
    let Ok(lists) = serde_json::from_slice::<Lists<'_>>(body) else { return vec![digest(body)] };
    let Lists { messages, members, channels, files, items, teams } = lists;
    let records = [messages, members, channels, files, items, teams].into_iter().flatten().flatten();
    records.filter(|record| record.get() != "null").map(|record| key(record.get())).collect()
}

fn key(record: &str) -> u64 {
    match serde_json::from_str::<Key>(record) {
        Ok(key) if key != Key::default() => {
            let ts = key.ts.as_ref().and_then(|ts| Ts::parse(ts.as_bytes()));
            ts.map_or_else(|| digest(key), message_key)
        }
        _ => digest(record),
    }
}

/// The key of a message.
pub(super) fn message_key(ts: Ts) -> u64 {
    digest(ts.micros())
}

fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Whether the token that an answer of `auth.test` tells of is one for all workspaces of an organisation.
pub fn is_org_wide(body: &[u8]) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Identity {
        is_enterprise_install: Option<bool>,
    }
    serde_json::from_slice::<Identity>(body)
        .is_ok_and(|identity| identity.is_enterprise_install == Some(true))
}

/// The ids and names of the workspaces in an answer of `auth.teams.list`.
pub fn listed_teams(body: &[u8]) -> Vec<(String, String)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Answer {
        teams: Vec<Team>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Team {
        id: String,
        name: Option<String>,
    }
    let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
    let teams = answer.teams.into_iter().filter(|team| !team.id.is_empty());
    teams.map(|team| (team.id, team.name.unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_told_apart_by_their_keys() {
        let keys = |body: &str| record_keys(body.as_bytes());
        let one = keys(r#"{"ok":true,"messages":[{"ts":"1.0","text":"a"},{"ts":"2.0"},null]}"#);
        assert_eq!(one.len(), 2);
        assert_eq!(one, keys(r#"{"messages":[{"text":"b","ts":"1.0","blocks":[7]},{"ts":"2.0"}]}"#));
        assert_ne!(one, keys(r#"{"messages":[{"ts":"1.0"},{"ts":"3.0"}]}"#));
        assert_eq!(keys(r#"{"members":["U1","U2"]}"#).len(), 2);
        assert_ne!(keys(r#"{"members":["U1"]}"#), keys(r#"{"members":["U2"]}"#));
        let reacted =
            |ts: &str| keys(&format!(r#"{{"items":[{{"type":"message","message":{{"ts":"{ts}"}}}}]}}"#));
        assert_ne!(reacted("1.0"), reacted("2.0"));
        assert!(keys(r#"{"ok":true,"messages":[]}"#).is_empty() && keys(r#"{"messages":null}"#).is_empty());
        // What is no list is one record, the same each time.
        assert_eq!(keys(r#"{"messages":7}"#), keys(r#"{"messages":7}"#));
        assert_eq!(keys(r#"{"messages":7}"#).len(), 1);
    }

    #[test]
    fn an_org_wide_token_is_known_and_its_workspaces_have_names() {
        assert!(is_org_wide(br#"{"ok":true,"team_id":"E1","is_enterprise_install":true}"#));
        for body in [&br#"{"ok":true,"is_enterprise_install":false}"#[..], br#"{"ok":true}"#, b"<html>"] {
            assert!(!is_org_wide(body));
        }
        let teams = listed_teams(
            br#"{"ok":true,"teams":[{"id":"T1","name":"One"},{"id":""},{"id":"T2","name":null}]}"#,
        );
        assert_eq!(teams, [("T1".into(), "One".into()), ("T2".into(), String::new())]);
    }
}
