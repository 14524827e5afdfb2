//! What each file of an export is: a list, messages, or something that no table is made of.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::contents::{Contents, is_day_file, names};
use super::lists::Lists;
use super::names::folded;
use super::options::TransformOptions;
use super::pages::PageReader;
use super::spill::SpillFolder;
use crate::batch::{BatchFolder, Metadata, files_below};
use crate::error::{Error, Result};
use crate::ids::ChannelId;
use crate::rows::NotRead;
use crate::wire::{ChannelList, PageContent, content_of};

/// The files of an export. Day files are not listed one by one: there may be a million.
#[derive(Debug, Default)]
pub(super) struct ExportFiles {
    pub(super) users: Vec<PathBuf>,
    pub(super) channels: Vec<(PathBuf, ChannelList)>,
    /// Folders and files of messages, by the name of their conversation.
    pub(super) folders: BTreeMap<String, ExportFolder>,
    /// Everything else.
    pub(super) not_read: Vec<NotRead>,
}

/// The messages of one conversation.
#[derive(Debug, Default, Clone)]
pub(super) struct ExportFolder {
    /// The name as the file system has it.
    pub(super) name: OsString,
    /// The folder; none of a file that lies among the lists. Names that are not text may be shown alike.
    pub(super) paths: Vec<PathBuf>,
    pub(super) has_day_files: bool,
    /// Files of messages with other names than days'.
    pub(super) others: Vec<PathBuf>,
}

impl ExportFolder {
    pub(super) fn has_messages(&self) -> bool {
        self.has_day_files || !self.others.is_empty()
    }
}

/// Files that exports hold beside messages, and what they are.
const KNOWN: [(&str, &str); 10] = [
    ("canvases.json", "Slack's list of canvases"),
    ("lists.json", "Slack's lists"),
    ("file_conversations.json", "which canvases belong to which conversation"),
    ("integration_logs.json", "the log of integrations"),
    ("content_flags.json", "flagged content"),
    ("huddle_transcripts.json", "transcripts of huddles"),
    ("canvas_in_the_conversation.json", "a canvas"),
    (".ds_store", "a file of the file system's"),
    ("thumbs.db", "a file of the file system's"),
    ("desktop.ini", "a file of the file system's"),
];

/// Folders of hosted files that other programs put into exports, and of what file systems keep for themselves.
const KNOWN_FOLDERS: [(&str, &str); 4] = [
    ("attachments", "a hosted file"),
    ("__uploads", "a hosted file"),
    ("__avatars", "a hosted file"),
    ("__macosx", "a file of the file system's"),
];

impl ExportFiles {
    /// Looks at every file below `<root>/export`. Files whose names do not say what they are are opened.
    pub(super) fn of(root: &Path) -> Result<Self> {
        let mut files = Self::default();
        let export = Path::new("export");
        for name in names(&root.join(export))? {
            let path = export.join(&name);
            if root.join(&path).is_dir() {
                files.add_folder(root, &path, name)?;
            } else {
                files.add_root_file(root, path)?;
            }
        }
        files.not_read.sort_unstable_by(|one, other| one.file.cmp(&other.file));
        Ok(files)
    }

    fn add_root_file(&mut self, root: &Path, path: PathBuf) -> Result<()> {
        let name = text(&path);
        if let Some(stem) = json_stem(&name) {
            let list = match &*folded(stem) {
                "users" | "org_users" => {
                    self.users.push(path);
                    return Ok(());
                }
                "channels" => Some(ChannelList::Public),
                "groups" => Some(ChannelList::Private),
                "mpims" => Some(ChannelList::GroupMessages),
                "dms" => Some(ChannelList::DirectMessages),
                _ => None,
            };
            if let Some(list) = list {
                self.channels.push((path, list));
                return Ok(());
            }
            if content(root, &path)? == PageContent::Messages {
                // One file a conversation, as some programs write.
                let folder = self.folder(stem, stem.into());
                folder.others.push(path);
                return Ok(());
            }
        }
        self.leave(root, path, known(&name))
    }

    fn add_folder(&mut self, root: &Path, path: &Path, name: OsString) -> Result<()> {
        let shown = name.to_string_lossy().into_owned();
        // A channel may be called like a folder of hosted files: day files tell.
        if let Some(reason) = known_folder(&shown)
            && !holds_days(&root.join(path))?
        {
            return self.leave_folder(root, path, Some(reason));
        }
        let folder = self.folder(&shown, name);
        folder.paths.push(path.into());
        for name in names(&root.join(path))? {
            let inner = path.join(&name);
            let shown_inner = name.to_string_lossy();
            if root.join(&inner).is_dir() {
                self.leave_folder(root, &inner, known_folder(&shown_inner))?;
            } else if is_day_file(&shown_inner) {
                self.folder(&shown, OsString::new()).has_day_files = true;
            } else if json_stem(&shown_inner).is_some() {
                match content(root, &inner)? {
                    PageContent::Messages => self.folder(&shown, OsString::new()).others.push(inner),
                    PageContent::Nothing => self.leave(root, inner, Some("nothing is in it"))?,
                    PageContent::Other => self.leave(root, inner, known(&shown_inner))?,
                }
            } else {
                let reason = known(&shown_inner);
                self.leave(root, inner, reason)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, name: &str, os_name: OsString) -> &mut ExportFolder {
        let folder = self.folders.entry(name.into()).or_default();
        if folder.name.is_empty() {
            folder.name = os_name;
        }
        folder
    }

    fn leave_folder(&mut self, root: &Path, path: &Path, reason: Option<&str>) -> Result<()> {
        for file in files_below(&root.join(path))?.files {
            let reason = reason.or_else(|| known(&text(&file)));
            self.leave(root, path.join(file), reason)?;
        }
        Ok(())
    }

    fn leave(&mut self, root: &Path, path: PathBuf, reason: Option<&str>) -> Result<()> {
        let metadata =
            fs::symlink_metadata(root.join(&path)).map_err(|error| Error::io("open", &path, error))?;
        self.not_read.push(NotRead {
            file: path.to_string_lossy().replace('\\', "/"),
            bytes: metadata.len(),
            is_known: reason.is_some(),
            reason: reason.unwrap_or("of no known kind: neither messages nor a list").into(),
        });
        Ok(())
    }
}

/// Which files of an export [`transform`](super::transform) makes tables of, of which conversation, and which it does not
/// read.
#[derive(Debug)]
pub struct ExportReading {
    files: ExportFiles,
    conversations: BTreeMap<PathBuf, (ChannelId, String)>,
}

impl ExportReading {
    /// Looks at the files of a batch's export, and reads its lists.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be listed.
    pub fn of(batch: &BatchFolder) -> Result<Self> {
        let spill = SpillFolder::new(batch.root().join(".reading.spill"))?;
        let contents = Contents::of(batch)?;
        let shares = TransformOptions::default().shares();
        let mut reader = PageReader::new(batch);
        let mut lists = Lists::read(&contents, &Metadata::default(), &mut reader, &spill, &shares)?;
        let mut conversations = BTreeMap::new();
        for (id, conversation) in lists.conversations(&contents) {
            for path in conversation.day_files.into_iter().chain(conversation.message_files) {
                let name = path.iter().nth(1).unwrap_or_default().to_string_lossy().into_owned();
                conversations.insert(path, (id.clone(), name));
            }
        }
        Ok(Self { files: ExportFiles::of(batch.root())?, conversations })
    }

    /// The conversation of a file of messages, and what its folder is called.
    pub fn conversation(&self, path: &Path) -> Option<&(ChannelId, String)> {
        let of_folder = || self.conversations.get(path.parent()?).filter(|_| is_day_file(&text(path)));
        self.conversations.get(path).or_else(of_folder)
    }

    /// The files that are not read, sorted by path.
    pub fn not_read(&self) -> &[NotRead] {
        &self.files.not_read
    }
}

fn holds_days(folder: &Path) -> Result<bool> {
    Ok(names(folder)?.iter().any(|name| is_day_file(&name.to_string_lossy())))
}

fn text(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A name without its `.json`, in capitals or not; `None` of other files, and of those that are hidden.
fn json_stem(name: &str) -> Option<&str> {
    let (stem, end) = name.split_at_checked(name.len().checked_sub(5)?)?;
    (end.eq_ignore_ascii_case(".json") && !stem.is_empty() && !stem.starts_with('.')).then_some(stem)
}

fn known(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    if lower.starts_with("._") {
        return Some("a file of the file system's");
    }
    let stem = lower.trim_start_matches('.').split('.').next().unwrap_or_default();
    if ["readme", "license", "licence", "copying", "notice"].contains(&stem) && json_stem(name).is_none() {
        return Some("a note by the maker or publisher of the export");
    }
    KNOWN.iter().find(|(known, _)| *known == lower).map(|(_, reason)| *reason)
}

fn known_folder(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    KNOWN_FOLDERS.iter().find(|(known, _)| *known == lower).map(|(_, reason)| *reason)
}

fn content(root: &Path, path: &Path) -> Result<PageContent> {
    match fs::read(root.join(path)) {
        Ok(bytes) => Ok(content_of(&bytes)),
        // The reader of the folder sets it aside.
        Err(_) => Ok(PageContent::Other),
    }
}
