//! Ids that name folders: an id that leads elsewhere, or is too long for a file system, cannot be Slack's.

use crate::hash::digest;

/// Slack's ids have some 11 letters; no file system takes names of more than 255 bytes.
const LONGEST_ID: usize = 64;

/// Whether an id is made of what ids are made of, so that it can name a folder.
pub(crate) fn is_plain(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// What an odd id is called: its first letters as far as they are those of ids, and a digest that tells it from others.
pub(super) fn shown_id(id: &str) -> String {
    let is_letter = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '[' | ']');
    let head: String =
        id.chars().take(20).map(|letter| if is_letter(&letter) { letter } else { '_' }).collect();
    format!("{head}~{:08x}", digest(id) as u32)
}
