use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What a file is that is not a zip, and what to do about it.
pub(super) fn what_it_is(mut file: &File) -> &'static str {
    let mut head = Vec::new();
    if file.seek(SeekFrom::Start(0)).is_err() || file.take(1024).read_to_end(&mut head).is_err() {
        return "it cannot be read";
    }
    let text = String::from_utf8_lossy(&head).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    let begins: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "it is a gzip file, such as a .tar.gz: unpack it, and import the folder"),
        (b"BZh", "it is a bzip2 file, such as a .tar.bz2: unpack it, and import the folder"),
        (b"\xfd7zXZ", "it is an xz file, such as a .tar.xz: unpack it, and import the folder"),
        (b"\x28\xb5\x2f\xfd", "it is a Zstandard file: unpack it, and import the folder"),
        (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive: unpack it, and import the folder"),
        (b"Rar!", "it is a RAR archive: unpack it, and import the folder"),
        (b"%PDF", "it is a PDF file, not a zip file"),
        (b"PK\x03\x04", "no entry in it can be read"),
    ];
    if let Some((_, what)) = begins.into_iter().find(|(mark, _)| head.starts_with(mark)) {
        return what;
    }
    if head.get(257..262) == Some(b"ustar") {
        return "it is a tar archive: unpack it, and import the folder";
    }
    match text.chars().next() {
        None => "it is empty",
        Some('<') if text.contains("<html") || text.contains("<!doctype") => {
            "it is a web page, perhaps the one to sign in: download the export again while signed in"
        }
        Some('<') => "it is an XML file, not a zip file",
        Some('[' | '{') => "it is a JSON file: name the folder in which it lies",
        Some(_) => "it is not a zip file",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn files_are_told_apart() {
        let tar = [vec![b'x'; 257], b"ustar\0".to_vec()].concat();
        let cases: [(&[u8], &str); 9] = [
            (b"", "it is empty"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"<?xml version='1.0'?><feed/>", "XML"),
            (b"\xef\xbb\xbf[{}]", "JSON"),
            (b"7z\xbc\xaf\x27\x1c", "7z"),
            (b"Rar!\x1a", "RAR"),
            (&tar, "tar archive"),
            (b"\xff\xff", "not a zip"),
        ];
        for (bytes, expected) in cases {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(bytes).expect("written");
            let what = what_it_is(&file);
            assert!(what.contains(expected), "{bytes:?}: {what}");
        }
    }
}
