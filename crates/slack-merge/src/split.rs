//! Takes the rows of folders that are channels out of a set of tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use slack_model::rows::{Channel, TABLES};
use slack_model::{
    BatchId, ByteRecord, ChannelId, DerivedFolder, Folder, RawReader, RawWriter, Schema, Table, TableSink,
    TableSource,
};

use crate::error::Result;
use crate::proofs::BatchOf;

/// What is taken out of a set of tables, by folder.
pub(crate) type Moves = BTreeMap<ChannelId, Move>;

/// Where the rows of a folder go; `None` is where they stand.
#[derive(Debug)]
pub(crate) struct Move {
    /// Those of single batches.
    of_batch: BTreeMap<BatchOf, ChannelId>,
    /// Those of all other batches.
    rest: Option<ChannelId>,
    /// The first and last batch of each place; none where the folder goes as a whole.
    spans: BTreeMap<Option<ChannelId>, Option<[BatchOf; 2]>>,
}

impl Move {
    /// `None` where everything stays. Of a batch that `channels` does not tell of, `rest` does.
    pub(crate) fn of(
        channels: &BTreeMap<BatchOf, Option<&ChannelId>>,
        rest: Option<&ChannelId>,
    ) -> Option<Self> {
        let places: BTreeMap<BatchOf, Option<&ChannelId>> =
            channels.iter().map(|(batch, channel)| (*batch, channel.or(rest))).collect();
        let distinct: BTreeSet<_> = places.values().copied().collect();
        // What all batches say that are known is so of those between them, too.
        let whole = match distinct.iter().collect::<Vec<_>>()[..] {
            [] => Some(rest),
            [place] => Some(*place),
            _ => None,
        };
        if let Some(place) = whole {
            let place = Some(place?.clone());
            let spans = BTreeMap::from([(place.clone(), None)]);
            return Some(Self { of_batch: BTreeMap::new(), rest: place, spans });
        }
        let mut spans: BTreeMap<Option<ChannelId>, Option<[BatchOf; 2]>> = BTreeMap::new();
        for (batch, place) in &places {
            // In the order of the batches, so that the last one stays.
            let [_, last] = spans.entry(place.cloned()).or_default().get_or_insert([*batch; 2]);
            *last = *batch;
        }
        let rest = rest.cloned();
        spans.entry(rest.clone()).or_default();
        let of_batch = channels.iter().filter_map(|(batch, channel)| Some((*batch, (*channel)?.clone())));
        Some(Self { of_batch: of_batch.collect(), rest, spans })
    }

    fn place(&self, batch: BatchOf) -> Option<&ChannelId> {
        self.of_batch.get(&batch).or(self.rest.as_ref())
    }

    fn places(&self) -> impl Iterator<Item = Option<&ChannelId>> {
        self.spans.keys().map(Option::as_ref)
    }
}

/// Writes the rows of folders of which something moves to tables of their own below `to`, under the ids where they belong,
/// and all others to `rest`. Returns where the former are. Of one folder and channel alone, the rows stay in the order of
/// their keys. What stays of such a folder is among the former: what was deleted follows from the windows that stay.
pub(crate) fn split(tables: &dyn TableSource, moves: &Moves, to: &Path, rest: &Path) -> Result<Vec<PathBuf>> {
    let mut pieces: BTreeSet<PathBuf> = BTreeSet::new();
    for schema in TABLES {
        let columns = Columns::of(schema);
        copy_rest(tables, schema, columns.as_ref().map(|columns| columns.channel), moves, rest)?;
        let Some(columns) = columns else { continue };
        let is_by_channel = schema.key.first() == Some(&schema.columns[columns.channel].name);
        // Each pass writes one file at a time. Rows of several folders stand among one another, unless they are sorted so;
        // those of one folder that go to several channels always do.
        let passes = moves.values().map(|moved| moved.spans.len()).max().unwrap_or_default();
        for number in 0..passes {
            let chosen = moves.iter().filter_map(|(alias, moved)| {
                let target = moved.places().nth(number)?;
                let place = to.join(format!("{}-{number}", ChannelId::of_folder(alias.as_str())));
                Some(Piece { alias, moved, target, place })
            });
            let chosen: Vec<_> = chosen.collect();
            pieces.extend(chosen.iter().map(|piece| piece.place.clone()));
            let size = if is_by_channel { chosen.len() } else { 1 };
            for pieces in chosen.chunks(size.max(1)) {
                copy(tables, schema, &columns, pieces)?;
            }
        }
    }
    Ok(pieces.into_iter().collect())
}

/// What goes from a folder to a channel, or stays.
struct Piece<'m> {
    alias: &'m ChannelId,
    moved: &'m Move,
    target: Option<&'m ChannelId>,
    /// Where its tables are. The alias is an id that a merge was given, and need not be fit for a path.
    place: PathBuf,
}

/// The columns that tell where a row belongs.
struct Columns {
    channel: usize,
    span: Option<[usize; 2]>,
    batch: Option<usize>,
    is_of_channels: bool,
}

/// What a place gets of a row.
enum Part {
    All,
    /// With the batches of the place.
    Span([BatchOf; 2]),
}

impl Columns {
    /// `None` of tables that are not about conversations.
    fn of(schema: &Schema) -> Option<Self> {
        let is_of_channels = schema.name == Channel::SCHEMA.name;
        Some(Self {
            channel: schema.position(if is_of_channels { "id" } else { "channel" })?,
            span: schema.position("first_batch").zip(schema.position("last_batch")).map(<[usize; 2]>::from),
            batch: schema.position("batch"),
            is_of_channels,
        })
    }

    /// What a place gets of a folder's row; `None` is the place where the folder stands.
    fn part(&self, row: &ByteRecord, moved: &Move, place: Option<&ChannelId>) -> Option<Part> {
        if self.is_of_channels {
            let span = moved.spans.get(&place.cloned())?;
            return Some(span.map_or(Part::All, Part::Span));
        }
        let batch = |at: usize| BatchId::parse(&row[at]);
        let Some(span) = self.span else {
            return (moved.place(self.batch.and_then(batch)) == place).then_some(Part::All);
        };
        // What batches of several places saw stays: it proves nothing, and its values may be those of either.
        let [first, last] = span.map(|at| moved.place(batch(at)));
        let of_row = if first == last { first } else { moved.rest.as_ref() };
        (of_row == place).then_some(Part::All)
    }

    /// Makes a part of a row, under a channel's id.
    fn write(&self, row: &ByteRecord, part: &Part, channel: &ChannelId, written: &mut ByteRecord) {
        let span = match (part, self.span) {
            (Part::Span(batches), Some(columns)) => {
                let text = |batch: BatchOf| batch.map(|batch| batch.to_string()).unwrap_or_default();
                Some((columns, batches.map(text)))
            }
            _ => None,
        };
        written.clear();
        for (at, field) in row.iter().enumerate() {
            written.push_field(match &span {
                _ if at == self.channel => channel.as_str().as_bytes(),
                Some(([first, _], [batch, _])) if at == *first => batch.as_bytes(),
                Some(([_, last], [_, batch])) if at == *last => batch.as_bytes(),
                _ => field,
            });
        }
    }
}

/// Copies the rows that go to channels, those of a piece after those of another.
fn copy(tables: &dyn TableSource, schema: &Schema, columns: &Columns, pieces: &[Piece<'_>]) -> Result<()> {
    let Some(mut reader) = RawReader::open(tables, schema)? else { return Ok(()) };
    let pieces: BTreeMap<&[u8], &Piece<'_>> =
        pieces.iter().map(|piece| (piece.alias.as_str().as_bytes(), piece)).collect();
    let (mut record, mut written) = (ByteRecord::new(), ByteRecord::new());
    let mut open: Option<Open<'_>> = None;
    while let Some(row) = reader.read()? {
        let Some(&piece) = pieces.get(row.field(columns.channel).as_ref()) else { continue };
        row.copy_to(&mut record, schema.columns.len());
        let Some(part) = columns.part(&record, piece.moved, piece.target) else { continue };
        let (sink, mut writer) = match open.take_if(|(of, ..)| *of == piece.alias) {
            Some((_, sink, writer)) => (sink, writer),
            None => {
                finish(schema, open.take())?;
                let sink = DerivedFolder(piece.place.clone());
                let mut writer = RawWriter::new(sink.create(schema)?, schema);
                writer.write_header(schema)?;
                (sink, writer)
            }
        };
        columns.write(&record, &part, piece.target.unwrap_or(piece.alias), &mut written);
        writer.write(&written)?;
        open = Some((piece.alias, sink, writer));
    }
    finish(schema, open)
}

type Open<'a> = (&'a ChannelId, DerivedFolder, RawWriter<<DerivedFolder as TableSink>::Output>);

fn finish(schema: &Schema, open: Option<Open<'_>>) -> Result<()> {
    if let Some((_, sink, writer)) = open {
        sink.finish(schema, writer.finish()?)?;
    }
    Ok(())
}

/// Copies the rows of all other conversations. They may become the master's as they are, and so are put on the disk.
fn copy_rest(
    tables: &dyn TableSource,
    schema: &Schema,
    channel: Option<usize>,
    moves: &Moves,
    to: &Path,
) -> Result<()> {
    let Some(mut reader) = RawReader::open(tables, schema)? else { return Ok(()) };
    let moves: BTreeSet<&[u8]> = moves.keys().map(|alias| alias.as_str().as_bytes()).collect();
    let sink = Folder(to.into());
    let mut writer = RawWriter::new(sink.create(schema)?, schema);
    writer.write_header(schema)?;
    let mut record = ByteRecord::new();
    let is_in_order = reader.layout().is_in_order();
    while let Some(row) = reader.read()? {
        if channel.is_some_and(|channel| moves.contains(row.field(channel).as_ref())) {
            continue;
        }
        if is_in_order {
            writer.copy(&row)?;
        } else {
            row.copy_to(&mut record, schema.columns.len());
            writer.write(&record)?;
        }
    }
    sink.finish(schema, writer.finish()?)?;
    Ok(())
}
