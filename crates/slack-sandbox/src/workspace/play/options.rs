/// What happens in a stretch of time: how long it is, and how often each thing happens. Where a workspace has too
/// little for that (no thread to answer in, nothing to delete), less happens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayOptions {
    /// How long the stretch is, in hours.
    pub hours: u32,
    /// The same calls with the same seeds give the same bytes.
    pub seed: u64,
    /// Edits, deletions, reactions and replies meet only what is at most so many days old; `None`: all there is.
    /// Replies to year-old threads do not care.
    pub within_days: Option<u32>,
    /// Messages in the channels, outside threads.
    pub posts: usize,
    /// How many of these begin a thread of one to four replies.
    pub threads: usize,
    /// Replies to threads that there were before, one each.
    pub late_replies: usize,
    /// The same to threads that began a year ago or earlier.
    pub old_replies: usize,
    /// Replies to messages that had none.
    pub first_replies: usize,
    /// Messages outside threads, or beginning one, that get another text.
    pub edits: usize,
    /// Replies that get another text.
    pub reply_edits: usize,
    /// Messages without replies that are deleted.
    pub deletions: usize,
    /// Replies that are deleted.
    pub reply_deletions: usize,
    /// Messages with replies that are deleted: a tombstone stays of each.
    pub tombstones: usize,
    /// Reactions that are added.
    pub reactions: usize,
    /// Reactions that are taken away.
    pub unreactions: usize,
    /// People who come to the workspace, and with that to its general channel and up to two others.
    pub newcomers: usize,
    /// People who join a public channel that they were not in.
    pub joins: usize,
    /// Channels that get another name.
    pub channel_renames: usize,
    /// People who get another name.
    pub user_renames: usize,
    /// Public channels that are archived; in these nothing else happens.
    pub archived: usize,
}

impl PlayOptions {
    /// A day in which nothing happens; let happen what is wanted by the fields.
    pub fn quiet() -> Self {
        Self {
            hours: 24,
            seed: 1,
            within_days: None,
            posts: 0,
            threads: 0,
            late_replies: 0,
            old_replies: 0,
            first_replies: 0,
            edits: 0,
            reply_edits: 0,
            deletions: 0,
            reply_deletions: 0,
            tombstones: 0,
            reactions: 0,
            unreactions: 0,
            newcomers: 0,
            joins: 0,
            channel_renames: 0,
            user_renames: 0,
            archived: 0,
        }
    }

    /// Sets an option by its name, as the server's `/sandbox/advance` does; `false` where there is none of that
    /// name or the value is no number that it takes.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
        fn put<T: std::str::FromStr>(field: &mut T, value: &str) -> bool {
            value.parse().map(|value| *field = value).is_ok()
        }
        let count = match name {
            "hours" => return put(&mut self.hours, value),
            "seed" => return put(&mut self.seed, value),
            "within_days" => return value.parse().map(|days| self.within_days = Some(days)).is_ok(),
            "posts" => &mut self.posts,
            "threads" => &mut self.threads,
            "late_replies" => &mut self.late_replies,
            "old_replies" => &mut self.old_replies,
            "first_replies" => &mut self.first_replies,
            "edits" => &mut self.edits,
            "reply_edits" => &mut self.reply_edits,
            "deletions" => &mut self.deletions,
            "reply_deletions" => &mut self.reply_deletions,
            "tombstones" => &mut self.tombstones,
            "reactions" => &mut self.reactions,
            "unreactions" => &mut self.unreactions,
            "newcomers" => &mut self.newcomers,
            "joins" => &mut self.joins,
            "channel_renames" => &mut self.channel_renames,
            "user_renames" => &mut self.user_renames,
            "archived" => &mut self.archived,
            _ => return false,
        };
        put(count, value)
    }
}

impl Default for PlayOptions {
    /// A day of a community of middling size, in which everything happens that can.
    fn default() -> Self {
        Self {
            posts: 30,
            threads: 5,
            late_replies: 8,
            old_replies: 2,
            first_replies: 4,
            edits: 5,
            reply_edits: 3,
            deletions: 3,
            reply_deletions: 3,
            tombstones: 2,
            reactions: 12,
            unreactions: 4,
            newcomers: 2,
            joins: 4,
            channel_renames: 1,
            user_renames: 1,
            archived: 1,
            ..Self::quiet()
        }
    }
}
