use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::export::{ExportFiles, ExportFolder};
use super::work::PageKind;
use crate::batch::BatchFolder;
use crate::error::{Error, Result};
use crate::ids::{ChannelId, UsergroupId};
use crate::rows::NotRead;
use crate::ts::Ts;
use crate::wire::ChannelList;

/// Which files of a batch hold what. Paths are below the batch's folder.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) users: Vec<PathBuf>,
    pub(super) channels: Vec<(PathBuf, ChannelList)>,
    pub(super) members: Vec<(ChannelId, PathBuf)>,
    /// The pages of the file list, by the channel asked for.
    pub(super) files: Vec<(ChannelId, PathBuf)>,
    /// Answers about one user, or one conversation, each.
    pub(super) single_users: Vec<PathBuf>,
    pub(super) single_channels: Vec<PathBuf>,
    pub(super) usergroups: Vec<PathBuf>,
    pub(super) usergroup_members: Vec<(UsergroupId, PathBuf)>,
    pub(super) team: Vec<PathBuf>,
    /// Where the API's pages are, by conversation.
    pub(super) conversations: BTreeMap<ChannelId, Conversation>,
    /// An export's folders, by name.
    pub(super) folders: BTreeMap<String, ExportFolder>,
    /// An export's files that no table is made of.
    pub(super) not_read: Vec<NotRead>,
}

/// The folders of one conversation's pages. Their files are listed when its turn comes: a workspace has as many
/// pages as threads, and more.
#[derive(Debug, Default, Clone)]
pub(super) struct Conversation {
    /// Folders of day files.
    pub(super) day_files: Vec<PathBuf>,
    /// Files of messages with other names.
    pub(super) message_files: Vec<PathBuf>,
    pub(super) history: Option<PathBuf>,
    pub(super) threads: Vec<PathBuf>,
    pub(super) reactions: Option<PathBuf>,
}

impl Conversation {
    /// Whether its messages lie in one of some folders.
    pub(super) fn lies_in(&self, folders: &BTreeSet<PathBuf>) -> bool {
        let of_files = self.message_files.iter().filter_map(|file| file.parent());
        !folders.is_empty()
            && self
                .day_files
                .iter()
                .map(PathBuf::as_path)
                .chain(of_files)
                .any(|folder| folders.contains(folder))
    }

    /// Its pages in the order in which they are read: what is read later counts where it is as fresh.
    pub(super) fn pages(&self, root: &Path) -> Result<Vec<(PageKind, PathBuf)>> {
        let mut pages = Vec::new();
        let mut add =
            |kind: PageKind, found: Vec<PathBuf>| pages.extend(found.into_iter().map(|page| (kind, page)));
        for folder in &self.day_files {
            add(PageKind::DayFile, list(root, folder, is_day_file)?);
        }
        add(PageKind::MessageFile, self.message_files.clone());
        if let Some(folder) = &self.history {
            add(PageKind::History, list(root, folder, is_page)?);
        }
        let mut threads = Vec::new();
        for folder in &self.threads {
            for page in list(root, folder, is_page)? {
                let name = page.file_name().unwrap_or_default().to_string_lossy();
                if let Some(thread) = name.split_once('-').and_then(|(ts, _)| ts.parse::<Ts>().ok()) {
                    threads.push((thread, page));
                }
            }
        }
        threads.sort_by_key(|(thread, _)| *thread);
        for (thread, page) in threads {
            add(PageKind::Thread(thread), vec![page]);
        }
        if let Some(folder) = &self.reactions {
            add(PageKind::Reactions, list(root, folder, is_page)?);
        }
        Ok(pages)
    }
}

impl Contents {
    pub(super) fn of(batch: &BatchFolder) -> Result<Self> {
        let mut contents = Self::default();
        let (api, export) = (batch.api().is_dir(), batch.export().is_dir());
        if api {
            contents.list_api(batch.root())?;
        }
        if export {
            contents.list_export(batch.root())?;
        }
        if api || export { Ok(contents) } else { Err(Error::NoPages { folder: batch.root().into() }) }
    }

    fn list_api(&mut self, root: &Path) -> Result<()> {
        let api = Path::new("api");
        let pages = |method: &str| list(root, &api.join(method), is_page);
        self.users = pages("users.list")?;
        // The list is asked for type by type, so that a scope that is missing for one costs no other.
        for (name, pages) in folders(root, &api.join("conversations.list"), is_page)? {
            let list = ChannelList::of_type(&name);
            self.channels.extend(pages.into_iter().map(|page| (page, list)));
        }
        for (channel, pages) in folders(root, &api.join("files.list"), is_page)? {
            let channel = ChannelId::from(channel);
            self.files.extend(pages.into_iter().map(|page| (channel.clone(), page)));
        }
        for (_, pages) in folders(root, &api.join("users.info"), is_page)? {
            self.single_users.extend(pages);
        }
        for (_, pages) in folders(root, &api.join("conversations.info"), is_page)? {
            self.single_channels.extend(pages);
        }
        self.usergroups = pages("usergroups.list")?;
        self.team = pages("team.info")?;
        for (group, pages) in folders(root, &api.join("usergroups.users.list"), is_page)? {
            let group = UsergroupId::from(group);
            self.usergroup_members.extend(pages.into_iter().map(|page| (group.clone(), page)));
        }
        for (channel, pages) in folders(root, &api.join("conversations.members"), is_page)? {
            let channel = ChannelId::from(channel);
            self.members.extend(pages.into_iter().map(|page| (channel.clone(), page)));
        }
        for (channel, folder) in subfolders(root, &api.join("conversations.history"))? {
            self.conversations.entry(channel.into()).or_default().history = Some(folder);
        }
        for (channel, folder) in subfolders(root, &api.join("conversations.replies"))? {
            self.conversations.entry(channel.into()).or_default().threads.push(folder);
        }
        for (channel, folder) in subfolders(root, &api.join("reactions.get"))? {
            self.conversations.entry(channel.into()).or_default().reactions = Some(folder);
        }
        Ok(())
    }

    fn list_export(&mut self, root: &Path) -> Result<()> {
        let ExportFiles { users, channels, folders, not_read } = ExportFiles::of(root)?;
        self.users.extend(users);
        self.channels.extend(channels);
        self.folders = folders;
        self.not_read = not_read;
        Ok(())
    }
}

fn is_page(name: &str) -> bool {
    name.ends_with(".json") && !name.starts_with('.')
}

/// Whether a file's name is that of an export's day file, `2024-03-01.json`, in capitals or not. Folders hold other JSON
/// too.
pub fn is_day_file(name: &str) -> bool {
    let pattern =
        |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    let (day, end) = match name.split_at_checked(10) {
        Some(parts) => parts,
        None => return false,
    };
    end.eq_ignore_ascii_case(".json") && day.bytes().enumerate().all(pattern)
}

/// The files of a folder that are `wanted`, by name; none where there is no such folder.
fn list(root: &Path, folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let names = names(&root.join(folder))?;
    Ok(names
        .into_iter()
        .filter(|name| wanted(&name.to_string_lossy()))
        .map(|name| folder.join(name))
        .collect())
}

/// The subfolders of a folder, each with its files that are `wanted`.
fn folders(root: &Path, folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let found = subfolders(root, folder)?.into_iter();
    found.map(|(name, inner)| Ok((name, list(root, &inner, &wanted)?))).collect()
}

/// The subfolders of a folder, by name.
fn subfolders(root: &Path, folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let found = names(&root.join(folder))?.into_iter().map(|name| {
        // A name that is no UTF-8 still has its pages; only the channel's name shows it.
        (name.to_string_lossy().into_owned(), folder.join(&name))
    });
    Ok(found.filter(|(_, inner)| root.join(inner).is_dir()).collect())
}

pub(super) fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |error| Error::io("list", folder, error);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_day_files_are_day_files() {
        assert!(is_day_file("2024-03-01.json") && is_day_file("2024-03-01.JSON"));
        for name in
            ["canvas_in_the_conversation.json", "2024-03-01.txt", "2024-3-001.json", "2024-03-01-1.json"]
        {
            assert!(!is_day_file(name), "{name}");
        }
    }
}
