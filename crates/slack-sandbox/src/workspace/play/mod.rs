//! Plays a made-up community forward in time.

mod changes;
mod options;
mod people;
mod pools;
mod react;
mod revise;
mod stage;
mod talk;

use std::collections::BTreeMap;

use slack_model::{Time, Ts};

pub use self::changes::{Changes, Joined, Reacted, Spot};
pub use self::options::PlayOptions;
use self::stage::Stage;
use super::{Message, Workspace};

impl Workspace {
    /// Lets time pass: the clock moves on, and in that stretch happens what the options say, where the token's user
    /// may see it. The same calls on the same workspace give the same bytes. Records to which nothing happens keep
    /// theirs.
    ///
    /// This is for made-up workspaces. In an export it happens as far as its records allow.
    ///
    /// ```
    /// use slack_sandbox::{CommunityOptions, PlayOptions, Workspace};
    ///
    /// let mut workspace = Workspace::generate(&CommunityOptions::default());
    /// let mut day = PlayOptions::quiet();
    /// (day.posts, day.edits) = (10, 2);
    /// let changes = workspace.advance(&day);
    /// assert_eq!((changes.posted.len(), changes.edited.len()), (10, 2));
    /// assert_eq!(workspace.clock, changes.to);
    /// ```
    pub fn advance(&mut self, options: &PlayOptions) -> Changes {
        let from = self.clock;
        let later = from.micros().saturating_add(i64::from(options.hours) * 3_600_000_000);
        let to = Time::from_micros(later).unwrap_or(from);
        let nothing = Changes::none(from, to);
        if to == from {
            return nothing;
        }
        let mut stage = Stage::new(self, options, nothing);
        stage.archive(options.archived);
        stage.survey(options.within_days);
        stage.newcomers(options.newcomers);
        stage.joins(options.joins);
        stage.rename_channels(options.channel_renames);
        stage.rename_people(options.user_renames);
        // What has the fewest to choose from chooses first.
        stage.tombstones(options.tombstones);
        stage.late_replies(options.late_replies, options.old_replies);
        stage.first_replies(options.first_replies);
        stage.deletions(options.deletions, options.reply_deletions);
        stage.edits(options.edits, options.reply_edits);
        stage.unreactions(options.unreactions);
        stage.reactions(options.reactions);
        stage.posts(options.posts, options.threads);
        stage.count_replies();
        stage.pins();
        let changes = stage.end();
        self.clock = to;
        changes
    }
}

impl Stage<'_> {
    /// Brings what the stirred threads' first messages say of their replies up to date.
    fn count_replies(&mut self) {
        let stirred = std::mem::take(&mut self.stirred);
        for channel in self.open.clone() {
            let here = stirred.iter().filter(|(at, _)| *at == channel);
            let mut threads: BTreeMap<Ts, Vec<&Message>> =
                here.map(|(_, thread)| (*thread, Vec::new())).collect();
            if threads.is_empty() {
                continue;
            }
            for message in self.talks[channel].values() {
                let thread = message.replied_to().and_then(|thread| threads.get_mut(&thread));
                thread.into_iter().for_each(|replies| replies.push(message));
            }
            let counted = threads.into_iter().filter_map(|(thread, replies)| {
                let mut parent = self.talks[channel].get(&thread)?.clone();
                let differs = parent.count(&replies);
                Some((parent, differs))
            });
            let counted: Vec<(Message, bool)> = counted.collect();
            for (parent, differs) in counted {
                let spot = self.spot((channel, parent.ts));
                self.changes.threads.extend(differs.then_some(spot));
                self.talks[channel].insert(parent.ts, parent);
            }
        }
    }
}
