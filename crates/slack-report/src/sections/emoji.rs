use serde::Serialize;
use slack_model::TableSource;

use crate::error::Result;
use crate::fold::fold_together;
use crate::rows::{self, EmojiRow};

/// Which emoji people react with, those used most first.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Emoji {
    names: Vec<String>,
    /// The emoji itself; none of a workspace's own.
    characters: Vec<Option<String>>,
    count: Vec<u64>,
    people: Vec<u64>,
    messages: Vec<u64>,
    /// Number of emoji that fewer people used than are shown by themselves.
    folded: u64,
}

pub(crate) fn emoji(metrics: &dyn TableSource, min_group: u64) -> Result<Emoji> {
    // The same people use several emoji: all that is known is that those folded have as many as the largest of them.
    let most = |folded: &[EmojiRow]| folded.iter().map(|row| row.users).max().unwrap_or(0);
    let (mut rows, small) = fold_together(rows::read(metrics)?, min_group, |row: &EmojiRow| row.users, most);
    rows.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.reaction.cmp(&other.reaction)));
    let mut emoji = Emoji { folded: small.len() as u64, ..Emoji::default() };
    for row in rows {
        emoji.characters.push(character(&row.reaction));
        emoji.names.push(row.reaction);
        emoji.count.push(row.count);
        emoji.people.push(row.users);
        emoji.messages.push(row.messages);
    }
    Ok(emoji)
}

/// The emoji that Slack calls so: `+1`, `wave::skin-tone-3`.
fn character(name: &str) -> Option<String> {
    let (name, tone) =
        name.split_once("::skin-tone-").map_or((name, None), |(name, tone)| (name, Some(tone)));
    let emoji = emojis::get_by_shortcode(name)?;
    let tone = match tone {
        Some("2") => Some(emojis::SkinTone::Light),
        Some("3") => Some(emojis::SkinTone::MediumLight),
        Some("4") => Some(emojis::SkinTone::Medium),
        Some("5") => Some(emojis::SkinTone::MediumDark),
        Some("6") => Some(emojis::SkinTone::Dark),
        _ => None,
    };
    Some(tone.and_then(|tone| emoji.with_skin_tone(tone)).unwrap_or(emoji).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_have_characters_and_tones() {
        assert_eq!(character("+1").as_deref(), Some("👍"));
        assert_eq!(character("+1::skin-tone-6").as_deref(), Some("👍🏿"));
        assert_eq!(character("our-own-logo"), None);
    }
}
