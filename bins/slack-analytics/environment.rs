//! What comes from the environment, or from a `.env` file where the environment is silent.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use slack_extract::Token;
use slack_pipeline::settings::{Environment, Error, passwords};

use crate::failure::{Result, Usage};

/// The folder of the configuration file. It is found before anything else is read, and stays.
static BESIDE: OnceLock<PathBuf> = OnceLock::new();

/// Has `.env` looked for in this folder too: that of the configuration file.
pub(crate) fn look_beside(folder: &Path) {
    // There is one command line in a process.
    let _ = BESIDE.set(folder.to_owned());
}

/// The environment's variables, else those of `.env` in the working folder, else those of the one beside the configuration
/// file.
pub(crate) fn read() -> Result<Environment, Error> {
    Environment::read([Path::new("")].into_iter().chain(BESIDE.get().map(|folder| &**folder)))
}

/// The token, which is taken from here only: an argument would show in the list of processes.
pub(crate) fn token(environment: &Environment) -> Result<Token> {
    let missing = "no token: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment or in a .env file; an export needs \
         none (run --import)";
    Ok(environment.token().map(|(_, token, _)| token).ok_or_else(|| Usage(missing.into()))?)
}

/// What must not show of a command line: passwords in databases' addresses.
pub(crate) fn secrets_of_arguments(arguments: impl IntoIterator<Item = OsString>) -> Vec<String> {
    let arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    arguments
        .flat_map(|argument| passwords(argument.strip_prefix("--postgres=").unwrap_or(&argument)))
        .collect()
}
