//! Reads users, channels and user groups, and numbers them together with those that messages alone name.

use rustc_hash::FxHashMap;
use slack_model::rows::{Channel, User as UserRow, Usergroup};
use slack_model::{BatchId, ByteRecord, Schema, Table, TableReader, TableSource};

use super::{Author, ChannelNo, ListedChannel, Node, NodeNo, User, UserNo, Workspace, zones};
use crate::calendar::Calendar;
use crate::error::Result;
use crate::names::Names;
use crate::options::MetricOptions;
use crate::survey::unpack_type;

/// What the tables of users, channels and user groups list.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) user_ids: Names,
    users: Vec<User>,
    pub(crate) channel_ids: Names,
    channels: Vec<ListedChannel>,
    usergroups: FxHashMap<Box<[u8]>, Box<[u8]>>,
    calendar: Calendar,
}

/// Reads what is known before any message is.
pub(crate) fn load(source: &(impl TableSource + ?Sized), options: &MetricOptions) -> Result<Known> {
    let calendar = Calendar::of(options.timezone.as_deref())?;
    let places = zones::places(options.zones.as_deref())?;
    let users = listed(source, &UserRow::SCHEMA, |field| User {
        name: field("name").into(),
        real_name: field("real_name").into(),
        is_bot: field("is_bot") == b"true",
        first_seen: BatchId::parse(field("first_batch")).map(BatchId::time),
        place: places.get(field("tz")).cloned().unwrap_or_default(),
    })?;
    let channels = listed(source, &Channel::SCHEMA, |field| ListedChannel {
        name: field("name").into(),
        kind: field("type").into(),
        class: field("class").into(),
    })?;
    let usergroups = listed(source, &Usergroup::SCHEMA, |field| field("handle").into())?;

    let (user_ids, users) = numbered(users);
    let (channel_ids, channels) = numbered(channels);
    Ok(Known {
        user_ids,
        users,
        channel_ids,
        channels,
        usergroups: usergroups.into_iter().collect(),
        calendar,
    })
}

impl Known {
    /// Whether a listed user is a bot's.
    pub(crate) fn is_bot(&self, user: u32) -> bool {
        self.users.get(user as usize).is_some_and(|user| user.is_bot)
    }

    /// Numbers everything anew, now that every id is known.
    pub(crate) fn complete(
        self,
        user_ids: Names,
        channel_ids: Names,
        is_measured: Vec<bool>,
        emoji: Names,
        message_types: &Names,
    ) -> Workspace {
        let users = spread(&user_ids, self.user_ids, self.users);
        let channels = spread(&channel_ids, self.channel_ids, self.channels);
        let listed_users = (0..)
            .zip(&users)
            .filter(|(_, user)| user.is_some())
            .map(|(number, _)| Node::User(UserNo(number)));
        let listed_channels = (0..)
            .zip(&channels)
            .filter(|(_, channel)| channel.is_some())
            .map(|(number, _)| Node::Channel(ChannelNo(number)));
        let nodes = listed_users.chain(listed_channels).collect();
        let authors = user_ids.iter().zip(&users).map(|(id, user)| Author::of(id, user.as_ref())).collect();
        let mut workspace = Workspace {
            user_nodes: vec![None; users.len()],
            channel_nodes: vec![None; channels.len()],
            user_ids,
            users,
            channel_ids,
            channels,
            is_measured,
            emoji,
            authors,
            nobody: Author::of(b"", None),
            message_types: message_types.iter().map(unpack_type).collect(),
            usergroups: self.usergroups,
            nodes,
            calendar: self.calendar,
        };
        let mut nodes = std::mem::take(&mut workspace.nodes);
        nodes.sort_by(|left, right| workspace.id_of(*left).cmp(workspace.id_of(*right)));
        for (number, node) in (0..).map(NodeNo).zip(&nodes) {
            match node {
                Node::User(user) => workspace.user_nodes[user.index()] = Some(number),
                Node::Channel(channel) => workspace.channel_nodes[channel.index()] = Some(number),
            }
        }
        workspace.nodes = nodes;
        workspace
    }
}

type ListedRow<T> = (Box<[u8]>, T);

/// Reads the rows of a table with their ids.
fn listed<T>(
    source: &(impl TableSource + ?Sized),
    schema: &Schema,
    row: impl for<'r> Fn(&dyn Fn(&str) -> &'r [u8]) -> T,
) -> Result<Vec<ListedRow<T>>> {
    let Some(mut reader) = TableReader::open(source, schema)? else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read(&mut record)? {
        let field = |name: &str| schema.position(name).and_then(|at| record.get(at)).unwrap_or_default();
        rows.push((field("id").into(), row(&field)));
    }
    Ok(rows)
}

/// Sorts rows by id; the first row of an id counts.
fn numbered<T>(mut rows: Vec<ListedRow<T>>) -> (Names, Vec<T>) {
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    rows.dedup_by(|later, first| later.0 == first.0);
    let names = Names::of(rows.iter().map(|(id, _)| id.clone()));
    (names, rows.into_iter().map(|(_, row)| row).collect())
}

/// Puts the rows of a few ids where these ids stand among all.
fn spread<T>(all: &Names, few: Names, rows: Vec<T>) -> Vec<Option<T>> {
    let mut spread: Vec<Option<T>> = all.iter().map(|_| None).collect();
    for (id, row) in few.iter().zip(rows) {
        if let Some(rank) = all.rank(id) {
            spread[rank as usize] = Some(row);
        }
    }
    spread
}
