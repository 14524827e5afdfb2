use serde::Deserialize;

use super::lenient::{count, lenient};
use super::{Issues, Page, as_text, member_of};
use crate::ids::FileId;

/// What a page says of a file that matters to whoever wants its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownFile {
    /// The file's id.
    pub id: FileId,
    /// Its name, as people gave it.
    pub name: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Slack's mode: `hosted`, `external`, `snippet`, `tombstone`, ...
    pub mode: String,
    /// Its media type.
    pub mimetype: String,
    /// Whether its bytes lie outside of Slack.
    pub is_external: bool,
    /// Where its bytes are; empty where the page does not say.
    pub url: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Record {
    id: Option<String>,
    name: Option<String>,
    #[serde(deserialize_with = "count")]
    size: Option<u64>,
    mode: Option<String>,
    mimetype: Option<String>,
    is_external: Option<bool>,
    url_private: Option<String>,
    url_private_download: Option<String>,
}

/// The files in an answer of `files.list` or `files.info`, and those that the messages of a history or a thread
/// share. A file without an id is none.
pub fn shown_files(body: &[u8]) -> Vec<ShownFile> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let mut files: Vec<ShownFile> = Vec::new();
    if let Some(file) = member_of(&text, "file", &mut issues) {
        files.extend(shown_file(file, &mut Issues::of(file)));
    }
    let mut add = |records: Vec<&str>| {
        files.extend(records.into_iter().filter_map(|raw| shown_file(raw, &mut Issues::of(raw))));
    };
    add(Page::cut(&text, "files", &mut issues).records);
    for message in Page::cut(&text, "messages", &mut issues).records {
        // Most messages share nothing: they are not read.
        if message.contains("\"files\"") {
            add(Page::cut(message, "files", &mut Issues::of(message)).records);
        }
    }
    files
}

fn shown_file(raw: &str, issues: &mut Issues<'_>) -> Option<ShownFile> {
    let file: Record = lenient(raw, issues, |json| serde_json::from_str(json))?;
    let id = file.id.filter(|id| !id.is_empty())?;
    let urls = [file.url_private_download, file.url_private];
    Some(ShownFile {
        id: id.into(),
        name: file.name.unwrap_or_default(),
        size: file.size,
        mode: file.mode.unwrap_or_default(),
        mimetype: file.mimetype.unwrap_or_default(),
        is_external: file.is_external.unwrap_or_default(),
        url: urls.into_iter().flatten().find(|url| !url.is_empty()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_pages_have_them() {
        let ids = |body: &str| {
            let files = shown_files(body.as_bytes());
            files.into_iter().map(|file| file.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ids(r#"{"ok":true,"files":[{"id":"F1"},{"id":""},{"name":"x"}],"paging":{}}"#), ["F1"]);
        assert_eq!(ids(r#"{"ok":true,"file":{"id":"F2"},"comments":[]}"#), ["F2"]);
        assert_eq!(
            ids(r#"{"messages":[{"ts":"1.000000"},{"files":[{"id":"F3","size":"odd"},{"id":"F4"}]}]}"#),
            ["F3", "F4"]
        );
        assert_eq!(ids("<html>"), [""; 0]);
    }

    #[test]
    fn the_download_address_goes_before_the_other() {
        let file = |fields: &str| {
            let body = format!(r#"{{"file":{{"id":"F1",{fields}}}}}"#);
            shown_files(body.as_bytes()).pop().expect("a file")
        };
        let both = file(r#""url_private":"a","url_private_download":"b","size":3,"mode":"hosted""#);
        assert_eq!((both.url.as_str(), both.size, both.mode.as_str()), ("b", Some(3), "hosted"));
        assert_eq!(file(r#""url_private":"a","url_private_download":"""#).url, "a");
        assert_eq!(file(r#""is_external":true"#).url, "");
    }
}
