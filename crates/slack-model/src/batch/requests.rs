use crate::ids::ChannelId;
use crate::ts::{Time, Ts};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RequestStatus {
    /// Its answer is stored.
    Ok,
    /// It was not made, or its answer was not needed: nothing is missing.
    Skipped,
    /// Slack reports what it asked for as deleted, or as unavailable for good: nothing is left to read, and later captures
    /// do not ask again.
    Gone,
    /// What it asked for could not be read: there is a hole in the archive.
    Gap,
}

impl RequestStatus {
    /// Its name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Gone => "gone",
            Self::Gap => "gap",
        }
    }
}

crate::words! {
    RequestStatus, Text, "ok, skipped, gone or gap":
    Ok = "ok", Skipped = "skipped", Gone = "gone", Gap = "gap",
}

crate::table! {
    /// A request of a batch, in `metadata/requests.csv`. Rows stand in the order in which they ended.
    pub struct Request in "requests" by (requested_at, method) {
        /// The API's method, `export` for a file of an export, or `download` for the bytes of a hosted file.
        open method: String,
        /// The conversation asked for.
        open channel: Option<ChannelId>,
        /// The thread, or the message, asked for.
        open thread_ts: Option<Ts>,
        /// The page, from 1.
        open page: Option<u64>,
        /// The file that holds the answer, below the batch's folder; for a download, the one that would.
        name file: String,
        /// How it ended.
        open status: RequestStatus,
        /// Slack's error code, or a short word for what went wrong.
        content error: String,
        /// The last answer's HTTP status.
        open http_status: Option<u64>,
        /// How often it was tried.
        open attempts: u64,
        /// Milliseconds spent waiting for the rate limit and between tries.
        open waited_ms: u64,
        /// Milliseconds of the last try.
        open duration_ms: u64,
        /// Bytes of the answer.
        open bytes: u64,
        /// When the last try began.
        open requested_at: Option<Time>,
        /// What the error means: `retry` (it kept failing), `restart`, `skip_object`, `skip_method`, `gone`, `stop`, or
        /// `policy` where an option says so.
        open class: String,
        /// What it would take to read the object.
        content needs: String,
    }
}

impl Request {
    /// What was asked for, in words: the method with its conversation, thread and file; of an export, the file alone.
    pub fn subject(&self) -> String {
        let method = Some(self.method.clone()).filter(|method| method != "export");
        let file = Some(self.file.clone()).filter(|file| !file.is_empty());
        let channel = self.channel.as_ref().map(ToString::to_string);
        let thread = self.thread_ts.map(|thread| thread.to_string());
        [method, channel, thread, file].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// A request of a method that ended so; the rest is empty.
    pub fn new(method: impl Into<String>, status: RequestStatus) -> Self {
        Self {
            method: method.into(),
            channel: None,
            thread_ts: None,
            page: None,
            file: String::new(),
            status,
            error: String::new(),
            http_status: None,
            attempts: 0,
            waited_ms: 0,
            duration_ms: 0,
            bytes: 0,
            requested_at: None,
            class: String::new(),
            needs: String::new(),
        }
    }
}
