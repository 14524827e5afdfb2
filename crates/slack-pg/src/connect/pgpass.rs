//! Password files in libpq's format: <https://www.postgresql.org/docs/current/libpq-pgpass.html>.

use std::path::Path;
use std::{fs, io};

use super::Note;

/// The bytes of a password file; `None` where there is none, or it is not to be used, which leaves a note.
pub(super) fn read(path: &Path, notes: &mut Vec<Note>) -> Option<Vec<u8>> {
    let read = match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is no plain file")),
        Ok(metadata) if is_open_to_others(&metadata) => {
            notes.push(Note::PassfileOpenToOthers { path: path.to_owned() });
            return None;
        }
        Ok(_) => fs::read(path),
        Err(error) => Err(error),
    };
    match read {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            notes.push(Note::PassfileUnreadable { path: path.to_owned(), reason: error.to_string() });
            None
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_metadata: &fs::Metadata) -> bool {
    false
}

/// What a line of a password file must be for.
pub(super) struct Wanted<'a> {
    /// The host, by any of its names.
    pub(super) hosts: &'a [&'a str],
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password in the first line that is for what is wanted.
pub(super) fn find(file: &[u8], wanted: &Wanted<'_>) -> Option<Vec<u8>> {
    let port = wanted.port.to_string();
    let others = [&*port, wanted.database, wanted.user];
    file.split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"#") {
            return None;
        }
        let after_host = wanted.hosts.iter().find_map(|host| after_match(line, host))?;
        let rest = others.iter().try_fold(after_host, |rest, value| after_match(rest, value))?;
        let (password, _) = next_field(rest);
        (!password.is_empty()).then_some(password)
    })
}

/// What follows the first field of a line, where the field is a star or the value.
fn after_match<'a>(line: &'a [u8], value: &str) -> Option<&'a [u8]> {
    // An escaped star is a star, and no wildcard.
    if let Some(rest) = line.strip_prefix(b"*:") {
        return Some(rest);
    }
    let (field, rest) = next_field(line);
    rest.filter(|_| field == value.as_bytes())
}

/// The first field, its escapes undone, and what follows its colon.
fn next_field(line: &[u8]) -> (Vec<u8>, Option<&[u8]>) {
    let mut field = Vec::new();
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match (byte, line.get(at + 1)) {
            (b':', _) => return (field, Some(&line[at + 1..])),
            (b'\\', Some(&escaped)) => {
                field.push(escaped);
                at += 1;
            }
            _ => field.push(byte),
        }
        at += 1;
    }
    (field, None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Asserts the password of ann's database slack at localhost, which is also reached by a socket.
    fn check(file: &str, expected: Option<&str>) {
        let wanted = Wanted { hosts: &["localhost", "/run/pg"], port: 5432, database: "slack", user: "ann" };
        let found = find(file.as_bytes(), &wanted);
        let found = found.as_deref().map(|found| std::str::from_utf8(found).expect("text"));
        assert_eq!(found, expected, "{file}");
    }

    #[test]
    fn the_first_line_that_matches_counts() {
        check("localhost:5432:slack:ann:one\nlocalhost:5432:slack:ann:two\n", Some("one"));
        check("other:5432:slack:ann:one\nlocalhost:5433:slack:ann:two\n*:*:*:ann:three", Some("three"));
        check("localhost:5432:slack:bob:one\nlocalhost:5432:other:ann:two\n", None);
        check("/run/pg:5432:slack:ann:socket", Some("socket"));
        check("LOCALHOST:5432:slack:ann:one", None);
        check("", None);
    }

    #[test]
    fn stars_escapes_comments_and_line_ends_are_those_of_libpq() {
        check("# localhost:5432:slack:ann:no\n\n*:*:*:*:yes\r\n", Some("yes"));
        check(r"*:*:*:*:a\:b\\c\d", Some(r"a:b\cd"));
        check("*:*:*:*:first:second", Some("first"));
        check(r"\*:*:*:*:one", None);
        check(r"local\host:5432:slack:ann:one", Some("one"));
        check(r"/run/pg:5432:slack:ann:ends in \", Some(r"ends in \"));
        check("local*:*:*:*:one", None);
        check("*:*:*:*:  spaces count ", Some("  spaces count "));
        check("*:*:*:*:\nlocalhost:5432:slack:ann:later", Some("later"));
        check("*:*:*\n*:*:*:*\n", None);
    }

    #[test]
    fn escaped_names_are_found() {
        let wanted = Wanted { hosts: &["::1"], port: 1, database: r"a\b", user: "*" };
        assert_eq!(find(br"\:\:1:1:a\\b:\*:pass", &wanted).as_deref(), Some(&b"pass"[..]));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_left_alone_with_a_note() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pgpass");
        let mut notes = Vec::new();
        assert_eq!(read(&path, &mut notes), None);
        assert!(notes.is_empty(), "a file that is not there is no matter: {notes:?}");
        fs::write(&path, "*:*:*:*:hush").expect("written");
        for (mode, is_used) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false)]
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            notes.clear();
            assert_eq!(read(&path, &mut notes).is_some(), is_used, "{mode:o}");
            assert_eq!(notes.is_empty(), is_used, "{mode:o}");
        }
        let note = notes[0].to_string();
        assert!(note.contains("chmod 600") && !note.contains("hush"), "{note}");
        notes.clear();
        assert_eq!(read(folder.path(), &mut notes), None);
        assert!(notes[0].to_string().contains("no plain file"), "{notes:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(file in any::<Vec<u8>>(), noise in "[*:\\\\#\r\na]*") {
            let wanted = Wanted { hosts: &["a", ""], port: 1, database: "a", user: "*" };
            for file in [file, noise.into_bytes()] {
                let found = find(&file, &wanted);
                prop_assert!(found.is_none_or(|password| !password.is_empty()));
            }
        }

        #[test]
        fn what_is_escaped_is_found(host in "[^\n\r]+", user in "[^\n\r]+", password in "[^\n\r]+") {
            let escape = |text: &str| text.replace('\\', r"\\").replace(':', r"\:").replace('*', r"\*");
            // A line that begins with # is a comment, also where it is a host's.
            prop_assume!(!host.starts_with('#'));
            let line = format!("{}:7:db:{}:{}\n", escape(&host), escape(&user), escape(&password));
            let wanted = Wanted { hosts: &[&host], port: 7, database: "db", user: &user };
            prop_assert_eq!(find(line.as_bytes(), &wanted), Some(password.into_bytes()));
        }
    }
}
