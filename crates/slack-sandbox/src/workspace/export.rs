//! Reads an official export's folder.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use slack_model::{ChannelId, FileId, TeamId, Time, Ts, UserId};

use super::{Bot, Channel, ChannelKind, File, Message, Team, User, Workspace};
use crate::error::{Error, Result};
use crate::json::{Object, array, quote, raw, with_missing};

type Records = Vec<Box<RawValue>>;

/// The lists of conversations that an export may have, with what each holds.
const CHANNEL_LISTS: [(&str, ChannelKind); 4] = [
    ("channels.json", ChannelKind::Public),
    ("groups.json", ChannelKind::Private),
    ("mpims.json", ChannelKind::GroupMessage),
    ("dms.json", ChannelKind::DirectMessage),
];

pub(super) fn read(folder: &Path) -> Result<Workspace> {
    if !folder.join("users.json").is_file() && !folder.join("channels.json").is_file() {
        fs::read_dir(folder).map_err(|error| Error::read(folder, error))?;
        return Err(Error::NoExport { path: folder.into() });
    }
    let (users, team, owner) = users(folder)?;
    let mut channels = listed_channels(folder)?;
    let by_name: HashMap<String, ChannelId> =
        channels.values().map(|channel| (channel.name.clone(), channel.id.clone())).collect();
    for (name, path) in entries(folder, Path::is_dir)? {
        let days = entries(&path, is_day_file)?;
        let listed = Some(ChannelId::from(name.as_str())).filter(|id| channels.contains_key(id));
        let id = listed.or_else(|| by_name.get(&name).cloned());
        if id.is_none() && days.is_empty() {
            continue;
        }
        let id = id.unwrap_or_else(|| ChannelId::of_folder(&name));
        let mut messages = Vec::new();
        for (_, day) in days {
            messages.extend(records(&day)?.into_iter().filter_map(Message::of));
        }
        channels.entry(id.clone()).or_insert_with(|| unlisted(id, &name)).fill(messages);
    }
    let channels: Vec<Channel> = channels.into_values().collect();
    let newest =
        channels.iter().filter_map(|channel| channel.messages().last()).map(|message| message.ts).max();
    Ok(Workspace {
        team,
        owner,
        users,
        files: files(&channels),
        bots: bots(&channels),
        channels,
        usergroups: Vec::new(),
        emoji: raw("{}".into()),
        profile: raw(r#"{"fields":[],"sections":[]}"#.into()),
        clock: newest.map_or(Time::EPOCH, Ts::time),
        made_up: false,
    })
}

/// The users, the workspace that most of them belong to (an export does not name its own), and an owner of it.
fn users(folder: &Path) -> Result<(Vec<User>, Team, UserId)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Record {
        id: Option<String>,
        name: Option<String>,
        team_id: Option<String>,
        is_primary_owner: Option<bool>,
    }
    let mut users = Vec::new();
    let mut teams: BTreeMap<String, usize> = BTreeMap::new();
    let mut owner = None;
    for json in records(&folder.join("users.json"))? {
        let Record { id, name, team_id, is_primary_owner } =
            serde_json::from_str(json.get()).unwrap_or_default();
        let Some(id) = id.filter(|id| !id.is_empty()) else { continue };
        if let Some(team) = team_id {
            *teams.entry(team).or_default() += 1;
        }
        if is_primary_owner == Some(true) {
            owner.get_or_insert_with(|| UserId::from(id.as_str()));
        }
        users.push(User { id: id.into(), name: name.unwrap_or_default(), json });
    }
    let id =
        teams.into_iter().max_by_key(|(_, users)| *users).map_or_else(|| "T00000000".into(), |(id, _)| id);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let team = Team {
        json: Object::new().text("id", &id).text("name", &name).text("domain", "export").end_raw(),
        id: TeamId::from(id),
        name,
        domain: "export".into(),
    };
    let owner = owner.or_else(|| users.first().map(|user| user.id.clone()));
    Ok((users, team, owner.unwrap_or_else(|| "U00000000".into())))
}

fn listed_channels(folder: &Path) -> Result<BTreeMap<ChannelId, Channel>> {
    let mut channels = BTreeMap::new();
    for (list, kind) in CHANNEL_LISTS {
        for json in records(&folder.join(list))? {
            if let Some(channel) = listed(&json, kind) {
                channels.insert(channel.id.clone(), channel);
            }
        }
    }
    Ok(channels)
}

/// A channel of a list, with the keys that the Web API has and an export leaves to the list's name.
fn listed(json: &RawValue, kind: ChannelKind) -> Option<Channel> {
    #[derive(Deserialize)]
    struct Record {
        id: String,
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        members: Option<Vec<String>>,
        #[serde(default)]
        is_archived: Option<bool>,
    }
    let record: Record =
        serde_json::from_str(json.get()).ok().filter(|record: &Record| !record.id.is_empty())?;
    let members = record.members.unwrap_or_default();
    let json = with_missing(json.get(), &kind_keys(kind, &members));
    let name = record.name.filter(|name| !name.is_empty()).unwrap_or_else(|| record.id.clone());
    let mut channel = Channel::new(record.id.into(), name, kind, raw(json));
    channel.is_archived = record.is_archived.unwrap_or_default();
    channel.members = members.into_iter().filter(|member| !member.is_empty()).map(UserId::from).collect();
    Some(channel)
}

/// A channel that an export has a folder of and does not list.
fn unlisted(id: ChannelId, folder: &str) -> Channel {
    let json = Object::new().text("id", id.as_str()).text("name", folder).end();
    let json = with_missing(&json, &kind_keys(ChannelKind::Public, &[]));
    Channel::new(id, folder.into(), ChannelKind::Public, raw(json))
}

fn kind_keys(kind: ChannelKind, members: &[String]) -> Vec<(&'static str, String)> {
    let mut keys = vec![
        ("is_channel", (kind == ChannelKind::Public).to_string()),
        ("is_group", (kind == ChannelKind::Private).to_string()),
        ("is_im", (kind == ChannelKind::DirectMessage).to_string()),
        ("is_mpim", (kind == ChannelKind::GroupMessage).to_string()),
        ("is_private", (kind != ChannelKind::Public).to_string()),
        ("is_member", "false".into()),
    ];
    if kind == ChannelKind::DirectMessage {
        keys.extend(members.last().map(|user| ("user", quote(user))));
    } else {
        keys.push(("num_members", members.len().to_string()));
    }
    keys
}

/// The files that the messages share and that can be listed: each as its oldest such message has it, with the
/// places where it is shared filled in.
fn files(channels: &[Channel]) -> Vec<File> {
    #[derive(Deserialize)]
    struct Sharing {
        #[serde(default)]
        files: Option<Records>,
        #[serde(default)]
        file: Option<Box<RawValue>>,
    }
    let mut sightings: Vec<(Ts, &Channel, Box<RawValue>)> = Vec::new();
    for channel in channels {
        for message in channel.messages() {
            let text = message.json.get();
            if !text.contains("\"file") {
                continue;
            }
            let Ok(sharing) = serde_json::from_str::<Sharing>(text) else { continue };
            let shared = sharing.files.unwrap_or_default().into_iter().chain(sharing.file);
            sightings.extend(shared.map(|file| (message.ts, channel, file)));
        }
    }
    sightings.sort_by_key(|(ts, ..)| *ts);
    let mut files: BTreeMap<FileId, File> = BTreeMap::new();
    let mut kinds: HashMap<&ChannelId, ChannelKind> = HashMap::new();
    for (ts, channel, json) in sightings {
        let Some(mut file) = File::of(json) else { continue };
        kinds.insert(&channel.id, channel.kind);
        file.places.clear();
        files.entry(file.id.clone()).or_insert(file).places.push((channel.id.clone(), ts));
    }
    let mut files: Vec<File> = files.into_values().collect();
    for file in &mut files {
        file.json = raw(with_missing(file.json.get(), &place_keys(&file.places, &kinds)));
    }
    files.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
    files
}

fn place_keys(
    places: &[(ChannelId, Ts)],
    kinds: &HashMap<&ChannelId, ChannelKind>,
) -> Vec<(&'static str, String)> {
    let mut shares: BTreeMap<&ChannelId, Vec<String>> = BTreeMap::new();
    for (channel, ts) in places {
        shares.entry(channel).or_default().push(Object::new().text("ts", &ts.to_string()).end());
    }
    let list = |wanted: fn(ChannelKind) -> bool| {
        array(
            shares
                .keys()
                .filter(|id| kinds.get(*id).is_some_and(|kind| wanted(*kind)))
                .map(|id| quote(id.as_str())),
        )
    };
    let shared = |public: bool| {
        let of = shares.iter().filter(|(id, _)| (kinds.get(**id) == Some(&ChannelKind::Public)) == public);
        of.fold(Object::new(), |object, (id, messages)| object.raw(id.as_str(), &array(messages))).end()
    };
    vec![
        ("channels", list(|kind| kind == ChannelKind::Public)),
        ("groups", list(|kind| matches!(kind, ChannelKind::Private | ChannelKind::GroupMessage))),
        ("ims", list(|kind| kind == ChannelKind::DirectMessage)),
        ("shares", Object::new().raw("public", &shared(true)).raw("private", &shared(false)).end()),
    ]
}

impl File {
    /// Reads what matters of a record; `None` where it has no id, or is of a file that Slack does not list.
    fn of(json: Box<RawValue>) -> Option<Self> {
        let record: BTreeMap<String, Value> = serde_json::from_str(json.get()).ok()?;
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        let (id, mode) = (text("id"), text("mode"));
        let listed = !id.is_empty() && mode != "hidden_by_limit" && mode != "tombstone";
        listed.then(|| Self {
            id: id.into(),
            name: text("name").into(),
            user: Some(text("user")).filter(|user| !user.is_empty()).map(UserId::from),
            created: record.get("created").and_then(Value::as_i64).unwrap_or_default(),
            size: record.get("size").and_then(Value::as_u64).unwrap_or_default(),
            mimetype: text("mimetype").into(),
            mode: mode.into(),
            places: Vec::new(),
            json,
        })
    }
}

/// The bots whose profile a message carries, each as its newest message has it.
fn bots(channels: &[Channel]) -> Vec<Bot> {
    #[derive(Deserialize)]
    struct Written {
        bot_id: String,
        bot_profile: Box<RawValue>,
    }
    let messages = channels.iter().flat_map(Channel::messages);
    let mut written: Vec<(Ts, Written)> = messages
        .filter(|message| message.json.get().contains("\"bot_profile\""))
        .filter_map(|message| Some((message.ts, serde_json::from_str(message.json.get()).ok()?)))
        .collect();
    written.sort_by_key(|(ts, _)| *ts);
    let newest: BTreeMap<String, Box<RawValue>> =
        written.into_iter().map(|(_, written)| (written.bot_id, written.bot_profile)).collect();
    newest.into_iter().map(|(id, json)| Bot { id: id.into(), json }).collect()
}

/// Reads a file that holds an array. A missing file, an empty one and `null` hold none.
fn records(path: &Path) -> Result<Records> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::read(path, error)),
    };
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let list: Option<Records> = serde_json::from_str(&text).map_err(|error| Error::json(path, error))?;
    Ok(list.unwrap_or_default())
}

/// The entries of a folder, by name.
fn entries(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| Error::read(folder, error))? {
        let path = entry.map_err(|error| Error::read(folder, error))?.path();
        if wanted(&path) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file is called `YYYY-MM-DD.json`.
fn is_day_file(path: &Path) -> bool {
    let Some(day) =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"))
    else {
        return false;
    };
    day.len() == 10
        && day
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}
