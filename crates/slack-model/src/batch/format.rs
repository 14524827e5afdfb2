//! The version of a data home's layout and of what its tables mean.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::atomic::write_atomically;
use crate::error::{Error, Result};

/// The format that this version writes, and the newest one that it reads.
///
/// 0: no file names it. 1: conversations are public only where a list of public channels, the API or the operator names
/// them so.
pub(super) const CURRENT: u32 = 1;

const FILE: &str = "format.toml";

/// The format of the data home in a folder; 0 where nothing names it.
pub(super) fn read(home: &Path) -> Result<u32> {
    let path = home.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        // Neither the folder nor the file has to be there.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(0),
        Err(error) => return Err(Error::io("read", &path, error)),
    };
    let Some(found) = value(&text, "format").and_then(|value| value.parse().ok()) else {
        return Err(Error::Format { file: path });
    };
    if found > CURRENT {
        let written_by = value(&text, "written_by").unwrap_or("of an unknown version").to_owned();
        return Err(Error::NewerFormat { home: home.into(), found, known: CURRENT, written_by });
    }
    Ok(found)
}

/// Notes this version's format in the data home in a folder.
pub(super) fn write(home: &Path) -> Result<()> {
    let text = format!(
        "# The format of this data home. Versions of slack-analytics that do not know it refuse to use the data home.\n\
         format = {CURRENT}\nwritten_by = \"{}\"\n",
        env!("CARGO_PKG_VERSION")
    );
    write_atomically(&home.join(FILE), text.as_bytes())
}

/// A key's value, without its quotes.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == key)?;
    Some(value.trim().trim_matches('"'))
}
