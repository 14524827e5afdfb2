//! A key's place in the file, its variable, and how its values are written.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use toml::de::DeValue;

use super::secrets::refuse_secret;

/// A key of `slack-analytics.toml`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Key {
    /// The section; `None` for those before the first section, which all commands heed.
    pub section: Option<&'static str>,
    /// The name in its section, as the file has it: `max-file-size`.
    pub name: String,
    /// How its value is written.
    pub kind: Kind,
    /// What applies where nothing sets it; empty where that depends on other things, or there is nothing.
    pub default: Vec<String>,
}

/// How a key's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// Several texts.
    List,
    /// A file or a folder.
    Path,
    /// A text or a number.
    One,
}

/// Every key, section by section, those before the first section first.
#[must_use]
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(super::keys::declared);
    &KEYS
}

impl Key {
    pub(super) fn new(section: Option<&'static str>, field: &str, kind: Kind, default: &[&str]) -> Self {
        let default = if kind == Kind::Flag { &["false"] } else { default };
        let default = default.iter().map(|value| (*value).to_owned()).collect();
        Self { section, name: field.replace('_', "-"), kind, default }
    }

    /// The key of a section with a name; `_` and `-` are the same in both.
    #[must_use]
    pub fn find(section: Option<&str>, name: &str) -> Option<&'static Self> {
        let (section, name) = (section.map(dashed), dashed(name));
        keys().iter().find(|key| key.section == section.as_deref() && key.name == name)
    }

    /// The key, or why there is none, with the nearest one that there is.
    pub(super) fn known(section: Option<&str>, name: &str) -> Result<&'static Self, String> {
        if let Some(key) = Self::find(section, name) {
            return Ok(key);
        }
        refuse_secret(name, "")?;
        let plain = dashed(name);
        let of_section = keys().iter().filter(|key| key.section == section);
        let mut hint = nearest(&plain, of_section.map(|key| &*key.name));
        if let Some(elsewhere) = keys().iter().find(|key| key.name == plain).filter(|_| hint.is_empty()) {
            hint = format!("; there is {elsewhere}");
        }
        let place = section.map(|section| format!(" in [{section}]")).unwrap_or_default();
        Err(format!("there is no key {name}{place}{hint}"))
    }

    /// A section's name as it is declared, or why there is none.
    pub(super) fn known_section(name: &str) -> Result<&'static str, String> {
        let plain = dashed(name);
        let mut sections = keys().iter().filter_map(|key| key.section);
        if let Some(section) = sections.clone().find(|section| *section == plain) {
            return Ok(section);
        }
        refuse_secret(name, "")?;
        Err(format!("there is no section [{name}]{}", nearest(&plain, &mut sections)))
    }

    /// The environment's variable: `SLACK_ANALYTICS_CAPTURE_MAX_FILE_SIZE`.
    #[must_use]
    pub fn variable(&self) -> String {
        // It was there before the others.
        if self.section.is_none() && self.name == "data" {
            return "SLACK_DATA_HOME".into();
        }
        let words = [Some("slack_analytics"), self.section, Some(&*self.name)];
        words.into_iter().flatten().collect::<Vec<_>>().join("_").replace('-', "_").to_uppercase()
    }

    /// The values in a text: several with commas between them, where the key may have several.
    #[must_use]
    pub fn split(&self, text: &str) -> Vec<String> {
        let values =
            if self.kind == Kind::List { text.split(',').map(str::trim).collect() } else { vec![text] };
        values.into_iter().filter(|value| !value.is_empty()).map(Into::into).collect()
    }

    /// Values as the file has them, behind `key = `.
    #[must_use]
    pub fn write(&self, values: &[String]) -> String {
        let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
        if self.kind == Kind::List { format!("[{}]", values.join(", ")) } else { values.concat() }
    }

    /// The values in a variable's text.
    pub(super) fn read_variable(&self, text: &str) -> Result<Vec<String>, String> {
        let is_on = match text.trim().to_lowercase().as_str() {
            _ if self.kind != Kind::Flag => return Ok(self.split(text)),
            "1" | "true" | "yes" | "on" => true,
            "0" | "false" | "no" | "off" => false,
            _ => return Err("want true or false".into()),
        };
        Ok(vec![is_on.to_string()])
    }

    /// The values in the file; relative paths begin at `folder`.
    pub(super) fn read_toml(&self, value: &DeValue<'_>, folder: &Path) -> Result<Vec<String>, String> {
        let values = match (self.kind, value) {
            (Kind::Flag, value) => vec![value.as_bool().ok_or("want true or false")?.to_string()],
            (Kind::List, DeValue::Array(items)) => {
                items.iter().map(|item| scalar(item.get_ref())).collect::<Result<_, _>>()?
            }
            (Kind::List, _) => return Err("want a list, such as [\"one\", \"two\"]".into()),
            (Kind::One | Kind::Path, value) => vec![scalar(value)?],
        };
        self.check_secrets(&values)?;
        if self.kind != Kind::Path {
            return Ok(values);
        }
        let path = values.concat();
        if path.is_empty() {
            return Err("a value is required but none was supplied".into());
        }
        Ok(vec![folder.join(path).to_string_lossy().into_owned()])
    }

    /// Refuses values that must not stand in a file that people show each other: tokens and passwords.
    ///
    /// # Errors
    ///
    /// What is refused, and where it belongs, without the value itself.
    pub fn check_secrets(&self, values: &[String]) -> Result<(), String> {
        values.iter().try_for_each(|value| refuse_secret(&self.name, value))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.section {
            Some(section) => write!(f, "[{section}] {}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A value as TOML has it.
fn quoted(value: &str) -> String {
    let is_number = value.parse::<i64>().is_ok_and(|number| number.to_string() == value)
        || value.parse::<f64>().is_ok_and(|number| format!("{number:?}") == value && number.is_finite());
    if is_number || matches!(value, "true" | "false") {
        return value.to_owned();
    }
    // Strings of JSON are strings of TOML.
    serde_json::Value::from(value).to_string()
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// One value, as a text.
fn scalar(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        // `since = 2024-01-01` and `max-memory = 1000` need no quotes.
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Float(number) => Ok(number.to_string()),
        DeValue::Datetime(time) => Ok(time.to_string()),
        other => {
            let kind = other.type_str();
            let n = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "n" } else { "" };
            Err(format!("want one value, not a{n} {kind}"))
        }
    }
}

/// `; did you mean this?`, where a name is near.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(name, known);
    let near = known.min_by_key(|known| (distance(known), *known));
    let near = near.filter(|near| distance(near) <= 1 + near.len() / 3);
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}
