use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use slack_model::{ChannelId, FileId, Ts, UserId};

/// A file that `files.list` lists.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// Who shared it.
    pub user: Option<UserId>,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// Its size in bytes, as its record says.
    pub size: u64,
    /// Its media type.
    pub mimetype: String,
    /// Slack's mode: `hosted`, `external`, `snippet`, ...
    pub mode: String,
    /// The messages that share it, oldest first in each conversation.
    pub places: Vec<(ChannelId, Ts)>,
    /// The record.
    pub json: Box<RawValue>,
}

/// Returns the made-up content of a hosted file: so many bytes, drawn from its id.
pub fn file_bytes(id: &FileId, size: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    ChaCha8Rng::from_seed(Sha256::digest(id.as_str().as_bytes()).into()).fill_bytes(&mut bytes);
    bytes
}
