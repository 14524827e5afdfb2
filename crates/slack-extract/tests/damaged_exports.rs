//! Exports that were cut, doubled, renamed, written in other encodings and shapes, and packed again: every message is in the
//! tables, or its file or record is named as not read; and nothing private becomes visible.
//!
//! `SLACK_DAMAGED_EXPORTS=10000 cargo test -p slack-extract --test damaged_exports` tries more of them. Each is made of its number alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use slack_extract::{OfficialExport, Source};
use slack_model::batch::{DataHome, Request, RequestStatus, RowLog};
use slack_model::rows::{Channel, Message, NotRead, Reply, SetAside};
use slack_model::{Folder, Table, TableReader, TransformOptions, transform_folder};

/// A small generator of numbers (SplitMix64): the tests need no good one, only the same one everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    fn id(&mut self, first: char) -> String {
        let digits: Vec<char> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
        let tail = (0..8).map(|_| *self.pick(&digits));
        std::iter::once(first).chain(tail).collect()
    }
}

/// An export in memory, and what it holds.
#[derive(Debug, Default, Clone)]
struct Export {
    files: BTreeMap<String, Vec<u8>>,
    /// Every message: its ts and text, the file that holds it, and whether all may read it.
    messages: Vec<(String, String, String, bool)>,
}

const NAMES: [&str; 14] = [
    "general",
    "random",
    "über-uns",
    "новости",
    "雑談",
    "café",
    "jobs",
    "team-1",
    "help",
    "salaries",
    "board",
    "año",
    "a_b",
    "x.y",
];
const PEOPLE: [&str; 6] = ["roza", "tim", "uma", "Åsa", "jun", "zoé"];

/// A workspace of some channels of each kind, with some days of messages.
fn export(chance: &mut Chance) -> Export {
    let mut export = Export::default();
    let n_people = 3 + chance.below(4);
    let people: Vec<(String, &str)> = PEOPLE[..n_people].iter().map(|name| (chance.id('U'), *name)).collect();
    let users: Vec<Value> = people
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name, "updated": 1_700_000_000, "profile": {"real_name": name}}))
        .collect();
    let mut lists: BTreeMap<&str, Vec<Value>> =
        ["channels", "groups", "mpims", "dms"].into_iter().map(|list| (list, Vec::new())).collect();
    let mut names: Vec<&str> = NAMES.to_vec();
    let mut second = 1_700_000_000 + chance.below(100_000);
    for _ in 0..2 + chance.below(5) {
        let list = *chance.pick(&["channels", "channels", "groups", "mpims", "dms"]);
        let member = |chance: &mut Chance| chance.pick(&people).0.clone();
        let members: BTreeSet<String> = (0..2).map(|_| member(chance)).collect();
        let (id, folder) = match list {
            "channels" | "groups" => {
                let name = names.remove(chance.below(names.len())).to_owned();
                let id = chance.id(if list == "channels" { 'C' } else { 'G' });
                lists.entry(list).or_default().push(json!({"id": id, "name": name, "members": members}));
                (id, name)
            }
            "mpims" => {
                let id = chance.id('G');
                let name = format!("mpdm-{}-1", PEOPLE[..3].join("--"));
                if lists["mpims"].is_empty() {
                    let all: Vec<&String> = people[..3].iter().map(|(id, _)| id).collect();
                    lists.entry(list).or_default().push(json!({"id": id, "name": name, "members": all}));
                } else {
                    continue;
                }
                (id, name)
            }
            _ => {
                let id = chance.id('D');
                lists.entry(list).or_default().push(json!({"id": id, "members": members}));
                (id.clone(), id)
            }
        };
        for day in 1..=1 + chance.below(3) {
            let file = format!("{folder}/2024-01-{day:02}.json");
            let mut records = Vec::new();
            let mut parent: Option<String> = None;
            for _ in 0..1 + chance.below(5) {
                second += 1 + chance.below(50);
                let ts = format!("{second}.{:06}", chance.below(1_000_000));
                let is_public = list == "channels";
                let text = format!("{} {id} {ts}", if is_public { "open" } else { "SECRET" });
                let mut record = json!({"type": "message", "user": member(chance), "ts": ts, "text": text});
                match &parent {
                    Some(parent) if chance.one_in(3) => record["thread_ts"] = parent.clone().into(),
                    _ => parent = Some(ts.clone()),
                }
                export.messages.push((ts, text, file.clone(), is_public));
                records.push(record);
            }
            export.files.insert(file, bytes(&Value::from(records), chance));
        }
    }
    export.files.insert("users.json".into(), bytes(&users.into(), chance));
    for (list, channels) in lists {
        let value = if channels.is_empty() && chance.one_in(3) { Value::Null } else { channels.into() };
        export.files.insert(format!("{list}.json"), bytes(&value, chance));
    }
    export
}

fn bytes(value: &Value, chance: &mut Chance) -> Vec<u8> {
    if chance.one_in(2) { serde_json::to_vec(value) } else { serde_json::to_vec_pretty(value) }
        .expect("written")
}

/// Damages a file or more of an export, and returns what was done.
fn damage(export: &mut Export, chance: &mut Chance) -> String {
    let names: Vec<String> = export.files.keys().cloned().collect();
    let name = chance.pick(&names).clone();
    let body = export.files[&name].clone();
    let what = chance.below(11);
    match what {
        0 => {
            let cut = body[..chance.below(body.len() + 1)].to_vec();
            export.files.insert(name.clone(), cut);
        }
        1 => {
            let copy = name.replacen(
                ".json",
                chance.pick::<&str>(&[" (1).json", " (2).json", " copy.json", ".JSON"]),
                1,
            );
            let shorter =
                json(&body).and_then(|value| Some(Value::from(value.as_array()?.get(1..)?.to_vec())));
            let copied = if chance.one_in(2) { shorter.map(|value| bytes(&value, chance)) } else { None };
            export.files.insert(copy, copied.unwrap_or(body));
        }
        2 => {
            let to = match name.split_once('/') {
                Some((folder, _)) => {
                    format!("{folder}/{}", chance.pick(&["all.json", "2024-1-3.json", "2024-01-09.JSON"]))
                }
                None => name
                    .to_uppercase()
                    .replace(".JSON", chance.pick::<&str>(&[".JSON", ".json", " (1).json"])),
            };
            move_file(export, &name, &to);
        }
        3 if !name.contains('/') => {
            export.files.remove(&name);
        }
        4 => {
            let mut marked = b"\xEF\xBB\xBF".to_vec();
            marked.extend(&body);
            export.files.insert(name.clone(), marked);
        }
        5 => {
            let text = String::from_utf8_lossy(&body).into_owned();
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let latin: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect();
            export.files.insert(name.clone(), if chance.one_in(3) { wide } else { latin });
        }
        6 | 7 => {
            if let Some(shaped) = json(&body).and_then(|value| reshaped(value, chance)) {
                export.files.insert(name.clone(), shaped);
            }
        }
        8 => {
            if let Some((folder, _)) = name.split_once('/') {
                let spellings =
                    [format!("{folder} (1)"), folder.to_uppercase(), decomposed(folder), folder.to_owned()];
                let to = chance.pick(&spellings).clone();
                for file in names.iter().filter(|file| file.starts_with(&format!("{folder}/"))) {
                    move_file(export, file, &file.replacen(folder, &to, 1));
                }
            }
        }
        9 => {
            let odd = ["null", "{}", "[null,5,\"x\",{\"a\":1}]", "<html>", "", "[[]]", "7"];
            let extra = format!(
                "{}notes-{}.json",
                name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/")),
                chance.below(9)
            );
            export.files.insert(extra, chance.pick(&odd).as_bytes().to_vec());
        }
        _ => {
            if let Some(Value::Array(mut records)) = json(&body) {
                records.insert(
                    chance.below(records.len() + 1),
                    chance.pick(&[Value::Null, 5.into(), json!({"x": []})]).clone(),
                );
                export.files.insert(name.clone(), bytes(&records.into(), chance));
            }
        }
    }
    format!("{what} of {name}")
}

fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

/// A list in another shape.
fn reshaped(value: Value, chance: &mut Chance) -> Option<Vec<u8>> {
    let records = value.as_array()?.clone();
    let by_key = |records: &[Value]| -> Value {
        let entries = records.iter().enumerate().map(|(number, record)| {
            let id = record["id"].as_str().map(ToOwned::to_owned);
            (id.unwrap_or_else(|| number.to_string()), record.clone())
        });
        Value::Object(entries.collect())
    };
    let shaped = match chance.below(6) {
        0 => json!({ "messages": records, "ok": true }),
        1 => by_key(&records),
        2 => json!({ "data": { "messages": records } }),
        3 => json!({ "query": "x", "messages": { "total": records.len(), "matches": records } }),
        4 => json!([records]),
        _ => {
            let (one, other) = records.split_at(records.len() / 2);
            let mut text = bytes(&one.to_vec().into(), chance);
            text.push(b'\n');
            text.extend(bytes(&other.to_vec().into(), chance));
            return Some(text);
        }
    };
    Some(bytes(&shaped, chance))
}

/// A name as Macs write it, as far as the names here have accents.
fn decomposed(name: &str) -> String {
    let parts = [("ü", "u\u{308}"), ("é", "e\u{301}"), ("ñ", "n\u{303}"), ("й", "и\u{306}")];
    parts.iter().fold(name.to_owned(), |name, (whole, parted)| name.replace(whole, parted))
}

fn move_file(export: &mut Export, from: &str, to: &str) {
    if export.files.contains_key(to) {
        return;
    }
    if let Some(body) = export.files.remove(from) {
        export.files.insert(to.into(), body);
        for message in export.messages.iter_mut().filter(|message| message.2 == from) {
            message.2 = to.into();
        }
    }
}

/// Writes an export as a folder or a zip, as programs do.
fn write(export: &Export, folder: &Path, chance: &mut Chance) -> std::path::PathBuf {
    let inner = *chance.pick(&["", "", "My export/", "a/b/"]);
    if chance.one_in(2) {
        let root = folder.join("export");
        for (name, body) in &export.files {
            let path = root.join(inner).join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, body).expect("written");
        }
        return root;
    }
    let separator = if chance.one_in(4) { "\\" } else { "/" };
    let path = folder.join("export.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).expect("made"));
    let options = zip::write::SimpleFileOptions::default();
    for (name, body) in &export.files {
        zip.start_file(format!("{inner}{name}").replace('/', separator), options).expect("begun");
        zip.write_all(body).expect("written");
    }
    if chance.one_in(4) {
        zip.start_file(format!("__MACOSX/{inner}._users.json"), options).expect("begun");
        zip.write_all(b"\0\x05").expect("written");
    }
    zip.finish().expect("finished");
    path
}

/// What a batch's tables and lists of losses hold.
#[derive(Debug, Default)]
struct Found {
    texts: BTreeSet<(String, String)>,
    visible: BTreeSet<String>,
    named: BTreeSet<String>,
}

fn found(home: &DataHome) -> Found {
    let batches = home.batches().expect("listed");
    let batch = batches.first().expect("a batch");
    transform_folder(batch, &TransformOptions::default(), &()).expect("transformed");
    let csv = Folder(batch.csv());
    let rows = |schema| TableReader::open(&csv, schema).expect("opened").expect("a table");
    let channels = rows(&Channel::SCHEMA).rows::<Channel>().map(|channel| channel.expect("a channel"));
    let open: BTreeSet<_> =
        channels.filter(|channel| channel.class == "public").map(|channel| channel.id).collect();
    let mut found = Found::default();
    let messages = rows(&Message::SCHEMA).rows::<Message>().map(|row| row.expect("a message"));
    let replies = rows(&Reply::SCHEMA).rows::<Reply>().map(|row| row.expect("a reply"));
    let all = messages
        .map(|row| (row.channel, row.ts, row.text))
        .chain(replies.map(|row| (row.channel, row.ts, row.text)));
    for (channel, ts, text) in all {
        if open.contains(&channel) {
            found.visible.insert(text.clone());
        }
        found.texts.insert((ts.to_string(), text));
    }
    let metadata = Folder(batch.metadata());
    let set_aside = TableReader::open(&metadata, &SetAside::SCHEMA).expect("opened").expect("a table");
    let set_aside = set_aside.rows::<SetAside>().map(|row| row.expect("a row"));
    found.named.extend(set_aside.map(|row| row.file));
    let not_read = TableReader::open(&metadata, &NotRead::SCHEMA).expect("opened").expect("a table");
    let not_read = not_read.rows::<NotRead>().map(|row| row.expect("a row"));
    found.named.extend(not_read.filter(|file| !file.is_known).map(|file| file.file));
    let gaps = RowLog::<Request>::readable(&batch.metadata()).expect("read");
    found.named.extend(gaps.filter(|row| row.status == RequestStatus::Gap).map(|row| row.file));
    found
}

fn check(number: u64) {
    let mut chance = Chance(number);
    let whole = export(&mut chance);
    let mut damaged = whole.clone();
    let done: Vec<String> = (0..chance.below(4)).map(|_| damage(&mut damaged, &mut chance)).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&damaged, folder.path(), &mut chance);
    let home = DataHome::new(folder.path().join("home"));
    match OfficialExport::new(&path).capture(&home, &()) {
        Ok(_) => {}
        // Where no list and no day file is left, it is refused: nothing is lost without a word.
        Err(slack_extract::Error::NoExport { .. }) => return,
        Err(other) => panic!("export {number} ({done:?}): {other}"),
    }
    let found = found(&home);
    for text in &found.visible {
        assert!(!text.contains("SECRET"), "export {number} ({done:?}): {text} is visible");
    }
    for (ts, text, file, _) in &damaged.messages {
        let is_there = found.texts.contains(&(ts.clone(), text.clone()));
        let is_named = found.named.iter().any(|named| named.ends_with(file.as_str()));
        assert!(
            is_there || is_named,
            "export {number} ({done:?}): {text} of {file} is lost; named: {:?}",
            found.named
        );
    }
}

#[test]
fn damaged_exports_lose_nothing_in_silence_and_show_nothing_private() {
    let number = std::env::var("SLACK_DAMAGED_EXPORTS").ok().and_then(|number| number.parse().ok());
    for number in 0..number.unwrap_or(200) {
        check(number);
    }
}

#[test]
fn undamaged_exports_are_read_whole() {
    for number in 1_000_000..1_000_020 {
        let mut chance = Chance(number);
        let export = export(&mut chance);
        let folder = tempfile::tempdir().expect("a folder");
        let path = write(&export, folder.path(), &mut chance);
        let home = DataHome::new(folder.path().join("home"));
        OfficialExport::new(&path).capture(&home, &()).expect("imported");
        let found = found(&home);
        assert!(found.named.is_empty(), "export {number}: {:?}", found.named);
        for (ts, text, _, is_public) in &export.messages {
            assert!(found.texts.contains(&(ts.clone(), text.clone())), "export {number}: {text}");
            assert_eq!(found.visible.contains(text), *is_public, "export {number}: {text}");
        }
    }
}
