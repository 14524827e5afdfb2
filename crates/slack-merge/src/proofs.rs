//! Messages that two conversations share: what proves that they are one.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use slack_model::rows::{Message, Reply, Revision};
use slack_model::{ChannelId, Column, Kind, RawReader, Schema, Table, TableSource, Ts};

use crate::error::Result;

/// What people and bots write themselves. That somebody joined or left is told in the same words in many channels.
const OWN_WORDS: [&[u8]; 5] = [b"", b"thread_broadcast", b"file_share", b"me_message", b"bot_message"];

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

/// Who wrote a message, in the two tables that say so.
const AUTHORS: &[Column] = &[
    text("channel"),
    Column { name: "ts", kind: Kind::Ts },
    text("subtype"),
    text("user_id"),
    text("bot_id"),
    text("username"),
];

/// Every text that a message has had.
const TEXTS: Schema = Schema {
    name: Revision::SCHEMA.name,
    columns: &[text("channel"), Column { name: "ts", kind: Kind::Ts }, text("text")],
    key: &["channel", "ts"],
};

/// A search for the channels that folders are.
pub(crate) struct Search<'s> {
    pub(crate) master: &'s dyn TableSource,
    pub(crate) batches: &'s [&'s dyn TableSource],
    pub(crate) folders: &'s BTreeSet<&'s ChannelId>,
    pub(crate) listed: &'s BTreeSet<&'s ChannelId>,
}

/// A message of a conversation: which of the wanted ones it is, and when.
type Place = (usize, i64);

impl Search<'_> {
    /// Compares the folders of all tables with the channels of all tables.
    pub(crate) fn everywhere(&self) -> Result<BTreeMap<ChannelId, ChannelId>> {
        let all: Vec<_> = [self.master].into_iter().chain(self.batches.iter().copied()).collect();
        self.run(&all, &all)
    }

    /// Compares the folders of the master with the channels of the batches.
    pub(crate) fn in_batches(&self) -> Result<BTreeMap<ChannelId, ChannelId>> {
        self.run(&[self.master], self.batches)
    }

    fn run(
        &self,
        with_folders: &[&dyn TableSource],
        with_channels: &[&dyn TableSource],
    ) -> Result<BTreeMap<ChannelId, ChannelId>> {
        if self.folders.is_empty() || self.listed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (folders, channels) = (Wanted::of(self.folders), Wanted::of(self.listed));
        // Keys that nobody outside of this process knows: no text can be made to look like another.
        let hasher = RandomState::new();
        let mut proofs: HashMap<i64, HashSet<(usize, u64)>> = HashMap::new();
        for source in with_folders {
            folders.each_text(
                *source,
                |_| true,
                |(folder, ts), author, text| {
                    proofs.entry(ts).or_default().insert((folder, hasher.hash_one((author, text))));
                },
            )?;
        }
        let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for source in with_channels {
            channels.each_text(
                *source,
                |ts| proofs.contains_key(&ts),
                |(channel, ts), author, text| {
                    let hash = hasher.hash_one((author, text));
                    for (folder, _) in
                        proofs.get(&ts).into_iter().flatten().filter(|(_, proof)| *proof == hash)
                    {
                        found.entry(*folder).or_default().insert(channel);
                    }
                },
            )?;
        }
        // Where two channels hold the same message, nothing tells which of them the folder is.
        let only = found.into_iter().filter(|(_, channels)| channels.len() == 1);
        let pairs =
            only.flat_map(|(folder, channels)| channels.into_iter().map(move |channel| (folder, channel)));
        Ok(pairs.map(|(folder, channel)| (folders.id(folder), channels.id(channel))).collect())
    }
}

/// Conversations that are looked for, by number.
struct Wanted<'w> {
    ids: Vec<&'w ChannelId>,
    numbers: HashMap<&'w [u8], usize>,
}

impl<'w> Wanted<'w> {
    fn of(ids: &BTreeSet<&'w ChannelId>) -> Self {
        let ids: Vec<_> = ids.iter().copied().collect();
        let numbers = ids.iter().enumerate().map(|(number, id)| (id.as_str().as_bytes(), number)).collect();
        Self { ids, numbers }
    }

    fn id(&self, number: usize) -> ChannelId {
        self.ids[number].clone()
    }

    /// Shows `each` every text of people and bots in the wanted conversations at the wanted times, with its author.
    fn each_text(
        &self,
        tables: &dyn TableSource,
        is_wanted: impl Fn(i64) -> bool,
        mut each: impl FnMut(Place, &[u8], &[u8]),
    ) -> Result<()> {
        let mut authors: HashMap<Place, Vec<u8>> = HashMap::new();
        for name in [Message::SCHEMA.name, Reply::SCHEMA.name] {
            let schema = Schema { name, columns: AUTHORS, key: &["channel", "ts"] };
            let Some(mut reader) = RawReader::open(tables, &schema)? else { continue };
            while let Some(row) = reader.read()? {
                let Some(number) = self.numbers.get(row.field(0).as_ref()) else { continue };
                let Some(ts) = Ts::parse(&row.field(1)).map(Ts::micros).filter(|ts| is_wanted(*ts)) else {
                    continue;
                };
                if OWN_WORDS.contains(&row.field(2).as_ref()) {
                    let author = author(&row.field(3), &row.field(4), &row.field(5));
                    authors.extend(author.map(|author| ((*number, ts), author)));
                }
            }
        }
        if authors.is_empty() {
            return Ok(());
        }
        let Some(mut reader) = RawReader::open(tables, &TEXTS)? else { return Ok(()) };
        while let Some(row) = reader.read()? {
            let Some(number) = self.numbers.get(row.field(0).as_ref()) else { continue };
            let Some(ts) = Ts::parse(&row.field(1)).map(Ts::micros) else { continue };
            let text = row.field(2);
            if let (Some(author), false) = (authors.get(&(*number, ts)), text.is_empty()) {
                each((*number, ts), author, &text);
            }
        }
        Ok(())
    }
}

/// Who wrote a message: a user, or else a bot under its name.
fn author(user: &[u8], bot: &[u8], username: &[u8]) -> Option<Vec<u8>> {
    if !user.is_empty() {
        return Some(user.to_vec());
    }
    // No id holds a NUL character.
    (!bot.is_empty() || !username.is_empty()).then(|| [bot, b"\0", username].concat())
}
