//! `slack-analytics.toml` as typed values.
//!
//! Who may write the file decides what it may open: the program `slack-analytics` obeys `include-private`, `include-dms` and a
//! `listen` that other machines reach only in a file that was named, not in one that was found in the working folder.
//! [`Settings`] holds them as they stand, and its reader has to judge.
//!
//! ```
//! use std::path::Path;
//! use slack_pipeline::settings::Settings;
//!
//! let text = "[capture]\ntypes = ['public', 'im']\nsince = '90d'\n";
//! let settings = Settings::parse(Path::new("slack-analytics.toml"), text)?;
//! assert_eq!(settings.capture.since.as_deref(), Some("90d"));
//!
//! let error = Settings::parse(Path::new("s.toml"), "[capture]\nsinse = '90d'\n").unwrap_err();
//! assert_eq!(error.to_string(), "s.toml:2: there is no key sinse in [capture]; did you mean since?");
//! # Ok::<(), slack_pipeline::settings::Error>(())
//! ```

mod keys;
mod value;

use std::path::{Path, PathBuf};
use std::{fs, io};

use toml::de::{DeTable, DeValue};

use self::keys::SECTIONS;
pub use self::keys::{
    Capture, Database, Demo, Graph, Import, Man, Manifest, Merge, Metrics, Report, Retention, Schedule,
    Serve, Settings, Transform,
};

/// Why a file of settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// A line of the file cannot be used. The line itself, which may hold a secret, is not part of the error.
    #[error("{}:{line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line's number, from 1.
        line: usize,
        /// What is wrong, with the nearest name that exists.
        why: String,
    },
}

impl Settings {
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
    /// [`Error::Line`] where the text is not TOML, a section or a key does not exist, a value is not of its key's type,
    /// or a token or a password stands in it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let wrong = |at: usize, why: String| {
            let before = &text.as_bytes()[..at.min(text.len())];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Error::Line { path: path.to_owned(), line, why }
        };
        let table = DeTable::parse(text).map_err(|error| {
            // The error's own text shows the line.
            wrong(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut settings = Self::default();
        for (key, value) in table.get_ref() {
            let (name, at) = (key.get_ref(), key.span().start);
            let DeValue::Table(section) = value.get_ref() else {
                settings.set("", name, value.get_ref(), folder).map_err(|why| wrong(at, why))?;
                continue;
            };
            let plain = name.replace('_', "-");
            if !SECTIONS.iter().any(|(known, _)| !known.is_empty() && *known == plain) {
                value::refuse_secret(name, "").map_err(|why| wrong(at, why))?;
                let names = SECTIONS.iter().map(|(name, _)| *name).filter(|name| !name.is_empty());
                let near = value::nearest(&plain, names);
                return Err(wrong(at, format!("there is no section [{name}]{near}")));
            }
            for (key, value) in section {
                let set = settings.set(&plain, key.get_ref(), value.get_ref(), folder);
                set.map_err(|why| wrong(key.span().start, why))?;
            }
        }
        Ok(settings)
    }

    /// Sets a key of a section; `""` is the section of the keys before the first section.
    fn set(&mut self, section: &str, name: &str, value: &DeValue<'_>, folder: &Path) -> Result<(), String> {
        let key = name.replace('_', "-");
        let of = |section: &str| if section.is_empty() { String::new() } else { format!("[{section}] ") };
        if let Some(set) = self.set_field(section, &key.replace('-', "_"), value, folder) {
            return set.map_err(|why| format!("{}{key}: {why}", of(section)));
        }
        value::refuse_secret(name, "")?;
        let all: Vec<(&str, Vec<String>)> = SECTIONS
            .iter()
            .map(|(section, fields)| (*section, fields.iter().map(|field| field.replace('_', "-")).collect()))
            .collect();
        let keys = all.iter().filter(|(known, _)| *known == section).flat_map(|(_, keys)| keys);
        let mut hint = value::nearest(&key, keys.map(String::as_str));
        let elsewhere = all.iter().find(|(_, keys)| keys.contains(&key));
        if let Some((elsewhere, _)) = elsewhere.filter(|_| hint.is_empty()) {
            hint = format!("; there is {}{key}", of(elsewhere));
        }
        let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
        Err(format!("there is no key {name}{place}{hint}"))
    }
}

#[cfg(test)]
mod tests;
