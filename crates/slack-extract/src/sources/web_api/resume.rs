//! What a capture was asked for, kept in the batch so that another process can go on with it.

use slack_model::Ts;
use slack_model::batch::{BatchFolder, DataHome, Metadata};

use crate::error::Result;
use crate::sources::web_api::options::ApiOptions;
use crate::sources::web_api::options::ChannelType;
use crate::sources::web_api::options::FileBytes;
use crate::sources::web_api::options::Part;
use crate::sources::web_api::options::Threads;

const TYPES: &str = "option.types";
const CHANNELS: &str = "option.channels";
const LEAVE: &str = "option.leave";
const PARTS: &str = "option.parts";
const OLDEST: &str = "option.oldest";
const FULL: &str = "option.full";
const THREADS: &str = "option.threads";
const FILES: &str = "option.files";
const FILE_LIMIT: &str = "option.file_limit";
const TEAM: &str = "option.team";

/// The newest batch that was captured from the API, where its capture was broken off: killed, or stopped by an
/// error. Older ones that were broken off have been overtaken by what was captured since.
///
/// # Errors
///
/// Where a batch's metadata cannot be read.
pub fn unfinished(home: &DataHome) -> Result<Option<BatchFolder>> {
    for batch in home.batches()?.into_iter().rev() {
        let metadata = Metadata::read(&batch.metadata())?;
        // A token that was refused leaves a batch with nothing in it; one whose pages were removed had some.
        let was_captured = batch.has_pages() || !metadata.get(Metadata::PRUNED_AT).is_empty();
        if metadata.get("source") == "api" && was_captured {
            return Ok(is_unfinished(&metadata).then_some(batch));
        }
    }
    Ok(None)
}

/// Whether a batch's capture was broken off, or is under way.
pub(crate) fn is_unfinished(metadata: &Metadata) -> bool {
    matches!(metadata.get("status"), "running" | "failed")
}

/// Notes what a capture is asked for.
pub(super) fn write_options(metadata: &mut Metadata, options: &ApiOptions) {
    let list = |names: Vec<&str>| names.join(",");
    metadata.set(TYPES, list(options.types.iter().map(|kind| kind.as_str()).collect()));
    metadata.set(PARTS, list(options.parts.iter().map(|part| part.as_str()).collect()));
    metadata.set(CHANNELS, list(options.channels.iter().map(String::as_str).collect()));
    metadata.set(LEAVE, list(options.leave.iter().map(String::as_str).collect()));
    metadata.set(OLDEST, options.oldest.map(|oldest| oldest.to_string()).unwrap_or_default());
    metadata.set(FULL, options.full.to_string());
    metadata.set(THREADS, options.threads.as_str());
    let (files, limit) = match options.files {
        FileBytes::Leave => (LEFT, None),
        FileBytes::Download { limit } => (FETCHED, limit),
    };
    metadata.set(FILES, files);
    metadata.set(TEAM, options.team.clone().unwrap_or_default());
    metadata.set(FILE_LIMIT, limit.map(|limit| limit.to_string()).unwrap_or_default());
}

/// Whether files' bytes are left where they are, or fetched.
const LEFT: &str = "metadata";
const FETCHED: &str = "all";

/// What a capture was asked for; the rest is as in `options`, and all of it where the batch does not say.
pub(crate) fn read_options(metadata: &Metadata, options: ApiOptions) -> ApiOptions {
    if !says_options(metadata) {
        return options;
    }
    let names = |key: &str| -> Vec<String> {
        metadata.get(key).split(',').filter(|name| !name.is_empty()).map(Into::into).collect()
    };
    let threads = Threads::ALL.into_iter().find(|threads| threads.as_str() == metadata.get(THREADS));
    ApiOptions {
        types: known(&ChannelType::ALL, ChannelType::as_str, &names(TYPES)),
        parts: known(&Part::ALL, Part::as_str, &names(PARTS)),
        channels: names(CHANNELS),
        leave: names(LEAVE),
        oldest: Ts::parse(metadata.get(OLDEST).as_bytes()),
        full: metadata.get(FULL) == "true",
        threads: threads.unwrap_or(options.threads),
        files: match metadata.get(FILES) {
            FETCHED => FileBytes::Download { limit: metadata.get(FILE_LIMIT).parse().ok() },
            LEFT => FileBytes::Leave,
            _ => options.files,
        },
        team: Some(metadata.get(TEAM).to_owned()).filter(|team| !team.is_empty()),
        ..options
    }
}

/// Whether a batch says what its capture was asked for.
pub(crate) fn says_options(metadata: &Metadata) -> bool {
    !metadata.get(TYPES).is_empty()
}

/// Whether a capture was asked for all that another one was.
pub(crate) fn covers(options: &ApiOptions, other: &ApiOptions) -> bool {
    let types = other.types.iter().all(|kind| options.types.contains(kind));
    let parts = other.parts.iter().all(|part| options.has(*part));
    let channels = options.channels.is_empty()
        || !other.channels.is_empty() && other.channels.iter().all(|name| options.channels.contains(name));
    let leave = options.leave.iter().all(|name| other.leave.contains(name));
    let threads = options.threads != Threads::None || other.threads == Threads::None;
    types
        && parts
        && channels
        && leave
        && threads
        && (options.oldest.is_none() || options.oldest <= other.oldest)
}

fn known<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, names: &[String]) -> Vec<T> {
    all.iter().copied().filter(|value| names.iter().any(|known| known == name(*value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_read_again() {
        let asked = ApiOptions {
            types: vec![ChannelType::Public, ChannelType::Im],
            channels: vec!["general".into(), "C1".into()],
            leave: vec!["random".into()],
            parts: vec![Part::Users, Part::Messages],
            oldest: Ts::parse(b"1600000000.000100"),
            full: true,
            threads: Threads::All,
            files: FileBytes::Download { limit: Some(7) },
            team: Some("T1".into()),
            attempts: 3,
            ..ApiOptions::default()
        };
        let mut metadata = Metadata::default();
        write_options(&mut metadata, &asked);
        let again = read_options(&metadata, ApiOptions::default());
        assert_eq!(again.types, asked.types);
        assert_eq!(again.channels, asked.channels);
        assert_eq!(again.leave, asked.leave);
        assert_eq!(again.parts, asked.parts);
        assert_eq!((again.oldest, again.full, again.threads), (asked.oldest, true, Threads::All));
        assert_eq!((again.files, &again.team), (asked.files, &asked.team));
        assert_eq!(again.attempts, ApiOptions::default().attempts, "how to ask is the new one's to say");
        assert!(covers(&asked, &again) && covers(&ApiOptions::default(), &ApiOptions::default()));
        let some = ApiOptions { channels: vec!["general".into()], ..ApiOptions::default() };
        assert!(covers(&ApiOptions::default(), &some) && !covers(&some, &ApiOptions::default()));
        let fewer = ApiOptions { leave: vec!["general".into()], ..ApiOptions::default() };
        assert!(covers(&ApiOptions::default(), &fewer) && !covers(&fewer, &ApiOptions::default()));
        let recent = ApiOptions { oldest: Ts::parse(b"1600000000.000100"), ..ApiOptions::default() };
        assert!(covers(&ApiOptions::default(), &recent) && !covers(&recent, &ApiOptions::default()));
        let silent = read_options(&Metadata::default(), asked.clone());
        assert_eq!(silent.channels, asked.channels);
    }
}
