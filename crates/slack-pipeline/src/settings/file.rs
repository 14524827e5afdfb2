//! `slack-analytics.toml` with the place of each value, checked as a whole: an error in a section must not wait for the
//! night on which it is needed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::Error;
use super::key::Key;

/// A key's values, and where they are set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The key.
    pub key: &'static Key,
    /// Its values as texts: one, or any number where it is a list. A flag's is `true` or `false`, a path's begins at the
    /// folder of the file that has it.
    pub values: Vec<String>,
    /// Where they are set.
    pub origin: Origin,
}

impl Setting {
    /// A key's default, set nowhere.
    #[must_use]
    pub fn default_of(key: &'static Key) -> Self {
        Self { key, values: key.default.clone(), origin: Origin::Default }
    }
}

/// Where a key is set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Origin {
    /// Nowhere.
    Default,
    /// In the file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// In a variable.
    #[serde(rename = "environment")]
    Variable {
        /// Its name.
        variable: String,
        /// The `.env` file that sets it, where the environment does not.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<PathBuf>,
    },
}

impl Origin {
    /// What is wrong with a key's values that are set here.
    #[must_use]
    pub fn wrong(&self, key: &Key, why: &str) -> Error {
        match self {
            Self::File { path, line } => {
                Error::Line { path: path.clone(), line: *line, why: format!("{key}: {why}") }
            }
            Self::Variable { variable, .. } => {
                Error::Variable { variable: variable.clone(), why: why.to_owned() }
            }
            Self::Default => Error::Variable { variable: key.variable(), why: why.to_owned() },
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable { variable, path: None } => f.write_str(variable),
            Self::Variable { variable, path: Some(path) } => write!(f, "{variable} in {}", path.display()),
        }
    }
}

/// What a file sets.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    settings: Vec<Setting>,
}

impl SettingsFile {
    /// Reads a file. Relative paths in it begin at its folder.
    ///
    /// # Errors
    ///
    /// [`Error::Read`], and those of [`Self::parse`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text =
            fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// Reads a file's text. `path` is the file's, for errors, and for relative paths in it.
    ///
    /// # Errors
    ///
    /// [`Error::Line`] where the text is not TOML, a section or a key does not exist, a value is not of its key's kind,
    /// or a token or a password stands in it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let line = |at: usize| {
            let before = &text.as_bytes()[..at.min(text.len())];
            before.iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let wrong = |at: usize, why: String| Error::Line { path: path.to_owned(), line: line(at), why };
        let table = DeTable::parse(text).map_err(|error| {
            // The error's own text shows the line, which may hold a secret.
            wrong(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut settings = Vec::new();
        let mut add = |section: Option<&'static str>, name: &str, at: usize, value: &DeValue<'_>| {
            let key = Key::known(section, name)?;
            let values = key.read_toml(value, folder).map_err(|why| format!("{key}: {why}"))?;
            let origin = Origin::File { path: path.to_owned(), line: line(at) };
            settings.push(Setting { key, values, origin });
            Ok(())
        };
        for (name, value) in table.get_ref() {
            let at = name.span().start;
            let DeValue::Table(keys) = value.get_ref() else {
                add(None, name.get_ref(), at, value.get_ref()).map_err(|why| wrong(at, why))?;
                continue;
            };
            let section = Key::known_section(name.get_ref()).map_err(|why| wrong(at, why))?;
            for (name, value) in keys {
                let at = name.span().start;
                add(Some(section), name.get_ref(), at, value.get_ref()).map_err(|why| wrong(at, why))?;
            }
        }
        Ok(Self { settings })
    }

    /// What is set, in the order of the sections' names.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// What is set of a key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}
