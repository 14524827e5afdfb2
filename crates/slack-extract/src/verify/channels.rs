//! Conversations: whether each has its history, and each thread that the history shows its replies.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use slack_model::batch::BatchFolder;
use slack_model::{ChannelId, MessagePage, Ts};

use super::log::Chain;
use super::pages::{End, Pages};
use super::report::{ChannelCoverage, FindingKind};
use crate::error::Result;
use crate::sources::web_api::baseline::Baseline;
use crate::sources::web_api::methods::{CONVERSATIONS_HISTORY, CONVERSATIONS_REPLIES};
use crate::sources::web_api::options::ApiOptions;
use crate::sources::web_api::options::Part;
use crate::sources::web_api::options::Threads;

/// What a capture was asked for, and what was captured before it.
pub(super) struct CaptureScope<'a> {
    pub(super) options: ApiOptions,
    /// The batches before this one.
    pub(super) earlier: &'a [BatchFolder],
    /// Where the master's tables are, and what it holds: a refresh does not read what it has. It is read when first
    /// asked for, which is seldom.
    pub(super) master: (PathBuf, OnceCell<Option<Baseline>>),
}

/// A thread as its channel's history, or its own pages, show it.
#[derive(Debug, Default, Clone, Copy)]
struct Thread {
    is_shown: bool,
    reply_count: Option<u64>,
    replies: u64,
    end: Option<End>,
}

impl CaptureScope<'_> {
    /// Whether the master has a thread as a whole, or an earlier batch was told that it is gone. A master that cannot be
    /// read, or is replaced meanwhile, has none.
    fn master_holds(&self, channel: &ChannelId, thread: Ts) -> bool {
        let (folder, known) = &self.master;
        let known = known.get_or_init(|| Baseline::read(folder, self.earlier, None).ok());
        let Some(known) = known else { return false };
        let is_gone = known.asked().gone(CONVERSATIONS_REPLIES, channel.as_str(), Some(thread)).is_some();
        is_gone || known.channel(channel).is_ok_and(|channel| channel.had_thread(thread))
    }

    /// Whether a listed conversation's messages were to be read.
    pub(super) fn wants(&self, channel: &ChannelId, name: &str) -> bool {
        self.options.has(Part::Messages) && self.names(channel, name)
    }

    /// Whether a listed conversation was asked for.
    pub(super) fn names(&self, channel: &ChannelId, name: &str) -> bool {
        self.options.wants(channel, name)
    }

    /// Checks a conversation's history and threads.
    pub(super) fn check(
        &self,
        pages: &mut Pages<'_>,
        channel: &ChannelId,
        name: &str,
    ) -> Result<ChannelCoverage> {
        let mut coverage =
            ChannelCoverage { channel: channel.clone(), name: name.into(), ..ChannelCoverage::default() };
        let problems_before = pages.report.n_problems;
        let mut threads = BTreeMap::new();
        self.check_history(pages, &mut coverage, &mut threads)?;
        self.check_threads(pages, &mut coverage, &mut threads)?;
        self.judge_threads(pages, &mut coverage, &threads)?;
        coverage.gaps = pages.log.gaps_of(channel.as_str());
        coverage.problems = pages.report.n_problems - problems_before;
        Ok(coverage)
    }

    fn check_history(
        &self,
        pages: &mut Pages<'_>,
        coverage: &mut ChannelCoverage,
        threads: &mut BTreeMap<Ts, Thread>,
    ) -> Result<()> {
        let channel = coverage.channel.clone();
        let mut is_there = false;
        let each = |_: &Chain<'_>, begins_anew: bool, body: &[u8]| {
            let page = MessagePage::read(body, None);
            // What was read before the cursor expired comes again.
            coverage.messages = if begins_anew { 0 } else { coverage.messages } + page.top_level;
            coverage.pages += 1;
            coverage.add_times(&page);
            for (ts, shown) in page.threads {
                let thread: &mut Thread = threads.entry(ts).or_default();
                thread.is_shown = shown.reply_count != Some(0);
                thread.reply_count = shown.reply_count.or(thread.reply_count);
            }
        };
        pages.check(CONVERSATIONS_HISTORY, Some(channel.as_str()), each, |_, _, _| is_there = true)?;
        let chain = Chain { method: CONVERSATIONS_HISTORY, object: Some(channel.as_str()), thread: None };
        if !is_there && self.wants(&channel, &coverage.name) && !pages.is_told(&chain, 0) {
            let why = "the list of conversations has it, and no row says why its history is not here";
            pages.report.problem(FindingKind::MissingHistory, chain.page(1), why);
        }
        Ok(())
    }

    fn check_threads(
        &self,
        pages: &mut Pages<'_>,
        coverage: &mut ChannelCoverage,
        threads: &mut BTreeMap<Ts, Thread>,
    ) -> Result<()> {
        let channel = coverage.channel.clone();
        // Of the thread that is being read: its replies, and how many Slack counts.
        let read = std::cell::Cell::new((0, None));
        let each = |chain: &Chain<'_>, begins_anew: bool, body: &[u8]| {
            let Some(thread) = chain.thread else { return };
            let page = MessagePage::read(body, None);
            let (replies, count) = read.get();
            let replies = if begins_anew { 0 } else { replies } + page.replies.values().sum::<u64>();
            let counted = page.threads.get(&thread).and_then(|shown| shown.reply_count);
            read.set((replies, counted.or(count)));
            coverage.pages += 1;
        };
        let ended = |chain: &Chain<'_>, end: End, _: &mut Pages<'_>| {
            let (replies, count) = read.take();
            let Some(ts) = chain.thread else { return };
            let thread: &mut Thread = threads.entry(ts).or_default();
            (thread.replies, thread.end) = (replies, Some(end));
            // The thread's own page was read last, and knows best.
            thread.reply_count = count.or(thread.reply_count);
        };
        pages.check(CONVERSATIONS_REPLIES, Some(channel.as_str()), each, ended)
    }

    fn judge_threads(
        &self,
        pages: &mut Pages<'_>,
        coverage: &mut ChannelCoverage,
        threads: &BTreeMap<Ts, Thread>,
    ) -> Result<()> {
        let channel = coverage.channel.clone();
        let mut earlier = None;
        for (ts, thread) in threads {
            let chain =
                Chain { method: CONVERSATIONS_REPLIES, object: Some(channel.as_str()), thread: Some(*ts) };
            coverage.replies += thread.replies;
            coverage.threads_shown += u64::from(thread.is_shown);
            if let Some(end) = thread.end {
                let is_whole = end == End::Whole;
                coverage.threads_read += u64::from(thread.is_shown && is_whole);
                let count = thread.reply_count.unwrap_or_default();
                if is_whole && thread.replies < count {
                    let why = fewer_replies(thread.replies, count);
                    pages.report.note(FindingKind::FewerReplies, chain.page(1), why);
                }
                continue;
            }
            if !thread.is_shown || pages.log.explains(&chain, 0) {
                continue;
            }
            if self.options.threads == Threads::None {
                coverage.threads_not_asked += 1;
                continue;
            }
            let may_be_earlier = self.options.threads == Threads::Changed && !self.options.full;
            if may_be_earlier {
                if earlier.is_none() {
                    earlier = Some(EarlierThreads::of(&channel, self.earlier));
                }
                let is_held = earlier.as_ref().is_some_and(|earlier| earlier.may_hold(*ts));
                if is_held || self.master_holds(&channel, *ts) {
                    coverage.threads_not_asked += 1;
                    continue;
                }
            }
            if !pages.is_told(&chain, 0) {
                let why = "the history shows the thread, and no row says why its replies are not here";
                pages.report.problem(FindingKind::MissingThread, chain.page(1), why);
            }
        }
        Ok(())
    }
}

/// What is said of a thread with fewer replies than Slack counts.
pub(super) fn fewer_replies(held: u64, count: u64) -> String {
    format!("{held} of {count} replies are here; the others are deleted, hidden, or younger than the capture")
}

impl ChannelCoverage {
    /// Takes note of when a page's messages were written.
    pub(super) fn add_times(&mut self, page: &MessagePage) {
        self.oldest = self.oldest.into_iter().chain(page.oldest).min();
        self.newest = self.newest.max(page.newest);
    }
}

/// The threads of a channel that earlier batches hold: a refresh reads those that have changed.
struct EarlierThreads {
    threads: BTreeSet<Ts>,
    /// An export holds replies among its messages, any thread's.
    has_export: bool,
}

impl EarlierThreads {
    fn of(channel: &ChannelId, batches: &[BatchFolder]) -> Self {
        let mut threads = BTreeSet::new();
        for batch in batches {
            let pages = fs::read_dir(batch.api().join(CONVERSATIONS_REPLIES).join(channel.as_str()));
            for page in pages.into_iter().flatten().flatten() {
                let name = page.file_name();
                let thread = name.to_str().and_then(|name| name.split_once('-'));
                threads.extend(thread.and_then(|(thread, _)| Ts::parse(thread.as_bytes())));
            }
        }
        Self { threads, has_export: batches.iter().any(|batch| batch.export().is_dir()) }
    }

    fn may_hold(&self, thread: Ts) -> bool {
        self.has_export || self.threads.contains(&thread)
    }
}
