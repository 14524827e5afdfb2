//! The names of files in an export from outside: their encoding, and what of them is a path inside the export.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use slack_model::codepage::{CODEPAGES, Codepage};
use unicode_normalization::UnicodeNormalization;

use super::archive::Fault;
use super::limits::{ImportLimit, ImportLimits};

/// What a name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file of the export.
    File(PathBuf),
    /// A folder. It is made when a file lies in it.
    Folder,
    /// What an operating system adds to any folder or zip.
    Extra(PathBuf),
}

/// Reads a name as a path. Both slashes separate folders: zips made on Windows may have either.
pub(super) fn place_of(name: &str, limits: &ImportLimits) -> Result<Place, Fault> {
    let is_slash = |letter: char| letter == '/' || letter == '\\';
    if name.contains('\0') {
        return Err(Fault::Name);
    }
    limits.check(ImportLimit::NameBytes, name.len() as u64)?;
    let mut parts = Vec::new();
    for part in name.split(is_slash) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(Fault::Outside)?;
            }
            part => parts.push(part),
        }
    }
    let is_drive = |part: &&str| matches!(part.as_bytes(), [drive, b':'] if drive.is_ascii_alphabetic());
    if name.starts_with(is_slash) || parts.first().is_some_and(is_drive) {
        return Err(Fault::Outside);
    }
    if name.ends_with(is_slash) || name.ends_with("/.") {
        return Ok(Place::Folder);
    }
    limits.check(ImportLimit::Depth, (parts.len() as u64).saturating_sub(1))?;
    let path: PathBuf = parts.iter().collect();
    match parts.last() {
        None => Err(Fault::Name),
        Some(_) if parts.iter().any(|part| is_extra(part)) => Ok(Place::Extra(path)),
        Some(_) => Ok(Place::File(path)),
    }
}

/// Whether a file or folder of this name is something that an operating system adds: macOS keeps there what its file
/// system has of a file besides its bytes, and Windows pictures and settings of the folder.
pub(super) fn is_extra(name: &str) -> bool {
    name.starts_with("._") || ["__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"].contains(&name)
}

/// A path as text for gaps, with `/` between folders: on one line, and not longer than a line may be.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.chars()
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .take(500)
        .collect()
}

/// Reads names whose encoding is not given.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameReader(Codepage);

impl Default for NameReader {
    fn default() -> Self {
        Self(CODEPAGES[0])
    }
}

impl NameReader {
    /// The encoding in which the most folders have names that the export's lists hold. Where none does, it is the one
    /// that the zip format asks for.
    pub(super) fn recognise(raw_names: &BTreeSet<Vec<u8>>, listed: &HashSet<String>) -> Self {
        let found = |page: &Codepage| {
            let names = raw_names.iter().map(|raw| page.decode(raw));
            let is_listed = |part: &str| !part.is_ascii() && listed.contains(&normalised(part));
            names.filter(|name| name.split(['/', '\\']).any(is_listed)).count()
        };
        // The first of those that find the most.
        Self(CODEPAGES.into_iter().rev().max_by_key(found).unwrap_or(CODEPAGES[0]))
    }

    /// The text of a name.
    pub(super) fn read(self, raw: &[u8]) -> String {
        match std::str::from_utf8(raw) {
            Ok(name) => name.into(),
            Err(_) => self.0.decode(raw),
        }
    }
}

/// Names that differ only in how their letters are put together (NFC, NFD) are the same.
fn normalised(name: &str) -> String {
    name.nfc().collect()
}

/// Whether a file is one of an export's lists, which name its folders.
pub(super) fn is_list(name: &str) -> bool {
    const LISTS: [&str; 6] =
        ["channels.json", "groups.json", "mpims.json", "dms.json", "users.json", "org_users.json"];
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(name))
}

/// Adds the names in a list to others. Of a list that is damaged, those before the damage.
pub(super) fn add_listed(list: impl Read, names: &mut HashSet<String>) {
    let mut json = serde_json::Deserializer::from_reader(list);
    // The names that were read are there, whatever follows them.
    let _ = List(names).deserialize(&mut json);
}

/// A list, whose names are kept while the rest of it is passed over: it may be larger than the memory.
struct List<'a>(&'a mut HashSet<String>);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of channels or users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while records.next_element_seed(List(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<(), A::Error> {
        while let Some(key) = record.next_key::<String>()? {
            if ["name", "real_name", "display_name"].contains(&key.as_str()) {
                let name = record.next_value::<Text>()?.0.filter(|name| !name.is_ascii());
                self.0.extend(name.map(|name| normalised(&name)));
            } else if key == "profile" {
                record.next_value_seed(List(self.0))?;
            } else {
                record.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// A text, or anything else that stands in its place.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(json)?;
        Ok(Self(value.as_str().map(Into::into)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> Result<Place, String> {
        place_of(name, &ImportLimits::default()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn paths_stay_inside() {
        let file = |path: &str| Ok(Place::File(path.split('/').collect()));
        assert_eq!(place("general/2024-01-01.json"), file("general/2024-01-01.json"));
        assert_eq!(place("a\\b\\c.json"), file("a/b/c.json"));
        assert_eq!(place("./a//b/../c.json"), file("a/c.json"));
        assert_eq!(place("FC:F1:Plan/c.json"), file("FC:F1:Plan/c.json"));
        assert_eq!(place("general/"), Ok(Place::Folder));
        assert_eq!(place("general\\"), Ok(Place::Folder));
        for name in ["../a", "a/../../b", "/etc/passwd", "\\\\host\\a", "C:\\a.json", "a\\..\\..\\b"] {
            assert_eq!(place(name), Err("the name leads out of the export".into()), "{name}");
        }
        for name in ["", "a\0b", "."] {
            assert!(place(name).is_err(), "{name}");
        }
        assert!(place(&"a/".repeat(17)).is_ok(), "a folder");
        assert!(place(&format!("{}b", "a/".repeat(17))).expect_err("deep").contains("--import-limit depth"));
        assert!(place(&"a".repeat(1025)).expect_err("long").contains("--import-limit name-bytes"));
    }

    #[test]
    fn what_systems_add_is_no_part_of_an_export() {
        for name in ["__MACOSX/a/._users.json", "a/.DS_Store", "a/._b.json", "Thumbs.db"] {
            assert_eq!(place(name), Ok(Place::Extra(name.split('/').collect())), "{name}");
        }
    }

    #[test]
    fn an_encoding_is_recognised_by_listed_names() {
        let mut listed = HashSet::new();
        let list = r#"[{"id":"C1","name":"\u8868\u793a","x":[{"name":"no"}]},null,{"id":"C2","name":7},
            {"name":"u\u0308ben","profile":{"display_name":"Zo\u00eb"}},{"name":"cut"#;
        add_listed(list.as_bytes(), &mut listed);
        assert_eq!(listed, HashSet::from(["\u{8868}\u{793a}".into(), "\u{fc}ben".into(), "Zo\u{eb}".into()]));
        let read = |raw: &[u8]| NameReader::recognise(&BTreeSet::from([raw.into()]), &listed).read(raw);
        assert_eq!(read(b"top/\x95\x5c\x8e\xa6\\2024-01-01.json"), "top/\u{8868}\u{793a}\\2024-01-01.json");
        assert_eq!(read(b"\x81ben"), "\u{fc}ben");
        assert_eq!(read(b"\xfcben"), "\u{fc}ben");
        assert_eq!(read(b"\x81nknown"), "\u{fc}nknown");
        assert_eq!(read("\u{8868}".as_bytes()), "\u{8868}");
    }
}
