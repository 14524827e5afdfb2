//! What a verification comes to.

use slack_model::{BatchId, ChannelId, Ts};

/// What a batch holds, what is known to be missing in it, and what is wrong with it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Verification {
    /// The batch.
    pub batch: BatchId,
    /// What it was captured from, as its metadata say.
    pub source: String,
    /// How its capture ended, as its metadata say.
    pub status: String,
    /// When its pages were removed, where they were: then only its log and its hosted files are looked at.
    pub pruned_at: Option<String>,
    /// Answers, or files of an export, that were read.
    pub pages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of `requests.csv`.
    pub requests: u64,
    /// Hosted files that were read.
    pub hosted_files: u64,
    /// Conversations, by name.
    pub channels: Vec<ChannelCoverage>,
    /// Listed conversations whose messages were not asked for.
    pub channels_not_asked: u64,
    /// What is wrong: the first thousand of it.
    pub problems: Vec<Finding>,
    /// How much is wrong.
    pub n_problems: u64,
    /// What may be wrong or not: the first thousand of it.
    pub notes: Vec<Finding>,
    /// How much may be wrong.
    pub n_notes: u64,
    /// What the capture could not read and recorded: the first thousand of it.
    pub gaps: Vec<KnownGap>,
    /// How much it could not read.
    pub n_gaps: u64,
}

/// What a batch holds of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelCoverage {
    /// The conversation.
    pub channel: ChannelId,
    /// Its name; direct messages have none.
    pub name: String,
    /// Messages that a reader sees in it.
    pub messages: u64,
    /// Replies on the pages of its threads.
    pub replies: u64,
    /// Threads that its messages show.
    pub threads_shown: u64,
    /// Those of them that are here to their end.
    pub threads_read: u64,
    /// Those of them that this capture was not to read: an earlier one did, or nobody asked for replies.
    pub threads_not_asked: u64,
    /// Its oldest message here.
    pub oldest: Option<Ts>,
    /// Its newest message here, replies apart.
    pub newest: Option<Ts>,
    /// Between which timestamps its history was walked completely.
    pub window: Option<(Ts, Ts)>,
    /// Pages of its history and of its threads, or day files.
    pub pages: u64,
    /// What the capture could not read of it and recorded.
    pub gaps: u64,
    /// What is wrong with it.
    pub problems: u64,
}

/// Something that is wrong, or that may be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The file, below the batch's folder (a hosted file: below the data home), with `/` between the folders.
    pub path: String,
    /// What was expected and what is there.
    pub why: String,
}

/// What can be wrong with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The capture did not come to its end.
    BrokenOff,
    /// A page that must have been there is not.
    MissingPage,
    /// A page of which the log has no row.
    MissingRow,
    /// A file that has other bytes than when it was stored.
    OtherBytes,
    /// A page that is no whole JSON, or no answer of Slack's.
    Unreadable,
    /// A page that says that more follows, which nobody asked for.
    OpenEnd,
    /// A page that follows upon one that says it is the last.
    BrokenChain,
    /// A list, or a conversation's history, that was to be read and was not.
    MissingHistory,
    /// A thread that was to be read and was not.
    MissingThread,
    /// Fewer replies than Slack counts: deleted ones, hidden ones, or a hole.
    FewerReplies,
    /// A hosted file that is not where the batch says.
    MissingFile,
    /// A file that no capture writes.
    UnknownFile,
    /// A page that a resumed capture found damaged, set aside, and read again.
    SetAside,
    /// Records of a file that are in no table.
    RecordsSetAside,
}

impl FindingKind {
    /// Its name for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrokenOff => "broken_off",
            Self::MissingPage => "missing_page",
            Self::MissingRow => "missing_row",
            Self::OtherBytes => "other_bytes",
            Self::Unreadable => "unreadable",
            Self::OpenEnd => "open_end",
            Self::BrokenChain => "broken_chain",
            Self::MissingHistory => "missing_history",
            Self::MissingThread => "missing_thread",
            Self::FewerReplies => "fewer_replies",
            Self::MissingFile => "missing_file",
            Self::UnknownFile => "unknown_file",
            Self::SetAside => "set_aside",
            Self::RecordsSetAside => "records_set_aside",
        }
    }
}

/// A row of `requests.csv` that says what could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownGap {
    /// What was asked for: a method with its object and thread, or a file of an export.
    pub what: String,
    /// Slack's error code, or what went wrong.
    pub error: String,
    /// What the error means, in one word.
    pub class: String,
    /// What it would take to read it.
    pub needs: String,
}

/// So many findings of a kind are told one by one; all are counted.
const MOST: usize = 1_000;

/// Takes what is found.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) pages: u64,
    pub(super) bytes: u64,
    pub(super) problems: Vec<Finding>,
    pub(super) n_problems: u64,
    pub(super) notes: Vec<Finding>,
    pub(super) n_notes: u64,
    pub(super) gaps: Vec<KnownGap>,
    /// What is not there since the capture was broken off before it.
    pub(super) n_open: u64,
}

impl Report {
    pub(super) fn problem(&mut self, kind: FindingKind, path: impl Into<String>, why: impl Into<String>) {
        self.n_problems += 1;
        if self.problems.len() < MOST {
            self.problems.push(Finding { kind, path: path.into(), why: why.into() });
        }
    }

    pub(super) fn note(&mut self, kind: FindingKind, path: impl Into<String>, why: impl Into<String>) {
        self.n_notes += 1;
        if self.notes.len() < MOST {
            self.notes.push(Finding { kind, path: path.into(), why: why.into() });
        }
    }

    pub(super) fn gap(&mut self, gap: KnownGap) {
        if self.gaps.len() < MOST {
            self.gaps.push(gap);
        }
    }
}
