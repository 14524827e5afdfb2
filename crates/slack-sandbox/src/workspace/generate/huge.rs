//! A thread that outgrows all others.

use super::activity::{Scene, Talk, say};
use super::channels::Place;
use crate::dice::Dice;
use crate::workspace::ChannelKind;

impl Scene<'_> {
    /// One thread that everybody has gone on with ever since, in the busiest public channel.
    pub(super) fn huge_thread(&self, replies: usize, talks: &mut [Talk], dice: &mut Dice) {
        let open = |place: &Place| place.channel.kind == ChannelKind::Public && !place.channel.is_archived;
        let busier = |a: &&usize, b: &&usize| self.places[**a].weight.total_cmp(&self.places[**b].weight);
        let public: Vec<usize> = (0..self.places.len()).filter(|at| open(&self.places[*at])).collect();
        let Some(at) = public.iter().max_by(busier).copied() else { return };
        let place = &self.places[at];
        let begun = self.span().at(place.created, 0.3);
        let author = place.members[0];
        let draft = self.post(author, at, begun, dice);
        let Some(parent) = say(&mut talks[at], begun, draft, dice) else { return };
        for number in 0..replies {
            let share = (number as f64 + dice.unit()) / replies as f64;
            let second = self.span().at(begun + 1, share);
            let replier = self.somebody(place, second, dice).unwrap_or(author);
            let mut draft = self.post(replier, at, second, dice);
            draft.thread = Some(parent);
            say(&mut talks[at], second, draft, dice);
        }
    }
}
