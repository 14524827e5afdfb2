use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use slack_model::batch::BatchFolder;
use slack_model::{
    ChannelId, Envelope, MessagePage, Progress, Step, Ts, listed_channels, listed_usergroups, team_identity,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::caller::{Answer, Ask, Caller};
use super::http::SlackApi;
use super::{ApiOptions, WalkedWindow};
use crate::error::{Error, Result};

/// How often an object whose cursor expires is begun.
const ATTEMPTS: u32 = 3;

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
    Thread(Target, Ts),
    Reactions(Target, Ts),
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
        let windows = self.windows.into_inner().unwrap_or_else(PoisonError::into_inner);
        walked.map(|()| windows.clone()).map_err(|error| Stopped { error, windows })
    }

    async fn walk(&self) -> Result<()> {
        // The token is tried before anything else: a wrong one, or a wrong address, must cost one call.
        let Answer::Stored(_) = self.caller.ask(&Ask::of("auth.test")).await? else {
            return Err(Error::Unreachable { reason: self.caller.last_gap() });
        };
        tokio::try_join!(self.team(), self.users(), self.usergroups(), self.conversations())?;
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

    async fn conversations(&self) -> Result<()> {
        let channels = self.listed().await?;
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::try_join!(
            self.each("members", &channels, |channel| self.members(channel)),
            self.each("files", &channels, |channel| self.files(channel)),
            async {
                // The sender goes when the last history is read, which ends the stream below.
                let sender = sender;
                self.each("history", &channels, |channel| self.history(channel, &sender)).await
            },
            self.more(receiver),
        )?;
        Ok(())
    }

    /// The conversations to read. Each type is listed on its own: a scope that is missing for one type costs
    /// no other.
    async fn listed(&self) -> Result<Vec<Target>> {
        let mut found: BTreeMap<ChannelId, (Target, String)> = BTreeMap::new();
        let kinds: BTreeSet<&'static str> = self.options.types.iter().map(|kind| kind.as_str()).collect();
        for kind in kinds {
            let mut ask = Ask::of("conversations.list").about("types", kind).with("limit", 200);
            ask.kind = kind;
            self.pages(ask, |body| {
                for channel in listed_channels(body) {
                    found.insert(channel.id.clone(), (Target { id: channel.id, kind }, channel.name));
                }
            })
            .await?;
        }
        if self.options.channels.is_empty() {
            return Ok(found.into_values().map(|(target, _)| target).collect());
        }
        let mut wanted = BTreeMap::new();
        for name in &self.options.channels {
            let name = name.trim_start_matches('#');
            let named = |(target, known): &&(Target, String)| name == known || name == target.id.as_str();
            match found.values().find(named) {
                Some((target, _)) => drop(wanted.insert(target.id.clone(), target.clone())),
                None => {
                    let ask = Ask { object: Some(name), ..Ask::of("conversations.list") };
                    self.caller
                        .give_up(&ask, "no conversation of this name or id among the types asked for")?;
                }
            }
        }
        Ok(wanted.into_values().collect())
    }

    async fn members(&self, channel: &Target) -> Result<()> {
        let ask = channel.ask("conversations.members").with("limit", 999);
        self.pages(ask, |_| {}).await.map(drop)
    }

    /// Walks through a channel's file list, which counts its pages and knows no cursor. The list of the whole
    /// workspace would show what lies in conversations that nobody asked for.
    async fn files(&self, channel: &Target) -> Result<()> {
        // Whole seconds, rounded up.
        let latest = self.latest.micros() / 1_000_000 + 1;
        let mut ask = channel.ask("files.list").with("count", 100).with("ts_to", latest);
        if let Some(oldest) = self.options.oldest {
            ask = ask.with("ts_from", oldest.micros() / 1_000_000);
        }
        loop {
            match self.caller.ask(&ask.clone().with("page", ask.page)).await? {
                Answer::Stored(body) => {
                    let pages = Envelope::read(&body).ok().and_then(|envelope| envelope.pages());
                    if pages.is_none_or(|pages| u64::from(ask.page) >= pages) {
                        return Ok(());
                    }
                }
                Answer::Gap => return Ok(()),
                Answer::Expired => return self.caller.give_up(&ask, "invalid_cursor"),
            }
            ask.page += 1;
        }
    }

    async fn history(&self, channel: &Target, more: &mpsc::UnboundedSender<More>) -> Result<()> {
        let mut ask = channel.ask("conversations.history").with("limit", 999);
        ask = ask.with("latest", self.latest).with("inclusive", true);
        if let Some(oldest) = self.options.oldest {
            ask = ask.with("oldest", oldest);
        }
        // Sets, since a walk that begins again sees its first pages twice.
        let (mut threads, mut reactions) = (BTreeSet::new(), BTreeSet::new());
        let whole = self
            .pages(ask, |body| {
                let page = MessagePage::read(body, None);
                threads.extend(page.threads);
                reactions.extend(page.cut_reactions);
            })
            .await?;
        if whole {
            let oldest = self.options.oldest.or(Ts::from_micros(0)).unwrap_or(self.latest);
            let window = (channel.id.clone(), oldest, self.latest);
            self.windows.lock().unwrap_or_else(PoisonError::into_inner).push(window);
        }
        threads.into_iter().for_each(|thread| self.find(more, More::Thread(channel.clone(), thread)));
        reactions.into_iter().for_each(|ts| self.find(more, More::Reactions(channel.clone(), ts)));
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
        channels: &'i [Target],
        work: impl Fn(&'i Target) -> F,
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
                let mut ask = channel.ask("conversations.replies");
                ask = ask
                    .with("ts", thread)
                    .with("limit", 200)
                    .with("latest", self.latest)
                    .with("inclusive", true);
                ask.thread = Some(thread);
                let mut cut = BTreeSet::new();
                self.pages(ask, |body| {
                    // The first message came with the history too, so its reactions are asked for there.
                    cut.extend(
                        MessagePage::read(body, None).cut_reactions.into_iter().filter(|ts| *ts != thread),
                    );
                })
                .await?;
                for ts in cut {
                    self.reactions(&channel, ts).await?;
                }
                Ok(())
            }
        }
    }

    async fn reactions(&self, channel: &Target, ts: Ts) -> Result<()> {
        let mut ask = channel.ask("reactions.get");
        ask = ask.with("timestamp", ts).with("full", true);
        ask.thread = Some(ts);
        self.caller.ask(&ask).await.map(drop)
    }

    /// Reads an object's pages to the last one, and shows `each` of them. Returns whether all were read.
    ///
    /// Pages may be short, or empty, in the middle: only the lack of a cursor ends them. Where a cursor expires,
    /// the object is read again from its first page, and `each` sees its pages again.
    async fn pages(&self, ask: Ask<'_>, mut each: impl FnMut(&[u8])) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let mut next = ask.clone();
            let mut last_cursor = String::new();
            loop {
                let body = match self.caller.ask(&next).await? {
                    Answer::Stored(body) => body,
                    Answer::Gap => return Ok(false),
                    Answer::Expired => break,
                };
                each(&body);
                if next.method.ends_with(".list") {
                    self.progress.report(Step::new(next.method, u64::from(next.page), None));
                }
                let envelope = Envelope::read(&body).unwrap_or_default();
                let Some(cursor) = envelope.next_cursor() else {
                    self.forget_pages_after(&next)?;
                    return Ok(true);
                };
                if cursor == last_cursor {
                    self.caller.give_up(&next, "the cursor does not move on")?;
                    return Ok(false);
                }
                last_cursor = cursor.to_owned();
                next = Ask { page: next.page + 1, ..ask.clone() }.with("cursor", cursor);
            }
        }
        self.caller.give_up(&ask, "invalid_cursor")?;
        Ok(false)
    }

    /// Removes the pages that an earlier attempt stored beyond the last one: the object has become shorter.
    fn forget_pages_after(&self, last: &Ask<'_>) -> Result<()> {
        for page in last.page + 1.. {
            let file = BatchFolder::page(last.method, last.object, last.thread, page);
            let path = self.caller.batch().root().join(file);
            if !path.exists() {
                break;
            }
            fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
        }
        Ok(())
    }
}

/// A conversation to read.
#[derive(Debug, Clone)]
struct Target {
    id: ChannelId,
    /// Slack's name for its type.
    kind: &'static str,
}

impl Target {
    fn ask(&self, method: &'static str) -> Ask<'_> {
        Ask { kind: self.kind, ..Ask::of(method).about("channel", self.id.as_str()) }
    }
}
