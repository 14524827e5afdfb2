//! Batches whose pages are not Slack's JSON.

use std::sync::Arc;

use super::lists::{Lists, push_file};
use super::profiles::Profiles;
use super::record::write_row;
use super::runs::Block;
use super::work::ReadPiece;
use crate::batch::BatchFolder;
use crate::error::Result;
use crate::ids::{ChannelId, UserId};
use crate::rows::{Channel, File, Member, Message, Reaction, User};

/// Gives the records of a batch whose pages are not Slack's JSON, such as an archive of another tool.
///
/// [`transform_with`](crate::transform_with) sorts and merges them as it does Slack's own: records may come in any
/// order and more than once.
///
/// ```
/// use slack_model::batch::BatchFolder;
/// use slack_model::rows::{Channel, Message};
/// use slack_model::{
///     BatchId, BatchReader, ChannelId, ListRows, MemoryTables, MessageRows, Result, TransformOptions,
///     transform_with,
/// };
///
/// /// A log of one channel: a timestamp and a text on each line.
/// struct Log(&'static str);
///
/// impl BatchReader for Log {
///     fn lists(&self, batch: &BatchFolder, rows: &mut ListRows<'_, '_>) -> Result<()> {
///         rows.channel(Channel::unlisted("C1".into(), "general".into(), "channel", batch.id()));
///         Ok(())
///     }
///
///     fn messages(&self, _: &BatchFolder, _: &ChannelId, rows: &mut MessageRows<'_>) -> Result<()> {
///         for (ts, text) in self.0.lines().filter_map(|line| line.split_once(' ')) {
///             if let Ok(ts) = ts.parse() {
///                 rows.message(Message { text: text.into(), ..Message::new("C1".into(), ts) })?;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let folder = tempfile::tempdir().expect("a folder");
/// let batch = BatchFolder::new(folder.path().into(), BatchId::parse(b"20261123190212").expect("a batch"));
/// std::fs::create_dir_all(batch.metadata()).expect("made");
/// let log = Log("1600000001.000000 Hello\n1600000000.000000 First");
/// let tables = MemoryTables::default();
/// let summary = transform_with(&log, &batch, &tables, &TransformOptions::default(), &())?;
/// assert_eq!(summary.rows["message_data"], 2);
/// # Ok::<(), slack_model::Error>(())
/// ```
pub trait BatchReader {
    /// Gives what the batch lists: users, channels, memberships, files.
    ///
    /// # Errors
    ///
    /// Where the batch cannot be read, or a row cannot be taken.
    fn lists(&self, batch: &BatchFolder, rows: &mut ListRows<'_, '_>) -> Result<()>;

    /// Gives the messages and replies of a channel that was listed, and the reactions to them.
    ///
    /// # Errors
    ///
    /// Where the batch cannot be read, or a row cannot be taken.
    fn messages(&self, batch: &BatchFolder, channel: &ChannelId, rows: &mut MessageRows<'_>) -> Result<()>;
}

impl<R: BatchReader + ?Sized> BatchReader for &R {
    fn lists(&self, batch: &BatchFolder, rows: &mut ListRows<'_, '_>) -> Result<()> {
        (**self).lists(batch, rows)
    }

    fn messages(&self, batch: &BatchFolder, channel: &ChannelId, rows: &mut MessageRows<'_>) -> Result<()> {
        (**self).messages(batch, channel, rows)
    }
}

/// Records in memory: the smallest [`BatchReader`].
#[derive(Debug, Clone, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is to be filled by name")]
pub struct MemoryRecords {
    /// Users.
    pub users: Vec<User>,
    /// Channels of any kind.
    pub channels: Vec<Channel>,
    /// Who is in which channel.
    pub members: Vec<Member>,
    /// Files and where they were shared.
    pub files: Vec<File>,
    /// Messages and replies of the channels.
    pub messages: Vec<Message>,
    /// Reactions to messages of the channels.
    pub reactions: Vec<Reaction>,
}

impl BatchReader for MemoryRecords {
    fn lists(&self, _: &BatchFolder, rows: &mut ListRows<'_, '_>) -> Result<()> {
        self.users.iter().for_each(|user| rows.user(user.clone()));
        self.channels.iter().for_each(|channel| rows.channel(channel.clone()));
        self.members.iter().try_for_each(|member| rows.member(&member.channel, member.user_id.clone()))?;
        self.files.iter().try_for_each(|file| rows.file(file.clone()))
    }

    fn messages(&self, _: &BatchFolder, channel: &ChannelId, rows: &mut MessageRows<'_>) -> Result<()> {
        let messages = self.messages.iter().filter(|message| message.channel == *channel);
        messages.cloned().try_for_each(|message| rows.message(message))?;
        let reactions = self.reactions.iter().filter(|reaction| reaction.channel == *channel);
        reactions.into_iter().try_for_each(|reaction| rows.reaction(reaction))
    }
}

/// Takes what a batch lists. The batch that rows name is set here.
pub struct ListRows<'l, 's>(pub(super) &'l mut Lists<'s>);

impl ListRows<'_, '_> {
    /// Takes a user. Of several of one id the last is used.
    pub fn user(&mut self, user: User) {
        self.0.add_user(user);
    }

    /// Takes a channel. Of several of one id the one of the stricter class is used.
    pub fn channel(&mut self, channel: Channel) {
        self.0.add_channel(channel);
    }

    /// Takes a membership.
    ///
    /// # Errors
    ///
    /// Where rows that do not fit into memory cannot be written beside it.
    pub fn member(&mut self, channel: &ChannelId, user: UserId) -> Result<()> {
        self.0.push_member(channel, user)
    }

    /// Takes a file that was shared.
    ///
    /// # Errors
    ///
    /// As [`Self::member`].
    pub fn file(&mut self, file: File) -> Result<()> {
        self.0.push_file(file)
    }
}

/// Takes the records of one channel. The channel, the batch and the instant that rows name are set here.
pub struct MessageRows<'t> {
    channel: Arc<ChannelId>,
    /// Bytes that may wait.
    share: u64,
    block: Block,
    take: &'t mut dyn FnMut(ReadPiece) -> Result<()>,
}

impl<'t> MessageRows<'t> {
    pub(super) fn new(
        channel: ChannelId,
        share: u64,
        take: &'t mut dyn FnMut(ReadPiece) -> Result<()>,
    ) -> Self {
        Self { channel: channel.into(), share, block: Block::default(), take }
    }

    /// Takes a message or a reply.
    ///
    /// # Errors
    ///
    /// Where records that do not fit into memory cannot be written beside it.
    pub fn message(&mut self, message: Message) -> Result<()> {
        let ts = message.ts;
        self.block.push(ts, |out| write_row(out, message.lend(), 0));
        self.pass_on()
    }

    /// Takes a reaction to a message.
    ///
    /// # Errors
    ///
    /// As [`Self::message`].
    pub fn reaction(&mut self, reaction: &Reaction) -> Result<()> {
        let Reaction { ts, thread_ts, user_id, reaction: name, count, .. } = reaction;
        let seen = crate::wire::SeenReaction { name, users: vec![user_id.as_str()], count: *count };
        self.block.push(*ts, |out| super::record::write_reactions(out, *thread_ts, &[seen], 0));
        self.pass_on()
    }

    fn pass_on(&mut self) -> Result<()> {
        if (self.block.weight() as u64) < self.share { Ok(()) } else { self.end(false) }
    }

    /// Passes on what waits.
    pub(super) fn end(&mut self, is_last: bool) -> Result<()> {
        let mut block = std::mem::take(&mut self.block);
        block.sort();
        (self.take)(ReadPiece {
            channel: self.channel.clone(),
            first: 0,
            pages: Vec::new(),
            block,
            files: Vec::new(),
            set_aside: Vec::new(),
            profiles: Profiles::default(),
            words_elsewhere: 0,
            is_last,
            rest: None,
        })
    }
}

impl Lists<'_> {
    fn push_file(&mut self, file: File) -> Result<()> {
        push_file(self.files_mut(), file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ts::Ts;
    use crate::{BatchId, MemoryTables, Table, TableReader, TableSource, TransformOptions, transform_with};

    fn rows<T: Table>(tables: &MemoryTables) -> Vec<T> {
        let file = tables.open(&T::SCHEMA).expect("opened").expect("a table");
        let reader = TableReader::new(file, &T::SCHEMA, T::SCHEMA.file_name()).expect("a header");
        reader.rows().collect::<Result<_>>().expect("rows")
    }

    #[test]
    fn records_of_any_order_become_rows() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = BatchId::parse(b"20261123190212").expect("a batch");
        let batch = BatchFolder::new(folder.path().into(), id);
        std::fs::create_dir_all(batch.metadata()).expect("made");
        let ts = |second: i64| Ts::from_micros((1_600_000_000 + second) * 1_000_000).expect("a time");
        let message = |channel: &str, second: i64, text: &str| Message {
            user_id: Some("U1".into()),
            text: text.into(),
            ..Message::new(channel.into(), ts(second))
        };
        let channel = |id: &str| Channel::unlisted(id.into(), String::new(), "channel", batch.id());
        let reply = Message { thread_ts: Some(ts(1)), ..message("C1", 3, "a, \"reply\"") };
        let records = MemoryRecords {
            channels: vec![channel("C2"), channel("C1")],
            messages: vec![
                message("C2", 2, "two"),
                reply,
                message("C1", 1, "one"),
                message("C1", 1, "one"),
                message("C1", 1, "another"),
            ],
            reactions: vec![Reaction {
                channel: "C1".into(),
                ts: ts(1),
                thread_ts: None,
                user_id: "U2".into(),
                reaction: "+1".into(),
                first_batch: None,
                last_batch: None,
                count: None,
            }],
            ..MemoryRecords::default()
        };
        let tables = MemoryTables::default();
        let summary =
            transform_with(&records, &batch, &tables, &TransformOptions::default(), &()).expect("made");
        let texts = rows::<Message>(&tables).into_iter().map(|row| row.text).collect::<Vec<_>>();
        assert_eq!(texts, ["one", "two"]);
        let replies = rows::<crate::rows::Reply>(&tables);
        assert_eq!((replies.len(), &*replies[0].text, replies[0].last_batch), (1, "a, \"reply\"", Some(id)));
        assert_eq!(rows::<Reaction>(&tables).len(), 1);
        let users: Vec<_> = rows::<User>(&tables).into_iter().map(|user| user.id).collect();
        assert_eq!(users, ["U1".into(), "U2".into()]);
        assert_eq!(summary.set_aside, 1);
    }
}
