//! What things can happen to.

use std::collections::{BTreeMap, HashSet};

use slack_model::Ts;

use super::stage::At;
use crate::dice::Dice;
use crate::workspace::Message;

/// The messages that were there before, by what can happen to them. A message can be in several pools.
#[derive(Debug, Default)]
pub(super) struct Pools {
    /// Written by people, outside threads, without replies.
    pub(super) plain: Vec<At>,
    /// Written by people in threads.
    pub(super) replies: Vec<At>,
    /// Written by people, and answered.
    pub(super) parents: Vec<At>,
    /// Those of them that are a year old or older.
    pub(super) old_parents: Vec<At>,
    /// With reactions.
    pub(super) reacted: Vec<At>,
}

impl Pools {
    /// Sorts the messages from `first` on, and of those before `old` the parents.
    pub(super) fn of(talks: &[BTreeMap<Ts, Message>], open: &[usize], first: i64, old: i64) -> Self {
        let mut pools = Self::default();
        for channel in open {
            let talk = &talks[*channel];
            for (ts, message) in talk {
                let (at, text, micros) = ((*channel, *ts), message.json.get(), ts.micros());
                let is_recent = micros >= first;
                // Slack gives an id to what people write. What shares a file would take the file along.
                if text.contains("\"client_msg_id\"") && !text.contains("\"files\"") {
                    let is_reply = message.replied_to().is_some_and(|thread| talk.contains_key(&thread));
                    if message.counts_replies {
                        pools.old_parents.extend((micros <= old).then_some(at));
                        pools.parents.extend(is_recent.then_some(at));
                    } else if is_reply && !message.is_broadcast {
                        pools.replies.extend(is_recent.then_some(at));
                    } else if message.thread_ts.is_none() {
                        pools.plain.extend(is_recent.then_some(at));
                    }
                }
                pools.reacted.extend((is_recent && text.contains("\"reactions\"")).then_some(at));
            }
        }
        pools
    }
}

/// Draws from a pool what nothing has happened to yet, and notes that now something does.
pub(super) fn draw(pool: &mut Vec<At>, spent: &mut HashSet<At>, dice: &mut Dice) -> Option<At> {
    while !pool.is_empty() {
        let at = pool.swap_remove(dice.below(pool.len()));
        if spent.insert(at) {
            return Some(at);
        }
    }
    None
}
