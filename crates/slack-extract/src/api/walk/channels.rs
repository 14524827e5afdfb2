//! What belongs to a conversation, its messages apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use slack_model::{
    ChannelId, Envelope, Time, Ts, channel_canvases, channel_updates, listed_channels, shown_files,
};
use tokio::sync::mpsc::UnboundedSender;

use super::Walk;
use super::finds::{Find, Finder};
use crate::api::ask::Ask;
use crate::api::caller::Answer;
use crate::api::http::SlackApi;
use crate::api::{Part, calls, lock};
use crate::error::Result;

/// A conversation to read.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: ChannelId,
    /// Slack's name for its type.
    kind: &'static str,
    /// The number of its members, where the list says so.
    pub(super) members: u64,
    /// When it was changed itself, where the list says so.
    updated: Option<Time>,
}

/// Files on a page.
const FILES: usize = 100;

/// A day, in seconds: so far a file list is read back over what was read before.
const DAY: i64 = 86_400;

impl Target {
    pub(super) fn ask(&self, method: &'static str) -> Ask<'_> {
        Ask { kind: self.kind, ..Ask::of(method).about("channel", self.id.as_str()) }
    }
}

impl<A: SlackApi> Walk<'_, A> {
    /// The conversations to read. Each type is listed on its own: a scope that is missing for one type costs
    /// no other.
    pub(super) async fn listed(&self) -> Result<Vec<Target>> {
        let mut found: BTreeMap<ChannelId, (Target, String)> = BTreeMap::new();
        let kinds: BTreeSet<&'static str> = self.options.types.iter().map(|kind| kind.as_str()).collect();
        for kind in kinds {
            let mut ask = Ask::of("conversations.list").about("types", kind).with("limit", 200);
            ask.kind = kind;
            self.pages(ask, |_, body| {
                let mut updates: HashMap<ChannelId, Time> = channel_updates(body).into_iter().collect();
                for channel in listed_channels(body) {
                    let updated = updates.remove(&channel.id);
                    let members = channel.num_members.unwrap_or_default();
                    let target = Target { id: channel.id.clone(), kind, members, updated };
                    found.insert(channel.id, (target, channel.name));
                }
            })
            .await?;
        }
        self.note_unknown(&found);
        let wants = |target: &Target, name: &str| self.options.wants(&target.id, name);
        if self.options.channels.is_empty() {
            let wanted = found.into_values().filter(|(target, name)| wants(target, name));
            return Ok(wanted.map(|(target, _)| target).collect());
        }
        let mut wanted = BTreeMap::new();
        for name in &self.options.channels {
            let named = |(target, known): &&(Target, String)| calls(name, &target.id, known);
            match found.values().find(named) {
                Some((target, known)) if wants(target, known) => {
                    wanted.insert(target.id.clone(), target.clone());
                }
                Some(_) => {}
                None => {
                    let object = Some(name.trim_start_matches('#'));
                    let ask = Ask { object, ..Ask::of("conversations.list") };
                    self.caller
                        .give_up(&ask, "no conversation of this name or id among the types asked for")?;
                }
            }
        }
        Ok(wanted.into_values().collect())
    }

    /// Says which conversations that are to be left there are not: a slip would have one read that must not be.
    fn note_unknown(&self, found: &BTreeMap<ChannelId, (Target, String)>) {
        for left in &self.options.leave {
            if !found.values().any(|(target, name)| calls(left, &target.id, name)) {
                self.progress
                    .note(&format!("there is no conversation {left:?} to leave among the types asked for"));
            }
        }
    }

    pub(super) async fn members(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Members, channels, |channel| {
            channel.ask("conversations.members").with("limit", 999)
        })
        .await
    }

    pub(super) async fn pins(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Pins, channels, |channel| channel.ask("pins.list")).await
    }

    pub(super) async fn bookmarks(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Bookmarks, channels, |channel| {
            let ask = Ask::of("bookmarks.list").about("channel_id", channel.id.as_str());
            Ask { kind: channel.kind, ..ask }
        })
        .await
    }

    /// Asks a method for each channel's pages.
    async fn all_pages<'c>(
        &self,
        part: Part,
        channels: &'c [Target],
        ask: impl Fn(&'c Target) -> Ask<'c>,
    ) -> Result<()> {
        let Some(first) = channels.first().filter(|_| self.options.has(part)) else { return Ok(()) };
        let method = ask(first).method;
        self.each_channel(method, channels, |channel| {
            let ask = ask(channel);
            async { self.pages(ask, |_, _| {}).await.map(drop) }
        })
        .await
    }

    /// What the list of conversations does not say: posting rules, tabs, canvases. Asked for what is new or was
    /// changed since the master's last batch.
    pub(super) async fn details(&self, channels: &[Target], finder: &Finder) -> Result<()> {
        let wanted: Vec<&Target> = channels.iter().filter(|channel| self.wants_details(channel)).collect();
        let total = wanted.len() as u64;
        self.each("conversations.info", futures_util::stream::iter(wanted), Some(total), |channel| async {
            let ask = channel.ask("conversations.info").with("include_num_members", true);
            if let Answer::Stored(body) = self.caller.ask(&ask).await? {
                channel_canvases(&body).into_iter().for_each(|canvas| finder.add(Find::File(canvas)));
            }
            Ok(())
        })
        .await
    }

    pub(super) fn wants_details(&self, channel: &Target) -> bool {
        self.options.has(Part::Details) && !self.known.has_details(&channel.id, channel.updated)
    }

    pub(super) async fn files(&self, channels: &[Target], lists: &UnboundedSender<PathBuf>) -> Result<()> {
        if !self.options.has(Part::Files) {
            return Ok(());
        }
        self.each_channel("files.list", channels, |channel| self.file_list(channel, lists)).await
    }

    /// Walks through a channel's file list, which counts its pages and knows no cursor. The list of the whole
    /// workspace would show what lies in conversations that nobody asked for.
    async fn file_list(&self, channel: &Target, lists: &UnboundedSender<PathBuf>) -> Result<()> {
        // Whole seconds, rounded up.
        let latest = self.latest.micros() / 1_000_000 + 1;
        let mut ask = channel.ask("files.list").with("count", FILES).with("ts_to", latest);
        // What was shared since is all that is new; messages tell of a file that changed or went. Whoever wants the
        // files' bytes wants those of older files too, which nobody may have fetched yet.
        let seconds = |ts: Ts| ts.micros() / 1_000_000;
        let wanted = self.known.read_from(&channel.id, self.options.oldest).or(Ts::from_micros(0));
        let listed =
            self.known.asked().files_listed(&channel.id).filter(|(oldest, _)| Some(*oldest) <= wanted);
        let listed = listed.filter(|_| self.downloads.is_none());
        let claimed = listed.map(|(oldest, _)| oldest).or(wanted);
        let from = listed.map(|(_, latest)| seconds(latest) - DAY).or(wanted.map(seconds));
        if let Some(from) = from.filter(|from| *from > 0) {
            ask = ask.with("ts_from", from);
        }
        loop {
            match self.caller.ask(&ask.clone().with("page", ask.page)).await? {
                Answer::Stored(body) => {
                    // The receiver lives as long as this walk; after an error nobody waits for the rest.
                    let _ = lists.send(self.caller.archive().batch().root().join(ask.file()));
                    let pages = Envelope::read(&body).ok().and_then(|envelope| envelope.pages());
                    // A page that does not count them is the last one unless it is full.
                    let is_last = pages.map_or_else(
                        || shown_files(&body).len() < FILES,
                        |pages| u64::from(ask.page) >= pages,
                    );
                    if is_last {
                        let claimed = claimed.unwrap_or(self.latest);
                        lock(&self.walked).file_lists.push((channel.id.clone(), claimed));
                        return Ok(());
                    }
                }
                Answer::Gap => return Ok(()),
                Answer::Expired => return self.caller.give_up(&ask, "invalid_cursor"),
            }
            ask.page += 1;
        }
    }
}
