use serde::Deserialize;
use serde_json::value::RawValue;

use super::Issues;
use super::lenient::{count, flag, ids_of, integer, lenient};
use crate::ids::UserId;
use crate::rows;
use crate::ts::BatchId;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Channel {
    id: Option<String>,
    name: Option<String>,
    #[serde(deserialize_with = "flag")]
    is_im: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_mpim: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_group: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_private: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_archived: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_general: Option<bool>,
    #[serde(deserialize_with = "flag")]
    is_shared: Option<bool>,
    creator: Option<String>,
    #[serde(deserialize_with = "integer")]
    created: Option<i64>,
    topic: Option<Note>,
    purpose: Option<Note>,
    #[serde(deserialize_with = "count")]
    num_members: Option<u64>,
    members: Option<Vec<Box<RawValue>>>,
    /// The other one, of a direct message.
    user: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Note {
    value: Option<String>,
}

/// Which list a channel stands in. An export has a file for each type, and the API is asked for each type by itself:
/// the records need not say what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChannelList {
    /// A list of which only the records say what they are: an answer about one channel, or a file of another shape than
    /// Slack's.
    Mixed,
    /// `channels.json`, or what the API lists of the type `public_channel`.
    Public,
    /// `groups.json`, `private_channel`
    Private,
    /// `mpims.json`, `mpim`
    GroupMessages,
    /// `dms.json`, `im`
    DirectMessages,
}

impl ChannelList {
    /// The list that the API gives of a type.
    pub(crate) fn of_type(name: &str) -> Self {
        match name {
            "public_channel" => Self::Public,
            "private_channel" => Self::Private,
            "mpim" => Self::GroupMessages,
            "im" => Self::DirectMessages,
            _ => Self::Mixed,
        }
    }
}

/// What a record says of its type. Where it cannot be read, the record may be of any type.
const SAYS_TYPE: [&str; 4] = ["is_im", "is_mpim", "is_group", "is_private"];

/// A channel of a list.
pub(crate) struct ListedChannel {
    pub(crate) row: rows::Channel,
    pub(crate) members: Vec<UserId>,
    /// The other one, of a direct message; some lists name both as members instead.
    pub(crate) partner: Option<UserId>,
}

/// Reads a channel of a list, and its members where the list names them.
pub(crate) fn channel(
    raw: &str,
    list: ChannelList,
    batch: BatchId,
    issues: &mut Issues<'_>,
) -> Option<ListedChannel> {
    let first_issue = issues.found.len();
    let channel: Channel = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let is_odd = issues.is_full()
        || issues.found[first_issue..].iter().any(|issue| SAYS_TYPE.contains(&issue.field.as_str()));
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
    } else if channel.name.as_deref().is_some_and(|name| name.starts_with("mpdm-")) {
        "mpim"
    } else {
        // No list makes a direct message public, whatever file it stands in.
        rows::Channel::kind_of_id(&id)
    };
    let names_members = channel.members.is_some() && list != ChannelList::DirectMessages;
    let members: Vec<UserId> =
        ids_of(channel.members, "members", issues).into_iter().map(Into::into).collect();
    // Public is what a list of public channels holds, or what says so of itself. What says nothing is as though no list
    // held it, and stays closed until somebody knows better.
    let says_public = channel.is_private == Some(false);
    let is_known = kind != "channel" || (list != ChannelList::Mixed || says_public) && !is_odd;
    let is_public = kind == "channel" && is_known;
    let note = |note: Option<Note>| note.and_then(|note| note.value).unwrap_or_default();
    let row = rows::Channel {
        name: channel.name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        id: id.into(),
        kind: kind.into(),
        class: if is_public { "public" } else { "confidential" }.into(),
        is_archived: channel.is_archived,
        is_private: is_known.then_some(!is_public),
        is_general: channel.is_general,
        is_shared: channel.is_shared,
        creator: channel.creator.filter(|id| !id.is_empty()).map(Into::into),
        created: channel.created,
        topic: note(channel.topic),
        purpose: note(channel.purpose),
        num_members: channel.num_members.or(names_members.then_some(members.len() as u64)),
        first_batch: Some(batch),
        last_batch: Some(batch),
        confidential_at: None,
    };
    let partner = channel.user.filter(|user| !user.is_empty()).map(UserId::from);
    Some(ListedChannel { row, members, partner })
}

/// Reads a member of a member list: a string.
pub(crate) fn member(raw: &str, issues: &mut Issues<'_>) -> Option<UserId> {
    match serde_json::from_str::<Option<String>>(raw) {
        Ok(Some(id)) if !id.is_empty() => Some(id.into()),
        Ok(None) => None,
        Ok(Some(_)) => {
            issues.add(raw, "", "a member without an id");
            None
        }
        Err(error) => {
            issues.add(raw, "", format!("not a user id: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ts::Time;

    fn class(raw: &str, list: ChannelList) -> (String, String, Option<bool>) {
        let mut issues = Issues::of(raw);
        let row = channel(raw, list, BatchId::at(Time::EPOCH), &mut issues).expect("read").row;
        (row.kind, row.class, row.is_private)
    }

    #[test]
    fn only_what_is_known_to_be_public_is_public() {
        use ChannelList::{DirectMessages, GroupMessages, Mixed, Private, Public};
        for (raw, list, kind, class_of, is_private) in [
            (r#"{"id":"C7"}"#, Public, "channel", "public", Some(false)),
            (r#"{"id":"C7","is_private":null}"#, Public, "channel", "public", Some(false)),
            (r#"{"id":"C7","is_private":true}"#, Public, "group", "confidential", Some(true)),
            (r#"{"id":"C7","is_private":"true"}"#, Public, "group", "confidential", Some(true)),
            (r#"{"id":"C7","is_group":1}"#, Public, "group", "confidential", Some(true)),
            (r#"{"id":"C7","is_private":{}}"#, Public, "channel", "confidential", None),
            (r#"{"id":"C7"}"#, Mixed, "channel", "confidential", None),
            (r#"{"id":"C7","is_channel":true}"#, Mixed, "channel", "confidential", None),
            (r#"{"id":"C7","is_private":false}"#, Mixed, "channel", "public", Some(false)),
            (r#"{"id":"C7","is_private":false}"#, Private, "group", "confidential", Some(true)),
            (r#"{"id":"C7"}"#, GroupMessages, "mpim", "confidential", Some(true)),
            (r#"{"id":"C7"}"#, DirectMessages, "im", "confidential", Some(true)),
        ] {
            let found = class(raw, list);
            assert_eq!(found, (kind.into(), class_of.into(), is_private), "{raw} in {list:?}");
        }
    }
}
