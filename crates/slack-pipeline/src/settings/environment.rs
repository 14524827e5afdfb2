//! Variables: the environment's, or those of `.env` files where the environment has none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use slack_extract::Token;

use super::Error;
use super::file::{Origin, Setting};
use super::key::{Key, keys};
use super::secrets::passwords;

/// Slack's own address.
const SLACK_API_URL: &str = "https://slack.com/api";

/// The variable of the API's address.
const API_URL: &str = "SLACK_API_URL";

/// How the variables of keys begin.
const PREFIX: &str = "SLACK_ANALYTICS_";

/// The variable that names the configuration file.
const CONFIG: &str = "SLACK_ANALYTICS_CONFIG";

/// Variables that hold nothing but a secret.
const SECRETS: [&str; 6] = [
    "SLACK_USER_TOKEN",
    "SLACK_ACCESS_TOKEN",
    "SLACK_CLIENT_TOKEN",
    "SLACK_SIGN_TOKEN",
    "PGPASSWORD",
    "SLACK_SERVE_TOKEN",
];

/// Variables that hold an address, which may have a password in it.
const ADDRESSES: [&str; 4] =
    [API_URL, "SLACK_POSTGRES_URL", "DATABASE_URL", "SLACK_ANALYTICS_DATABASE_POSTGRES"];

/// Variables by name: the environment's before those of `.env` files. One without a value is not set.
#[derive(Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    files: BTreeMap<String, (String, PathBuf)>,
}

/// Where a variable is set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the environment, which nobody but the user sets.
    Environment,
    /// In this file, which may have come with the folder that it is in.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Environment {
    /// Reads the process's environment, and the `.env` of each folder that has one, the first folder's before the next
    /// one's.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] where a `.env` cannot be read, [`Error::EnvFile`] where a line of it is not `NAME=value`.
    pub fn read<P: AsRef<Path>>(folders: impl IntoIterator<Item = P>) -> Result<Self, Error> {
        let variables = std::env::vars_os();
        let variables =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut environment = Self::from_variables(variables);
        for path in
            folders.into_iter().map(|folder| folder.as_ref().join(".env")).filter(|path| path.is_file())
        {
            let failed = |error| match error {
                dotenvy::Error::Io(source) => Error::Read { path: path.clone(), source },
                // The error's own text shows the line, which may hold a token.
                _ => Error::EnvFile { path: path.clone() },
            };
            for pair in dotenvy::from_path_iter(&path).map_err(failed)? {
                let (name, value) = pair.map_err(failed)?;
                if !value.trim().is_empty() {
                    environment.files.entry(name).or_insert_with(|| (value, path.clone()));
                }
            }
        }
        Ok(environment)
    }

    /// An environment in which nothing is set but these variables.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let is_set = |(_, value): &(String, String)| !value.trim().is_empty();
        Self { variables: variables.into_iter().filter(is_set).collect(), files: BTreeMap::new() }
    }

    /// A variable's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|(value, _)| value)
    }

    /// A variable's value, and where it is set.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(String, Place)> {
        let variable = self.variables.get(name).map(|value| (value.clone(), Place::Environment));
        variable
            .or_else(|| self.files.get(name).map(|(value, path)| (value.clone(), Place::File(path.clone()))))
    }

    /// What a key's variable sets.
    ///
    /// # Errors
    ///
    /// [`Error::Variable`] where its value is not of the key's kind.
    pub fn setting(&self, key: &'static Key) -> Result<Option<Setting>, Error> {
        let variable = key.variable();
        let Some((value, place)) = self.find(&variable) else { return Ok(None) };
        let values =
            key.read_variable(&value).map_err(|why| Error::Variable { variable: variable.clone(), why })?;
        let path = match place {
            Place::Environment => None,
            Place::File(path) => Some(path),
        };
        Ok(Some(Setting { key, values, origin: Origin::Variable { variable, path } }))
    }

    /// Variables that are named like those of keys, and are not one's, in order.
    #[must_use]
    pub fn unknown(&self) -> Vec<String> {
        let known: BTreeSet<String> = keys().iter().map(Key::variable).collect();
        let names = self.variables.keys().filter(|name| name.starts_with(PREFIX));
        names.filter(|name| *name != CONFIG && !known.contains(*name)).cloned().collect()
    }

    /// The token: its variable, the token, and where it is set.
    #[must_use]
    pub fn token(&self) -> Option<(&'static str, Token, Place)> {
        Token::VARIABLES.into_iter().find_map(|name| {
            let (value, place) = self.find(name)?;
            Some((name, Token::new(&value)?, place))
        })
    }

    /// Every value that must not show.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let in_file = |name: &str| self.files.get(name).map(|(value, _)| value);
        let set = |name: &str| [self.variables.get(name), in_file(name)].into_iter().flatten();
        let values = SECRETS.into_iter().flat_map(set).cloned();
        let in_addresses = ADDRESSES.into_iter().flat_map(set).flat_map(|url| passwords(url));
        let all = values.chain(in_addresses).map(|value| value.trim().to_owned());
        all.filter(|value| !value.is_empty()).collect()
    }

    /// The API's address.
    ///
    /// The token goes there. So an address other than Slack's is taken from the environment, or from the file that the
    /// token is from: a `.env` that came with a folder must not send a token that was there before to its own server.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignApi`] where the address is not to be trusted with the token.
    pub fn api_url(&self) -> Result<String, Error> {
        let Some((url, place)) = self.find(API_URL) else { return Ok(SLACK_API_URL.into()) };
        match self.token() {
            Some((token, _, token_place))
                if place != Place::Environment && place != token_place && !is_slack(&url) =>
            {
                Err(Error::ForeignApi { place, token, token_place })
            }
            _ => Ok(url),
        }
    }
}

/// Whether an address is one of Slack's own hosts, by https.
fn is_slack(url: &str) -> bool {
    let Ok(url) = url.trim().parse::<http::Uri>() else { return false };
    let Some(authority) = url.authority() else { return false };
    let host = authority.host().to_ascii_lowercase();
    url.scheme_str() == Some("https")
        && !authority.as_str().contains('@')
        && authority.port_u16().is_none_or(|port| port == 443)
        && (host == "slack.com" || host.ends_with(".slack.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment in which nothing is set but what these files say.
    fn of_files(files: &[(&str, &str, &str)]) -> Environment {
        let entry = |(name, value, path): &(&str, &str, &str)| {
            ((*name).to_owned(), ((*value).to_owned(), PathBuf::from(path)))
        };
        Environment { files: files.iter().map(entry).collect(), ..Environment::default() }
    }

    #[test]
    fn slacks_own_hosts_are_known() {
        for url in [
            "https://slack.com/api",
            "https://SLACK.com",
            "https://files.slack.com:443/x",
            " https://slack.com/ ",
        ] {
            assert!(is_slack(url), "{url}");
        }
        for url in [
            "http://slack.com/api",
            "https://slack.com@evil.example/api",
            "https://user@slack.com/api",
            "https://slack.com.evil.example/",
            "https://notslack.com/",
            "https://slack.com:8443/",
            "https://evil.example/slack.com",
            "https://evil.example\\@slack.com/",
            "slack.com",
            "",
        ] {
            assert!(!is_slack(url), "{url}");
        }
    }

    #[test]
    fn an_address_is_taken_from_where_the_token_is_from() {
        let token = |path| ("SLACK_ACCESS_TOKEN", "xoxp-1-2", path);
        let url = |path| (API_URL, "https://evil.example/api", path);
        assert!(of_files(&[token("a/.env"), url("a/.env")]).api_url().is_ok());
        assert!(of_files(&[url("a/.env")]).api_url().is_ok(), "no token, nothing to lose");
        let refused = of_files(&[token("a/.env"), url("b/.env")]).api_url().expect_err("refused").to_string();
        assert!(
            refused.contains("b/.env") && refused.contains("a/.env") && !refused.contains("xoxp"),
            "{refused}"
        );
        let slack = of_files(&[token("a/.env"), (API_URL, "https://slack.com/api", "b/.env")]);
        assert_eq!(slack.api_url().expect("Slack's"), "https://slack.com/api");
    }
}
