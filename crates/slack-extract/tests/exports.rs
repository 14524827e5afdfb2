//! Exports from outside: zips of every make, damaged and hostile ones, and folders.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use slack_extract::{Capture, Error, ImportLimit, ImportLimits, OfficialExport, Source};
use slack_model::batch::{DataHome, Request, RequestStatus, RowLog, files_below};
use tempfile::TempDir;

const CHANNELS: &[u8] = br#"[{"id":"C1","name":"plants"}]"#;
const USERS: &[u8] = br#"[{"id":"U1","name":"ida"}]"#;

fn day(text: &str) -> Vec<u8> {
    format!(r#"[{{"type":"message","user":"U1","ts":"1700000000.000100","text":"{text}"}}]"#).into_bytes()
}

/// A zip that is put together byte by byte, so that it can be wrong.
#[derive(Default)]
struct RawZip {
    bytes: Vec<u8>,
    rows: Vec<Vec<u8>>,
}

#[derive(Clone)]
struct RawEntry<'a> {
    name: &'a [u8],
    content: &'a [u8],
    flags: u16,
    method: u16,
    /// What the table of contents says of the content's length, where that is wrong.
    says: Option<u32>,
    is_streamed: bool,
    mode: u16,
    extra: Vec<u8>,
}

impl<'a> RawEntry<'a> {
    fn new(name: &'a (impl AsRef<[u8]> + ?Sized), content: &'a [u8]) -> Self {
        let name = name.as_ref();
        Self { name, content, flags: 0, method: 8, says: None, is_streamed: false, mode: 0, extra: vec![] }
    }
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("written");
    encoder.finish().expect("finished")
}

fn checksum(content: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(content);
    crc.sum()
}

impl RawZip {
    fn of(entries: &[(&str, &[u8])]) -> Self {
        let mut zip = Self::default();
        for (name, content) in entries {
            zip.add(&RawEntry::new(*name, content));
        }
        zip
    }

    /// An export with a channel of one day.
    fn export() -> Self {
        let day = day("hello");
        Self::of(&[("users.json", USERS), ("channels.json", CHANNELS), ("plants/2023-11-14.json", &day)])
    }

    fn add(&mut self, entry: &RawEntry<'_>) -> &mut Self {
        let start = self.add_unlisted(entry);
        self.list(entry, start)
    }

    /// Adds an entry without a row in the table of contents. Returns its place.
    fn add_unlisted(&mut self, entry: &RawEntry<'_>) -> u32 {
        let start = u32::try_from(self.bytes.len()).expect("small");
        let packed = if entry.method == 0 { entry.content.to_vec() } else { deflated(entry.content) };
        let (crc, lengths) = (checksum(entry.content), [packed.len(), entry.content.len()]);
        let lengths = lengths.map(|length| u32::try_from(length).expect("small"));
        let fields = [crc, lengths[0], lengths[1]];
        let flags = entry.flags | if entry.is_streamed { 8 } else { 0 };
        self.bytes.extend(b"PK\x03\x04");
        self.shorts(&[20, flags, entry.method, 0, 0x5821]);
        for field in fields {
            self.bytes.extend((if entry.is_streamed { 0 } else { field }).to_le_bytes());
        }
        self.shorts(&[entry.name.len() as u16, 0]);
        self.bytes.extend(entry.name);
        self.bytes.extend(&packed);
        if entry.is_streamed {
            self.bytes.extend(b"PK\x07\x08");
            fields.iter().for_each(|field| self.bytes.extend(field.to_le_bytes()));
        }
        start
    }

    /// Adds a row to the table of contents.
    fn list(&mut self, entry: &RawEntry<'_>, start: u32) -> &mut Self {
        let packed = if entry.method == 0 { entry.content.len() } else { deflated(entry.content).len() };
        let mut row = b"PK\x01\x02".to_vec();
        let short = |row: &mut Vec<u8>, value: u16| row.extend(value.to_le_bytes());
        for value in [0x0314, 20, entry.flags, entry.method, 0, 0x5821] {
            short(&mut row, value);
        }
        row.extend(checksum(entry.content).to_le_bytes());
        row.extend((packed as u32).to_le_bytes());
        row.extend(entry.says.unwrap_or(entry.content.len() as u32).to_le_bytes());
        for value in [entry.name.len() as u16, entry.extra.len() as u16, 0, 0, 0, 0, entry.mode] {
            short(&mut row, value);
        }
        row.extend(start.to_le_bytes());
        row.extend(entry.name);
        row.extend(&entry.extra);
        self.rows.push(row);
        self
    }

    fn shorts(&mut self, values: &[u16]) {
        values.iter().for_each(|value| self.bytes.extend(value.to_le_bytes()));
    }

    fn finish(&self) -> Vec<u8> {
        let table = self.rows.concat();
        let mut bytes = [self.bytes.clone(), table.clone(), b"PK\x05\x06\0\0\0\0".to_vec()].concat();
        let count = self.rows.len() as u16;
        bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        bytes.extend((table.len() as u32).to_le_bytes());
        bytes.extend((self.bytes.len() as u32).to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }
}

/// An import, and what it left.
struct Imported {
    folder: TempDir,
    result: Result<Capture, Error>,
}

fn import(zip: &[u8]) -> Imported {
    import_within(zip, ImportLimits::default())
}

fn import_within(zip: &[u8], limits: ImportLimits) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.zip");
    fs::write(&path, zip).expect("written");
    import_path(folder, &path, limits)
}

fn import_path(folder: TempDir, path: &Path, limits: ImportLimits) -> Imported {
    let home = DataHome::new(folder.path().join("home"));
    let result = OfficialExport::new(path).limits(limits).capture(&home, &());
    Imported { folder, result }
}

fn within(limit: ImportLimit, value: u64) -> ImportLimits {
    let mut limits = ImportLimits::default();
    limits.set(limit, value);
    limits
}

impl Imported {
    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn capture(&self) -> &Capture {
        self.result.as_ref().expect("imported")
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let export = self.capture().batch.export();
        let files = files_below(&export).expect("listed").files;
        let read = |file: &PathBuf| fs::read(export.join(file)).expect("read");
        files.iter().map(|file| (file.to_str().expect("a name").to_owned(), read(file))).collect()
    }

    fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }

    fn gaps(&self) -> Vec<(&str, &str)> {
        self.capture().gaps.iter().map(|gap| (gap.what.as_str(), gap.why.as_str())).collect()
    }

    /// What the log says was left where it is.
    fn left(&self) -> Vec<String> {
        let rows = RowLog::<Request>::readable(&self.capture().batch.metadata()).expect("a log");
        rows.filter(|row| row.status == RequestStatus::Skipped).map(|row| row.file).collect()
    }

    /// The error of an import that has left nothing behind.
    fn refusal(&self) -> String {
        let error = self.result.as_ref().expect_err("refused").to_string();
        let left = files_below(&self.home()).expect("listed").files;
        assert!(left.is_empty(), "{left:?}");
        error
    }
}

const EXPORT: [&str; 3] = ["channels.json", "plants/2023-11-14.json", "users.json"];

#[test]
fn an_entry_that_expands_too_much_is_a_gap_and_the_rest_is_read() {
    // 3 GB, as the header says, in some kB.
    let noise: Vec<u8> =
        (0..9_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let mut zip = RawZip::export();
    zip.add(&RawEntry { says: Some(3_000_000_000), ..RawEntry::new("plants/2023-11-15.json", &noise) });
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    let gaps = imported.gaps();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].0, "export/plants/2023-11-15.json");
    assert!(gaps[0].1.contains("--import-limit ratio=NUMBER"), "{gaps:?}");
}

#[test]
fn what_a_header_says_is_not_believed() {
    // More than the header says, and an end that no header says.
    let zeros = vec![0; 70 << 20];
    let mut zip = RawZip::export();
    zip.add(&RawEntry { says: Some(10), ..RawEntry::new("plants/2023-11-15.json", &zeros[..1000]) });
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    assert!(imported.gaps()[0].1.contains("more than its header says"), "{:?}", imported.gaps());

    let mut zip = RawZip::export();
    zip.add_unlisted(&RawEntry { is_streamed: true, ..RawEntry::new("plants/2023-11-15.json", &zeros) });
    for (limits, option) in
        [(ImportLimits::default(), "ratio"), (within(ImportLimit::EntryBytes, 1 << 20), "entry-bytes")]
    {
        let imported = import_within(&zip.bytes, limits);
        assert_eq!(imported.names(), EXPORT);
        let is_told = |gap: &(&str, &str)| gap.0 == "export/plants/2023-11-15.json" && gap.1.contains(option);
        assert!(imported.gaps().iter().any(is_told), "{:?}", imported.gaps());
    }
}

#[test]
fn limits_of_the_whole_are_errors_that_name_the_option() {
    let day = day("one");
    let export = RawZip::export().finish();
    let mut overlapping = RawZip::export();
    let content = RawEntry::new("plants/2023-11-15.json", &day);
    let start = overlapping.add_unlisted(&content);
    overlapping.list(&content, start).list(&RawEntry::new("plants/2023-11-16.json", &day), start);
    let nested = (0..4).fold(export.clone(), |zip, _| RawZip::of(&[("in.zip", &zip)]).finish());
    let zeros = vec![0; 40 << 20];
    let mut many = RawZip::export();
    for name in ["plants/2023-11-15.json", "plants/2023-11-16.json"] {
        many.add(&RawEntry::new(name, &zeros));
    }
    let cases = [
        (&overlapping.finish(), ImportLimits::default(), "overlaps is 0"),
        (&nested, ImportLimits::default(), "nesting is 2"),
        (&many.finish(), ImportLimits::default(), "ratio is 200"),
        (&export, within(ImportLimit::Entries, 2), "entries is 2"),
        (&export, within(ImportLimit::TotalBytes, 100), "total-bytes is 100"),
    ];
    for (zip, limits, expected) in cases {
        let error = import_within(zip, limits).refusal();
        assert!(error.contains(expected) && error.contains("--import-limit"), "{error}");
    }
    // With the limit raised, all of it is read.
    assert_eq!(import_within(&overlapping.finish(), within(ImportLimit::Overlaps, 1)).names().len(), 5);
    assert_eq!(import_within(&nested, within(ImportLimit::Nesting, 4)).names(), EXPORT);
    assert_eq!(import_within(&many.finish(), within(ImportLimit::Ratio, 2_000)).names().len(), 5);
}

#[test]
fn names_beyond_a_limit_are_gaps() {
    let (deep, long) = (format!("{}x.json", "d/".repeat(20)), format!("plants/{}.json", "x".repeat(2000)));
    let mut zip = RawZip::export();
    for name in [&deep, &long] {
        zip.add(&RawEntry::new(name, b"[]"));
    }
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    let gaps = imported.gaps();
    assert!(gaps[0].1.contains("depth=NUMBER") && gaps[1].1.contains("name-bytes=NUMBER"), "{gaps:?}");
}

#[test]
fn two_files_with_one_name_are_both_kept() {
    let (one, two) = (day("one"), day("two"));
    let entries: [(&str, &[u8]); 8] = [
        ("top/users.json", USERS),
        ("top/channels.json", CHANNELS),
        ("top/plants/2023-11-14.json", &one),
        ("top/plants/2023-11-14.json", &two),
        ("top/plants/2023-11-14.json", &one),
        ("top\\plants\\2023-11-14.json", &two),
        ("top/users.json", b"[]"),
        ("top/plants", b"a file instead of a folder"),
    ];
    let imported = import(&RawZip::of(&entries).finish());
    let files = imported.files();
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    let expected = [
        "channels.json",
        "plants (2)",
        "plants/2023-11-14 (2).json",
        "plants/2023-11-14.json",
        "users (2).json",
        "users.json",
    ];
    assert_eq!(names, expected);
    assert!(files["plants/2023-11-14.json"] == one && files["plants/2023-11-14 (2).json"] == two);
    assert_eq!(files["users.json"], USERS);
    let gaps: Vec<_> = imported.gaps().iter().map(|gap| gap.0).collect();
    assert_eq!(gaps, ["export/users (2).json", "export/plants (2)"]);
    assert_eq!(imported.capture().stored, 6);
}

#[test]
fn a_row_that_stands_twice_is_one_file() {
    let mut zip = RawZip::export();
    zip.rows.extend(zip.rows.clone());
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    assert!(imported.gaps().is_empty(), "{:?}", imported.gaps());
}

#[test]
fn entries_that_the_table_of_contents_lacks_are_read() {
    let (one, two) = (day("one"), day("two"));
    for is_streamed in [false, true] {
        let mut zip = RawZip::export();
        let entry = |name: &'static str, content| RawEntry { is_streamed, ..RawEntry::new(name, content) };
        // Replaced in the table by an entry of the same name, and removed from it.
        zip.add_unlisted(&entry("plants/2023-11-15.json", &one));
        zip.add(&entry("plants/2023-11-15.json", &two));
        zip.add_unlisted(&entry("users.json", USERS));
        zip.add_unlisted(&entry("plants/2023-11-16.json", &one));
        let imported = import(&zip.finish());
        let files = imported.files();
        assert_eq!(files["plants/2023-11-15.json"], two);
        assert_eq!(files["plants/2023-11-15 (2).json"], one);
        assert_eq!(files["plants/2023-11-16.json"], one);
        assert_eq!(files.len(), 6, "{:?}", imported.names());
        let gaps = imported.gaps();
        assert!(gaps.iter().all(|gap| gap.1.contains("does not list it")), "{gaps:?}");
        assert_eq!(gaps.len(), 2, "{gaps:?}");
    }
}

#[test]
fn names_are_read_in_the_encoding_that_the_lists_confirm() {
    let list = "[{\"id\":\"C1\",\"name\":\"\u{fc}bung\"},{\"id\":\"C2\",\"name\":\"\u{8868}\u{793a}\"}]";
    let text = day("hello");
    // In UTF-8 without the flag; in code page 437; in 932, whose second byte here is a backslash; in a field besides.
    let utf8 = "\u{fc}bung/2023-11-14.json".as_bytes();
    let unicode = [
        &[1][..],
        &checksum(b"in/u_bung/2023-11-14.json").to_le_bytes(),
        "in/\u{fc}bung/2023-11-14.json".as_bytes(),
    ]
    .concat();
    let extra = [&[0x75, 0x70, unicode.len() as u8, 0][..], &unicode].concat();
    let cases: [(&[u8], Vec<u8>, &str); 5] = [
        (utf8, vec![], "\u{fc}bung/2023-11-14.json"),
        (b"\x81bung/2023-11-14.json", vec![], "\u{fc}bung/2023-11-14.json"),
        (b"\x95\x5c\x8e\xa6/2023-11-14.json", vec![], "\u{8868}\u{793a}/2023-11-14.json"),
        (b"\x95\x5c\x8e\xa6\\2023-11-14.json", vec![], "\u{8868}\u{793a}/2023-11-14.json"),
        (b"u_bung/2023-11-14.json", extra, "\u{fc}bung/2023-11-14.json"),
    ];
    for (name, extra, expected) in cases {
        let mut zip = RawZip::of(&[("in/channels.json", list.as_bytes())]);
        zip.add(&RawEntry { extra, ..RawEntry::new(&[b"in/", name].concat(), &text) });
        let imported = import(&zip.finish());
        assert_eq!(imported.names(), ["channels.json", expected]);
        assert!(imported.gaps().is_empty(), "{:?}", imported.gaps());
    }
}

#[test]
fn what_is_no_part_of_the_export_is_listed() {
    let mut zip = RawZip::default();
    let day = day("hello");
    for (name, content) in [
        ("__MACOSX/in/._users.json", &b"x"[..]),
        ("read me.txt", b"x"),
        ("in/.DS_Store", b"x"),
        ("in/users.json", USERS),
        ("in/channels.json", CHANNELS),
        ("in/plants/2023-11-14.json", &day),
        ("in/plants/._2023-11-14.json", b"x"),
        ("other/x.json", b"[]"),
    ] {
        zip.add(&RawEntry::new(name, content));
    }
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    let left =
        ["__MACOSX/in/._users.json", "export/.DS_Store", "export/plants/._2023-11-14.json", "read me.txt"];
    assert_eq!(imported.left(), left);
    assert_eq!(imported.gaps(), [("other/x.json", "it lies outside of the export")]);
    assert_eq!(imported.capture().stored, 3);
}

#[test]
fn what_lies_outside_of_an_export_is_told_alike_of_folders_and_zips() {
    let day = day("hello");
    let entries: [(&str, &[u8]); 11] = [
        ("in/users.json", USERS),
        ("in/channels.json", CHANNELS),
        ("in/plants/2023-11-14.json", &day),
        ("notes.JSON", b"[]"),
        ("other/deep/x.json", b"[]"),
        ("older.zip", b"x"),
        ("LICENSE", b"x"),
        ("other/photo.png", b"x"),
        ("other/.DS_Store", b"x"),
        ("other/._x.json", b"x"),
        ("__MACOSX", b"x"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in entries {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    }
    let path = folder.path().to_owned();
    // The data home lies in the folder too, and is not a part of what is imported.
    fs::create_dir_all(path.join("home/batches")).expect("made");
    fs::write(path.join("home/anything.json"), "[]").expect("written");
    let of_folder = import_path(folder, &path, ImportLimits::default());
    let of_zip = import(&RawZip::of(&entries).finish());
    let outside = "it lies outside of the export";
    for imported in [&of_folder, &of_zip] {
        assert_eq!(imported.names(), EXPORT);
        assert_eq!(imported.capture().stored, 3);
        let mut gaps = imported.gaps();
        gaps.sort_unstable();
        assert_eq!(gaps, ["notes.JSON", "older.zip", "other/deep/x.json"].map(|name| (name, outside)));
        let mut left = imported.left();
        left.sort_unstable();
        assert_eq!(left, ["LICENSE", "__MACOSX", "other/.DS_Store", "other/._x.json", "other/photo.png"]);
    }
}

#[cfg(unix)]
#[test]
fn links_and_folders_outside_of_an_export_are_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export");
    fs::create_dir_all(path.join("in/plants")).expect("made");
    fs::create_dir_all(path.join("in.old")).expect("made");
    let day = day("hello");
    for (name, content) in
        [("users.json", USERS), ("channels.json", CHANNELS), ("plants/2023-11-14.json", &day)]
    {
        fs::write(path.join("in").join(name), content).expect("written");
    }
    std::os::unix::fs::symlink("/", path.join("in.old/root")).expect("linked");
    std::os::unix::fs::symlink("/nowhere", path.join("in.old/users.json")).expect("linked");
    let imported = import_path(folder, &path, ImportLimits::default());
    assert_eq!(imported.gaps(), [("in.old/users.json", "it lies outside of the export")]);
    assert_eq!(imported.left(), ["in.old/root"]);
}

#[test]
fn names_that_lead_out_and_links_are_gaps() {
    let mut zip = RawZip::export();
    for name in ["../out.json", "/etc/out.json", "plants/../../out.json", "C:\\out.json"] {
        zip.add(&RawEntry::new(name, b"[]"));
    }
    zip.add(&RawEntry { mode: 0o120_777, method: 0, ..RawEntry::new("plants/link.json", b"/etc/passwd") });
    zip.add(&RawEntry { flags: 1, ..RawEntry::new("plants/locked.json", b"[]") });
    zip.add(&RawEntry { method: 12, ..RawEntry::new("plants/packed.json", b"[]") });
    zip.add(&RawEntry::new("plants/damaged.json", b"[{\"ts\":\"1.0\"}]"));
    let at = zip.bytes.len() - 3;
    zip.bytes[at] ^= 0x55;
    zip.add(&RawEntry::new(&format!("plants/{}.json", "x".repeat(400)), b"[]"));
    let imported = import(&zip.finish());
    assert_eq!(imported.names(), EXPORT);
    let gaps = imported.gaps();
    assert_eq!(gaps.len(), 9, "{gaps:?}");
    assert!(gaps[..4].iter().all(|gap| gap.1 == "the name leads out of the export"), "{gaps:?}");
    for (gap, expected) in gaps[4..].iter().zip(["link", "password", "bzip2", "", "cannot be written"]) {
        assert!(gap.0.starts_with("export/plants/") && gap.1.contains(expected), "{gap:?}");
    }
    // Nothing in them says where the data home is.
    let home = imported.home().to_string_lossy().into_owned();
    assert!(gaps.iter().all(|gap| !gap.0.contains(&home) && !gap.1.contains(&home)), "{gaps:?}");
    assert!(!imported.folder.path().join("out.json").exists());
}

#[test]
fn a_cut_zip_gives_what_stands_before_the_break() {
    for is_streamed in [false, true] {
        let mut zip = RawZip::default();
        let days: Vec<_> = (10..20).map(|number| format!("plants/2023-11-{number}.json")).collect();
        let day = day("hello");
        zip.add(&RawEntry { is_streamed, ..RawEntry::new("channels.json", CHANNELS) });
        for name in &days {
            zip.add(&RawEntry { is_streamed, ..RawEntry::new(name, &day) });
        }
        let cut = zip.bytes.len() - 20;
        let imported = import(&zip.bytes[..cut]);
        assert_eq!(imported.names().len(), days.len());
        let gaps = imported.gaps();
        assert_eq!(gaps.last().expect("a gap").0, "export/export.zip from its break on");
    }
    // Bytes before and behind a zip do no harm, nor do any at all in its table of contents.
    let zip = RawZip::export().finish();
    let junk = vec![b'j'; 70_000];
    let imported = import(&[&junk, &zip, &junk].map(|part| part.as_slice()).concat());
    assert_eq!((imported.names(), imported.gaps()), (EXPORT.map(Into::into).to_vec(), vec![]));
    let mut damaged = RawZip::export();
    damaged.rows[1][0] = b'x';
    let imported = import(&damaged.finish());
    assert_eq!(imported.names(), EXPORT);
    assert!(imported.gaps().iter().any(|gap| gap.0.contains("table of contents")), "{:?}", imported.gaps());
}

#[test]
fn marks_that_begin_no_entry_cost_one_pass_and_are_bounded() {
    let marks = b"PK\x03\x04".repeat(1 << 20);
    let whole = RawZip::export().finish();
    let end = whole.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a table");
    // Some of them: what follows is read.
    let few = import(&[&marks[..4_000], &whole[..end]].concat());
    assert_eq!(few.names(), ["channels.json", "plants/2023-11-14.json", "users.json"]);
    assert_eq!(few.gaps().len(), 1, "{:?}", few.gaps());
    // Many: what stands before is read, and the rest is named.
    let many = import(&[&whole[..end], &marks[..]].concat());
    assert_eq!(many.names(), ["channels.json", "plants/2023-11-14.json", "users.json"]);
    let why = "too many marks of entries in it do not begin an entry";
    assert_eq!(many.gaps()[0], ("export/export.zip: the rest of it", why));
    assert!(many.capture().batch.id().to_string().starts_with("2024"), "the entries' own time");
    // Beside a table of contents, too.
    let mut listed = RawZip::export();
    listed.bytes.extend(&marks);
    let listed = import(&listed.finish());
    assert_eq!(listed.gaps(), [("export/export.zip: the rest of it", why)]);
    // Nothing else.
    assert!(import(&marks).refusal().contains("no entry in it can be read"));
}

#[test]
fn what_cannot_be_imported_is_refused_with_the_reason() {
    let locked = |method| {
        let mut zip = RawZip::default();
        zip.add(&RawEntry { flags: 1, method, ..RawEntry::new("users.json", USERS) });
        zip.finish()
    };
    let unpacked = |method| {
        let mut zip = RawZip::default();
        zip.add(&RawEntry { method, ..RawEntry::new("users.json", USERS) });
        zip.finish()
    };
    let mut part = RawZip::export().finish();
    let at = part.len() - 18;
    part[at] = 3;
    let cases: [(Vec<u8>, &str); 13] = [
        (locked(8), "protected by a password"),
        (locked(99), "protected by a password"),
        (unpacked(12), "bzip2 (12)"),
        (unpacked(93), "Zstandard (93)"),
        (unpacked(77), "compression method, 77,"),
        (part, "one part of a zip"),
        (vec![], "it is empty"),
        (RawZip::default().finish(), "it is empty"),
        (b"\x1f\x8b\x08\0".to_vec(), "gzip"),
        (b"<html>".to_vec(), "web page"),
        (RawZip::of(&[("in/channels/general.txt", b"hello")]).finish(), "as text"),
        (
            RawZip::of(&[("channels.json", b"[]"), ("teams/one/channels.json", b"[]")]).finish(),
            "Enterprise Grid",
        ),
        (RawZip::of(&[("a/users.json", b"[]"), ("b/users.json", b"[]")]).finish(), "a, b"),
    ];
    for (zip, expected) in cases {
        let error = import(&zip).refusal();
        assert!(error.contains("export.zip") && error.contains(expected), "{error}");
        assert!(!error.contains(".import"), "{error}");
    }
}

#[test]
fn a_zip_may_lie_in_a_folder_or_zip() {
    let zip = RawZip::export().finish();
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("from/there");
    fs::create_dir_all(&inner).expect("made");
    fs::write(inner.join("Slack.ZIP"), RawZip::of(&[("x/in.zip", &zip)]).finish()).expect("written");
    fs::write(inner.join("read me.txt"), "x").expect("written");
    let from = folder.path().join("from");
    let imported = import_path(folder, &from, ImportLimits::default());
    assert_eq!(imported.names(), EXPORT);
    assert_eq!(imported.left(), ["there/read me.txt"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_not_followed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().expect("a folder");
    let from = folder.path().join("from");
    let name = from.join(OsStr::from_bytes(b"\x81bung"));
    fs::create_dir_all(&name).expect("made");
    fs::write(from.join("channels.json"), "[{\"id\":\"C1\",\"name\":\"\u{fc}bung\"}]").expect("written");
    fs::write(name.join("2023-11-14.json"), day("hello")).expect("written");
    fs::write(from.join(".DS_Store"), "x").expect("written");
    fs::write(folder.path().join("secret"), "secret").expect("written");
    std::os::unix::fs::symlink("../secret", from.join("link.json")).expect("linked");
    let imported = import_path(folder, &from, ImportLimits::default());
    assert_eq!(imported.names(), ["channels.json", "\u{fc}bung/2023-11-14.json"]);
    assert_eq!(imported.gaps(), [("export/link.json", "it is a link or other special file")]);
    assert_eq!(imported.left(), ["export/.DS_Store"]);

    let Imported { folder, .. } = imported;
    fs::remove_dir_all(folder.path().join("home")).expect("removed");
    let error = import_path(folder, &from, within(ImportLimit::TotalBytes, 50)).refusal();
    assert!(error.contains("total-bytes is 50"), "{error}");
}
