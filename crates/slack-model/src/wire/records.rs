//! Cuts a page into its records.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Issues;

/// The bytes of a page as text; what is no UTF-8 becomes U+FFFD, and `true` says so.
pub(crate) fn as_text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Most pages are UTF-8, and this is several times faster at seeing it.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), false);
    }
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => (Cow::Borrowed(text), false),
        Cow::Owned(text) => (Cow::Owned(text), true),
    }
}

/// The raw text of one member of the object that a page is: the `user` of an answer about one user.
pub(crate) fn member_of<'a>(text: &'a str, name: &str, issues: &mut Issues<'a>) -> Option<&'a str> {
    match serde_json::from_str::<BTreeMap<Cow<'a, str>, &'a RawValue>>(text) {
        Ok(mut members) => {
            let member = members.remove(name).map(RawValue::get);
            if member.is_none() {
                issues.add(text, name, "it is not there");
            }
            member
        }
        Err(error) => {
            issues.add(text, "", format!("the page cannot be read: {error}"));
            None
        }
    }
}

/// A page of records: an array, or an object with the records' array under a name.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The raw text of each record.
    pub(crate) records: Vec<&'a str>,
    /// Whether the page was read to its end.
    pub(crate) whole: bool,
}

impl<'a> Page<'a> {
    /// Cuts `text` into records. `list` is the name under which an object holds them.
    ///
    /// Where the text breaks off, or turns out not to be JSON, the records before that place are given, and
    /// the rest is an issue.
    pub(crate) fn cut(text: &'a str, list: &str, issues: &mut Issues<'a>) -> Self {
        let mut records: Vec<&'a RawValue> = Vec::new();
        let mut json = serde_json::Deserializer::from_str(text);
        let outcome = Cut { list, records: &mut records }.deserialize(&mut json).and_then(|()| json.end());
        let records: Vec<&'a str> = records.into_iter().map(RawValue::get).collect();
        if let Err(error) = &outcome {
            let end =
                records.last().map_or(0, |last| last.as_ptr() as usize - text.as_ptr() as usize + last.len());
            issues.add(
                text.get(end..).unwrap_or_default(),
                "",
                format!("the page cannot be read on: {error}"),
            );
        }
        Self { records, whole: outcome.is_ok() }
    }
}

/// Collects an array's elements in a vector outside, so that they outlive an error in mid-array.
struct Cut<'v, 'a, 'l> {
    list: &'l str,
    records: &'v mut Vec<&'a RawValue>,
}

impl<'a> DeserializeSeed<'a> for Cut<'_, 'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Cut<'_, 'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array, or an object with the array `{}`", self.list)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut array: A) -> Result<(), A::Error> {
        while let Some(element) = array.next_element()? {
            self.records.push(element);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(key) = object.next_key::<Cow<'a, str>>()? {
            if key == self.list {
                object.next_value_seed(List(Cut { list: self.list, records: &mut *self.records }))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    /// An export writes `null` for an empty list.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The array itself: an object in its place is none.
struct List<'v, 'a, 'l>(Cut<'v, 'a, 'l>);

impl<'a> DeserializeSeed<'a> for List<'_, 'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for List<'_, 'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the array `{}`", self.0.list)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, array: A) -> Result<(), A::Error> {
        self.0.visit_seq(array)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, records: &[&str], issues: &[(usize, usize)]) {
        let mut found = Issues::of(text);
        let page = Page::cut(text, "messages", &mut found);
        assert_eq!(page.records, records, "{text}");
        assert_eq!(page.whole, issues.is_empty(), "{text}");
        let places: Vec<_> = found.found.iter().map(|issue| (issue.offset, issue.length)).collect();
        assert_eq!(places, issues, "{text}");
    }

    #[test]
    fn pages_are_cut_into_records() {
        check(r#"[{"a":1}, 2]"#, &[r#"{"a":1}"#, "2"], &[]);
        check(r#"{"ok":true,"messages":[{"ts":"1"}],"more":[3]}"#, &[r#"{"ts":"1"}"#], &[]);
        check("null", &[], &[]);
        check(r#"{"ok":true}"#, &[], &[]);
    }

    #[test]
    fn what_stands_before_a_break_is_kept() {
        check(r#"[{"a":1},{"b":"#, &[r#"{"a":1}"#], &[(8, 6)]);
        check(r#"[1,2]x"#, &["1", "2"], &[(4, 2)]);
        check(r#"{"messages":[1,2"#, &["1", "2"], &[(16, 0)]);
        check("<html>", &[], &[(0, 6)]);
        check(r#"{"messages":{"ts":"1"}}"#, &[], &[(0, 23)]);
        check("", &[], &[(0, 0)]);
    }
}
