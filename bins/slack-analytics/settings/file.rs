//! `slack-analytics.toml`, checked as a whole: a slip in a section must not wait for the night on which it is needed.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::ErrorKind;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::{Place, Placed, placed};
use crate::cli::Cli;
use crate::failure::{Result, Usage};

/// The name of the file that is looked for in the working folder.
pub(crate) const FILE: &str = "slack-analytics.toml";

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct SettingsFile {
    pub(crate) path: PathBuf,
    /// Whether somebody named it (`--config`, or its variable), rather than that it was found in the working folder.
    pub(super) is_named: bool,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    place: Place,
    values: Vec<String>,
    line: usize,
}

impl SettingsFile {
    /// Reads and checks a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| slack_model::Error::io("read", path, error))?;
        Self::parse(path, &text)
    }

    /// Checks a file's text.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self> {
        let line = |at: usize| {
            text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let wrong = |line: usize, why: &str| Usage(format!("{}:{line}: {why}", path.display()));
        let table = DeTable::parse(text).map_err(|error| {
            // The error's own text shows the line, which may hold what is secret.
            wrong(line(error.span().map_or(0, |span| span.start)), error.message())
        })?;
        let all = placed(&Cli::command());
        let mut file = Self { path: path.into(), is_named: false, entries: Vec::new() };
        let mut take = |section: Option<&str>, key: &Spanned<_>, value: &Spanned<DeValue<'_>>| {
            let key_name: &std::borrow::Cow<'_, str> = key.get_ref();
            let line = line(key.span().start);
            let entry = entry(&all, path, section, key_name, value.get_ref(), line);
            file.entries.push(entry.map_err(|why| wrong(line, &why))?);
            Ok::<_, Usage>(())
        };
        for (key, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(section) => {
                    let name = &**key.get_ref();
                    known_section(&all, name).map_err(|why| wrong(line(key.span().start), &why))?;
                    section
                        .iter()
                        .try_for_each(|(key, value)| take(Some(&name.replace('_', "-")), key, value))?;
                }
                _ => take(None, key, value)?,
            }
        }
        Ok(file)
    }

    /// The values at a place, and the line that they begin in.
    pub(super) fn get(&self, place: &Place) -> Option<(&[String], usize)> {
        let entry = self.entries.iter().find(|entry| entry.place == *place)?;
        Some((&entry.values, entry.line))
    }
}

fn known_section(all: &[Placed], name: &str) -> Result<(), String> {
    let sections = all.iter().filter_map(|placed| placed.place.section.as_deref());
    let plain = name.replace('_', "-");
    if sections.clone().any(|section| section == plain) {
        return Ok(());
    }
    secret(name, "")?;
    Err(format!("there is no section [{name}]{}", nearest(&plain, sections)))
}

fn entry(
    all: &[Placed],
    path: &Path,
    section: Option<&str>,
    key: &str,
    value: &DeValue<'_>,
    line: usize,
) -> Result<Entry, String> {
    let place = Place { section: section.map(Into::into), key: key.replace('_', "-") };
    let Some(placed) = all.iter().find(|placed| placed.place == place) else {
        secret(key, "")?;
        let keys = all.iter().filter(|placed| placed.place.section.as_deref() == section);
        let near = nearest(&place.key, keys.map(|placed| placed.place.key.as_str()));
        let of = section.map(|section| format!(" in [{section}]")).unwrap_or_default();
        let others = all.iter().filter(|placed| placed.place.key == place.key);
        let elsewhere = others.map(|placed| format!("; there is {}", placed.place)).next();
        return Err(format!(
            "there is no key {key}{of}{}",
            elsewhere.filter(|_| near.is_empty()).unwrap_or(near)
        ));
    };
    let mut values = match (value, placed.is_list()) {
        (DeValue::Array(items), true) => {
            items.iter().map(|item| scalar(placed, item.get_ref())).collect::<Result<Vec<_>, _>>()
        }
        (_, true) => Err("want a list, such as [\"one\", \"two\"]".into()),
        (value, false) => scalar(placed, value).map(|value| vec![value]),
    }
    .map_err(|why| format!("{place}: {why}"))?;
    check_for_file(placed, &values).map_err(|why| format!("{place}: {why}"))?;
    if placed.is_path() {
        let folder = path.parent().unwrap_or(Path::new(""));
        for value in &mut values {
            *value = folder.join(&*value).to_string_lossy().into_owned();
        }
    }
    Ok(Entry { place, values, line })
}

fn scalar(placed: &Placed, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::Boolean(on) if placed.is_flag() => Ok(on.to_string()),
        _ if placed.is_flag() => Err("want true or false".into()),
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Float(number) => Ok(number.to_string()),
        DeValue::Datetime(time) => Ok(time.to_string()),
        other => Err(format!("want one value, not a{} {}", vowel(other.type_str()), other.type_str())),
    }
}

fn vowel(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "n" } else { "" }
}

/// Whether an option takes values, and whether they may stand in a file.
pub(crate) fn check_for_file(placed: &Placed, values: &[String]) -> Result<(), String> {
    values.iter().try_for_each(|value| secret(&placed.place.key, value))?;
    check(placed, values)
}

/// Whether an option takes values.
pub(super) fn check(placed: &Placed, values: &[String]) -> Result<(), String> {
    if placed.is_flag() {
        return Ok(());
    }
    let long = placed.arg.get_long().unwrap_or_default();
    let command = placed.command.as_deref().unwrap_or("status");
    let values = values.iter().map(|value| format!("--{long}={value}"));
    let arguments = ["slack-analytics".to_owned(), command.into()].into_iter().chain(values);
    match Cli::command().try_get_matches_from(arguments) {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) => {
            let text = error.to_string();
            let text = text.split("\n\n").next().unwrap_or_default();
            let text = text.strip_prefix("error: ").unwrap_or(text);
            Err(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => Ok(()),
    }
}

/// Refuses what must not stand in a file that is shown around.
fn secret(key: &str, value: &str) -> Result<(), String> {
    let key = key.to_lowercase();
    if ["token", "secret", "api-key", "api_key"].iter().any(|word| key.contains(word))
        || crate::redact::token(value.as_bytes()).is_some()
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
pub(crate) fn has_password(value: &str) -> bool {
    let in_authority = value.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    in_authority || value.to_lowercase().contains("password=")
}

/// `: did you mean this?`, where something is near.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(name, known);
    let near = known.min_by_key(|known| (distance(known), *known));
    let near = near.filter(|near| distance(near) <= 1 + near.len() / 3);
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        SettingsFile::parse(Path::new("dir/s.toml"), text).expect_err(text).to_string()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, why) in [
            ("\nquite = true", "dir/s.toml:2: there is no key quite; did you mean quiet?"),
            (
                "[captrue]\nsince = '30d'",
                "dir/s.toml:1: there is no section [captrue]; did you mean capture?",
            ),
            (
                "[capture]\nsinse = '30d'",
                "dir/s.toml:2: there is no key sinse in [capture]; did you mean since?",
            ),
            (
                "[merge]\ntimezone = 'UTC'",
                "dir/s.toml:2: there is no key timezone in [merge]; there is [metrics] timezone",
            ),
            ("[capture]\nfull = 'yes'", "dir/s.toml:2: [capture] full: want true or false"),
            (
                "[capture]\ntypes = 'public'",
                "dir/s.toml:2: [capture] types: want a list, such as [\"one\", \"two\"]",
            ),
            ("[capture]\nsince = [1]", "dir/s.toml:2: [capture] since: want one value, not an array"),
        ] {
            assert_eq!(refused(text), why);
        }
        let soon = refused("quiet = true\n[capture]\n\nsince = 'soon'\n");
        assert!(soon.starts_with("dir/s.toml:4: [capture] since: invalid value 'soon'"), "{soon}");
        let kind = refused("[capture]\ntypes = ['public', 'open']");
        assert!(kind.contains("'open'") && kind.contains("possible values: public"), "{kind}");
        assert!(refused("[capture\n").starts_with("dir/s.toml:1: "));
        assert!(refused("data = 'a'\ndata = 'b'\n").starts_with("dir/s.toml:2: "));
    }

    #[test]
    fn secrets_are_refused_and_not_shown() {
        for text in [
            "token = 'xoxp-1-abc'",
            "[capture]\nchannel = ['xoxp-1-abc']",
            "[database]\npostgres = 'postgres://me:abc@host/db'",
            "[database]\npostgres = 'postgres://host/db?password=abc'",
            "[database]\npassword = 'abc'",
            "slack_user_token = 'xoxp-1-abc",
        ] {
            let why = refused(text);
            assert!(!why.contains("abc") && why.starts_with("dir/s.toml:"), "{why}");
        }
        assert!(refused("SLACK_USER_TOKEN = 'a'").contains(".env"));
    }

    #[test]
    fn values_are_those_of_the_command_line() {
        let text = "data = 'home'\n[capture]\ntypes = ['public', 'im']\nsince = 2024-01-01\nfull = false\n\
                    max_file_size = 50\n[graph]\nmin-weight = 1.5\n";
        let file = SettingsFile::parse(Path::new("dir/s.toml"), text).expect("read");
        let get = |section: Option<&str>, key: &str| {
            let place = Place { section: section.map(Into::into), key: key.into() };
            file.get(&place).map(|(values, line)| (values.join(" "), line))
        };
        assert_eq!(get(None, "data"), Some(("dir/home".into(), 1)));
        assert_eq!(get(Some("capture"), "types"), Some(("public im".into(), 3)));
        assert_eq!(get(Some("capture"), "since"), Some(("2024-01-01".into(), 4)));
        assert_eq!(get(Some("capture"), "max-file-size"), Some(("50".into(), 6)));
        assert_eq!(get(Some("graph"), "min-weight"), Some(("1.5".into(), 8)));
        assert_eq!(get(Some("capture"), "channel"), None);
    }
}
