//! Reads a record whose fields may be anything.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Issues;
use crate::rows::SetAsideKind;

/// Reads a record with `parse`, which borrows from the text it is given and hands its result on as owned.
///
/// Where the record as a whole does not fit, the fields that do not fit are left out one by one, each an
/// issue, and the rest is read. `None`, and an issue, where that is no object.
pub(super) fn lenient<T>(
    raw: &str,
    issues: &mut Issues<'_>,
    parse: impl Fn(&str) -> serde_json::Result<T>,
) -> Option<T> {
    let error = match parse(raw) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let Ok(object) = serde_json::from_str::<Object<'_>>(raw) else {
        issues.add(raw, "", format!("no record: {}", without_place(&error)));
        return None;
    };
    let last: HashMap<&str, usize> = object.0.iter().enumerate().map(|(at, (key, _))| (&**key, at)).collect();
    let mut mended = String::with_capacity(raw.len());
    for (at, (key, value)) in object.0.iter().enumerate() {
        if last.get(&**key).is_some_and(|last| *last > at) {
            issues.add(value.get(), key.as_ref(), "the field is there twice; the last one counts");
            continue;
        }
        let Ok(name) = serde_json::to_string(key) else { continue };
        let fits = |value: &str| parse(&format!("{{{name}:{value}}}"));
        let kept = match fits(value.get()) {
            Ok(_) => Cow::Borrowed(value.get()),
            Err(error) => match without_lone_surrogates(value.get()).filter(|text| fits(text).is_ok()) {
                Some(text) => {
                    let why = "half of a surrogate pair; U+FFFD stands in its place";
                    issues.add_as(SetAsideKind::Character, value.get(), key.as_ref(), why);
                    Cow::Owned(text)
                }
                None => {
                    issues.add(value.get(), key.as_ref(), without_place(&error));
                    continue;
                }
            },
        };
        mended.push(if mended.is_empty() { '{' } else { ',' });
        mended.push_str(&name);
        mended.push(':');
        mended.push_str(&kept);
    }
    if mended.is_empty() {
        mended.push('{');
    }
    mended.push('}');
    match parse(&mended) {
        Ok(value) => Some(value),
        Err(error) => {
            issues.add(raw, "", without_place(&error));
            None
        }
    }
}

/// What serde says, without the line and column, which count from the piece's own beginning.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// An object's fields, in order, their values unread.
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        json.deserialize_map(Fields)
    }
}

/// Puts U+FFFD in the place of `\ud800`–`\udfff` that have no partner: JSON may hold them, text may not.
///
/// Slack cuts texts at a number of UTF-16 units, which can part a pair. `None` where there is nothing to do.
fn without_lone_surrogates(json: &str) -> Option<String> {
    let unit_at = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(json.len());
    let mut rest = 0;
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|tail| tail.find('\\')) {
        at += found;
        let high = unit_at(at).filter(|unit| (0xD800..0xDC00).contains(unit));
        let low = |at| unit_at(at).is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
        if high.is_some() && low(at + 6) {
            at += 12;
        } else if high.is_some() || low(at) {
            out.push_str(&json[rest..at]);
            out.push_str("\\ufffd");
            at += 6;
            rest = at;
        } else {
            // The escaped character may be a multi-byte one only in broken JSON, which no caller passes on.
            at += 2;
        }
    }
    if rest == 0 {
        return None;
    }
    out.push_str(&json[rest..]);
    Some(out)
}

/// Reads yes or no, also as other programs write it: in quotes, or as 0 and 1.
pub(super) fn flag<'de, D: Deserializer<'de>>(json: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Bool(bool),
        Number(u8),
        Text(String),
    }
    match Option::<Flag>::deserialize(json)? {
        None => Ok(None),
        Some(Flag::Bool(flag)) => Ok(Some(flag)),
        Some(Flag::Number(number @ 0..=1)) => Ok(Some(number == 1)),
        Some(Flag::Text(text)) if text.is_empty() => Ok(None),
        Some(Flag::Text(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Flag::Text(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(serde::de::Error::custom("neither true nor false")),
    }
}

/// The ids of a list, which is read one by one: what is none costs that one only. A null is nothing.
pub(super) fn ids_of(list: Option<Vec<Box<RawValue>>>, field: &str, issues: &mut Issues<'_>) -> Vec<String> {
    #[derive(Deserialize)]
    struct Object {
        id: Option<String>,
    }
    let mut ids = Vec::new();
    for raw in list.unwrap_or_default() {
        let id = serde_json::from_str::<Option<String>>(raw.get())
            .or_else(|error| serde_json::from_str(raw.get()).map(|Object { id }| id).map_err(|_| error));
        match id {
            Ok(id) => ids.extend(id.filter(|id| !id.is_empty())),
            Err(_) => issues.add(raw.get(), field, format!("not an id: {}", cut(raw.get()))),
        }
    }
    ids
}

/// The beginning of a piece of JSON, for messages.
fn cut(raw: &str) -> &str {
    raw.get(..raw.floor_char_boundary(60)).unwrap_or(raw)
}

/// Reads a list of ids. A null among them costs that id only, and an object stands for the id that it holds.
pub(super) fn ids<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Element {
        Id(String),
        Object { id: Option<String> },
    }
    let elements = Option::<Vec<Option<Element>>>::deserialize(json)?;
    let id = |element: Option<Element>| match element? {
        Element::Id(id) => Some(id),
        Element::Object { id } => id,
    };
    Ok(elements.map(|elements| elements.into_iter().filter_map(id).filter(|id| !id.is_empty()).collect()))
}

/// Reads a whole number that may stand in quotes, as older exports write it.
pub(super) fn integer<'de, D: Deserializer<'de>>(json: D) -> Result<Option<i64>, D::Error> {
    struct Integer;
    impl<'de> Visitor<'de> for Integer {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_unit<E>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Option<i64>, D::Error> {
            json.deserialize_any(self)
        }

        fn visit_i64<E>(self, number: i64) -> Result<Option<i64>, E> {
            Ok(Some(number))
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<i64>, E> {
            i64::try_from(number).map(Some).map_err(E::custom)
        }

        fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Option<i64>, E> {
            let whole = number.fract() == 0.0 && number.abs() < 9e15;
            if whole { Ok(Some(number as i64)) } else { Err(E::custom("not a whole number")) }
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<i64>, E> {
            if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(E::custom) }
        }
    }
    json.deserialize_any(Integer)
}

/// As [`integer`], and not below 0.
pub(super) fn count<'de, D: Deserializer<'de>>(json: D) -> Result<Option<u64>, D::Error> {
    match integer(json)? {
        Some(number) => u64::try_from(number).map(Some).map_err(serde::de::Error::custom),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Deserialize, Debug, PartialEq, Default)]
    #[serde(default)]
    struct Person {
        name: Option<String>,
        #[serde(deserialize_with = "integer")]
        age: Option<i64>,
    }

    fn read(raw: &str) -> (Option<Person>, Vec<String>) {
        let mut issues = Issues::of(raw);
        let person = lenient(raw, &mut issues, |json| serde_json::from_str::<Person>(json));
        (person, issues.found.into_iter().map(|issue| issue.field).collect())
    }

    fn check(raw: &str, name: Option<&str>, age: Option<i64>, issues: &[&str]) {
        let person = Person { name: name.map(Into::into), age };
        assert_eq!(read(raw), (Some(person), issues.iter().map(ToString::to_string).collect()), "{raw}");
    }

    #[test]
    fn only_what_does_not_fit_is_left_out() {
        check(r#"{"name":"Ana","age":"7","new":{"x":[1]}}"#, Some("Ana"), Some(7), &[]);
        check(r#"{"name":null,"age":null}"#, None, None, &[]);
        check(r#"{"name":["Ana"],"age":7}"#, None, Some(7), &["name"]);
        check(r#"{"name":5,"age":"old"}"#, None, None, &["name", "age"]);
        check(r#"{"age":1,"name":"a","age":2}"#, Some("a"), Some(2), &["age"]);
        assert_eq!(read("[1]").0, None);
        assert_eq!(read("7").1, [""]);
    }

    #[test]
    fn lone_surrogates_cost_one_character() {
        check(r#"{"name":"cut \ud83d","age":7}"#, Some("cut \u{fffd}"), Some(7), &["name"]);
        check(r#"{"name":"\ude00 \ud83d\ude00 \\ud83d"}"#, Some("\u{fffd} 😀 \\ud83d"), None, &["name"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(raw in any::<String>()) {
            read(&raw);
            let _ = without_lone_surrogates(&raw);
        }

        #[test]
        fn no_json_string_panics(raw in "\"(\\\\(u[0-9a-fA-F]{4}|[\\\\n\"])|[a-zé😀])*\"") {
            read(&format!("{{\"name\":{raw}}}"));
        }
    }
}
