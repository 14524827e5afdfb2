//! tag_data: the references in posts, as Slack marks them in text.
//!
//! A reference without a label gets the user's full name (or else the login name), the channel's name, or the user
//! group's handle.

use crate::metrics::schema;
use crate::{Channel, Metric, Rows, TagKind};

schema! {
    "tag_data" by ("channel", "ts", "position") {
        "channel": Id, "ts": Ts, "position": Int, "user_id": Id, "type": Text, "tag": Text, "label": Text,
    }
}

pub(super) struct TagData;

impl Metric for TagData {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let workspace = channel.workspace();
        for tag in channel.tags() {
            let post = channel.tagged_in(tag);
            let text = channel.text(post);
            let name = tag.name(text);
            let label = tag.label(text);
            let label = match tag.kind() {
                _ if !label.is_empty() => &*label,
                TagKind::User => tag
                    .user()
                    .and_then(|user| workspace.user(user))
                    .map_or(b"".as_slice(), |user| user.shown_name()),
                TagKind::Channel => workspace
                    .find_channel(&name)
                    .and_then(|channel| workspace.channel(channel))
                    .map_or(b"".as_slice(), |channel| &channel.name),
                TagKind::Usergroup => workspace.usergroup_handle(&name).unwrap_or_default(),
                TagKind::Special | TagKind::Email | TagKind::Link => b"",
            };
            rows.channel(channel.workspace(), channel.number()).ts(post.ts()).int(u64::from(tag.position()));
            rows.text(post.user().map_or(b"", |user| workspace.user_id(user)));
            rows.text(tag.kind().name().as_bytes()).text(&name).text(label).end();
        }
    }
}
