use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::reply::{Delivery, Reply};

/// One answer that the server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The method, or the path of a file.
    pub method: String,
    /// The arguments as they came, without the token.
    pub query: Vec<(String, String)>,
    /// The HTTP status; 0 of a call that is left without an answer.
    pub status: u16,
    /// The SHA-256 of the body in hexadecimal.
    pub sha256: String,
    /// The body's length in bytes.
    pub bytes: usize,
    /// When the call came, in real time since the server started.
    pub at: Duration,
    /// What `Retry-After` said, in seconds of Slack's time.
    pub retry_after: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Sent>>);

impl Log {
    /// Notes a reply as far as it is sent.
    pub(crate) fn add(&self, method: &str, query: Vec<(String, String)>, at: Duration, reply: &Reply) {
        let body = reply.sent();
        let sha256 = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        let status = if reply.delivery == Delivery::Never { 0 } else { reply.status.as_u16() };
        let retry_after = reply.retry_after;
        let sent = Sent { method: method.into(), query, status, sha256, bytes: body.len(), at, retry_after };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn read(&self) -> Vec<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
