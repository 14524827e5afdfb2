//! What comes from the environment, or from a `.env` file where the environment is silent.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use slack_extract::Token;

use crate::failure::{Result, Usage};

/// Slack's own address.
const SLACK_API_URL: &str = "https://slack.com/api";

/// The folder of the configuration file. It is found before anything else is read, and stays.
static BESIDE: OnceLock<PathBuf> = OnceLock::new();

/// Has `.env` looked for in this folder too: that of the configuration file.
pub(crate) fn look_beside(folder: &Path) {
    // There is one command line in a process.
    let _ = BESIDE.set(folder.to_owned());
}

/// Variables by name: the environment's, else those of `.env` in the working folder, else those of the one beside the
/// configuration file.
#[derive(Default)]
pub(crate) struct Environment {
    file: HashMap<String, (String, PathBuf)>,
}

/// Where a variable is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the environment, which nobody but the user sets.
    Environment,
    /// In this file, which may have come with the folder that it is in.
    File(PathBuf),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Environment {
    /// Reads `.env` where there is one. `SLACK_CLIENT_TOKEN` and `SLACK_SIGN_TOKEN`, which older set-ups
    /// have in it, are not needed.
    pub(crate) fn read() -> Result<Self> {
        let mut file = HashMap::new();
        let beside = BESIDE.get().map(|folder| folder.join(".env"));
        // Where both are the same file, it is read twice and says the same.
        for path in beside.into_iter().chain([PathBuf::from(".env")]).filter(|path| path.is_file()) {
            for pair in dotenvy::from_path_iter(&path)? {
                // The error's own text shows the line, which may hold a token.
                let why = || Usage(format!("{} holds a line that is no NAME=value", path.display()));
                let (name, value) = pair.map_err(|_| why())?;
                if !value.trim().is_empty() {
                    file.insert(name, (value, path.clone()));
                }
            }
        }
        Ok(Self { file })
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|(value, _)| value)
    }

    /// A variable's value, and where it is set.
    pub(crate) fn find(&self, name: &str) -> Option<(String, Place)> {
        let is_set = |value: &String| !value.trim().is_empty();
        let in_environment = env::var(name).ok().filter(is_set).map(|value| (value, Place::Environment));
        in_environment.or_else(|| {
            let (value, path) = self.file.get(name).filter(|(value, _)| is_set(value))?;
            Some((value.clone(), Place::File(path.clone())))
        })
    }

    /// The token, which is taken from here only: an argument would show in the list of processes.
    pub(crate) fn token(&self) -> Result<Token> {
        let missing = "no token: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment or in a .env file; an export needs \
             none (run --import)";
        Token::from_variables(|name| self.get(name)).ok_or_else(|| Usage(missing.into()).into())
    }

    /// The token, and where it was found.
    pub(crate) fn placed_token(&self) -> Option<(Token, String)> {
        let (name, token, place) = self.found_token()?;
        let place = if place == Place::Environment { "the environment" } else { "the .env file" };
        Some((token, format!("{name} of {place}")))
    }

    fn found_token(&self) -> Option<(&'static str, Token, Place)> {
        Token::VARIABLES.into_iter().find_map(|name| {
            let (value, place) = self.find(name)?;
            Some((name, Token::new(&value)?, place))
        })
    }

    /// Every value that must not show.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let names = [
            "SLACK_USER_TOKEN",
            "SLACK_ACCESS_TOKEN",
            "SLACK_CLIENT_TOKEN",
            "SLACK_SIGN_TOKEN",
            "PGPASSWORD",
            "SLACK_SERVE_TOKEN",
        ];
        let in_file = |name: &str| self.file.get(name).map(|(value, _)| value.clone());
        let set = |name: &str| [env::var(name).ok(), in_file(name)];
        let values = names.iter().flat_map(|name| set(name)).flatten();
        let urls = [API_URL, "SLACK_POSTGRES_URL", "DATABASE_URL", "SLACK_ANALYTICS_DATABASE_POSTGRES"];
        let in_urls = urls.iter().flat_map(|name| set(name)).flatten().flat_map(|url| passwords(&url));
        values.chain(in_urls).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    /// The API's address.
    ///
    /// The token goes there. So an address other than Slack's is taken from the environment, or from the file that the
    /// token is from: a `.env` that came with a folder must not send a token that was there before to its own server.
    pub(crate) fn api_url(&self) -> Result<String> {
        let Some((url, place)) = self.find(API_URL) else { return Ok(SLACK_API_URL.into()) };
        let token = self.found_token().map(|(name, _, place)| (name, place));
        match token {
            Some((name, of_token)) if place != Place::Environment && place != of_token && !is_slack(&url) => {
                let why = format!(
                    "{API_URL} is set in {place}, {name} in {of_token}: a token is sent only to Slack, or to an address from the same \
                     place or the environment"
                );
                Err(Usage(why).into())
            }
            _ => Ok(url),
        }
    }
}

/// The variable of the API's address.
const API_URL: &str = "SLACK_API_URL";

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

/// What must not show of a command line: passwords in databases' addresses.
pub(crate) fn secrets_of_arguments(arguments: impl IntoIterator<Item = OsString>) -> Vec<String> {
    let arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    arguments
        .flat_map(|argument| passwords(argument.strip_prefix("--postgres=").unwrap_or(&argument)))
        .collect()
}

/// The passwords in a database's address, as they are written there and as they are meant.
fn passwords(url: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The last @ before the host: a password that nobody percent-encoded may hold others, and a / or ?.
    if let Some((_, rest)) = url.split_once("://")
        && let Some((user, _)) = rest.rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        found.push(password.to_owned());
    }
    let parameters = url.split_once('?').map(|(_, parameters)| parameters).unwrap_or_default().split('&');
    let written = parameters.chain(url.split_whitespace()).filter_map(|word| word.strip_prefix("password="));
    found.extend(written.map(|password| password.trim_matches('\'').to_owned()));
    let decoded: Vec<_> = found.iter().filter_map(|password| decoded(password)).collect();
    found.extend(decoded);
    found
}

/// A text without its percent-encoding; `None` where it has none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|decoded| decoded != text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment in which nothing is set but what these files say.
    fn of_files(files: &[(&str, &str, &str)]) -> Environment {
        let entry = |(name, value, path): &(&str, &str, &str)| {
            ((*name).to_owned(), ((*value).to_owned(), PathBuf::from(path)))
        };
        Environment { file: files.iter().map(entry).collect() }
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

    #[test]
    fn passwords_of_addresses_are_known() {
        assert_eq!(passwords("postgres://me:s%40c@db:5432/slack"), ["s%40c", "s@c"]);
        assert_eq!(passwords("postgres://me:a@b/c?d@db/slack?sslmode=require"), ["a@b/c?d"]);
        assert_eq!(passwords("postgres://db/slack?user=me&password=hush"), ["hush"]);
        assert_eq!(passwords("host=db password='hush'"), ["hush"]);
        assert_eq!(passwords("postgres://me@db/slack"), [""; 0]);
    }
}
