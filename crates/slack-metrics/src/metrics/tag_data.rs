//! tag_data: the references in posts, as Slack marks them in text.
//!
//! A reference without a label gets the user's full name (or else the login name), the channel's name, or the user
//! group's handle.

use slack_model::{ChannelId, Ts, UserId, table};

use crate::{Channel, MentionKind, Metric, Rows};

table! {
    /// References in the texts of posts: users, channels, groups, addresses and links.
    pub struct TagDataRow, TagDataRef in "tag_data" by (channel, ts, position) {
        /// The conversation.
        open channel: ChannelId,
        /// The message.
        open ts: Ts,
        /// The reference's number in the text, from 0.
        open position: u64,
        /// The author.
        open user_id: Option<UserId>,
        /// user, channel, usergroup, special, email or link.
        open kind as "type": String,
        /// The id, word, address or link that is referred to.
        content tag: String,
        /// What a reader sees for it.
        content label: String,
    }
}

pub(super) struct TagData;

impl Metric for TagData {
    type Row<'r> = TagDataRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let workspace = channel.workspace();
        for mention in channel.mentions() {
            let post = channel.mentioned_in(mention);
            let text = channel.text(post);
            let name = mention.name(text);
            let label = mention.label(text);
            let label = match mention.kind() {
                _ if !label.is_empty() => &*label,
                MentionKind::User => mention
                    .user()
                    .and_then(|user| workspace.user(user))
                    .map_or(b"".as_slice(), |user| user.shown_name()),
                MentionKind::Channel => workspace
                    .find_channel(&name)
                    .and_then(|channel| workspace.channel(channel))
                    .map_or(b"".as_slice(), |channel| &channel.name),
                MentionKind::Usergroup => workspace.usergroup_handle(&name).unwrap_or_default(),
                MentionKind::Special | MentionKind::Email | MentionKind::Link => b"",
            };
            rows.write(&TagDataRef {
                channel: channel.field(),
                ts: post.ts(),
                position: mention.position().into(),
                user_id: post.user().map(|user| workspace.user_field(user)),
                kind: mention.kind().name().into(),
                tag: (*name).into(),
                label: label.into(),
            });
        }
    }
}
