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
        let missing =
            "no token: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment or in a .env file";
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
        let names = ["SLACK_USER_TOKEN", "SLACK_ACCESS_TOKEN", "SLACK_CLIENT_TOKEN", "SLACK_SIGN_TOKEN"];
        let set = |name: &str| [env::var(name).ok(), self.file.get(name).cloned()];
        let values = names.iter().flat_map(|name| set(name)).flatten();
        values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    /// The API's address.
    pub(crate) fn api_url(&self) -> String {
        self.get("SLACK_API_URL").unwrap_or_else(|| SLACK_API_URL.into())
    }
}
