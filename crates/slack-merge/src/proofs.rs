//! Messages that two conversations share: what proves that they are one.

mod wanted;

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::BuildHasher;

use slack_model::{BatchId, ChannelId, TableSource};

use self::wanted::Wanted;
use crate::error::Result;

/// A row's batch; old tables may lack it.
pub(crate) type BatchOf = Option<BatchId>;

/// A search for the channels that folders are.
pub(crate) struct Search<'s> {
    /// The master, and then the batches.
    pub(crate) sources: &'s [&'s dyn TableSource],
    /// The folders, by their ids, and the id under which the rows of each stand if nothing is proven.
    pub(crate) folders: &'s BTreeMap<&'s ChannelId, ChannelId>,
    pub(crate) listed: &'s BTreeSet<&'s ChannelId>,
    /// The batches that the master's rows of channel_data name.
    pub(crate) known: &'s [(ChannelId, BatchOf)],
    /// Whether a folder of a source may be a channel, by what kinds of conversations they are.
    pub(crate) may_join: &'s dyn Fn(usize, &ChannelId, &ChannelId) -> bool,
}

/// Rows of a folder that are joined or not as a whole: those of one batch, and in the master those of batches that saw the
/// same message.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) source: usize,
    pub(crate) folder: ChannelId,
    /// The batch; `None` of a source that is one batch.
    pub(crate) batch: BatchOf,
    /// The channel that it is.
    pub(crate) channel: Option<ChannelId>,
}

/// The units that were found so far, by number.
#[derive(Default)]
struct Units {
    numbers: BTreeMap<(usize, usize, BatchOf), usize>,
    /// Another unit of the same whole, or itself.
    parents: Vec<usize>,
}

impl Units {
    fn number(&mut self, source: usize, folder: usize, batch: BatchOf) -> usize {
        // What a batch calls its rows' batches does not matter: it is one.
        let batch = batch.filter(|_| source == 0);
        let parents = &mut self.parents;
        *self.numbers.entry((source, folder, batch)).or_insert_with(|| {
            parents.push(parents.len());
            parents.len() - 1
        })
    }

    fn whole(&self, mut unit: usize) -> usize {
        while self.parents[unit] != unit {
            unit = self.parents[unit];
        }
        unit
    }

    fn connect(&mut self, one: usize, other: usize) {
        let (one, other) = (self.whole(one), self.whole(other));
        self.parents[one.max(other)] = one.min(other);
    }
}

/// A text of a unit: when, by whom and what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Proof {
    ts: i64,
    hash: u64,
    unit: usize,
}

/// A message that has an author.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Authored {
    /// Which of the wanted conversations, and when.
    place: (usize, i64),
    author: u64,
    /// The units of the first and of the last batch.
    units: [usize; 2],
    texts: Texts,
}

/// How many texts a message has had.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Texts {
    None,
    One(u64),
    Several,
}

/// What folders and channels share.
struct Shared {
    units: Units,
    proofs: Vec<Proof>,
    /// The channels that hold a unit's messages, by the unit.
    candidates: BTreeMap<usize, BTreeSet<usize>>,
    /// The channels that a batch holds: its source, the channel, and in the master the batch.
    held: HashSet<(usize, usize, BatchOf)>,
}

impl Search<'_> {
    /// Compares the folders of all sources with the channels of all of them.
    pub(crate) fn everywhere(&self) -> Result<Vec<Unit>> {
        let all: Vec<usize> = (0..self.sources.len()).collect();
        let shared = self.compare(&all, &all)?;
        Ok(self.decide(&shared))
    }

    /// The same where no batch brings a folder: most often the batches hold nothing of what the master's folders hold.
    pub(crate) fn of_master(&self) -> Result<Vec<Unit>> {
        let batches: Vec<usize> = (1..self.sources.len()).collect();
        if self.compare(&[0], &batches)?.candidates.is_empty() {
            return Ok(Vec::new());
        }
        self.everywhere()
    }

    fn compare(&self, with_folders: &[usize], with_channels: &[usize]) -> Result<Shared> {
        // Keys that nobody outside of this process knows: no text can be made to look like another.
        let hasher = RandomState::new();
        let groups = self.groups();
        let folders = self.folders.iter().filter_map(|(alias, folder)| {
            Some((alias.as_str().as_bytes(), groups.binary_search(&folder).ok()?))
        });
        let folders = Wanted(folders.collect());
        let channels = self.listed.iter().enumerate().map(|(number, id)| (id.as_str().as_bytes(), number));
        let channels = Wanted(channels.collect());
        let mut shared = Shared {
            units: Units::default(),
            proofs: Vec::new(),
            candidates: BTreeMap::new(),
            held: HashSet::new(),
        };
        for (alias, batch) in self.known {
            if let Some(folder) = folders.0.get(alias.as_str().as_bytes()) {
                shared.units.number(0, *folder, *batch);
            }
        }
        for source in with_folders {
            shared.add_folders(*source, self.sources[*source], &folders, &hasher)?;
        }
        shared.proofs.sort_unstable();
        shared.proofs.dedup();
        for source in with_channels {
            shared.add_channels(*source, self.sources[*source], &channels, &hasher)?;
        }
        Ok(shared)
    }

    /// The ids under which folders stand, in order.
    fn groups(&self) -> Vec<&ChannelId> {
        self.folders.values().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Joins what is proven: with a channel itself, or with what is joined with it.
    fn decide(&self, shared: &Shared) -> Vec<Unit> {
        let (groups, channels): (_, Vec<_>) = (self.groups(), self.listed.iter().collect());
        let units = &shared.units;
        let mut members: BTreeMap<usize, Vec<(usize, usize, BatchOf)>> = BTreeMap::new();
        for (place, unit) in &units.numbers {
            members.entry(units.whole(*unit)).or_default().push(*place);
        }
        let may_join = |unit: &usize, channel: usize| {
            members.get(unit).into_iter().flatten().all(|(source, folder, batch)| {
                // An export tells its folder from its own channels.
                !shared.held.contains(&(*source, channel, *batch))
                    && (self.may_join)(*source, groups[*folder], channels[channel])
            })
        };
        let pools = shared.pools();
        let mut candidates = shared.candidates.clone();
        let mut joined: BTreeMap<usize, usize> = BTreeMap::new();
        loop {
            for pool in &pools {
                let of_pool: BTreeSet<usize> =
                    pool.iter().filter_map(|unit| joined.get(unit)).copied().collect();
                for unit in pool.iter().filter(|_| !of_pool.is_empty()) {
                    candidates.entry(*unit).or_default().extend(&of_pool);
                }
            }
            // Where two channels hold the same message, nothing tells which of them the folder is.
            let only = candidates
                .iter()
                .filter(|(unit, channels)| channels.len() == 1 && !joined.contains_key(*unit));
            let only = only.filter_map(|(unit, channels)| Some((*unit, *channels.first()?)));
            let new: Vec<_> = only.filter(|(unit, channel)| may_join(unit, *channel)).collect();
            if new.is_empty() {
                break;
            }
            joined.extend(new);
        }
        let unit = |(&(source, folder, batch), unit): (&(usize, usize, BatchOf), &usize)| Unit {
            source,
            folder: groups[folder].clone(),
            batch,
            channel: joined.get(&units.whole(*unit)).map(|channel| (*channels[*channel]).clone()),
        };
        units.numbers.iter().map(unit).collect()
    }
}

impl Shared {
    /// Notes the texts of a source's folders, and which of the master's batches saw the same messages.
    fn add_folders(
        &mut self,
        source: usize,
        tables: &dyn TableSource,
        folders: &Wanted<'_>,
        hasher: &RandomState,
    ) -> Result<()> {
        let mut authored = Vec::new();
        let units = &mut self.units;
        folders.each_message(tables, hasher, |place, author, batches| {
            let units = batches.map(|batch| units.number(source, place.0, batch));
            authored.extend(author.map(|author| Authored { place, author, units, texts: Texts::None }));
        })?;
        sort(&mut authored);
        folders.each_text(tables, |place, batch, text| {
            let unit = units.number(source, place.0, batch);
            let Some(message) = find(&authored, place).map(|at| &mut authored[at]) else { return };
            let hash = hasher.hash_one((message.author, text));
            self.proofs.push(Proof { ts: place.1, hash, unit });
            message.texts = match message.texts {
                Texts::None => Texts::One(hash),
                Texts::One(one) if one == hash => Texts::One(one),
                _ => Texts::Several,
            };
        })?;
        // Of a message that had several texts, nothing tells that the last batch saw what the first one saw.
        for message in authored.iter().filter(|message| matches!(message.texts, Texts::One(_))) {
            units.connect(message.units[0], message.units[1]);
        }
        Ok(())
    }

    /// Looks for the folders' texts in a source's channels.
    fn add_channels(
        &mut self,
        source: usize,
        tables: &dyn TableSource,
        channels: &Wanted<'_>,
        hasher: &RandomState,
    ) -> Result<()> {
        if self.proofs.is_empty() {
            return Ok(());
        }
        let mut authored = Vec::new();
        let (held, proofs) = (&mut self.held, &self.proofs);
        let mut hold = |channel: usize, batch: BatchOf| {
            held.insert((source, channel, batch.filter(|_| source == 0)));
        };
        let mut last = None;
        channels.each_message(tables, hasher, |place, author, batches| {
            if last.replace((place.0, batches)) != Some((place.0, batches)) {
                batches.into_iter().for_each(|batch| hold(place.0, batch));
            }
            let is_wanted = !of_time(proofs, place.1).is_empty();
            authored.extend(author.filter(|_| is_wanted).map(|author| Authored {
                place,
                author,
                units: [0; 2],
                texts: Texts::None,
            }));
        })?;
        if source == 0 {
            channels.each_look(tables, &mut hold)?;
        }
        sort(&mut authored);
        channels.each_text(tables, |place, _, text| {
            let Some(at) = find(&authored, place) else { return };
            let hash = hasher.hash_one((authored[at].author, text));
            for proof in of_time(proofs, place.1).iter().filter(|proof| proof.hash == hash) {
                self.candidates.entry(self.units.whole(proof.unit)).or_default().insert(place.0);
            }
        })
    }

    /// The units that hold the same message, for each set of such units.
    fn pools(&self) -> BTreeSet<Vec<usize>> {
        let same = self.proofs.chunk_by(|one, other| (one.ts, one.hash) == (other.ts, other.hash));
        let pool = |proofs: &[Proof]| {
            let mut units: Vec<_> = proofs.iter().map(|proof| self.units.whole(proof.unit)).collect();
            units.sort_unstable();
            units.dedup();
            units
        };
        same.filter(|proofs| proofs.len() > 1).map(pool).filter(|units| units.len() > 1).collect()
    }
}

fn sort(messages: &mut Vec<Authored>) {
    messages.sort_unstable();
    // A reply that is sent to the channel stands in two tables.
    messages.dedup_by_key(|message| message.place);
}

fn find(messages: &[Authored], place: (usize, i64)) -> Option<usize> {
    messages.binary_search_by_key(&place, |message| message.place).ok()
}

fn of_time(proofs: &[Proof], ts: i64) -> &[Proof] {
    let from = proofs.partition_point(|proof| proof.ts < ts);
    let length = proofs[from..].iter().take_while(|proof| proof.ts == ts).count();
    &proofs[from..from + length]
}
