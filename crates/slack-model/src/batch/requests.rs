use crate::ids::ChannelId;
use crate::table::{Field, FieldError, Kind};
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

impl Field for RequestStatus {
    const KIND: Kind = Kind::Text;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        match field {
            b"ok" => Ok(Self::Ok),
            b"skipped" => Ok(Self::Skipped),
            b"gone" => Ok(Self::Gone),
            b"gap" => Ok(Self::Gap),
            _ => Err(FieldError::new("ok, skipped, gone or gap", field)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_str().as_bytes());
    }
}

crate::table! {
    /// A request of a batch, in `metadata/requests.csv`. Rows stand in the order in which they ended.
    pub struct Request in "requests" by (requested_at, method) {
        /// The API's method, `export` for a file of an export, or `download` for the bytes of a hosted file.
        pub method: String,
        /// The conversation asked for.
        pub channel: Option<ChannelId>,
        /// The thread, or the message, asked for.
        pub thread_ts: Option<Ts>,
        /// The page, from 1.
        pub page: Option<u64>,
        /// The file that holds the answer, below the batch's folder; for a download, the one that would.
        pub file: String,
        /// How it ended.
        pub status: RequestStatus,
        /// Slack's error code, or a short word for what went wrong.
        pub error: String,
        /// The last answer's HTTP status.
        pub http_status: Option<u64>,
        /// How often it was tried.
        pub attempts: u64,
        /// Milliseconds spent waiting for the rate limit and between tries.
        pub waited_ms: u64,
        /// Milliseconds of the last try.
        pub duration_ms: u64,
        /// Bytes of the answer.
        pub bytes: u64,
        /// When the last try began.
        pub requested_at: Option<Time>,
        /// What the error means: `retry` (it kept failing), `restart`, `skip_object`, `skip_method`, `gone`, `stop`, or
        /// `policy` where an option says so.
        pub class: String,
        /// What it would take to read the object.
        pub needs: String,
    }
}

impl Request {
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
