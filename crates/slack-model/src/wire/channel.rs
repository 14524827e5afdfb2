use serde::Deserialize;

use super::Issues;
use super::lenient::{count, integer, lenient};
use crate::ids::UserId;
use crate::rows;
use crate::ts::BatchId;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Channel {
    id: Option<String>,
    name: Option<String>,
    is_im: Option<bool>,
    is_mpim: Option<bool>,
    is_group: Option<bool>,
    is_private: Option<bool>,
    is_archived: Option<bool>,
    is_general: Option<bool>,
    is_shared: Option<bool>,
    creator: Option<String>,
    #[serde(deserialize_with = "integer")]
    created: Option<i64>,
    topic: Option<Note>,
    purpose: Option<Note>,
    #[serde(deserialize_with = "count")]
    num_members: Option<u64>,
    members: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Note {
    value: Option<String>,
}

/// Which list a channel stands in. An export has a file for each type and says no type in the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChannelList {
    /// The API's list: the records say what they are.
    Mixed,
    /// `channels.json`
    Public,
    /// `groups.json`
    Private,
    /// `mpims.json`
    GroupMessages,
    /// `dms.json`
    DirectMessages,
}

/// Reads a channel of a list, and its members where the list names them.
pub(crate) fn channel(
    raw: &str,
    list: ChannelList,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Option<(rows::Channel, Vec<UserId>)> {
    let channel: Channel = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let Some(id) = channel.id.filter(|id| !id.is_empty()) else {
        issues.add(raw, "", "a channel without an id");
        return None;
    };
    let is = Option::unwrap_or_default;
    let kind = if list == ChannelList::DirectMessages || is(channel.is_im) {
        "im"
    } else if list == ChannelList::GroupMessages || is(channel.is_mpim) {
        "mpim"
    } else if list == ChannelList::Private || is(channel.is_group) || is(channel.is_private) {
        "group"
    } else {
        "channel"
    };
    let members: Vec<UserId> = channel
        .members
        .unwrap_or_default()
        .into_iter()
        .filter(|member| !member.is_empty())
        .map(Into::into)
        .collect();
    let note = |note: Option<Note>| note.and_then(|note| note.value).unwrap_or_default();
    let listed = list != ChannelList::Mixed && list != ChannelList::DirectMessages;
    let row = rows::Channel {
        name: channel.name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        id: id.into(),
        kind: kind.into(),
        class: if kind == "channel" { "public" } else { "confidential" }.into(),
        is_archived: channel.is_archived,
        is_private: Some(kind != "channel"),
        is_general: channel.is_general,
        is_shared: channel.is_shared,
        creator: channel.creator.filter(|id| !id.is_empty()).map(Into::into),
        created: channel.created,
        topic: note(channel.topic),
        purpose: note(channel.purpose),
        num_members: channel.num_members.or(listed.then_some(members.len() as u64)),
        first_batch: Some(batch),
        last_batch: Some(batch),
    };
    Some((row, members))
}

/// Reads a member of a member list: a string.
pub(crate) fn member(raw: &str, issues: &mut Issues<'_>) -> Option<UserId> {
    match serde_json::from_str::<String>(raw) {
        Ok(id) if !id.is_empty() => Some(id.into()),
        Ok(_) => {
            issues.add(raw, "", "a member without an id");
            None
        }
        Err(error) => {
            issues.add(raw, "", format!("no user id: {error}"));
            None
        }
    }
}
