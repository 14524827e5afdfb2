//! useractive_data: what each listed user wrote, reacted and received, and since when.
//!
//! join_date is the earlier of the first join message and the first post; invite_date the earlier of that and the
//! first batch that listed the user. A reaction counts at the time of its message.

use std::io;

use rustc_hash::FxHashMap;
use slack_model::Ts;

use crate::metrics::schema;
use crate::{Channel, Kept, MessageKind, Metric, Rows, SortedSet, SpillTo, UserNo, Workspace};

schema! {
    "useractive_data" by ("user_id") {
        "user_id": Id, "name": Text, "invite_date": Time, "join_date": Time, "message_count": Int,
        "first_message_date": Time, "last_message_date": Time, "reaction_count": Int, "first_reaction_date": Time,
        "last_reaction_date": Time, "reply_count": Int, "channel_count": Int, "active_days": Int,
        "reactions_received": Int, "mentions_received": Int,
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

impl Kept for Users {
    fn absorb(&mut self, later: Self) {
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
        self.days.absorb(later.days);
    }

    fn bytes(&self) -> usize {
        self.days.bytes()
    }

    fn spill(&mut self, to: &SpillTo) -> io::Result<()> {
        self.days.spill(to)
    }
}

impl Metric for UseractiveData {
    type Kept = Users;

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, _: &mut Rows<'_>) -> Users {
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
        for user in channel.tags().iter().filter_map(|tag| tag.user()) {
            users.activities.entry(user).or_default().mentions_received += 1;
        }
        users.days = channel.posting_days().iter().map(|posting| (posting.user, posting.day)).collect();
        users
    }

    fn finish(&self, users: Users, workspace: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
        let mut active_days = vec![0u64; workspace.user_count()];
        for day in users.days.in_order()? {
            active_days[day?.0.index()] += 1;
        }
        let none = Activity::default();
        for (number, user) in workspace.listed_users() {
            let activity = users.activities.get(&number).unwrap_or(&none);
            let joined = [activity.joined.first, activity.posted.first].into_iter().flatten().min();
            let invited = joined.map(Ts::time).into_iter().chain(user.first_seen).min();
            rows.user(workspace, number).text(&user.name).instant(invited).time(joined);
            rows.int(activity.posted.count).time(activity.posted.first).time(activity.posted.last);
            rows.int(activity.reacted.count).time(activity.reacted.first).time(activity.reacted.last);
            rows.int(activity.replies).int(activity.channels).int(active_days[number.index()]);
            rows.int(activity.reactions_received).int(activity.mentions_received).end();
        }
        Ok(())
    }
}
