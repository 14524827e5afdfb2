//! Who may read what this program makes: its user alone, but for the few files that are made to be handed on.

use std::path::Path;

#[cfg(unix)]
use std::sync::OnceLock;

use serde_json::json;

use crate::app::App;
use crate::failure::Result;

/// What the user's own umask takes away from new files.
#[cfg(unix)]
static USERS_MASK: OnceLock<u32> = OnceLock::new();

/// From here on, new folders have the mode 0700 and new files 0600 (or less, where the user's umask says so): also those
/// that libraries make, such as a database and its journal.
pub(crate) fn keep_to_oneself() {
    #[cfg(unix)]
    {
        use rustix::fs::Mode;
        use rustix::process::umask;
        let users = umask(Mode::RWXG | Mode::RWXO);
        umask(users | Mode::RWXG | Mode::RWXO);
        // There is one beginning of a process.
        #[allow(clippy::useless_conversion, reason = "some systems have it in 16 bits")]
        let _ = USERS_MASK.set(users.bits().into());
    }
}

/// Gives a file that was made to be handed on the permissions that the user's umask leaves it.
pub(crate) fn hand_on(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(mask) = USERS_MASK.get() {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::Permissions::from_mode(0o666 & !mask);
        std::fs::set_permissions(path, permissions)
            .map_err(|error| slack_model::Error::io("set the permissions of", path, error))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

impl App<'_> {
    /// Reports a data home that others may look into, with the command that changes it. It is its owner who knows
    /// whether that is meant.
    pub(crate) fn report_permissions(&self) {
        if !self.home().is_open_to_others() {
            return;
        }
        let mend = format!("chmod -R go= {}", quoted(self.home().root()));
        let what = format!("other users of this machine may look into {}", self.home().root().display());
        self.output.advise(&format!("warning: {what}; to stop that: {mend}"));
        self.output.keep("permissions", json!({ "health": "warning", "what": what, "advice": mend }));
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+,:@%".contains(letter);
    if text.chars().all(is_plain) && !text.starts_with('-') {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_command() {
        for (path, word) in [
            ("/srv/slack", "/srv/slack"),
            ("./my data", "'./my data'"),
            ("it's; rm -rf", "'it'\\''s; rm -rf'"),
            ("-rf", "'-rf'"),
        ] {
            assert_eq!(quoted(Path::new(path)), word);
        }
    }
}
