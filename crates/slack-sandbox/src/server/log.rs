use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// One answer that the server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The method, or the path of a file.
    pub method: String,
    /// The arguments as they came, without the token.
    pub query: Vec<(String, String)>,
    /// The HTTP status.
    pub status: u16,
    /// The SHA-256 of the body in hexadecimal.
    pub sha256: String,
    /// The body's length in bytes.
    pub bytes: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Sent>>);

impl Log {
    pub(crate) fn add(&self, method: &str, query: Vec<(String, String)>, status: u16, body: &[u8]) {
        let sha256 = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let sent = Sent { method: method.into(), query, status, sha256, bytes: body.len() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    }

    pub(crate) fn read(&self) -> Vec<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
