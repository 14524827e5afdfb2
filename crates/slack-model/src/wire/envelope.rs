use serde::de::{IgnoredAny, MapAccess};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::lenient::{count, lenient};
use super::{Issues, as_text, note_scan};

/// What every answer of the Web API says beside its data: whether it went well, and how to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Envelope {
    /// Whether the call succeeded. An answer without it did not.
    pub ok: bool,
    /// Slack's error code.
    pub error: Option<String>,
    /// The scope that the token lacks, with `missing_scope`.
    pub needed: Option<String>,
    /// The token's scopes, with `missing_scope`.
    pub provided: Option<String>,
    /// Whether there is more, where the method says so.
    pub has_more: bool,
    pub(super) response_metadata: Option<ResponseMetadata>,
    pub(super) paging: Option<Paging>,
    /// Threads whose first message the workspace no longer has. Slack never says this; the sandbox does,
    /// of exports whose parents were cut off.
    pub orphan_threads: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct ResponseMetadata {
    next_cursor: Option<String>,
    #[serde(deserialize_with = "texts")]
    messages: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Paging {
    #[serde(deserialize_with = "count")]
    pages: Option<u64>,
}

impl Envelope {
    /// Reads it from an answer's bytes.
    ///
    /// # Errors
    ///
    /// Where the bytes are not one whole JSON object.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        note_scan();
        serde_json::from_slice(body).or_else(|error: serde_json::Error| {
            // An odd field must not cost the page that it came with.
            let (text, _) = as_text(body);
            let mut issues = Issues::of(&text);
            lenient(&text, &mut issues, |json| serde_json::from_str(json)).ok_or(error)
        })
    }

    /// Fills one field of an object that is gone through once. Returns whether it is one of the envelope's.
    pub(super) fn fill<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        object: &mut A,
    ) -> Result<bool, A::Error> {
        match name {
            "ok" => self.ok = object.next_value()?,
            "error" => self.error = object.next_value()?,
            "needed" => self.needed = object.next_value()?,
            "provided" => self.provided = object.next_value()?,
            "has_more" => self.has_more = object.next_value()?,
            "response_metadata" => self.response_metadata = object.next_value()?,
            "paging" => self.paging = object.next_value()?,
            "orphan_threads" => self.orphan_threads = object.next_value()?,
            _ => {
                object.next_value::<IgnoredAny>()?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The cursor of the next page; `None` on the last one.
    pub fn next_cursor(&self) -> Option<&str> {
        self.response_metadata.as_ref()?.next_cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }

    /// Whether it is the last page.
    pub fn is_last(&self) -> bool {
        self.next_cursor().is_none() && !self.has_more
    }

    /// What Slack says of an error beside its code, as it came: a text from outside.
    pub fn reasons(&self) -> &[String] {
        self.response_metadata.as_ref().map(|metadata| metadata.messages.as_slice()).unwrap_or_default()
    }

    /// The number of pages, of a method that counts them.
    pub fn pages(&self) -> Option<u64> {
        self.paging.as_ref()?.pages
    }
}

/// Reads the texts of a list, whatever else is in it: an odd word must not cost the cursor beside it.
fn texts<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<String>, D::Error> {
    let values = match Value::deserialize(json)? {
        Value::Array(values) => values,
        text @ Value::String(_) => vec![text],
        _ => Vec::new(),
    };
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    Ok(values.into_iter().filter_map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_how_to_go_on() {
        let read = |body: &str| Envelope::read(body.as_bytes());
        let page = read(r#"{"ok":true,"messages":[1],"response_metadata":{"next_cursor":"abc="}}"#);
        assert_eq!(page.expect("read").next_cursor(), Some("abc="));
        let last = read(r#"{"ok":true,"response_metadata":{"next_cursor":""},"paging":{"pages":"3"}}"#);
        let last = last.expect("read");
        assert_eq!((last.next_cursor(), last.pages()), (None, Some(3)));
        assert!(!read("{}").expect("read").ok);
        assert!(read(r#"{"ok":true,"paging":[],"provided":7,"messages":[]}"#).expect("read").ok);
        assert!(read(r#"{"ok":true"#).is_err());
        assert!(read("<html>").is_err());
        let refused = r#"{"ok":false,"error":"x","response_metadata":{"messages":["[ERROR] no team_id"]}}"#;
        assert_eq!(read(refused).expect("read").reasons(), ["[ERROR] no team_id"]);
        let odd = r#"{"ok":true,"response_metadata":{"messages":[7,"a",{}],"next_cursor":"c"}}"#;
        assert_eq!(read(odd).expect("read").next_cursor(), Some("c"));
    }
}
