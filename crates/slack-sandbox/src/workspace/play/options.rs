use std::str::FromStr;

/// Declares the options: what happens so many times, each with how often it does by default.
macro_rules! options {
    ($($(#[doc = $doc:literal])+ $count:ident = $usual:literal),+ $(,)?) => {
        /// What happens in a stretch of time: how long it is, and how often each thing happens. Where a workspace has
        /// too little for that (no thread to answer in, nothing to delete), less happens.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct PlayOptions {
            /// How long the stretch is, in hours.
            pub hours: u32,
            /// The same calls with the same seeds give the same bytes.
            pub seed: u64,
            /// Edits, deletions, reactions and replies meet only what is at most so many days old; `None`: all there
            /// is. Replies to year-old threads do not care.
            pub within_days: Option<u32>,
            $( $(#[doc = $doc])+ pub $count: usize, )+
        }

        impl PlayOptions {
            /// A day in which nothing happens; let happen what is wanted by the fields.
            pub fn quiet() -> Self {
                Self { hours: 24, seed: 1, within_days: None, $( $count: 0 ),+ }
            }

            /// Sets an option by its name, as the server's `/sandbox/advance` does; `false` where there is none of
            /// that name or the value is no number that it takes.
            pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
                match name {
                    "hours" => put(&mut self.hours, value),
                    "seed" => put(&mut self.seed, value),
                    "within_days" => value.parse().map(|days| self.within_days = Some(days)).is_ok(),
                    $( _ if name == stringify!($count) => put(&mut self.$count, value), )+
                    _ => false,
                }
            }
        }

        impl Default for PlayOptions {
            /// A day of a community of middling size, in which everything happens that can.
            fn default() -> Self {
                Self { $( $count: $usual, )+ ..Self::quiet() }
            }
        }
    };
}

fn put<T: FromStr>(field: &mut T, value: &str) -> bool {
    value.parse().map(|value| *field = value).is_ok()
}

options! {
    /// Messages in the channels, outside threads.
    posts = 30,
    /// How many of these begin a thread of one to four replies.
    threads = 5,
    /// Replies to threads that there were before, one each.
    late_replies = 8,
    /// The same to threads that began a year ago or earlier.
    old_replies = 2,
    /// Replies to messages that had none.
    first_replies = 4,
    /// Messages outside threads, or beginning one, that get another text.
    edits = 5,
    /// Replies that get another text.
    reply_edits = 3,
    /// Messages without replies that are deleted.
    deletions = 3,
    /// Replies that are deleted.
    reply_deletions = 3,
    /// Messages with replies that are deleted: a tombstone stays of each.
    tombstones = 2,
    /// Reactions that are added.
    reactions = 12,
    /// Reactions that are taken away.
    unreactions = 4,
    /// People who come to the workspace, and with that to its general channel and up to two others.
    newcomers = 2,
    /// People who join a public channel that they were not in.
    joins = 4,
    /// Channels that get another name.
    channel_renames = 1,
    /// People who get another name.
    user_renames = 1,
    /// Public channels that are archived; in these nothing else happens.
    archived = 1,
}
