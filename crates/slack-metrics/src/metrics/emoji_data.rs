//! emoji_data: how often each emoji was reacted with, by how many users, to how many messages.

use std::collections::BTreeMap;

use crate::metrics::schema;
use crate::workspace::EmojiNo;
use crate::{Channel, Kept, Metric, Rows, UserNo, Workspace};

schema! {
    "emoji_data" by ("reaction") { "reaction": Text, "count": Int, "users": Int, "messages": Int }
}

pub(super) struct EmojiData;

#[derive(Default)]
pub(super) struct Emoji {
    /// For each emoji the number of reactions and of messages.
    counts: BTreeMap<EmojiNo, (u64, u64)>,
    users: Vec<(EmojiNo, UserNo)>,
}

impl Kept for Emoji {
    fn absorb(&mut self, later: Self) {
        self.counts.absorb(later.counts);
        self.users.absorb(later.users);
    }
}

impl Metric for EmojiData {
    type Kept = Emoji;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Emoji {
        let mut emoji = Emoji::default();
        let mut messages: Vec<_> = channel
            .reactions()
            .iter()
            .map(|reaction| (reaction.emoji(), channel.reacted_to(reaction).ts()))
            .collect();
        messages.sort_unstable();
        for reactions in messages.chunk_by(|left, right| left.0 == right.0) {
            let n_messages = reactions.chunk_by(|left, right| left.1 == right.1).count();
            emoji.counts.insert(reactions[0].0, (reactions.len() as u64, n_messages as u64));
        }
        emoji.users =
            channel.reactions().iter().map(|reaction| (reaction.emoji(), reaction.user())).collect();
        emoji.users.sort_unstable();
        emoji.users.dedup();
        emoji
    }

    fn finish(&self, emoji: Emoji, workspace: &Workspace, rows: &mut Rows<'_>) {
        let Emoji { counts, mut users } = emoji;
        users.sort_unstable();
        users.dedup();
        let mut users = users.chunk_by(|left, right| left.0 == right.0);
        for (emoji, (count, messages)) in counts {
            // Both are in the order of the emoji, and each emoji has a user.
            let n_users = users.next().map_or(0, <[_]>::len);
            rows.text(workspace.emoji(emoji)).int(count).int(n_users as u64).int(messages).end();
        }
    }
}
