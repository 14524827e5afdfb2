//! Where things happen: the conversations that the token's user may see and that are not archived.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use slack_model::{Ts, UserId};

use super::changes::{Changes, Spot};
use super::options::PlayOptions;
use super::pools::Pools;
use crate::dice::{Dice, Weights};
use crate::workspace::{ChannelKind, Message, Workspace};

/// A message's place: its channel's number in the workspace, and its timestamp.
pub(super) type At = (usize, Ts);

/// A workspace whose messages are taken out for as long as they change.
pub(super) struct Stage<'w> {
    pub(super) workspace: &'w mut Workspace,
    pub(super) dice: Dice,
    /// The messages of each channel, by its number; none of those where nothing happens.
    pub(super) talks: Vec<BTreeMap<Ts, Message>>,
    /// The channels where things happen.
    pub(super) open: Vec<usize>,
    /// The stretch, in microseconds: the first instant is before it, the last is in it.
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) pools: Pools,
    /// Messages that something happened to: one thing each is enough.
    pub(super) spent: HashSet<At>,
    /// First messages of threads that gained or lost replies.
    pub(super) stirred: BTreeSet<At>,
    pub(super) changes: Changes,
    people: HashSet<UserId>,
    busyness: Weights,
}

impl<'w> Stage<'w> {
    pub(super) fn new(workspace: &'w mut Workspace, options: &PlayOptions, changes: Changes) -> Self {
        let (from, until) = (changes.from.micros(), changes.to.micros());
        // The clock goes in, so that the same options can be played again and again and ids do not repeat.
        let dice = Dice::new(options.seed ^ from.unsigned_abs().rotate_left(20));
        let is_open = |at: &usize| {
            let channel = &workspace.channels[*at];
            workspace.sees(channel) && !channel.is_archived
        };
        let open: Vec<usize> = (0..workspace.channels.len()).filter(is_open).collect();
        let mut talks: Vec<BTreeMap<Ts, Message>> =
            workspace.channels.iter().map(|_| BTreeMap::new()).collect();
        for at in &open {
            let messages = workspace.channels[*at].take();
            talks[*at] = messages.into_iter().map(|message| (message.ts, message)).collect();
        }
        let people =
            workspace.users.iter().filter(|user| user.is_person()).map(|user| user.id.clone()).collect();
        Self {
            workspace,
            dice,
            talks,
            open,
            from,
            until,
            pools: Pools::default(),
            spent: HashSet::new(),
            stirred: BTreeSet::new(),
            changes,
            people,
            busyness: Weights::new([]),
        }
    }

    /// Looks around for what can happen to what, once it is clear where anything can.
    pub(super) fn survey(&mut self, within_days: Option<u32>) {
        let day = 86_400_000_000;
        let first = within_days.map_or(0, |days| self.from - i64::from(days) * day);
        self.pools = Pools::of(&self.talks, &self.open, first, self.from - 365 * day);
        // Quiet channels get their share too.
        self.busyness = Weights::new(self.open.iter().map(|at| 5.0 + self.talks[*at].len() as f64));
    }

    /// Puts the messages back.
    pub(super) fn end(mut self) -> Changes {
        for (at, talk) in std::mem::take(&mut self.talks).into_iter().enumerate() {
            // Where nothing happens nothing was taken out.
            if !talk.is_empty() {
                self.workspace.channels[at].fill(talk.into_values());
            }
        }
        self.changes.sort();
        self.changes
    }

    pub(super) fn spot(&self, (channel, ts): At) -> Spot {
        Spot { channel: self.workspace.channels[channel].id.clone(), ts }
    }

    /// A channel to say something in.
    pub(super) fn somewhere(&mut self) -> Option<usize> {
        let at = self.dice.draw(&self.busyness);
        self.open.get(at).copied()
    }

    pub(super) fn open_public(&self) -> Vec<usize> {
        let is_public = |at: &usize| self.workspace.channels[*at].kind == ChannelKind::Public;
        self.open.iter().copied().filter(is_public).collect()
    }

    /// Somebody in a channel who can write in it.
    pub(super) fn somebody(&mut self, channel: usize) -> Option<UserId> {
        let members = &self.workspace.channels[channel].members;
        let here: Vec<&UserId> = members.iter().filter(|member| self.people.contains(*member)).collect();
        here.get(self.dice.below(here.len())).map(|member| UserId::clone(member))
    }

    pub(super) fn people(&self) -> Vec<UserId> {
        let users = self.workspace.users.iter().map(|user| &user.id);
        users.filter(|id| self.people.contains(*id)).cloned().collect()
    }

    pub(super) fn welcome(&mut self, user: UserId) {
        self.people.insert(user);
    }

    /// A free instant of a channel, after another one and in the stretch.
    pub(super) fn moment(&mut self, channel: usize, after: i64) -> Option<Ts> {
        let first = after.max(self.from) + 1;
        let length = usize::try_from(self.until - first + 1).ok()?;
        (0..100).find_map(|_| {
            let ts = Ts::from_micros(first + i64::try_from(self.dice.below(length)).ok()?)?;
            (ts.micros() <= self.until && !self.talks[channel].contains_key(&ts)).then_some(ts)
        })
    }

    /// A whole second of the stretch.
    pub(super) fn second(&mut self) -> i64 {
        let (first, last) = (self.from.div_euclid(1_000_000) + 1, self.until.div_euclid(1_000_000));
        let length = usize::try_from(last - first + 1).unwrap_or_default();
        first + i64::try_from(self.dice.below(length)).unwrap_or_default()
    }
}
