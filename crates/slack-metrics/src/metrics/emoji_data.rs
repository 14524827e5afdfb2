//! emoji_data: how often each emoji was reacted with, by how many users, to how many messages.

use std::collections::BTreeMap;
use std::io;

use crate::metrics::schema;
use crate::workspace::EmojiNo;
use crate::{Channel, Kept, Metric, Rows, SortedSet, SpillTo, UserNo, Workspace};

schema! {
    "emoji_data" by ("reaction") { "reaction": Text, "count": Int, "users": Int, "messages": Int }
}

pub(super) struct EmojiData;

#[derive(Default)]
pub(super) struct Emoji {
    /// For each emoji the number of reactions and of messages.
    counts: BTreeMap<EmojiNo, (u64, u64)>,
    users: SortedSet<(EmojiNo, UserNo)>,
}

impl Kept for Emoji {
    fn absorb(&mut self, later: Self) {
        self.counts.absorb(later.counts);
        self.users.absorb(later.users);
    }

    fn bytes(&self) -> usize {
        self.users.bytes()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.users.spill(to)
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
        emoji
    }

    fn finish(&self, emoji: Emoji, workspace: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
        let Emoji { counts, users } = emoji;
        let mut n_users: BTreeMap<EmojiNo, u64> = BTreeMap::new();
        for user in users.in_order()? {
            *n_users.entry(user?.0).or_default() += 1;
        }
        for (emoji, (count, messages)) in counts {
            let users = n_users.get(&emoji).copied().unwrap_or_default();
            rows.text(workspace.emoji(emoji)).int(count).int(users).int(messages).end();
        }
        Ok(())
    }
}
