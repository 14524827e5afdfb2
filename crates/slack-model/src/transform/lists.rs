use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::channel::{ChannelRows, named_users};
use super::contents::{Contents, Conversation};
use super::pages::PageReader;
use super::write_table;
use crate::batch::Metadata;
use crate::error::Result;
use crate::ids::{ChannelId, UserId, UsergroupId};
use crate::rows::{Batch, Channel, File, Member, User, Usergroup, UsergroupMember};
use crate::table::TableSink;
use crate::ts::BatchId;
use crate::wire::{self, ChannelList};

/// What the lists of a batch say: users, channels, memberships, groups, files.
pub(super) struct Lists {
    batch: BatchId,
    about: Batch,
    users: BTreeMap<UserId, User>,
    channels: BTreeMap<ChannelId, Channel>,
    members: BTreeSet<(ChannelId, UserId)>,
    usergroups: BTreeMap<UsergroupId, Usergroup>,
    usergroup_members: BTreeSet<(UsergroupId, UserId)>,
    files: Vec<File>,
}

impl Lists {
    pub(super) fn read(
        contents: &Contents,
        metadata: &Metadata,
        reader: &mut PageReader<'_>,
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
            about,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            members: BTreeSet::new(),
            usergroups: BTreeMap::new(),
            usergroup_members: BTreeSet::new(),
            files: Vec::new(),
        };
        lists.read_people(contents, reader);
        lists.read_channels(contents, reader);
        for (channel, page) in &contents.files {
            reader.records(page, "files", Some(channel), |record, issues| {
                // A file may be shared elsewhere too, where nobody asked to look.
                let rows = wire::listed_files(record, batch, issues).into_iter();
                lists.files.extend(rows.filter(|file| file.channel == *channel));
            });
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

    /// Gives each conversation its pages: an export's folders are matched to channels by name, or by id, as
    /// direct messages are.
    pub(super) fn conversations(&mut self, contents: &Contents) -> BTreeMap<ChannelId, Conversation> {
        let mut conversations = contents.conversations.clone();
        let by_name: HashMap<String, ChannelId> =
            self.channels.values().map(|channel| (channel.name.clone(), channel.id.clone())).collect();
        for (folder, pages) in &contents.folders {
            let listed =
                self.channels.contains_key(folder.as_str()).then(|| ChannelId::from(folder.as_str()));
            let id = listed.or_else(|| by_name.get(folder).cloned());
            // A folder of other things than day files (an attachment's, say) makes no channel.
            if id.is_none() && pages.is_empty() {
                continue;
            }
            let id = id.unwrap_or_else(|| ChannelId::of_folder(folder));
            let batch = self.batch;
            self.channels
                .entry(id.clone())
                .or_insert_with(|| Channel::unlisted(id.clone(), folder.clone(), batch));
            conversations.entry(id).or_default().day_files.extend(pages.iter().cloned());
        }
        for id in conversations.keys().chain(self.members.iter().map(|(channel, _)| channel)) {
            if !self.channels.contains_key(id) {
                let unlisted = Channel::unlisted(id.clone(), id.to_string(), self.batch);
                self.channels.insert(id.clone(), unlisted);
            }
        }
        conversations
    }

    /// Adds the users that a conversation's rows name and no list holds.
    pub(super) fn name_users(&mut self, rows: &ChannelRows) {
        named_users(rows).for_each(|user| self.name_user(user));
    }

    /// The same for the users that shared files, and for the channels that files were shared in.
    pub(super) fn name_owners<'f>(&mut self, files: impl Iterator<Item = &'f File>) {
        for file in files {
            file.user_id.iter().for_each(|user| self.name_user(user));
            if !self.channels.contains_key(&file.channel) {
                let unlisted = Channel::unlisted(file.channel.clone(), file.channel.to_string(), self.batch);
                self.channels.insert(file.channel.clone(), unlisted);
            }
        }
    }

    /// The file list's rows, once.
    pub(super) fn take_files(&mut self) -> Vec<File> {
        std::mem::take(&mut self.files)
    }

    /// Writes the lists' tables.
    pub(super) fn write<S: TableSink>(
        mut self,
        tables: &S,
        counts: &mut BTreeMap<&'static str, u64>,
    ) -> Result<()> {
        let members = self.members.iter().map(|(_, user)| user);
        let members: BTreeSet<UserId> =
            members.chain(self.usergroup_members.iter().map(|(_, user)| user)).cloned().collect();
        members.iter().for_each(|user| self.name_user(user));
        let batch = Some(self.batch);
        write_table(tables, self.users.into_values(), counts)?;
        write_table(tables, self.channels.into_values(), counts)?;
        write_table(tables, self.usergroups.into_values(), counts)?;
        let member = |(channel, user_id)| Member { channel, user_id, first_batch: batch, last_batch: batch };
        write_table(tables, self.members.into_iter().map(member), counts)?;
        let member = |(usergroup, user_id)| UsergroupMember {
            usergroup,
            user_id,
            first_batch: batch,
            last_batch: batch,
        };
        write_table(tables, self.usergroup_members.into_iter().map(member), counts)?;
        write_table(tables, [self.about], counts)
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

    fn read_channels(&mut self, contents: &Contents, reader: &mut PageReader<'_>) {
        let batch = self.batch;
        for (page, list) in &contents.channels {
            reader.records(page, "channels", None, |record, issues| {
                if let Some((channel, members)) = wire::channel(record, *list, batch, issues) {
                    self.members.extend(members.into_iter().map(|user| (channel.id.clone(), user)));
                    self.channels.insert(channel.id.clone(), channel);
                }
            });
        }
        for page in &contents.single_channels {
            reader.page(page, None, |text, issues| {
                let channel = wire::member_of(text, "channel", issues);
                let channel =
                    channel.and_then(|record| wire::channel(record, ChannelList::Mixed, batch, issues));
                if let Some((channel, _)) = channel {
                    self.channels.entry(channel.id.clone()).or_insert(channel);
                }
                true
            });
        }
        for (channel, page) in &contents.members {
            reader.records(page, "members", Some(channel), |record, issues| {
                let member = wire::member(record, issues);
                self.members.extend(member.map(|user| (channel.clone(), user)));
            });
        }
    }

    fn name_user(&mut self, user: &UserId) {
        if !self.users.contains_key(user) {
            self.users.insert(user.clone(), User::unknown(user.clone(), self.batch));
        }
    }
}
