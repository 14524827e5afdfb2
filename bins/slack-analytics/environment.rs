//! What comes from the environment, or from a `.env` file where the environment is silent.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use slack_extract::Token;

use crate::exit::{Result, Usage};

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
    file: HashMap<String, String>,
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
                    file.insert(name, value);
                }
            }
        }
        Ok(Self { file })
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let said = |value: &String| !value.trim().is_empty();
        env::var(name).ok().filter(said).or_else(|| self.file.get(name).filter(|value| said(value)).cloned())
    }

    /// The token, which is taken from here only: an argument would show in the list of processes.
    pub(crate) fn token(&self) -> Result<Token> {
        let missing = "no token: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment or in a .env file; an export needs \
             none (run --import)";
        Token::from_variables(|name| self.get(name)).ok_or_else(|| Usage(missing.into()).into())
    }

    /// The token, and where it was found.
    pub(crate) fn placed_token(&self) -> Option<(Token, String)> {
        Token::VARIABLES.into_iter().find_map(|name| {
            let token = Token::new(&self.get(name)?)?;
            let is_set = env::var(name).is_ok_and(|value| !value.trim().is_empty());
            Some((token, format!("{name} of {}", if is_set { "the environment" } else { "the .env file" })))
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
        let set = |name: &str| [env::var(name).ok(), self.file.get(name).cloned()];
        let values = names.iter().flat_map(|name| set(name)).flatten();
        let urls = ["SLACK_POSTGRES_URL", "DATABASE_URL"];
        let in_urls = urls.iter().flat_map(|name| set(name)).flatten().flat_map(|url| passwords(&url));
        values.chain(in_urls).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    /// The API's address.
    pub(crate) fn api_url(&self) -> String {
        self.get("SLACK_API_URL").unwrap_or_else(|| SLACK_API_URL.into())
    }
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

    #[test]
    fn passwords_of_addresses_are_known() {
        assert_eq!(passwords("postgres://me:s%40c@db:5432/slack"), ["s%40c", "s@c"]);
        assert_eq!(passwords("postgres://me:a@b/c?d@db/slack?sslmode=require"), ["a@b/c?d"]);
        assert_eq!(passwords("postgres://db/slack?user=me&password=hush"), ["hush"]);
        assert_eq!(passwords("host=db password='hush'"), ["hush"]);
        assert_eq!(passwords("postgres://me@db/slack"), [""; 0]);
    }
}
