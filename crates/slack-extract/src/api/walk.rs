use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use slack_model::rows::Channel;
use slack_model::{
    ChannelId, Envelope, MessagePage, Progress, Step, Ts, listed_channels, listed_usergroups, team_identity,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::caller::{Answer, Ask, Caller};
use super::http::SlackApi;
use super::{ApiOptions, ChannelType, WalkedWindow};
use crate::error::{Error, Result};

/// How often an object whose cursor expires is read again from its first page.
const RESTARTS: u32 = 3;

/// Why a walk stopped, and the windows that it had walked completely by then.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) error: Error,
    pub(crate) windows: Vec<WalkedWindow>,
}

/// Walks through everything that the options ask for. Methods run side by side.
pub(crate) struct Walk<'a, A> {
    caller: &'a Caller<A>,
    options: &'a ApiOptions,
    latest: Ts,
    progress: &'a dyn Progress,
    windows: Mutex<Vec<WalkedWindow>>,
    /// Threads and cut reactions found so far.
    n_found: AtomicU64,
}

/// A thread to read, or a message whose reactions are cut short.
#[derive(Debug)]
enum More {
    Thread(ChannelId, Ts),
    Reactions(ChannelId, Ts),
}

impl<'a, A: SlackApi> Walk<'a, A> {
    pub(crate) fn new(
        caller: &'a Caller<A>,
        options: &'a ApiOptions,
        latest: Ts,
        progress: &'a dyn Progress,
    ) -> Self {
        Self { caller, options, latest, progress, windows: Mutex::default(), n_found: AtomicU64::new(0) }
    }

    pub(crate) async fn run(self) -> Result<Vec<WalkedWindow>, Stopped> {
        let walked = self.walk().await;
        let windows = self.windows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        walked.map(|()| windows.clone()).map_err(|error| Stopped { error, windows })
    }

    async fn walk(&self) -> Result<()> {
        // The token is tried before anything else: a wrong one must cost one call.
        self.caller.ask(&Ask::of("auth.test")).await?;
        tokio::try_join!(self.team(), self.users(), self.usergroups(), self.files(), self.conversations())?;
        Ok(())
    }

    async fn team(&self) -> Result<()> {
        if let Answer::Stored(body) = self.caller.ask(&Ask::of("team.info")).await?
            && let Some((id, name)) = team_identity(&body)
        {
            self.caller.set_team(id, name);
        }
        Ok(())
    }

    async fn users(&self) -> Result<()> {
        self.pages(Ask::of("users.list").with("limit", 200), |_| {}).await.map(drop)
    }

    async fn usergroups(&self) -> Result<()> {
        let ask = Ask::of("usergroups.list").with("include_users", true).with("include_disabled", true);
        let Answer::Stored(body) = self.caller.ask(&ask).await? else { return Ok(()) };
        for (group, members_named) in listed_usergroups(&body) {
            if !members_named {
                self.caller.ask(&Ask::of("usergroups.users.list").about("usergroup", group.as_str())).await?;
            }
        }
        Ok(())
    }

    /// Walks through the file list, which counts its pages and knows no cursor.
    async fn files(&self) -> Result<()> {
        // Whole seconds, rounded up.
        let latest = self.latest.micros() / 1_000_000 + 1;
        let mut ask = Ask::of("files.list").with("count", 100).with("ts_to", latest);
        if let Some(oldest) = self.options.oldest {
            ask = ask.with("ts_from", oldest.micros() / 1_000_000);
        }
        loop {
            let Answer::Stored(body) = self.caller.ask(&ask.clone().with("page", ask.page)).await? else {
                return Ok(());
            };
            let pages = Envelope::read(&body).ok().and_then(|envelope| envelope.pages());
            if pages.is_none_or(|pages| u64::from(ask.page) >= pages) {
                return Ok(());
            }
            ask.page += 1;
        }
    }

    async fn conversations(&self) -> Result<()> {
        let types: Vec<_> = self.options.types.iter().map(|kind| ChannelType::as_str(*kind)).collect();
        let mut channels = Vec::new();
        let ask = Ask::of("conversations.list").with("types", types.join(",")).with("limit", 200);
        self.pages(ask, |body| channels.extend(listed_channels(body))).await?;
        let wanted = |channel: &Channel| {
            let named = |name: &String| *name == channel.name || name == channel.id.as_str();
            self.options.channels.is_empty() || self.options.channels.iter().any(named)
        };
        let channels: Vec<ChannelId> =
            channels.into_iter().filter(wanted).map(|channel| channel.id).collect();
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::try_join!(
            self.each("members", &channels, |channel| self.members(channel)),
            async {
                // The sender goes when the last history is read, which ends the stream below.
                let sender = sender;
                self.each("history", &channels, |channel| self.history(channel, &sender)).await
            },
            self.more(receiver),
        )?;
        Ok(())
    }

    async fn members(&self, channel: &ChannelId) -> Result<()> {
        let ask = Ask::of("conversations.members").about("channel", channel.as_str()).with("limit", 999);
        self.pages(ask, |_| {}).await.map(drop)
    }

    async fn history(&self, channel: &ChannelId, more: &mpsc::UnboundedSender<More>) -> Result<()> {
        let mut ask = Ask::of("conversations.history").about("channel", channel.as_str()).with("limit", 999);
        ask = ask.with("latest", self.latest).with("inclusive", true);
        if let Some(oldest) = self.options.oldest {
            ask = ask.with("oldest", oldest);
        }
        let mut threads = BTreeSet::new();
        let whole = self
            .pages(ask, |body| {
                let page = MessagePage::read(body);
                threads.extend(page.threads);
                for ts in page.cut_reactions {
                    self.find(more, More::Reactions(channel.clone(), ts));
                }
            })
            .await?;
        if whole {
            let oldest = self.options.oldest.or(Ts::from_micros(0)).unwrap_or(self.latest);
            let window = (channel.clone(), oldest, self.latest);
            self.windows.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(window);
        }
        for thread in threads {
            self.find(more, More::Thread(channel.clone(), thread));
        }
        Ok(())
    }

    fn find(&self, sender: &mpsc::UnboundedSender<More>, more: More) {
        self.n_found.fetch_add(1, Ordering::Relaxed);
        // The receiver lives as long as this walk; after an error nobody waits for the rest.
        let _ = sender.send(more);
    }

    async fn more(&self, receiver: mpsc::UnboundedReceiver<More>) -> Result<()> {
        let found = UnboundedReceiverStream::new(receiver);
        let mut n_read = 0;
        let mut reads = found.map(|more| self.read_more(more)).buffer_unordered(self.options.parallel.max(1));
        while let Some(read) = reads.next().await {
            read?;
            n_read += 1;
            // The total grows as long as histories are read.
            self.progress.report(Step::new("threads", n_read, Some(self.n_found.load(Ordering::Relaxed))));
        }
        Ok(())
    }

    /// Does something to each channel, several at a time, until all are done or one fails.
    async fn each<'i, F: Future<Output = Result<()>>>(
        &self,
        task: &str,
        channels: &'i [ChannelId],
        work: impl Fn(&'i ChannelId) -> F,
    ) -> Result<()> {
        let total = channels.len() as u64;
        let mut running =
            futures_util::stream::iter(channels).map(work).buffer_unordered(self.options.parallel.max(1));
        let mut done = 0;
        while let Some(finished) = running.next().await {
            finished?;
            done += 1;
            self.progress.report(Step::new(task, done, Some(total)));
        }
        Ok(())
    }

    async fn read_more(&self, more: More) -> Result<()> {
        match more {
            More::Reactions(channel, ts) => self.reactions(&channel, ts).await,
            More::Thread(channel, thread) => {
                let mut ask = Ask::of("conversations.replies").about("channel", channel.as_str());
                ask = ask
                    .with("ts", thread)
                    .with("limit", 200)
                    .with("latest", self.latest)
                    .with("inclusive", true);
                ask.thread = Some(thread);
                let mut cut = BTreeSet::new();
                self.pages(ask, |body| {
                    // The first message came with the history too, so its reactions are asked for there.
                    cut.extend(MessagePage::read(body).cut_reactions.into_iter().filter(|ts| *ts != thread));
                })
                .await?;
                for ts in cut {
                    self.reactions(&channel, ts).await?;
                }
                Ok(())
            }
        }
    }

    async fn reactions(&self, channel: &ChannelId, ts: Ts) -> Result<()> {
        let mut ask = Ask::of("reactions.get").about("channel", channel.as_str());
        ask = ask.with("timestamp", ts).with("full", true);
        ask.thread = Some(ts);
        self.caller.ask(&ask).await.map(drop)
    }

    /// Reads an object's pages to the last one, and shows `each` of them. Returns whether all were read.
    ///
    /// Pages may be short, or empty, in the middle: only the lack of a cursor ends them.
    async fn pages(&self, ask: Ask<'_>, mut each: impl FnMut(&[u8])) -> Result<bool> {
        for _ in 0..RESTARTS {
            let mut next = ask.clone();
            loop {
                let body = match self.caller.ask(&next).await? {
                    Answer::Stored(body) => body,
                    Answer::Gap => return Ok(false),
                    Answer::Expired => break,
                };
                each(&body);
                if next.object.is_none() {
                    self.progress.report(Step::new(next.method, u64::from(next.page), None));
                }
                let envelope = Envelope::read(&body).unwrap_or_default();
                let Some(cursor) = envelope.next_cursor() else { return Ok(true) };
                let page = next.page + 1;
                next = Ask { page, ..ask.clone() }.with("cursor", cursor);
            }
            self.forget_pages(&ask)?;
        }
        self.caller.give_up(&ask)?;
        Ok(false)
    }

    /// Removes the pages of a walk that begins again, which may become shorter.
    fn forget_pages(&self, ask: &Ask<'_>) -> Result<()> {
        for page in 1.. {
            let file = slack_model::batch::BatchFolder::page(ask.method, ask.object, ask.thread, page);
            let path = self.caller.batch().root().join(file);
            if !path.exists() {
                break;
            }
            fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
        }
        Ok(())
    }
}
