//! emoji_data: how often each emoji was reacted with, by how many users, to how many messages.

use std::collections::BTreeMap;
use std::io;

use slack_model::{table};

use crate::workspace::EmojiNo;
use crate::{Channel, Accumulator, Metric, Rows, SortedSet, SpillTo, UserNo, Workspace};

table! {
    /// Use of each emoji in reactions.
    pub struct EmojiDataRow, EmojiDataRef in "emoji_data" by (reaction) {
        /// The emoji's name, with its skin tone.
        open reaction: String,
        /// Number of reactions.
        open count: u64,
        /// Number of people who used it.
        open users: u64,
        /// Number of messages that got it.
        open messages: u64,
    }
}

pub(super) struct EmojiData;

#[derive(Default)]
pub(super) struct Emoji {
    /// For each emoji the number of reactions and of messages.
    counts: BTreeMap<EmojiNo, (u64, u64)>,
    users: SortedSet<(EmojiNo, UserNo)>,
}

impl Accumulator for Emoji {
    fn merge(&mut self, later: Self) {
        Accumulator::merge(&mut self.counts, later.counts);
        self.users.merge(later.users);
    }

    fn bytes(&self) -> usize {
        self.users.bytes()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.users.spill(to)
    }
}

impl Metric for EmojiData {
    type Row<'r> = EmojiDataRef<'r>;
    type Accumulator = Emoji;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Emoji {
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

    fn finish(&self, emoji: Emoji, workspace: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        let Emoji { counts, users } = emoji;
        let mut n_users: BTreeMap<EmojiNo, u64> = BTreeMap::new();
        for user in users.in_order()? {
            *n_users.entry(user?.0).or_default() += 1;
        }
        for (emoji, (count, messages)) in counts {
            let users = n_users.get(&emoji).copied().unwrap_or_default();
            let reaction = workspace.emoji(emoji).into();
            rows.write(&EmojiDataRef { reaction, count, users, messages });
        }
        Ok(())
    }
}
