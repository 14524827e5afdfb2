//! Histories, the threads that they show, and reactions that they cut short.

use std::collections::HashSet;
use std::fs;
use std::sync::atomic::Ordering;

use futures_util::stream::{self, StreamExt};
use slack_model::{MessagePage, ShownThread, Step, Ts, reacting_users, record_keys};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::app_class::{NonMarketplaceApp, SMALL_CLASS, SMALL_CLASS_CALLS};
use super::engine::Walk;
use super::finder::{Finder, Lookup};
use super::target::Target;
use crate::error::{Error, Result};
use crate::sources::web_api::api_request::ApiRequest;
use crate::sources::web_api::baseline::KnownChannel;
use crate::sources::web_api::caller::Answer;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{CONVERSATIONS_HISTORY, CONVERSATIONS_REPLIES, REACTIONS_GET};
use crate::sources::web_api::options::Part;
use crate::sources::web_api::options::Threads;

/// A page of a channel's history that is on the disk: the channel's place in the list, and the page's number.
/// A page tells which threads to read, so that pages are all that waits, not threads.
pub(super) type Page = (u32, u32);

/// A message whose reactions are cut short: its channel's place in the list, and its timestamp.
pub(super) type Cut = (u32, Ts);

impl<A: SlackApi> Walk<'_, A> {
    pub(super) async fn histories(&self, channels: &[Target], pages: &UnboundedSender<Page>) -> Result<()> {
        if !self.options.has(Part::Messages) {
            return Ok(());
        }
        let numbered = stream::iter((0..).zip(channels));
        self.each(CONVERSATIONS_HISTORY, numbered, Some(channels.len() as u64), |(number, channel)| {
            self.history(number, channel, pages)
        })
        .await
    }

    async fn history(&self, number: u32, channel: &Target, pages: &UnboundedSender<Page>) -> Result<()> {
        let mut ask = channel.ask(CONVERSATIONS_HISTORY).with("latest", self.latest).with("inclusive", true);
        let oldest = self.known.read_from(&channel.id, self.options.oldest);
        if let Some(oldest) = oldest {
            ask = ask.with("oldest", oldest);
        }
        // What an earlier run of this capture stored may have been asked for from the look-back on, whatever is known now.
        let was_begun = self.caller.archive().was_begun(&ask);
        let claimed = if was_begun { oldest.max(self.options.oldest) } else { oldest };
        let whole = self
            .pages(ask, |page, body| {
                let shown = MessagePage::read(body, None);
                self.detect_class(body, shown.messages);
                // How many threads there are to read is known as soon as they are shown.
                if let Ok(known) = self.known.channel(&channel.id) {
                    let threads = self.wanted_threads(channel, &shown, &known).len();
                    self.threads_shown.fetch_add(threads as u64, Ordering::Relaxed);
                }
                // The receiver lives as long as this walk; after an error nobody waits for the rest.
                let _ = pages.send((number, page));
            })
            .await?;
        if whole {
            self.add_window(&channel.id, claimed);
        }
        Ok(())
    }

    /// Looks at histories' pages until one tells which class of app this is: the small one gets 15 messages however
    /// many are asked for. A single page of that length may be a short one.
    fn detect_class(&self, body: &[u8], messages: u64) {
        let mut class = lock(&self.small_class);
        if *class == NonMarketplaceApp::No {
            return;
        }
        let has_more =
            slack_model::Envelope::read(body).is_ok_and(|envelope| envelope.next_cursor().is_some());
        let methods = [CONVERSATIONS_HISTORY, CONVERSATIONS_REPLIES];
        let limiters = methods.map(|method| self.caller.limiters().of(method));
        let is_small = has_more && messages == SMALL_CLASS;
        let before = *class;
        *class = match before {
            _ if messages > SMALL_CLASS => NonMarketplaceApp::No,
            NonMarketplaceApp::Unknown if is_small => NonMarketplaceApp::Perhaps,
            NonMarketplaceApp::Perhaps if is_small => NonMarketplaceApp::Yes,
            _ => before,
        };
        if before == NonMarketplaceApp::Yes && *class == NonMarketplaceApp::No {
            limiters.iter().for_each(|limiter| limiter.release());
        }
        if before != NonMarketplaceApp::Yes && *class == NonMarketplaceApp::Yes {
            limiters.iter().for_each(|limiter| limiter.hold_at(SMALL_CLASS_CALLS));
            self.progress.note(
                "Slack gives this app 15 messages a page and one page a minute, as it does to apps that are \
                 distributed outside its marketplace; an internal app of the workspace's own gets 999 and 50",
            );
        }
    }

    /// Reads what each page of history shows but does not hold: replies. It is the pages on the disk that are
    /// gone through, one at a time, so that memory does not grow with the number of threads.
    pub(super) async fn threads(
        &self,
        channels: &[Target],
        pages: UnboundedReceiver<Page>,
        cuts: &UnboundedSender<Cut>,
        finder: &Finder,
    ) -> Result<()> {
        let method = CONVERSATIONS_REPLIES;
        let mut n_read = 0;
        let pages = UnboundedReceiverStream::new(pages);
        let threads = pages.flat_map(|(number, page)| {
            let threads = self.shown_threads(&channels[number as usize], page, (number, cuts), finder);
            let (threads, error) = match threads {
                Ok(threads) => (threads, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            stream::iter(threads.into_iter().map(move |thread| Ok((number, thread))).chain(error))
        });
        let reads = threads.map(|thread| async {
            let (number, thread) = thread?;
            self.thread(number, &channels[number as usize], thread, cuts, finder).await
        });
        let mut reads = std::pin::pin!(reads.buffer_unordered(self.options.parallel.max(1)));
        while let Some(read) = reads.next().await {
            read?;
            n_read += 1;
            // The total grows as long as histories are read.
            let total = self.threads_shown.load(Ordering::Relaxed).max(n_read);
            self.progress.report(Step::new(method, n_read, Some(total)));
        }
        Ok(())
    }

    /// The threads to read that a page of history shows. Everything else that follows from the page is passed on.
    fn shown_threads(
        &self,
        channel: &Target,
        page: u32,
        (number, cuts): (u32, &UnboundedSender<Cut>),
        finder: &Finder,
    ) -> Result<Vec<Ts>> {
        let ask = ApiRequest { page, ..channel.ask(CONVERSATIONS_HISTORY) };
        let path = self.caller.archive().batch().root().join(ask.file());
        let body = fs::read(&path).map_err(|error| Error::io("read", &path, error))?;
        let page = MessagePage::read(&body, None);
        let known = self.known.channel(&channel.id)?;
        self.pass_on((channel, &known), number, &page, None, cuts, finder);
        Ok(self.wanted_threads(channel, &page, &known))
    }

    /// The threads of a page that are to be read.
    fn wanted_threads(&self, channel: &Target, page: &MessagePage, known: &KnownChannel) -> Vec<Ts> {
        // What an earlier run of this capture read of a thread is gone through again: it was not at its end.
        let is_begun = |thread: Ts| {
            let ask = ApiRequest { thread: Some(thread), ..channel.ask(CONVERSATIONS_REPLIES) };
            self.caller.archive().was_begun(&ask)
        };
        let is_wanted = |(thread, shown): &(&Ts, &ShownThread)| match self.options.threads {
            Threads::None => false,
            Threads::All => true,
            Threads::Changed => {
                is_begun(**thread)
                    || !known.has_thread(**thread, **shown)
                        && !self.is_gone_thread(channel, **thread, **shown)
            }
        };
        let threads = page.threads.iter().filter(is_wanted).map(|(thread, _)| *thread);
        // A message that had replies and has none now: only asking shows that they are gone.
        let emptied = page
            .single
            .iter()
            .copied()
            .filter(|message| self.options.threads != Threads::None && known.had_thread(*message));
        threads.chain(emptied).collect()
    }

    /// Whether an earlier batch was told that a thread is gone, and nothing new was seen of it since.
    fn is_gone_thread(&self, channel: &Target, thread: Ts, shown: ShownThread) -> bool {
        let gone = self.known.asked().gone(CONVERSATIONS_REPLIES, channel.id.as_str(), Some(thread));
        let newest = shown.latest_reply.map(Ts::micros);
        gone.is_some_and(|batch| newest.is_none_or(|newest| newest < batch.time().micros()))
    }

    async fn thread(
        &self,
        number: u32,
        channel: &Target,
        thread: Ts,
        cuts: &UnboundedSender<Cut>,
        finder: &Finder,
    ) -> Result<()> {
        if !lock(&self.under_way).insert((number, thread)) {
            return Ok(());
        }
        let mut ask = channel.ask(CONVERSATIONS_REPLIES);
        ask = ask.with("ts", thread).with("latest", self.latest).with("inclusive", true);
        ask.thread = Some(thread);
        let known = self.known.channel(&channel.id)?;
        let mut replies = Replies::default();
        let whole = self
            .pages(ask.clone(), |_, body| {
                let page = MessagePage::read(body, None);
                replies.add(thread, body, &page);
                // The first message came with the history too, so its reactions are asked for there.
                self.pass_on((channel, &known), number, &page, Some(thread), cuts, finder);
            })
            .await?;
        if whole && let Some(missing) = replies.missing(self.latest) {
            self.caller.give_up_replies(&ask, missing)?;
        }
        // From here on its pages are on the disk, which answers whoever asks again.
        lock(&self.under_way).remove(&(number, thread));
        Ok(())
    }

    /// Passes on what a page of messages names but does not hold: who reacted, bots, strangers, files.
    fn pass_on(
        &self,
        (channel, known): (&Target, &KnownChannel),
        number: u32,
        page: &MessagePage,
        but: Option<Ts>,
        cuts: &UnboundedSender<Cut>,
        finder: &Finder,
    ) {
        if self.options.has(Part::Reactions) {
            for (ts, counts) in &page.cut_reactions {
                let is_gone = || {
                    let gone = self.known.asked().gone(REACTIONS_GET, channel.id.as_str(), Some(*ts));
                    gone.is_some() && self.options.threads != Threads::All
                };
                if Some(*ts) != but
                    && (!known.has_reactions(*ts, counts) || self.asked_reactions(channel, *ts))
                    && !is_gone()
                {
                    let _ = cuts.send((number, *ts));
                }
            }
        }
        self.find_users(finder, page.users.iter().cloned());
        if self.options.has(Part::Bots) {
            page.bots.iter().for_each(|bot| finder.add(Lookup::Bot(bot.clone())));
        }
        if self.options.has(Part::Files) {
            page.hidden_files.iter().for_each(|file| finder.add(Lookup::File(file.clone())));
        }
    }

    /// Whether an earlier run of this capture asked who reacted: what follows from the answer is to be asked too.
    fn asked_reactions(&self, channel: &Target, message: Ts) -> bool {
        let ask = ApiRequest { thread: Some(message), ..channel.ask(REACTIONS_GET) };
        self.caller.archive().was_begun(&ask)
    }

    /// Asks who reacted to the messages whose reactions are cut short.
    pub(super) async fn reactions(
        &self,
        channels: &[Target],
        cuts: UnboundedReceiver<Cut>,
        finder: &Finder,
    ) -> Result<()> {
        let cuts = UnboundedReceiverStream::new(cuts);
        self.each(REACTIONS_GET, cuts, None, |(number, ts)| async move {
            let channel = &channels[number as usize];
            let mut ask = channel.ask(REACTIONS_GET);
            ask = ask.with("timestamp", ts).with("full", true);
            ask.thread = Some(ts);
            if let Answer::Stored(body) = self.caller.ask(&ask).await? {
                self.find_users(finder, reacting_users(&body));
            }
            Ok(())
        })
        .await
    }
}

/// The replies that a thread's pages hold, and those that its first message announces.
#[derive(Debug, Default)]
struct Replies {
    /// The messages, as digests: a page may hold again what an earlier one held.
    seen: HashSet<u64>,
    has_first: bool,
    announced: u64,
    newest: Option<Ts>,
}

impl Replies {
    fn add(&mut self, thread: Ts, body: &[u8], page: &MessagePage) {
        self.seen.extend(record_keys(body));
        let Some(shown) = page.threads.get(&thread) else { return };
        self.has_first |= shown.reply_count.is_some();
        self.announced = shown.reply_count.unwrap_or(self.announced);
        self.newest = self.newest.max(shown.latest_reply);
    }

    /// How many of how many replies are missing. Slack counts those as well that were written since the capture began, which
    /// it was not asked for.
    fn missing(&self, latest: Ts) -> Option<(u64, u64)> {
        let replies = self.seen.len() as u64 - u64::from(self.has_first);
        let missing = self.announced.saturating_sub(replies);
        let is_settled = self.newest.is_none_or(|newest| newest <= latest);
        (missing > 0 && is_settled).then_some((missing, self.announced))
    }
}
