//! Whether a folder that was made from others is still what would be made of them.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

use slack_model::atomic::write_atomically;
use slack_model::batch::files_below;

use crate::error::Result;

/// What a folder is made from: this program, how it was asked, and the files that it reads, by name, length, and the
/// times to the nanosecond and number by which the file system tells one file from another.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    text: String,
}

/// The file in a folder that was made, which is written when all else is.
const FILE: &str = "stamp.txt";

impl Fingerprint {
    /// The stamp of what is made now, `how` it is made, from the files in a folder and one more.
    pub(crate) fn of(how: &str, folder: &Path, more: &Path) -> Result<Self> {
        let mut text = format!("{}\n{how}", program());
        let files = files_below(folder)?.files.into_iter().map(|file| folder.join(file));
        for file in files.chain([more.to_path_buf()]) {
            text.push_str(&line(&file)?);
        }
        Ok(Self { text })
    }

    /// Whether a folder bears this stamp, and has all that it had when it got it.
    pub(crate) fn is_on(&self, folder: &Path) -> Result<bool> {
        let Ok(stamp) = fs::read_to_string(folder.join(FILE)) else { return Ok(false) };
        Ok(stamp == self.on(folder)?)
    }

    /// Puts the stamp on a folder that is complete.
    pub(crate) fn put_on(&self, folder: &Path) -> Result<()> {
        let text = self.on(folder)?;
        Ok(write_atomically(&folder.join(FILE), text.as_bytes())?)
    }

    /// The stamp with the lengths of what was made: nobody waits until that is on the disk, so that a machine that loses
    /// its power may lose of it what the stamp is there for.
    fn on(&self, folder: &Path) -> Result<String> {
        let mut text = format!("{}made:\n", self.text);
        for file in files_below(folder)?.files.iter().filter(|file| file.as_path() != Path::new(FILE)) {
            text.push_str(&format!("{} {}\n", length(&folder.join(file))?, file.display()));
        }
        Ok(text)
    }
}

/// This program. One that was built anew may measure otherwise under the same version.
fn program() -> String {
    let built = std::env::current_exe().and_then(fs::metadata).map(|file| told(&file)).unwrap_or_default();
    format!("slack-analytics {} {built}", env!("CARGO_PKG_VERSION"))
}

fn line(file: &Path) -> Result<String> {
    Ok(format!("{} {}\n", told(&metadata(file)?), file.display()))
}

fn length(file: &Path) -> Result<u64> {
    Ok(metadata(file)?.len())
}

fn metadata(file: &Path) -> Result<Metadata> {
    Ok(fs::metadata(file).map_err(|error| slack_model::Error::io("read", file, error))?)
}

/// What a file system tells of a file, and changes whenever the file changes.
fn told(file: &Metadata) -> String {
    let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let modified = file.modified().map(since).unwrap_or_default();
    format!("{} {}.{:09}{}", file.len(), modified.as_secs(), modified.subsec_nanos(), number(file))
}

/// The file's number, and when it became what it is: a copy may have been given the times of another file.
#[cfg(unix)]
fn number(file: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    format!(" {} {}.{:09}", file.ino(), file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_tells_of_every_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let [from, made, more] = ["from", "made", "more"].map(|name| folder.path().join(name));
        fs::create_dir_all(&from).expect("made");
        fs::create_dir_all(made.join("csv")).expect("made");
        for file in [from.join("a.csv"), more.clone(), made.join("csv/b.csv")] {
            fs::write(file, "one").expect("written");
        }
        let stamp = |how: &str| Fingerprint::of(how, &from, &more).expect("read");
        let is_good = |how: &str| stamp(how).is_on(&made).expect("read");
        assert!(!is_good("so\n"), "half made");
        stamp("so\n").put_on(&made).expect("written");
        assert!(is_good("so\n") && !is_good("otherwise\n"));
        // What was made and lost its bytes with the power.
        fs::write(made.join("csv/b.csv"), "").expect("written");
        assert!(!is_good("so\n"));
        fs::write(made.join("csv/b.csv"), "two").expect("written");
        assert!(is_good("so\n"));
        // Another file of the same length, in the place of either one.
        for file in [from.join("a.csv"), more.clone()] {
            stamp("so\n").put_on(&made).expect("written");
            write_atomically(&file, b"two").expect("written");
            assert!(!is_good("so\n"), "{}", file.display());
        }
        stamp("so\n").put_on(&made).expect("written");
        fs::write(from.join("c.csv"), "").expect("written");
        assert!(!is_good("so\n"), "a file more");
    }
}
