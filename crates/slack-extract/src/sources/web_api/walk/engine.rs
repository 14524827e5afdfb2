//! What every part of the walk works with: the requests, what is known already, and how lists are read.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use futures_util::{Stream, StreamExt};
use slack_model::{ChannelId, Envelope, Progress, Step, Ts, UserId};

use super::app_class::NonMarketplaceApp;
use super::endless::EndlessWatch;
use super::finder::{Finder, Lookup};
use super::target::Target;
use crate::error::Result;
use crate::sources::web_api::api_request::ApiRequest;
use crate::sources::web_api::baseline::Baseline;
use crate::sources::web_api::caller::{Answer, Caller};
use crate::sources::web_api::download::Downloads;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::method;
use crate::sources::web_api::options::{ApiOptions, Part};

/// How often an object whose cursor expires is begun.
const ATTEMPTS: u32 = 3;

/// What was walked completely.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Channels, and from where on their histories were read.
    pub(crate) histories: Vec<(ChannelId, Ts)>,
    /// Channels, and from where on their lists of files were read, by this capture and those that it goes on from.
    pub(crate) file_lists: Vec<(ChannelId, Ts)>,
}

/// Walks through everything that the options ask for. Methods run side by side, each at its own limit.
///
/// The walk goes the same way whether it is new or goes on: a request whose answer is in the batch already is
/// answered from there. What is still to be asked follows from the pages, so no list of it is kept in memory.
pub(crate) struct Walk<'a, A> {
    pub(super) caller: &'a Caller<A>,
    pub(super) options: &'a ApiOptions,
    pub(super) known: &'a Baseline,
    pub(super) latest: Ts,
    /// Where files' bytes go, if they are wanted.
    pub(super) downloads: Option<Downloads<'a, A>>,
    pub(super) progress: &'a dyn Progress,
    pub(super) walked: Mutex<Walked>,
    /// The threads to read that pages have shown.
    pub(super) threads_shown: AtomicU64,
    /// The threads that are being read: two pages may show the same one.
    pub(super) under_way: Mutex<HashSet<(u32, Ts)>>,
    /// The users that the list holds, as digests.
    pub(super) listed_users: Mutex<HashSet<u64>>,
    /// Whether the app turned out to be of the class that gets 15 objects a page.
    pub(super) small_class: Mutex<NonMarketplaceApp>,
}

impl<'a, A: SlackApi> Walk<'a, A> {
    pub(crate) fn new(
        caller: &'a Caller<A>,
        options: &'a ApiOptions,
        known: &'a Baseline,
        latest: Ts,
        downloads: Option<Downloads<'a, A>>,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            caller,
            options,
            known,
            latest,
            downloads,
            progress,
            walked: Mutex::default(),
            threads_shown: AtomicU64::default(),
            under_way: Mutex::default(),
            listed_users: Mutex::default(),
            small_class: Mutex::default(),
        }
    }

    /// Does something to each item, several at a time, until all are done or one fails. `task` is the method.
    pub(super) async fn each<I, F: Future<Output = Result<()>>>(
        &self,
        task: &str,
        items: impl Stream<Item = I>,
        total: Option<u64>,
        work: impl FnMut(I) -> F,
    ) -> Result<()> {
        let mut running = std::pin::pin!(items.map(work).buffer_unordered(self.options.parallel.max(1)));
        let mut done = 0;
        while let Some(finished) = running.next().await {
            finished?;
            done += 1;
            self.progress.report(Step::new(task, done, total));
        }
        Ok(())
    }

    /// The same for channels.
    pub(super) async fn each_channel<'c, F: Future<Output = Result<()>>>(
        &self,
        method: &str,
        channels: &'c [Target],
        work: impl FnMut(&'c Target) -> F,
    ) -> Result<()> {
        let channels = futures_util::stream::iter(channels);
        let total = channels.size_hint().0 as u64;
        self.each(method, channels, Some(total), work).await
    }

    /// Reads an object's pages to the last one, and shows `each` of them with its number. Returns whether all
    /// were read.
    ///
    /// Pages may be short, or empty, in the middle: only the lack of a cursor ends them. Where a cursor expires,
    /// the object is read again from its first page. Those pages follow upon the ones before, since nothing that Slack
    /// answered is thrown away, and since the last page alone then tells how to go on; what an earlier run stored from
    /// there on belongs to the cursor that has expired, and is set aside.
    pub(super) async fn pages(&self, ask: ApiRequest<'_>, mut each: impl FnMut(u32, &[u8])) -> Result<bool> {
        let ask = self.of_team(ask);
        let (mut cursor, mut begun) = (None::<String>, 1);
        let mut watch = EndlessWatch::new(self.options);
        let mut page = 1;
        loop {
            let mut next = ask.page(page);
            if let Some(cursor) = &cursor {
                next = next.with("cursor", cursor);
            }
            let body = match self.caller.ask(&next).await? {
                Answer::Stored(body) => body,
                Answer::Gap => return Ok(false),
                Answer::Expired if begun < ATTEMPTS && cursor.is_some() => {
                    self.caller.archive().set_aside_from(&next)?;
                    begun += 1;
                    cursor = None;
                    // What was read before comes again.
                    watch = EndlessWatch::new(self.options);
                    continue;
                }
                Answer::Expired => {
                    self.caller.give_up(&next, "invalid_cursor")?;
                    return Ok(false);
                }
            };
            each(page, &body);
            if next.object.is_none() {
                self.progress.report(Step::new(next.method, u64::from(page), None));
            }
            let envelope = Envelope::read(&body).unwrap_or_default();
            let Some(following) = envelope.next_cursor() else {
                if envelope.has_more {
                    self.caller.give_up(&next, "more_without_a_cursor")?;
                }
                return Ok(!envelope.has_more);
            };
            if let Some(why) = watch.turn(page, &body, following) {
                self.caller.give_up(&next, why)?;
                return Ok(false);
            }
            cursor = Some(following.to_owned());
            page += 1;
        }
    }

    /// A request with the workspace that it is about, where that was named: an org-wide token reads several.
    pub(super) fn of_team<'q>(&self, ask: ApiRequest<'q>) -> ApiRequest<'q> {
        match self.options.team.as_ref().zip(method(ask.method).team) {
            Some((team, parameter)) => ask.with(parameter, team),
            None => ask,
        }
    }

    pub(super) fn add_window(&self, channel: &ChannelId, oldest: Option<Ts>) {
        let oldest = oldest.or(Ts::from_micros(0)).unwrap_or(self.latest);
        lock(&self.walked).histories.push((channel.clone(), oldest));
    }

    pub(super) fn find_users(&self, finder: &Finder, users: impl IntoIterator<Item = UserId>) {
        if self.options.has(Part::Users) {
            users.into_iter().for_each(|user| finder.add(Lookup::User(user)));
        }
    }
}
