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
//!
//! What the program would use in the same place, variables and `.env` files included:
//!
//! ```
//! use slack_pipeline::settings::{Environment, Settings, SettingsFile};
//!
//! let file = SettingsFile::parse("etc/s.toml".as_ref(), "[serve]\nport = 80\n")?;
//! let settings = Settings::resolve(&file, &Environment::read(["", "etc"])?)?;
//! assert_eq!(settings.serve.port, Some(80));
//! # Ok::<(), slack_pipeline::settings::Error>(())
//! ```

mod environment;
mod file;
mod key;
mod keys;
mod secrets;
mod value;

use std::io;
use std::path::{Path, PathBuf};

pub use self::environment::{Environment, Place};
pub use self::file::{Origin, Setting, SettingsFile};
pub use self::key::{Key, Kind, keys};
pub use self::keys::{
    Capture, Database, Demo, Graph, Import, Man, Manifest, Merge, Metrics, Report, Retention, Schedule,
    Serve, Settings, Transform,
};
pub use self::secrets::{has_password, passwords};

/// The name of the file that the program `slack-analytics` looks for in its working folder.
pub const FILE: &str = "slack-analytics.toml";

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
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
    /// A variable cannot be used.
    #[error("{variable}: {why}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong.
        why: String,
    },
    /// A `.env` file cannot be used. The line, which may hold a secret, is not part of the error.
    #[error("{} holds a line that is no NAME=value", path.display())]
    EnvFile {
        /// The file.
        path: PathBuf,
    },
    /// A file would send a token that is from elsewhere to a server that is not Slack's.
    #[error(
        "SLACK_API_URL is set in {place}, {token} in {token_place}: a token is sent only to Slack, or to an address from the same \
         place or the environment"
    )]
    ForeignApi {
        /// Where the address is set.
        place: Place,
        /// The token's variable.
        token: &'static str,
        /// Where the token is set.
        token_place: Place,
    },
}

impl Error {
    /// Whether the settings are to blame, rather than the system.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Read { .. })
    }
}

impl Settings {
    /// Reads a file alone. Relative paths in it begin at its folder.
    ///
    /// # Errors
    ///
    /// [`Error::Read`], and those of [`Self::parse`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::of(SettingsFile::read(path)?.settings())
    }

    /// Reads a file's text. `path` is the file's, for errors, and for relative paths in it.
    ///
    /// # Errors
    ///
    /// Those of [`SettingsFile::parse`], and [`Error::Line`] where a value is not of its key's type.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        Self::of(SettingsFile::parse(path, text)?.settings())
    }

    /// What applies to the program where no command line sets anything: a key's variable takes precedence over the
    /// file. Defaults, which [`Key::default`] has, stay `None`.
    ///
    /// # Errors
    ///
    /// [`Error::Line`] and [`Error::Variable`] where a value is not of its key's type.
    pub fn resolve(file: &SettingsFile, environment: &Environment) -> Result<Self, Error> {
        let mut settings = Vec::new();
        for key in keys() {
            settings.extend(environment.setting(key)?.or_else(|| file.get(key).cloned()));
        }
        Self::of(&settings)
    }

    fn of(settings: &[Setting]) -> Result<Self, Error> {
        let mut all = Self::default();
        for Setting { key, values, origin } in settings {
            all.set(key, values).map_err(|why| origin.wrong(key, &why))?;
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests;
