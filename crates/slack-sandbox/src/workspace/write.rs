//! Writes a workspace as an official export.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use slack_model::{Time, Ts};

use super::{Channel, ChannelKind, Workspace};
use crate::error::{Error, Result};
use crate::json::{array, quote, with_missing};

/// Slack cuts day files at midnight in America/Los_Angeles; summer time does not matter here.
const HOURS_WEST: i64 = 8;

pub(super) fn write(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lists = [
        ("channels.json", ChannelKind::Public),
        ("groups.json", ChannelKind::Private),
        ("mpims.json", ChannelKind::GroupMessage),
        ("dms.json", ChannelKind::DirectMessage),
    ];
    put(&folder.join("users.json"), &array(workspace.users.iter().map(|user| user.json.get().to_owned())))?;
    for (name, kind) in lists {
        let listed = workspace.visible_channels().filter(|channel| channel.kind == kind);
        put(&folder.join(name), &array(listed.map(listing)))?;
    }
    for channel in workspace.visible_channels() {
        for (day, messages) in days(channel) {
            put(&folder.join(&channel.name).join(format!("{day}.json")), &array(messages))?;
        }
    }
    Ok(())
}

/// A channel's record, which in an export names the members.
fn listing(channel: &Channel) -> String {
    let members = array(channel.members.iter().map(|member| quote(member.as_str())));
    with_missing(channel.json.get(), &[("members", members)])
}

/// A channel's messages and replies by local day.
fn days(channel: &Channel) -> BTreeMap<String, Vec<String>> {
    let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in channel.messages() {
        days.entry(local_day(message.ts)).or_default().push(message.json.get().to_owned());
    }
    days
}

fn local_day(ts: Ts) -> String {
    let local = Time::from_micros(ts.micros() - HOURS_WEST * 3_600_000_000).unwrap_or(Time::EPOCH);
    local.to_string().chars().take("2024-03-01".len()).collect()
}

fn put(path: &Path, text: &str) -> Result<()> {
    let failed = |source| Error::Write { path: path.into(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, format!("{text}\n")).map_err(failed)
}
