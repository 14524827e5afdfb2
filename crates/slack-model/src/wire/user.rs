use serde::Deserialize;
use serde_json::value::RawValue;

use super::Issues;
use super::lenient::{count, flag, ids_of, integer, lenient};
use crate::rows;
use crate::ts::BatchId;

#[derive(Deserialize, Default)]
#[serde(default)]
struct User {
    id: Option<String>,
    name: Option<String>,
    real_name: Option<String>,
    tz: Option<String>,
    #[serde(deserialize_with = "integer")]
    tz_offset: Option<i64>,
    #[serde(deserialize_with = "flag")]
    is_bot: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_admin: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_owner: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_restricted: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_ultra_restricted: Option<bool>,
    #[serde(deserialize_with = "flag")]
    deleted: Option<bool>,
    #[serde(deserialize_with = "integer")]
    updated: Option<i64>,
    team_id: Option<String>,
    profile: Option<Profile>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Profile {
    real_name: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    title: Option<String>,
}

/// Reads a user of a user list.
pub(crate) fn user(raw: &str, batch: BatchId, issues: &mut Issues<'_>) -> Option<rows::User> {
    let user: User = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let Some(id) = user.id.filter(|id| !id.is_empty()) else {
        issues.add(raw, "", "a user without an id");
        return None;
    };
    let profile = user.profile.unwrap_or_default();
    let is_guest = match (user.is_restricted, user.is_ultra_restricted) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or_default() || other.unwrap_or_default()),
    };
    let real_name = user.real_name.filter(|name| !name.is_empty()).or(profile.real_name);
    Some(rows::User {
        id: id.into(),
        name: user.name.unwrap_or_default(),
        real_name: real_name.unwrap_or_default(),
        display_name: profile.display_name.unwrap_or_default(),
        email: profile.email.unwrap_or_default(),
        tz: user.tz.unwrap_or_default(),
        tz_offset: user.tz_offset,
        title: profile.title.unwrap_or_default(),
        is_bot: user.is_bot,
        is_admin: user.is_admin,
        is_owner: user.is_owner,
        is_guest,
        deleted: user.deleted,
        updated: user.updated,
        team_id: user.team_id.filter(|id| !id.is_empty()).map(Into::into),
        known: true,
        first_batch: Some(batch),
        last_batch: Some(batch),
        values_batch: None,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Usergroup {
    id: Option<String>,
    handle: Option<String>,
    name: Option<String>,
    description: Option<String>,
    #[serde(deserialize_with = "flag")]
    is_external: Option<bool>,
    #[serde(deserialize_with = "count")]
    user_count: Option<u64>,
    users: Option<Vec<Box<RawValue>>>,
}

/// Reads a user group and its members, as far as the list names them.
pub(crate) fn usergroup(
    raw: &str,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Option<(rows::Usergroup, Vec<rows::UsergroupMember>)> {
    let group: Usergroup = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let Some(id) = group.id.filter(|id| !id.is_empty()) else {
        issues.add(raw, "", "a user group without an id");
        return None;
    };
    let id = crate::UsergroupId::from(id);
    let users = ids_of(group.users, "users", issues).into_iter();
    let member = |user: String| rows::UsergroupMember {
        usergroup: id.clone(),
        user_id: user.into(),
        first_batch: Some(batch),
        last_batch: Some(batch),
    };
    let members: Vec<_> = users.map(member).collect();
    let row = rows::Usergroup {
        handle: group.handle.unwrap_or_default(),
        name: group.name.unwrap_or_default(),
        description: group.description.unwrap_or_default(),
        is_external: group.is_external,
        user_count: group.user_count.or((!members.is_empty()).then_some(members.len() as u64)),
        first_batch: Some(batch),
        last_batch: Some(batch),
        id,
    };
    Some((row, members))
}

/// Reads the workspace's id and name from an answer of `team.info`.
pub(crate) fn team_name(body: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Answer {
        team: Team,
    }
    #[derive(Deserialize)]
    struct Team {
        id: String,
        #[serde(default)]
        name: String,
    }
    let answer: Answer = serde_json::from_str(body).ok()?;
    Some((answer.team.id, answer.team.name))
}
