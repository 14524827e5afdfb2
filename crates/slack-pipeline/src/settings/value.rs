//! A key's value, read as its type.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

/// A type that a key may have.
pub(super) trait FromValue: Sized {
    /// Reads a value; relative paths begin at `folder`.
    fn from_value(value: &DeValue<'_>, folder: &Path) -> Result<Self, String>;
}

impl FromValue for bool {
    fn from_value(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "want true or false".into())
    }
}

impl FromValue for String {
    fn from_value(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let text = match value {
            DeValue::String(text) => text.to_string(),
            // `since = 2024-01-01` and `max-memory = 1000` need no quotes.
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            other => {
                let kind = other.type_str();
                let n = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "n" } else { "" };
                return Err(format!("want one value, not a{n} {kind}"));
            }
        };
        refuse_secret("", &text)?;
        Ok(text)
    }
}

impl FromValue for Vec<String> {
    fn from_value(value: &DeValue<'_>, folder: &Path) -> Result<Self, String> {
        let items = value.as_array().ok_or("want a list, such as [\"one\", \"two\"]")?;
        items.iter().map(|item| String::from_value(item.get_ref(), folder)).collect()
    }
}

impl FromValue for PathBuf {
    fn from_value(value: &DeValue<'_>, folder: &Path) -> Result<Self, String> {
        Ok(folder.join(String::from_value(value, folder)?))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl FromValue for $number {
            fn from_value(value: &DeValue<'_>, folder: &Path) -> Result<Self, String> {
                let text = String::from_value(value, folder)?;
                text.parse().map_err(|error| format!("invalid value '{text}': {error}"))
            }
        }
    )*};
}
numbers!(u16 u32 u64 usize f64 std::num::NonZeroUsize);

/// Refuses what must not stand in a file that people show each other.
pub(super) fn refuse_secret(key: &str, value: &str) -> Result<(), String> {
    let key = key.to_lowercase();
    if ["token", "secret", "api-key", "api_key"].iter().any(|word| key.contains(word))
        || slack_model::redact::token(value.as_bytes()).is_some()
    {
        return Err(
            "a token does not belong here: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment \
                    or in a .env file"
                .into(),
        );
    }
    if key.contains("password") || has_password(value) {
        return Err("a password does not belong here: set PGPASSWORD, or SLACK_POSTGRES_URL with it, in the environment \
                    or in a .env file"
            .into());
    }
    Ok(())
}

/// Whether a value is a database's URL, or a list of its parameters, with a password.
fn has_password(value: &str) -> bool {
    let in_authority = value.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    in_authority || value.to_lowercase().contains("password=")
}

/// `; did you mean this?`, where a name is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(name, known);
    let near = known.min_by_key(|known| (distance(known), *known));
    let near = near.filter(|near| distance(near) <= 1 + near.len() / 3);
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}
