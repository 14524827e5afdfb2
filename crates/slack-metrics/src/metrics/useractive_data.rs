//! useractive_data: what each listed user wrote, reacted and received, and since when.
//!
//! join_date is the earlier of the first join message and the first post; invite_date the earlier of that and the
//! first batch that listed the user. A reaction counts at the time of its message.

use std::io;

use rustc_hash::FxHashMap;

use slack_model::{Time, Ts, UserId, table};

use crate::{Accumulator, Channel, MessageKind, Metric, Rows, SortedSet, SpillTo, UserNo, Workspace};

table! {
    /// What each user did: posts, replies and reactions, and when.
    pub struct UseractiveDataRow, UseractiveDataRef in "useractive_data" by (user_id) {
        /// The user.
        open user_id: UserId,
        /// The login name.
        name name: String,
        /// The earlier of join_date and the first batch that listed the user.
        open invite_date: Option<Time>,
        /// The earlier of the first join message and the first post.
        open join_date: Option<Time>,
        /// Number of posts.
        open message_count: u64,
        /// The first post.
        open first_message_date: Option<Time>,
        /// The last post.
        open last_message_date: Option<Time>,
        /// Number of reactions given.
        open reaction_count: u64,
        /// The first message reacted to, by the message's time.
        open first_reaction_date: Option<Time>,
        /// The last message reacted to, by the message's time.
        open last_reaction_date: Option<Time>,
        /// Number of posts that are replies.
        open reply_count: u64,
        /// Number of channels posted in.
        open channel_count: u64,
        /// Number of days with a post.
        open active_days: u64,
        /// Number of reactions to the user's messages.
        open reactions_received: u64,
        /// Number of references to the user.
        open mentions_received: u64,
    }
}

pub(super) struct UseractiveData;

/// What a user did, as far as it was seen.
#[derive(Default)]
struct Activity {
    joined: Span,
    posted: Span,
    reacted: Span,
    replies: u64,
    channels: u64,
    reactions_received: u64,
    mentions_received: u64,
}

/// How often something happened, the first and the last time.
#[derive(Default)]
struct Span {
    count: u64,
    first: Option<Ts>,
    last: Option<Ts>,
}

impl Span {
    fn add(&mut self, ts: Ts) {
        self.join(&Self { count: 1, first: Some(ts), last: Some(ts) });
    }

    fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }
}

#[derive(Default)]
pub(super) struct Users {
    activities: FxHashMap<UserNo, Activity>,
    /// Who posted on which day.
    days: SortedSet<(UserNo, i32)>,
}

impl Accumulator for Users {
    fn merge(&mut self, later: Self) {
        for (user, seen) in later.activities {
            let activity = self.activities.entry(user).or_default();
            activity.joined.join(&seen.joined);
            activity.posted.join(&seen.posted);
            activity.reacted.join(&seen.reacted);
            activity.replies += seen.replies;
            activity.channels += seen.channels;
            activity.reactions_received += seen.reactions_received;
            activity.mentions_received += seen.mentions_received;
        }
        self.days.merge(later.days);
    }

    fn bytes(&self) -> usize {
        self.days.bytes()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.days.spill(to)
    }
}

impl Metric for UseractiveData {
    type Row<'r> = UseractiveDataRef<'r>;
    type Accumulator = Users;

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_, Self>) -> Users {
        let mut users = Users::default();
        for message in channel.messages() {
            let Some(user) = message.user() else { continue };
            match message.kind() {
                MessageKind::Join => users.activities.entry(user).or_default().joined.add(message.ts()),
                MessageKind::Post => {
                    let activity = users.activities.entry(user).or_default();
                    activity.channels = 1;
                    activity.posted.add(message.ts());
                    activity.replies += u64::from(message.is_reply());
                }
                MessageKind::Leave | MessageKind::Bot | MessageKind::System => {}
            }
        }
        for reaction in channel.reactions() {
            let message = channel.reacted_to(reaction);
            users.activities.entry(reaction.user()).or_default().reacted.add(message.ts());
            if let Some(author) = message.user() {
                users.activities.entry(author).or_default().reactions_received += 1;
            }
        }
        for user in channel.mentions().iter().filter_map(|mention| mention.user()) {
            users.activities.entry(user).or_default().mentions_received += 1;
        }
        users.days = channel.posting_days().iter().map(|posting| (posting.user, posting.day)).collect();
        users
    }

    fn finish(&self, users: Users, workspace: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        let mut active_days = vec![0u64; workspace.user_count()];
        for day in users.days.in_order()? {
            active_days[day?.0.index()] += 1;
        }
        let none = Activity::default();
        for (number, user) in workspace.listed_users() {
            let activity = users.activities.get(&number).unwrap_or(&none);
            let joined = [activity.joined.first, activity.posted.first].into_iter().flatten().min();
            let invited = joined.map(Ts::time).into_iter().chain(user.first_seen).min();
            let time = |ts: Option<Ts>| ts.map(Ts::time);
            rows.write(&UseractiveDataRef {
                user_id: workspace.user_field(number),
                name: (*user.name).into(),
                invite_date: invited,
                join_date: time(joined),
                message_count: activity.posted.count,
                first_message_date: time(activity.posted.first),
                last_message_date: time(activity.posted.last),
                reaction_count: activity.reacted.count,
                first_reaction_date: time(activity.reacted.first),
                last_reaction_date: time(activity.reacted.last),
                reply_count: activity.replies,
                channel_count: activity.channels,
                active_days: active_days[number.index()],
                reactions_received: activity.reactions_received,
                mentions_received: activity.mentions_received,
            });
        }
        Ok(())
    }
}
