//! An object's text taken apart, to change some of its keys: the others keep their bytes and their order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Object;

/// The keys of an object with their JSON texts.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Takes an object apart; `None` where the text is no object.
    pub(crate) fn of(object: &RawValue) -> Option<Self> {
        serde_json::from_str(object.get()).ok()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, json)| json.as_ref())
    }

    /// A value read as a type; `None` where it is missing or another.
    pub(crate) fn read<'a, T: serde::Deserialize<'a>>(&'a self, key: &str) -> Option<T> {
        serde_json::from_str(self.get(key)?.get()).ok()
    }

    /// Sets a key: in its place where the object has it, else at the end.
    pub(crate) fn set(&mut self, key: &str, json: impl Into<String>) {
        let json = crate::json::raw(json.into());
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = json,
            None => self.0.push((key.into(), json)),
        }
    }

    pub(crate) fn set_text(&mut self, key: &str, text: &str) {
        self.set(key, crate::json::quote(text));
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    pub(crate) fn end(self) -> Box<RawValue> {
        self.0.iter().fold(Object::new(), |object, (key, json)| object.raw(key, json.get())).end_raw()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_changes() {
        let text = r#"{"b":12345678901234567890123,"a":[0.10, 1],"c":"x"}"#;
        let mut fields = Fields::of(&crate::json::raw(text.into())).expect("an object");
        assert_eq!(fields.read::<String>("c").as_deref(), Some("x"));
        assert_eq!(fields.read::<String>("a"), None);
        fields.set_text("c", "\"é");
        fields.set("d", "true");
        fields.remove("x");
        assert_eq!(fields.end().get(), r#"{"b":12345678901234567890123,"a":[0.10, 1],"c":"\"é","d":true}"#);
        assert!(Fields::of(&crate::json::raw("[1]".into())).is_none());
    }
}
