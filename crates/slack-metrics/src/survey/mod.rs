//! The first pass: who is named, which channels there are, and everything about each row but its text.

mod messages;
mod pieces;
mod reactions;
mod types;
mod walk;

use std::sync::Mutex;

use slack_model::TableSource;
use slack_model::rows::{Message, Reaction, Reply};

pub(crate) use self::messages::{MessageColumns, MessageRows, MessageSurvey};
use self::pieces::{Cut, Place};
pub(crate) use self::reactions::{ReactionRows, ReactionSurvey};
pub(crate) use self::types::unpack_type;
pub(crate) use self::walk::{ChannelRows, Stretch};
use crate::error::Result;
use crate::names::Interner;
use crate::options::MetricOptions;
use crate::pass::{lock, on_threads};
use crate::workspace::Known;

/// Stands for no user where a number is wanted.
pub(crate) const NOBODY: u32 = u32::MAX;

/// What the first pass found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) messages: MessageSurvey,
    pub(crate) replies: MessageSurvey,
    pub(crate) reactions: ReactionSurvey,
}

/// A table of less than so many bytes is not cut.
const SMALL: u64 = 4 << 20;

/// Reads each table once. Threads take on a piece at a time, the largest first.
pub(crate) fn survey<S: TableSource>(
    source: &S,
    known: &Known,
    options: &MetricOptions,
    threads: usize,
) -> Result<Survey> {
    let place = Place { source, known, options };
    let lengths = [place.length::<Message>()?, place.length::<Reply>()?, place.length::<Reaction>()?];
    let share = match threads {
        0 | 1 => u64::MAX,
        threads => lengths.iter().sum::<u64>().div_ceil(threads as u64).max(SMALL),
    };
    let messages = Cut::<Message, MessageSurvey>::of(&place, lengths[0], share)?;
    let replies = Cut::<Reply, MessageSurvey>::of(&place, lengths[1], share)?;
    let reactions = Cut::<Reaction, ReactionSurvey>::of(&place, lengths[2], share)?;
    let mut work = messages.work(&place);
    work.extend(replies.work(&place));
    work.extend(reactions.work(&place));
    work.sort_by_key(|(length, _)| *length);
    let open = Mutex::new(work);
    on_threads(threads, || {
        loop {
            let Some((_, survey)) = lock(&open).pop() else { break };
            survey();
        }
    });
    drop(open);
    Ok(Survey {
        messages: messages.join(&place)?,
        replies: replies.join(&place)?,
        reactions: reactions.join(&place)?,
    })
}

fn number_of(id: &[u8], known: &Known, strangers: &mut Interner) -> u32 {
    known.user_ids.rank(id).unwrap_or_else(|| known.user_ids.len() as u32 + strangers.number(id))
}
