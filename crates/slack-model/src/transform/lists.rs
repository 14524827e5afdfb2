use std::collections::{BTreeMap, BTreeSet};

use super::channel::is_better_file;
use super::contents::{Contents, Conversation};
use super::folders::{FolderNames, Unlisted};
use super::options::Shares;
use super::pages::PageReader;
use super::profiles::{Names, Profiles};
use super::sorter::RowSorter;
use super::spill::SpillFolder;
use super::tables::{write_rows, write_table};
use crate::batch::Metadata;
use crate::error::Result;
use crate::ids::{ChannelId, UserId, UsergroupId};
use crate::rows::{Batch, Channel, File, Member, User, Usergroup, UsergroupMember};
use crate::table::TableSink;
use crate::ts::BatchId;
use crate::wire::{self, ChannelList, ListedChannel};

/// What the lists of a batch say: users, channels, memberships, groups, files.
pub(super) struct Lists<'s> {
    batch: BatchId,
    /// Until when the lists are known to hold, where that is later than what the batch is named after.
    lists_until: Option<BatchId>,
    about: Batch,
    users: BTreeMap<UserId, User>,
    channels: BTreeMap<ChannelId, Channel>,
    members: RowSorter<'s, Member>,
    member_channels: BTreeSet<ChannelId>,
    /// Who takes part in direct messages, as the lists of conversations say.
    direct_members: BTreeMap<ChannelId, BTreeSet<UserId>>,
    usergroups: BTreeMap<UsergroupId, Usergroup>,
    usergroup_members: BTreeSet<(UsergroupId, UserId)>,
    files: RowSorter<'s, File>,
    /// By the id that is made of a folder's name: the id that the folder's conversation has.
    moved: BTreeMap<ChannelId, ChannelId>,
}

impl<'s> Lists<'s> {
    pub(super) fn read(
        contents: &Contents,
        metadata: &Metadata,
        reader: &mut PageReader<'_>,
        spill: &'s SpillFolder,
        shares: &Shares,
    ) -> Result<Self> {
        let batch = reader.batch();
        let about = Batch {
            batch,
            source: metadata.get("source").into(),
            status: metadata.get("status").into(),
            team_id: Some(metadata.get("team_id")).filter(|id| !id.is_empty()).map(Into::into),
            team_name: metadata.get("team_name").into(),
        };
        let mut lists = Self {
            batch,
            lists_until: BatchId::parse(metadata.get(Metadata::LISTS_UNTIL).as_bytes())
                .filter(|until| *until > batch),
            about,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            // A membership that is told of twice is the same one.
            members: RowSorter::new(spill, shares.table, |_, _| false),
            member_channels: BTreeSet::new(),
            direct_members: BTreeMap::new(),
            usergroups: BTreeMap::new(),
            usergroup_members: BTreeSet::new(),
            files: RowSorter::new(spill, shares.table, is_better_file),
            moved: BTreeMap::new(),
        };
        lists.read_people(contents, reader);
        lists.read_channels(contents, reader)?;
        for (channel, page) in &contents.files {
            let mut outcome = Ok(());
            reader.records(page, "files", Some(channel), |record, issues| {
                for file in wire::listed_files(record, batch, issues) {
                    // A file may be shared elsewhere too, where nobody asked to look.
                    if file.channel == *channel && outcome.is_ok() {
                        outcome = push_file(&mut lists.files, file);
                    }
                }
            });
            outcome?;
        }
        for page in &contents.team {
            reader.page(page, None, |text, issues| {
                match wire::team_name(text) {
                    Some((id, name)) => {
                        lists.about.team_id = Some(id.into());
                        lists.about.team_name = name;
                    }
                    None => issues.add(text, "", "no workspace"),
                }
                true
            });
        }
        Ok(lists)
    }

    /// Gives each conversation its pages: an export's folders are matched to the listed channels by their names.
    pub(super) fn conversations(&mut self, contents: &Contents) -> BTreeMap<ChannelId, Conversation> {
        let mut conversations = contents.conversations.clone();
        let mut unlisted = Vec::new();
        let folders = contents.folders.keys().map(String::as_str);
        let names = FolderNames::new(&self.channels, &self.users, &self.direct_members, folders);
        for (name, folder) in &contents.folders {
            let listed = names.find(name, folder.name.as_encoded_bytes());
            // A folder of other things than messages makes no channel.
            if listed.is_none() && !folder.has_messages() {
                continue;
            }
            let id = listed.unwrap_or_else(|| {
                let Unlisted { id, kind } = names.unlisted(name);
                unlisted.push(Channel::unlisted(id.clone(), name.clone(), kind, self.batch));
                id
            });
            let by_folder = ChannelId::of_folder(name);
            if id != by_folder {
                self.moved.insert(by_folder, id.clone());
            }
            let conversation = conversations.entry(id).or_default();
            conversation.day_files.extend(folder.paths.iter().cloned());
            conversation.message_files.extend(folder.others.iter().cloned());
        }
        for channel in unlisted {
            self.channels.entry(channel.id.clone()).or_insert(channel);
        }
        for id in conversations.keys().chain(&self.member_channels) {
            if !self.channels.contains_key(id) {
                self.channels.insert(id.clone(), unlisted_by_id(id, self.batch));
            }
        }
        conversations
    }

    /// Adds a channel of a list. Where two lists of one batch hold it, the stricter class counts; a list that says nothing
    /// of the class counts less than one that does.
    pub(super) fn add_channel(&mut self, mut channel: Channel) {
        if channel.is_private == Some(true) {
            channel.confidential_at = self.lists_until;
        }
        let strictness = |channel: &Channel| (channel.is_private.is_some(), channel.class != "public");
        match self.channels.get(&channel.id) {
            Some(known) if strictness(known) > strictness(&channel) => {}
            _ => {
                self.channels.insert(channel.id.clone(), channel);
            }
        }
    }

    /// The same for the user that shared a file, and for the channel that it was shared in.
    pub(super) fn name_owner(&mut self, file: &File) {
        file.user_id.iter().for_each(|user| self.name_user(user));
        if !self.channels.contains_key(&file.channel) {
            self.channels.insert(file.channel.clone(), unlisted_by_id(&file.channel, self.batch));
        }
    }

    pub(super) fn add_user(&mut self, user: User) {
        self.users.insert(user.id.clone(), user);
    }

    pub(super) fn files_mut(&mut self) -> &mut RowSorter<'s, File> {
        &mut self.files
    }

    /// Adds a user that a row names and no list holds.
    pub(super) fn name_user(&mut self, user: &UserId) {
        if !self.users.contains_key(user) {
            self.users.insert(user.clone(), User::unknown(user.clone(), self.batch));
        }
    }

    /// Takes the names that messages give to their authors, where no list has these. Later ones count.
    pub(super) fn introduce(&mut self, profiles: Profiles) {
        for (user, Names { name, real_name, display_name }) in profiles.into_sorted() {
            if self.users.get(&user).is_none_or(|user| !user.known) {
                let unknown = User::unknown(user.clone(), self.batch);
                self.users.insert(user, User { name, real_name, display_name, ..unknown });
            }
        }
    }

    /// The users that the lists hold.
    pub(super) fn users(&self) -> &BTreeMap<UserId, User> {
        &self.users
    }

    /// Whether a list says that all may read a conversation.
    pub(super) fn is_public(&self, channel: &ChannelId) -> bool {
        self.channels.get(channel).is_some_and(|channel| channel.class == "public")
    }

    /// The conversations that the lists and folders hold.
    pub(super) fn channels(&self) -> &BTreeMap<ChannelId, Channel> {
        &self.channels
    }

    /// The conversations whose id is not the one that is made of their folder's name, by that id.
    pub(super) fn take_moved(&mut self) -> BTreeMap<ChannelId, ChannelId> {
        std::mem::take(&mut self.moved)
    }

    /// The file list's rows, once.
    pub(super) fn take_files(&mut self, spill: &'s SpillFolder) -> RowSorter<'s, File> {
        std::mem::replace(&mut self.files, RowSorter::new(spill, 0, is_better_file))
    }

    /// Writes the lists' tables, the one about the batch last.
    pub(super) fn write<S: TableSink>(
        mut self,
        spill: &'s SpillFolder,
        tables: &S,
        counts: &mut BTreeMap<&'static str, u64>,
    ) -> Result<()> {
        let batch = Some(self.batch);
        let members = std::mem::replace(&mut self.members, RowSorter::new(spill, 0, |_, _| false));
        let members = members.finish()?.inspect(|row| {
            if let Ok(row) = row {
                self.name_user(&row.user_id);
            }
        });
        write_rows(tables, members, counts)?;
        let members = std::mem::take(&mut self.usergroup_members);
        members.iter().for_each(|(_, user)| self.name_user(user));
        let member = |(usergroup, user_id)| UsergroupMember {
            usergroup,
            user_id,
            first_batch: batch,
            last_batch: batch,
        };
        write_table(tables, members.into_iter().map(member), counts)?;
        write_table(tables, self.users.into_values(), counts)?;
        write_table(tables, self.channels.into_values(), counts)?;
        write_table(tables, self.usergroups.into_values(), counts)?;
        write_table(tables, [self.about], counts)
    }

    fn add_listed(&mut self, listed: ListedChannel) -> Result<()> {
        let ListedChannel { row, members, partner } = listed;
        if matches!(row.kind.as_str(), "im" | "mpim") {
            let people = self.direct_members.entry(row.id.clone()).or_default();
            people.extend(members.iter().cloned().chain(partner));
        }
        for user in members {
            self.push_member(&row.id, user)?;
        }
        self.add_channel(row);
        Ok(())
    }

    pub(super) fn push_member(&mut self, channel: &ChannelId, user_id: UserId) -> Result<()> {
        if !self.member_channels.contains(channel) {
            self.member_channels.insert(channel.clone());
        }
        let texts = channel.as_str().len() + user_id.as_str().len();
        let (first_batch, last_batch) = (Some(self.batch), Some(self.batch));
        self.members.push(Member { channel: channel.clone(), user_id, first_batch, last_batch }, texts)
    }

    fn read_people(&mut self, contents: &Contents, reader: &mut PageReader<'_>) {
        let batch = self.batch;
        for page in &contents.users {
            reader.records(page, "members", None, |record, issues| {
                if let Some(user) = wire::user(record, batch, issues) {
                    self.users.insert(user.id.clone(), user);
                }
            });
        }
        for page in &contents.single_users {
            reader.page(page, None, |text, issues| {
                let user = wire::member_of(text, "user", issues);
                let user = user.and_then(|record| wire::user(record, batch, issues));
                if let Some(user) = user {
                    self.users.entry(user.id.clone()).or_insert(user);
                }
                true
            });
        }
        for page in &contents.usergroups {
            reader.records(page, "usergroups", None, |record, issues| {
                if let Some((group, members)) = wire::usergroup(record, batch, issues) {
                    self.usergroup_members
                        .extend(members.into_iter().map(|row| (row.usergroup, row.user_id)));
                    self.usergroups.insert(group.id.clone(), group);
                }
            });
        }
        for (group, page) in &contents.usergroup_members {
            reader.records(page, "users", None, |record, issues| {
                let member = wire::member(record, issues);
                self.usergroup_members.extend(member.map(|user| (group.clone(), user)));
            });
        }
    }

    fn read_channels(&mut self, contents: &Contents, reader: &mut PageReader<'_>) -> Result<()> {
        let batch = self.batch;
        let mut outcome = Ok(());
        for (page, list) in &contents.channels {
            reader.shaped_records(page, "channels", None, |record, is_plain, issues| {
                // Which list it is that is of another shape, nobody knows: its records must say it themselves. But what
                // a list of closed conversations holds stays closed.
                let list = match list {
                    ChannelList::Public if !is_plain => ChannelList::Mixed,
                    list => *list,
                };
                if let Some(listed) = wire::channel(record, list, batch, issues)
                    && outcome.is_ok()
                {
                    outcome = self.add_listed(listed);
                }
            });
        }
        for page in &contents.single_channels {
            reader.page(page, None, |text, issues| {
                let channel = wire::member_of(text, "channel", issues);
                let channel =
                    channel.and_then(|record| wire::channel(record, ChannelList::Mixed, batch, issues));
                if let Some(listed) = channel {
                    self.add_channel(listed.row);
                }
                true
            });
        }
        for (channel, page) in &contents.members {
            reader.records(page, "members", Some(channel), |record, issues| {
                if let (Some(user), true) = (wire::member(record, issues), outcome.is_ok()) {
                    outcome = self.push_member(channel, user);
                }
            });
        }
        outcome
    }
}

/// A conversation of which only the id is known.
fn unlisted_by_id(id: &ChannelId, batch: BatchId) -> Channel {
    Channel::unlisted(id.clone(), id.to_string(), Channel::kind_of_id(id.as_str()), batch)
}

/// Adds a file's row, which is weighed.
pub(super) fn push_file(files: &mut RowSorter<'_, File>, file: File) -> Result<()> {
    let texts = [&file.name, &file.title, &file.mimetype, &file.filetype, &file.mode];
    let texts = texts.iter().map(|text| text.len()).sum::<usize>() + 64;
    files.push(file, texts)
}
