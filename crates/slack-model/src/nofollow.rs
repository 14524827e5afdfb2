//! Files and folders that are made, changed or removed in their own place, never in the place that a link names.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::{Error, Result};

/// Begins an empty file in place of what has its name.
///
/// A link of that name, symbolic or hard, is removed first: what it leads to keeps its contents.
pub(crate) fn create_new(path: &Path) -> Result<File> {
    remove_file(path)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| Error::io("write", path, error))
}

/// Opens a file that keeps its contents; a symbolic link in its place is refused.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> Result<File> {
    refuse_link(path)?;
    // Where the system can, it looks again at the moment of opening.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits();
        options.custom_flags(no_follow.cast_signed());
    }
    options.open(path).map_err(|error| Error::io("open", path, error))
}

/// Fails where a path is a symbolic link itself.
pub(crate) fn refuse_link(path: &Path) -> Result<()> {
    if is_link(path) { Err(Error::Link { path: path.into() }) } else { Ok(()) }
}

/// Whether a path is a symbolic link itself.
pub(crate) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// Removes a file or a link, where there is one; never what the link leads to.
pub fn remove_file(path: &Path) -> Result<()> {
    gone(fs::remove_file(path)).map_err(|error| Error::io("remove", path, error))
}

/// Removes a folder and all below it, where there is one. A link in its place, or anywhere below it, is removed as a
/// link: what it leads to stays.
pub fn remove_folder(path: &Path) -> Result<()> {
    // The standard library looks at each entry itself, not at what it leads to.
    gone(fs::remove_dir_all(path)).map_err(|error| Error::io("remove", path, error))
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_a_link_leads_to_stays() {
        let (inside, outside) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let precious = outside.path().join("precious.txt");
        fs::write(&precious, "keep").expect("written");
        let path = |name: &str| inside.path().join(name);
        let is_kept = || assert_eq!(fs::read_to_string(&precious).expect("read"), "keep");

        symlink(&precious, path("temporary")).expect("linked");
        create_new(&path("temporary")).expect("created").write_all(b"new").expect("written");
        is_kept();
        assert!(!is_link(&path("temporary")));

        fs::hard_link(&precious, path("hard")).expect("linked");
        create_new(&path("hard")).expect("created").write_all(b"new").expect("written");
        is_kept();

        symlink(&precious, path("log")).expect("linked");
        let refused = open(&path("log"), OpenOptions::new().append(true).create(true)).expect_err("refused");
        assert!(matches!(refused, Error::Link { .. }), "{refused}");
        is_kept();

        symlink(outside.path(), path("folder")).expect("linked");
        fs::create_dir(path("real")).expect("made");
        symlink(outside.path(), path("real/inner")).expect("linked");
        for name in ["folder", "real", "nothing"] {
            remove_folder(&path(name)).expect("removed");
            assert!(!path(name).exists());
        }
        is_kept();
        remove_file(&path("log")).expect("removed");
        remove_file(&path("log")).expect("not there any more");
        is_kept();
    }
}
