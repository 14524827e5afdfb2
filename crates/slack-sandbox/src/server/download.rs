//! Hosted files: their bytes, whole or in part.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use slack_model::FileId;

use super::reply::Reply;
use crate::workspace::{Workspace, file_bytes};

/// Answers a file of `<team>-<file>`, or that part of it that the `Range` header asks for.
pub(crate) fn download(workspace: &Workspace, owner: &str, range: Option<&str>) -> Reply {
    let id = owner.split_once('-').map(|(_, id)| FileId::from(id));
    let hosted =
        id.and_then(|id| workspace.file(&id)).filter(|file| workspace.made_up && file.mode == "hosted");
    let Some(file) = hosted else {
        return Reply::new(StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new());
    };
    let bytes = file_bytes(&file.id, file.size);
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(media) = HeaderValue::from_str(&file.mimetype) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    let mut content_range = |text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(header::CONTENT_RANGE, value);
        }
    };
    let (status, body) = match range.and_then(|range| part(range, bytes.len())) {
        None => (StatusCode::OK, bytes),
        Some(None) => {
            content_range(format!("bytes */{}", bytes.len()));
            (StatusCode::RANGE_NOT_SATISFIABLE, Vec::new())
        }
        Some(Some((first, last))) => {
            content_range(format!("bytes {first}-{last}/{}", bytes.len()));
            (StatusCode::PARTIAL_CONTENT, bytes[first..=last].to_vec())
        }
    };
    Reply::new(status, headers, body)
}

/// Reads `bytes=first-last`, `bytes=first-` or `bytes=-count`: `None` where it is none of these and the whole
/// is to be sent, `Some(None)` where nothing of the file lies in it.
fn part(range: &str, length: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1);
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return Some(end.filter(|_| count > 0).map(|end| (length.saturating_sub(count), end)));
    }
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok().filter(|last| *last >= first)? };
    Some(end.filter(|end| first <= *end).map(|end| (first, last.min(end))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_means_them() {
        assert_eq!(part("bytes=0-3", 10), Some(Some((0, 3))));
        assert_eq!(part("bytes=7-", 10), Some(Some((7, 9))));
        assert_eq!(part("bytes=7-99", 10), Some(Some((7, 9))));
        assert_eq!(part("bytes=-4", 10), Some(Some((6, 9))));
        assert_eq!(part("bytes=-40", 10), Some(Some((0, 9))));
        assert_eq!(part("bytes=10-", 10), Some(None));
        assert_eq!(part("bytes=0-", 0), Some(None));
        for whole in ["bytes=3-1", "bytes=x-", "lines=1-2", "bytes=1", "bytes=0-1,4-5"] {
            assert_eq!(part(whole, 10), None, "{whole}");
        }
    }
}
