use std::ops::Range;

use slack_model::rows::Reaction;
use slack_model::{Layout, Table, TableSource};

use super::number_of;
use super::pieces::{Place, Survey, join_numbers};
use super::walk::{Walked, walk};
use crate::error::Result;
use crate::names::Interner;
use crate::workspace::Known;

/// What the first pass over reaction_data found.
#[derive(Debug, Default)]
pub(crate) struct ReactionSurvey {
    pub(crate) walked: Walked,
    pub(crate) rows: ReactionRows,
    /// Users that are named and not listed.
    pub(crate) strangers: Vec<Box<[u8]>>,
    /// Emoji.
    pub(crate) emoji: Vec<Box<[u8]>>,
}

/// The wanted rows of reaction_data. A vector for each field.
#[derive(Debug, Default)]
pub(crate) struct ReactionRows {
    /// The timestamps of the messages, in microseconds.
    pub(crate) times: Vec<i64>,
    /// Who reacted, as in [`MessageRows::users`].
    pub(crate) users: Vec<u32>,
    /// The places in the survey's `emoji`.
    pub(crate) emoji: Vec<u32>,
}

impl Survey<Reaction> for ReactionSurvey {
    fn of<S: TableSource>(place: &Place<'_, S>, layout: &Layout, bytes: Range<u64>) -> Result<Self> {
        let column = |name| Reaction::SCHEMA.position(name).unwrap_or_default();
        let (user, emoji) = (column("user_id"), column("reaction"));
        let mut rows = ReactionRows::default();
        let mut strangers = Interner::default();
        let mut names = Interner::default();
        let walked = walk::<Reaction, S>(place, layout, bytes, true, |row| {
            rows.times.push(row.ts.micros());
            rows.users.push(number_of(&row.record.field(user), place.known, &mut strangers));
            rows.emoji.push(names.number(&row.record.field(emoji)));
            Ok(())
        })?;
        Ok(Self { walked, rows, strangers: strangers.into_texts(), emoji: names.into_texts() })
    }

    fn walked(&self) -> &Walked {
        &self.walked
    }

    fn append(&mut self, mut later: Self, known: &Known) -> Result<()> {
        join_numbers(
            &mut self.strangers,
            later.strangers,
            &mut later.rows.users,
            known.user_ids.len() as u32,
        );
        join_numbers(&mut self.emoji, later.emoji, &mut later.rows.emoji, 0);
        self.walked.append(later.walked, self.rows.times.len());
        self.rows.times.append(&mut later.rows.times);
        self.rows.users.append(&mut later.rows.users);
        self.rows.emoji.append(&mut later.rows.emoji);
        Ok(())
    }
}
