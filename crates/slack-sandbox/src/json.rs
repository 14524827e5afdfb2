//! JSON texts, put together and extended without reading them into values: what Slack or an export wrote
//! stays as it was written.

use serde_json::value::RawValue;

/// An object's text in the making, its keys in the order in which they are added.
#[derive(Debug, Clone)]
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self("{".into())
    }

    /// Begins an answer that went well.
    pub(crate) fn ok() -> Self {
        Self::new().raw("ok", "true")
    }

    /// Adds a key with a string.
    pub(crate) fn text(self, key: &str, value: &str) -> Self {
        let quoted = quote(value);
        self.raw(key, &quoted)
    }

    /// Adds a key with a number or a boolean.
    pub(crate) fn value(self, key: &str, value: impl std::fmt::Display) -> Self {
        self.raw(key, &value.to_string())
    }

    /// Adds a key with a JSON text.
    pub(crate) fn raw(mut self, key: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        self.0.push_str(json);
        self
    }

    /// Adds what `add` adds, where a condition holds.
    pub(crate) fn when(self, condition: bool, add: impl FnOnce(Self) -> Self) -> Self {
        if condition { add(self) } else { self }
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    pub(crate) fn end_raw(self) -> Box<RawValue> {
        raw(self.end())
    }
}

/// A string as JSON.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An array of JSON texts.
pub(crate) fn array<T: AsRef<str>>(elements: impl IntoIterator<Item = T>) -> String {
    let mut text = String::from("[");
    for (number, element) in elements.into_iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        text.push_str(element.as_ref());
    }
    text.push(']');
    text
}

/// Keeps a text that this crate made; were it no JSON, `null` would stand in its place.
pub(crate) fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_default()
}

/// Adds those of the `extra` keys that an object's text does not have yet, before its closing brace.
pub(crate) fn with_missing(object: &str, extra: &[(&str, String)]) -> String {
    let present: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(object).unwrap_or_default();
    let missing: Vec<_> = extra.iter().filter(|(key, _)| !present.contains_key(*key)).collect();
    let Some(body) = object.trim_end().strip_suffix('}').filter(|_| !missing.is_empty()) else {
        return object.into();
    };
    let mut text = String::from(body);
    for (number, (key, json)) in missing.into_iter().enumerate() {
        if number > 0 || !present.is_empty() {
            text.push(',');
        }
        text.push_str(&quote(key));
        text.push(':');
        text.push_str(json);
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_added_without_touching_the_rest() {
        let odd = "{ \"id\": \"F1\",\n \"n\": 12345678901234567890123, \"x\": 0.10 }";
        let more = with_missing(odd, &[("id", "1".into()), ("channels", "[\"C1\"]".into())]);
        assert_eq!(
            more,
            "{ \"id\": \"F1\",\n \"n\": 12345678901234567890123, \"x\": 0.10 ,\"channels\":[\"C1\"]}"
        );
        assert_eq!(with_missing("{}", &[("a", "1".into())]), "{\"a\":1}");
        assert_eq!(with_missing(odd, &[("n", "1".into())]), odd);
    }

    #[test]
    fn objects_keep_their_order() {
        let object = Object::ok().text("b", "\"é\n").value("a", 3).raw("c", "[0.10]").end();
        assert_eq!(object, r#"{"ok":true,"b":"\"é\n","a":3,"c":[0.10]}"#);
        assert_eq!(Object::new().end(), "{}");
    }
}
