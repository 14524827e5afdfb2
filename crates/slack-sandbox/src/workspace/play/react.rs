//! Reactions that come and go.

use serde::{Deserialize, Serialize};
use slack_model::UserId;

use super::changes::Reacted;
use super::pools::draw;
use super::stage::{At, Stage};
use crate::fields::Fields;
use crate::workspace::Message;
use crate::workspace::generate::emoji;

#[derive(Debug, Deserialize, Serialize)]
struct Reaction {
    name: String,
    users: Vec<String>,
    count: u64,
}

impl Stage<'_> {
    /// People react to messages and replies, some of which had reactions before.
    pub(super) fn reactions(&mut self, count: usize) {
        let mut added = 0;
        for number in 0..count.saturating_mul(4) {
            if added == count {
                return;
            }
            let pools = &mut self.pools;
            let mut pools = [&mut pools.plain, &mut pools.parents, &mut pools.replies, &mut pools.reacted];
            pools.rotate_left(number % 4);
            let drawn = pools.into_iter().find_map(|pool| draw(pool, &mut self.spent, &mut self.dice));
            let Some(at) = drawn else { return };
            let Some(user) = self.somebody(at.0) else { continue };
            let name = emoji(&mut self.dice);
            let reacted = self.react(at, name, &user);
            added += usize::from(reacted.is_some());
            self.changes.reactions_added.extend(reacted);
        }
    }

    fn react(&mut self, at: At, name: &str, user: &UserId) -> Option<Reacted> {
        let mut reactions = self.talks[at.0].get(&at.1)?.reactions();
        match reactions.iter_mut().find(|reaction| reaction.name == name) {
            Some(reaction) if reaction.users.iter().any(|known| known == user.as_str()) => return None,
            Some(reaction) => {
                reaction.users.push(user.to_string());
                reaction.count += 1;
            }
            None => reactions.push(Reaction { name: name.into(), users: vec![user.to_string()], count: 1 }),
        }
        self.talks[at.0].get_mut(&at.1)?.set_reactions(&reactions);
        Some(Reacted { spot: self.spot(at), name: name.into(), user: user.clone() })
    }

    /// People take reactions back.
    pub(super) fn unreactions(&mut self, count: usize) {
        for _ in 0..count {
            let drawn = draw(&mut self.pools.reacted, &mut self.spent, &mut self.dice);
            let Some(at) = drawn else { return };
            let reacted = self.unreact(at);
            self.changes.reactions_removed.extend(reacted);
        }
    }

    fn unreact(&mut self, at: At) -> Option<Reacted> {
        let mut reactions = self.talks[at.0].get(&at.1)?.reactions();
        let number = self.dice.below(reactions.len());
        let reaction = reactions.get_mut(number).filter(|reaction| !reaction.users.is_empty())?;
        let user = reaction.users.remove(self.dice.below(reaction.users.len()));
        reaction.count = reaction.count.saturating_sub(1);
        let name = reaction.name.clone();
        reactions.retain(|reaction| reaction.count > 0);
        self.talks[at.0].get_mut(&at.1)?.set_reactions(&reactions);
        Some(Reacted { spot: self.spot(at), name, user: user.into() })
    }
}

impl Message {
    fn reactions(&self) -> Vec<Reaction> {
        Fields::of(&self.json).and_then(|fields| fields.read("reactions")).unwrap_or_default()
    }

    fn set_reactions(&mut self, reactions: &[Reaction]) {
        let Some(mut fields) = Fields::of(&self.json) else { return };
        if reactions.is_empty() {
            fields.remove("reactions");
        } else {
            let json = serde_json::to_string(reactions).unwrap_or_default();
            fields.set("reactions", json);
        }
        self.rewrite(fields);
        self.most_reactors = reactions.iter().map(|reaction| reaction.users.len()).max().unwrap_or_default();
    }
}
