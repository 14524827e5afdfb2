//! Cuts a page into its records.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lenient::Object;
use super::{Issues, note_scan};
use crate::rows::SetAsideKind;
use crate::ts::Ts;

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
    #[cfg(test)]
    pub(crate) whole: bool,
    /// Whether it is of the shape that Slack gives such a page.
    #[cfg(test)]
    is_plain: bool,
}

/// Takes the raw text of each record, and hears whether what holds it is of the shape that Slack gives.
pub(crate) type Each<'e, 'a> = dyn FnMut(&'a str, bool, &mut Issues<'a>) + 'e;

/// How deep a file of another shape is searched for records.
const DEEPEST: u32 = 4;

/// Names under which tools that save Slack's answers put records.
const WRAPPERS: [&str; 9] =
    ["messages", "data", "matches", "items", "results", "channels", "members", "users", "response"];

impl<'a> Page<'a> {
    /// Cuts `text` into records, as [`each_record`] does.
    pub(crate) fn cut(text: &'a str, list: &str, issues: &mut Issues<'a>) -> Self {
        Self::collect(|each| each_record(text, list, issues, each))
    }

    /// Cuts a file of an export into records, as [`each_record_loosely`] does.
    pub(crate) fn cut_loosely(text: &'a str, list: &str, key: &str, issues: &mut Issues<'a>) -> Self {
        Self::collect(|each| each_record_loosely(text, list, key, issues, each))
    }

    fn collect(walk: impl FnOnce(&mut Each<'_, 'a>) -> bool) -> Self {
        let mut records = Vec::new();
        let mut _is_plain = true;
        let _whole = walk(&mut |record, is_plain, _| {
            records.push(record);
            _is_plain &= is_plain;
        });
        Self {
            records,
            #[cfg(test)]
            whole: _whole,
            #[cfg(test)]
            is_plain: _is_plain,
        }
    }
}

/// Shows `each` the records of a page. `list` is the name under which an object holds them.
///
/// Where the text breaks off, or turns out not to be JSON, the records before that place are given, and
/// the rest is an issue. Returns whether the page was read to its end. Nothing is kept of the records: a page may be
/// full of them.
pub(crate) fn each_record<'a>(
    text: &'a str,
    list: &str,
    issues: &mut Issues<'a>,
    each: &mut Each<'_, 'a>,
) -> bool {
    note_scan();
    let mut end = 0;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut show = |record: &'a RawValue| {
        let record = record.get();
        end = record.as_ptr() as usize - text.as_ptr() as usize + record.len();
        each(record, true, issues);
    };
    let outcome = Cut { list, each: &mut show }.deserialize(&mut json).and_then(|()| json.end());
    if let Err(error) = &outcome {
        let rest = text.get(end..).unwrap_or_default();
        issues.add_as(SetAsideKind::Rest, rest, "", format!("the page cannot be read on: {error}"));
    }
    outcome.is_ok()
}

/// Shows `each` the records of a file of an export, whose key is `key`: `ts` of messages, `id` of anything else.
///
/// Slack writes an array, and is read as such. Other tools write an object by id, answers of the API, arrays in
/// arrays, or several values one after the other; records are taken wherever it is clear that they are records. A
/// value that is none is shown as well, to be set aside. Returns whether the file was read to its end.
pub(crate) fn each_record_loosely<'a>(
    text: &'a str,
    list: &str,
    key: &str,
    issues: &mut Issues<'a>,
    each: &mut Each<'_, 'a>,
) -> bool {
    note_scan();
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&'a RawValue>();
    let mut number = 0;
    while let Some(Ok(value)) = values.next() {
        let is_plain = number == 0 && is_plain_list(value.get(), list);
        number += 1;
        let mut show = |record: &'a str| {
            each(record, is_plain, issues);
            each_reply_within(record, key, &mut |reply| each(reply, is_plain, issues));
        };
        Gather { list, key, show: &mut show }.value(value.get(), 0);
    }
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    if number > 0 && rest.trim_start().is_empty() {
        return true;
    }
    // Nothing at all, or a value that breaks off.
    each_record(rest, list, issues, &mut |record, _, issues| {
        let mut show = |record: &'a str| {
            each(record, false, issues);
            each_reply_within(record, key, &mut |reply| each(reply, false, issues));
        };
        Gather { list, key, show: &mut show }.element(record, 1);
    })
}

/// Fields in which other programs put the replies to a message.
const REPLIES: [&str; 2] = ["replies", "slackdump_thread_replies"];

/// Shows `each` the messages that lie within another one, as replies to it.
fn each_reply_within<'a>(record: &'a str, key: &str, each: &mut dyn FnMut(&'a str)) {
    if !record.starts_with('{') || !record.contains("replies\"") {
        return;
    }
    each_field(record, &mut |name, value| {
        if REPLIES.contains(&name) && value.starts_with('[') {
            each_element(value, &mut |reply| {
                let (mut has_key, mut has_text) = (false, false);
                each_field(reply, &mut |name, value| {
                    has_key |= name == key && is_key(value);
                    has_text |= name == "text";
                });
                if has_key && has_text {
                    each(reply);
                }
            });
        }
    });
}

/// What a file of an export holds, whose name does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageContent {
    /// At least one message.
    Messages,
    /// An empty list.
    Nothing,
    /// Anything else.
    Other,
}

/// Looks into a file for messages: records with a timestamp of Slack's.
pub(crate) fn content_of(bytes: &[u8]) -> PageContent {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        ts: &'a RawValue,
        #[serde(borrow)]
        text: Option<&'a RawValue>,
        #[serde(borrow)]
        user: Option<&'a RawValue>,
        #[serde(borrow)]
        r#type: Option<&'a RawValue>,
    }
    let (text, _) = as_text(bytes);
    let (mut is_empty, mut has_message) = (true, false);
    let whole = each_record_loosely(&text, "messages", "ts", &mut Issues::of(&text), &mut |record, _, _| {
        is_empty = false;
        has_message = has_message
            || record.starts_with('{')
                && serde_json::from_str::<Message<'_>>(record).is_ok_and(|message| {
                    let has_ts = Ts::parse_loosely(message.ts.get().trim_matches('"').as_bytes()).is_some();
                    has_ts && [message.text, message.user, message.r#type].iter().any(Option::is_some)
                });
    });
    if has_message {
        PageContent::Messages
    } else if is_empty && whole {
        PageContent::Nothing
    } else {
        PageContent::Other
    }
}

/// Whether an answer of the API holds an array under a name. One without its messages does not say that there are none.
pub(crate) fn holds_list(text: &str, list: &str) -> bool {
    note_scan();
    text.trim_start().starts_with('[')
        || fields(text).is_some_and(|fields| {
            fields.iter().any(|(name, value)| name == list && value.get().starts_with('['))
        })
}

/// Whether a value is an array, nothing, or an object that holds an array under the list's name, and nothing else that
/// may be a list.
fn is_plain_list(value: &str, list: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'[' | b'n') => true,
        Some(b'{') => {
            let mut holds = None;
            each_field(value, &mut |name, value| {
                if name == list && holds.is_none() {
                    holds = Some(value.starts_with(['[', 'n']));
                } else if value.starts_with('[') {
                    holds = Some(false);
                }
            });
            holds.unwrap_or(false)
        }
        _ => false,
    }
}

/// Finds the records in a value of any shape.
struct Gather<'g, 'a> {
    list: &'g str,
    key: &'g str,
    show: &'g mut dyn FnMut(&'a str),
}

/// How the fields of an object that is no record are taken.
#[derive(Default)]
struct Shape {
    is_record: bool,
    /// Whether a field has the list's name, or holds records.
    has_lists: bool,
    /// The place in [`WRAPPERS`] of the field that most likely holds records.
    wrapper: Option<usize>,
    has_fields: bool,
    has_others: bool,
}

impl<'a> Gather<'_, 'a> {
    fn value(&mut self, value: &'a str, depth: u32) {
        match value.as_bytes().first() {
            Some(b'[') if depth < DEEPEST => {
                each_element(value, &mut |element| self.element(element, depth + 1));
            }
            Some(b'{') if depth < DEEPEST => self.object(value, depth),
            // An export writes `null` for an empty list.
            Some(b'n') if depth == 0 => {}
            _ => (self.show)(value),
        }
    }

    /// An element of an array: a record, unless it is an array of records.
    fn element(&mut self, value: &'a str, depth: u32) {
        if value.starts_with('[') { self.value(value, depth) } else { (self.show)(value) }
    }

    fn object(&mut self, value: &'a str, depth: u32) {
        let shape = self.shape_of(value, depth);
        if shape.is_record || !shape.has_fields {
            (self.show)(value);
            return;
        }
        let is_map = !shape.has_others;
        if !shape.has_lists && shape.wrapper.is_none() && !is_map {
            (self.show)(value);
            return;
        }
        let (list, key) = (self.list, self.key);
        each_field(value, &mut |name, field| {
            let is_wanted = if shape.has_lists {
                name == list || holds_record(field, key, depth + 1)
            } else {
                shape.wrapper.is_none_or(|wrapper| name == WRAPPERS[wrapper])
            };
            if is_wanted && field.starts_with(['[', '{']) {
                self.value(field, depth + 1);
            }
        });
    }

    fn shape_of(&self, value: &'a str, depth: u32) -> Shape {
        let mut shape = Shape::default();
        each_field(value, &mut |name, field| {
            shape.has_fields = true;
            shape.is_record |= name == self.key && is_key(field);
            if !field.starts_with(['[', '{']) {
                shape.has_others = true;
                // Nothing is in a list of the right name.
                shape.has_lists |= name == self.list && field == "null";
                return;
            }
            shape.has_lists |= name == self.list || holds_record(field, self.key, depth + 1);
            if let Some(place) = WRAPPERS.iter().position(|wrapper| *wrapper == name) {
                shape.wrapper = Some(shape.wrapper.map_or(place, |known| known.min(place)));
            }
        });
        shape
    }
}

/// Whether there is a record in a value.
fn holds_record(value: &str, key: &str, depth: u32) -> bool {
    let mut found = false;
    match value.as_bytes().first() {
        _ if depth > DEEPEST => {}
        Some(b'[') => each_element(value, &mut |element| {
            found = found || holds_record(element, key, depth + 1);
        }),
        Some(b'{') => each_field(value, &mut |name, field| {
            found = found || (name == key && is_key(field)) || holds_record(field, key, depth + 1);
        }),
        _ => {}
    }
    found
}

/// Whether a value can be a record's key.
fn is_key(value: &str) -> bool {
    value.starts_with(|first: char| first == '"' || first.is_ascii_digit())
}

fn fields(object: &str) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    Object::deserialize(&mut serde_json::Deserializer::from_str(object)).ok().map(|object| object.0)
}

/// Shows `each` the elements of an array, or nothing where the text is none.
fn each_element<'a>(array: &'a str, each: &mut dyn FnMut(&'a str)) {
    struct Elements<'e, 'a>(&'e mut dyn FnMut(&'a str));
    impl<'a> Visitor<'a> for Elements<'_, 'a> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'a>>(self, mut array: A) -> Result<(), A::Error> {
            while let Some(element) = array.next_element::<&'a RawValue>()? {
                (self.0)(element.get());
            }
            Ok(())
        }
    }
    // The text is a part of JSON that was read before.
    let _ = serde_json::Deserializer::from_str(array).deserialize_seq(Elements(each));
}

/// Shows `each` the fields of an object, or nothing where the text is none.
fn each_field<'a>(object: &'a str, each: &mut dyn FnMut(&str, &'a str)) {
    struct Fields<'e, 'a>(&'e mut dyn FnMut(&str, &'a str));
    impl<'a> Visitor<'a> for Fields<'_, 'a> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<(), A::Error> {
            while let Some((name, value)) = object.next_entry::<Cow<'a, str>, &'a RawValue>()? {
                (self.0)(&name, value.get());
            }
            Ok(())
        }
    }
    let _ = serde_json::Deserializer::from_str(object).deserialize_map(Fields(each));
}

/// Shows an array's elements one by one, so that those before an error in mid-array are seen.
struct Cut<'v, 'a, 'l> {
    list: &'l str,
    each: &'v mut dyn FnMut(&'a RawValue),
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
            (self.each)(element);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(key) = object.next_key::<Cow<'a, str>>()? {
            if key == self.list {
                object.next_value_seed(List(Cut { list: self.list, each: &mut *self.each }))?;
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

    fn gather(text: &str, key: &str) -> (Vec<String>, bool, bool) {
        let mut issues = Issues::of(text);
        let page = Page::cut_loosely(text, "messages", key, &mut issues);
        assert_eq!(page.whole, issues.found.is_empty(), "{text}");
        (page.records.into_iter().map(str::to_owned).collect(), page.is_plain, page.whole)
    }

    #[test]
    fn records_are_found_in_files_of_other_shapes() {
        let two = [r#"{"ts":"1"}"#, r#"{"ts":2}"#];
        for (text, is_plain) in [
            (r#"[{"ts":"1"},{"ts":2}]"#, true),
            (r#"{"ok":true,"messages":[{"ts":"1"},{"ts":2}],"response_metadata":{"a":{}}}"#, true),
            (r#"{"a":{"ts":"1"},"b":{"ts":2}}"#, false),
            (r#"{"2024-01-01":[{"ts":"1"}],"2024-01-02":[{"ts":2}]}"#, false),
            (r#"{"ok":true,"data":{"messages":[{"ts":"1"},{"ts":2}]}}"#, false),
            (r#"{"query":"x","messages":{"total":2,"matches":[{"ts":"1"},{"ts":2}]}}"#, false),
            (r#"[[{"ts":"1"}],[{"ts":2}]]"#, true),
            ("[{\"ts\":\"1\"}]\n[{\"ts\":2}]", false),
            // What stands beside the list is not lost.
            (r#"{"messages":[{"ts":"1"}],"data":[{"ts":2}]}"#, false),
            (r#"{"messages":null,"matches":[{"ts":"1"},{"ts":2}]}"#, false),
            (r#"{"more":{"messages":[{"ts":"1"}]},"messages":[{"ts":2}],"users":[{"id":"U1"}]}"#, false),
        ] {
            assert_eq!(gather(text, "ts"), (two.map(str::to_owned).into(), is_plain, true), "{text}");
        }
        assert_eq!(gather(r#"{"ts":"1"}"#, "ts").0, [r#"{"ts":"1"}"#]);
        assert_eq!(gather("null", "ts"), (vec![], true, true));
        assert_eq!(gather(r#"{"messages":null}"#, "ts"), (vec![], true, true));
    }

    #[test]
    fn an_answer_without_its_list_is_told_from_one_with_an_empty_one() {
        for (text, holds) in [
            (r#"{"ok":true,"messages":[]}"#, true),
            ("[]", true),
            (r#"{"ok":true,"messages":null}"#, false),
            (r#"{"ok":true,"messages":{}}"#, false),
            (r#"{"ok":true}"#, false),
            ("null", false),
        ] {
            assert_eq!(holds_list(text, "messages"), holds, "{text}");
        }
    }

    #[test]
    fn replies_within_a_message_are_messages() {
        let text = r#"[{"ts":"1","replies":[{"user":"U1","ts":"2"}],"slackdump_thread_replies":[{"ts":"2","text":"x"}]}]"#;
        let records = gather(text, "ts").0;
        assert_eq!(records.len(), 2, "{records:?}");
        assert_eq!(records[1], r#"{"ts":"2","text":"x"}"#);
    }

    #[test]
    fn what_is_not_clear_stays_a_record_to_be_set_aside() {
        assert_eq!(gather(r#"{"a":1}"#, "ts").0, [r#"{"a":1}"#]);
        assert_eq!(gather(r#"["text",null,3]"#, "ts").0, [r#""text""#, "null", "3"]);
        assert_eq!(gather("7", "ts").0, ["7"]);
    }

    #[test]
    fn a_break_costs_what_stands_after_it() {
        assert_eq!(gather(r#"[{"ts":"1"},{"ts""#, "ts"), (vec![r#"{"ts":"1"}"#.into()], false, false));
        let two = [r#"{"ts":"1"}"#.to_owned(), r#"{"ts":2}"#.to_owned()];
        assert_eq!(gather("[{\"ts\":\"1\"}]\n[{\"ts\":2},{", "ts"), (two.into(), false, false));
        assert_eq!(gather("", "ts"), (vec![], true, false));
        assert_eq!(gather("<html>", "ts"), (vec![], true, false));
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
