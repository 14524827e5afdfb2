//! What belongs to a conversation, its messages apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use slack_model::{
    ChannelId, Envelope, Time, Ts, channel_canvases, channel_updates, listed_channels, shown_files,
};
use tokio::sync::mpsc::UnboundedSender;

use super::endless::EndlessWatch;
use super::engine::Walk;
use super::finder::{Finder, Lookup};
use super::target::Target;
use crate::error::{Error, Result};
use crate::sources::web_api::api_request::ApiRequest;
use crate::sources::web_api::caller::Answer;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{
    BOOKMARKS_LIST, CONVERSATIONS_INFO, CONVERSATIONS_LIST, CONVERSATIONS_MEMBERS, FILES_LIST, PINS_LIST,
    method,
};
use crate::sources::web_api::object_id::is_plain;
use crate::sources::web_api::options::ChannelType;
use crate::sources::web_api::options::Part;
use crate::sources::web_api::options::calls;

/// A day, in seconds: so far a file list is read back over what was read before.
const DAY: i64 = 86_400;

/// So many pages of a list are read to tell of which type a conversation is.
const MOST_ASIDE: u32 = 50;

/// So many names that are like another one are told.
const MOST_NEAR: usize = 3;

impl<A: SlackApi> Walk<'_, A> {
    /// The conversations to read. Each type is listed on its own: a scope that is missing for one type costs
    /// no other.
    ///
    /// # Errors
    ///
    /// Where one that is named is not there: what is captured then is not what was meant.
    pub(super) async fn listed(&self) -> Result<Vec<Target>> {
        let mut found: BTreeMap<ChannelId, (Target, String)> = BTreeMap::new();
        let mut odd = BTreeSet::new();
        let mut are_whole = true;
        let kinds: BTreeSet<&'static str> = self.options.types.iter().map(|kind| kind.as_str()).collect();
        for kind in kinds {
            let mut ask = ApiRequest::of(CONVERSATIONS_LIST).about(kind);
            ask.kind = kind;
            are_whole &= self
                .pages(ask, |_, body| {
                    let mut updates: HashMap<ChannelId, Time> = channel_updates(body).into_iter().collect();
                    for channel in listed_channels(body) {
                        if !is_plain(channel.id.as_str()) {
                            odd.insert(channel.id);
                            continue;
                        }
                        let updated = updates.remove(&channel.id);
                        let members = channel.num_members.unwrap_or_default();
                        let target = Target { id: channel.id.clone(), kind, members, updated };
                        found.insert(channel.id, (target, channel.name));
                    }
                })
                .await?;
        }
        for id in odd {
            self.caller.give_up_id(&ApiRequest::of(CONVERSATIONS_LIST), id.as_str())?;
        }
        self.check_names(&found, are_whole).await?;
        let wanted = found.into_values().filter(|(target, name)| self.options.wants(&target.id, name));
        Ok(wanted.map(|(target, _)| target).collect())
    }

    /// Refuses names that no conversation has: a slip would have another one read, or one that must not be. Where a list is
    /// not whole, or a capture goes on in which they were there, each is a gap.
    async fn check_names(
        &self,
        found: &BTreeMap<ChannelId, (Target, String)>,
        are_whole: bool,
    ) -> Result<()> {
        let is_there = |called: &String| found.values().any(|(target, name)| calls(called, &target.id, name));
        let named = self.options.channels.iter().chain(&self.options.leave);
        for called in named.filter(|called| !is_there(called)) {
            if are_whole && !self.caller.archive().is_resumed() {
                let names = found.values().map(|(_, name)| name.as_str());
                let near = near_names(called, names);
                let of_type = self.type_of(called).await;
                return Err(Error::NoChannel { called: called.clone(), of_type, near });
            }
            if self.options.leave.contains(called) {
                self.progress.note(&format!("no conversation is called {called:?}: it cannot be left out"));
            } else {
                let object = Some(called.trim_start_matches('#'));
                let ask = ApiRequest { object, ..ApiRequest::of(CONVERSATIONS_LIST) };
                self.caller.give_up(&ask, "no_channel_of_this_name")?;
            }
        }
        Ok(())
    }

    /// The type of a conversation of the types that were not asked for; nothing where it is of none of them, as far as the
    /// token may list them. What is read for this is not stored.
    async fn type_of(&self, called: &str) -> Option<ChannelType> {
        for kind in ChannelType::ALL.into_iter().filter(|kind| !self.options.types.contains(kind)) {
            let ask = ApiRequest::of(CONVERSATIONS_LIST).about(kind.as_str());
            let mut ask = self.of_team(ask);
            for _ in 0..MOST_ASIDE {
                let Ok(body) = self.caller.ask_aside(&ask).await else { break };
                if listed_channels(&body).iter().any(|channel| calls(called, &channel.id, &channel.name)) {
                    return Some(kind);
                }
                let envelope = Envelope::read(&body).unwrap_or_default();
                let Some(cursor) = envelope.next_cursor() else { break };
                ask.params.retain(|(name, _)| *name != "cursor");
                ask = ask.with("cursor", cursor);
            }
        }
        None
    }

    pub(super) async fn members(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Members, channels, |channel| channel.ask(CONVERSATIONS_MEMBERS)).await
    }

    pub(super) async fn pins(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Pins, channels, |channel| channel.ask(PINS_LIST)).await
    }

    pub(super) async fn bookmarks(&self, channels: &[Target]) -> Result<()> {
        self.all_pages(Part::Bookmarks, channels, |channel| channel.ask(BOOKMARKS_LIST)).await
    }

    /// Asks a method for each channel's pages.
    async fn all_pages<'c>(
        &self,
        part: Part,
        channels: &'c [Target],
        ask: impl Fn(&'c Target) -> ApiRequest<'c>,
    ) -> Result<()> {
        let Some(first) = channels.first().filter(|_| self.options.has(part)) else { return Ok(()) };
        let method = ask(first).method;
        self.each_channel(method, channels, |channel| {
            let ask = ask(channel);
            async { self.pages(ask, |_, _| {}).await.map(drop) }
        })
        .await
    }

    /// What the list of conversations does not say: posting rules, tabs, canvases. RequestHistory for what is new or was
    /// changed since the master's last batch.
    pub(super) async fn details(&self, channels: &[Target], finder: &Finder) -> Result<()> {
        let wanted: Vec<&Target> = channels.iter().filter(|channel| self.wants_details(channel)).collect();
        let total = wanted.len() as u64;
        self.each(CONVERSATIONS_INFO, futures_util::stream::iter(wanted), Some(total), |channel| async {
            let ask = channel.ask(CONVERSATIONS_INFO).with("include_num_members", true);
            if let Answer::Stored(body) = self.caller.ask(&ask).await? {
                channel_canvases(&body).into_iter().for_each(|canvas| finder.add(Lookup::File(canvas)));
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
        self.each_channel(FILES_LIST, channels, |channel| self.file_list(channel, lists)).await
    }

    /// Walks through a channel's file list, which counts its pages and knows no cursor. The list of the whole
    /// workspace would show what lies in conversations that nobody asked for.
    async fn file_list(&self, channel: &Target, lists: &UnboundedSender<PathBuf>) -> Result<()> {
        // Whole seconds, rounded up.
        let latest = self.latest.micros() / 1_000_000 + 1;
        let ask = channel.ask(FILES_LIST).with("ts_to", latest);
        let mut ask = self.of_team(ask);
        let mut watch = EndlessWatch::new(self.options);
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
        let page_size = method(ask.method).page;
        loop {
            match self.caller.ask(&ask.clone().with("page", ask.page)).await? {
                Answer::Stored(body) => {
                    // The receiver lives as long as this walk; after an error nobody waits for the rest.
                    let _ = lists.send(self.caller.archive().batch().root().join(ask.file()));
                    let pages = Envelope::read(&body).ok().and_then(|envelope| envelope.pages());
                    // A page that does not count them is the last one unless it is full.
                    let is_last = pages.map_or_else(
                        || page_size.is_some_and(|size| (shown_files(&body).len() as u64) < size.most),
                        |pages| u64::from(ask.page) >= pages,
                    );
                    if is_last {
                        let claimed = claimed.unwrap_or(self.latest);
                        lock(&self.walked).file_lists.push((channel.id.clone(), claimed));
                        return Ok(());
                    }
                    if let Some(why) = watch.note(ask.page, &body) {
                        return self.caller.give_up(&ask, why);
                    }
                }
                Answer::Gap => return Ok(()),
                Answer::Expired => return self.caller.give_up(&ask, "invalid_cursor"),
            }
            ask.page += 1;
        }
    }
}

/// The names that are most like an unknown one, at most three.
fn near_names<'n>(called: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let called = called.trim_start_matches('#').to_lowercase();
    let likeness = |name: &&str| strsim::jaro_winkler(&called, &name.to_lowercase());
    let mut near: Vec<(f64, &str)> = names.map(|name| (likeness(&name), name)).collect();
    near.retain(|(likeness, _)| *likeness > 0.8);
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    near.into_iter().take(MOST_NEAR).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_alike_are_near() {
        let names = ["general", "genral-talk", "random", "gardening", ""];
        let near = |called: &str| near_names(called, names.into_iter());
        assert_eq!(near("#Genral")[0], "general");
        assert_eq!(near("randon"), ["random"]);
        assert_eq!(near("xyzzy"), [""; 0]);
    }
}
