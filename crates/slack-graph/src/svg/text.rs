//! Names in a picture: how much room they take, and which fit.

use crate::formats::xml_text::xml_text;

/// Circles of this radius are named even where there is no room beside them.
const LARGE: f64 = 16.0;

/// A name to be drawn, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) size: f64,
    /// The middle of the base line.
    pub(super) at: [f64; 2],
    pub(super) anchor: &'static str,
}

/// A rectangle: from left and top to right and bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Room([f64; 4]);

impl Room {
    fn overlaps(&self, other: &Self) -> bool {
        let ([left, top, right, bottom], other) = (self.0, other.0);
        left < other[2] && other[0] < right && top < other[3] && other[1] < bottom
    }
}

/// What is in the way of further names.
pub(super) struct Rooms {
    taken: Vec<Room>,
    /// Nodes' circles: a name may stand on its own.
    circles: Vec<(usize, Room)>,
    bounds: Room,
}

impl Rooms {
    pub(super) fn new(bounds: [f64; 4]) -> Self {
        Self { taken: Vec::new(), circles: Vec::new(), bounds: Room(bounds) }
    }

    /// Takes the room of a node's circle.
    pub(super) fn take_circle(&mut self, node: usize, at: [f64; 2], radius: f64) {
        self.circles.push((node, Room([at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius])));
    }

    /// Finds room for a node's name beside its circle: right, left, below, above; or on it. `None` where there is none.
    pub(super) fn place(
        &mut self,
        node: usize,
        text: &str,
        size: f64,
        at: [f64; 2],
        radius: f64,
    ) -> Option<Label> {
        let text = shortened(text, 26);
        let (wide, high) = (width(&text) * size, size);
        let gap = radius + size * 0.2;
        let places = [
            ("start", [at[0] + gap, at[1] + high * 0.35]),
            ("end", [at[0] - gap, at[1] + high * 0.35]),
            ("middle", [at[0], at[1] + gap + high * 0.8]),
            ("middle", [at[0], at[1] - gap - high * 0.15]),
            ("middle", [at[0], at[1] + high * 0.35]),
        ];
        let fitting = places.into_iter().enumerate().find_map(|(choice, (anchor, [x, y]))| {
            let left = match anchor {
                "start" => x,
                "end" => x - wide,
                _ => x - wide / 2.0,
            };
            let room = Room([left, y - high * 0.85, left + wide, y + high * 0.25]);
            let ([left, top, right, bottom], bounds) = (room.0, self.bounds.0);
            let is_inside =
                left >= bounds[0] && top >= bounds[1] && right <= bounds[2] && bottom <= bounds[3];
            // A large circle has its name, though that may cover its neighbours in part.
            let may_cover = choice == 4 && radius >= LARGE;
            let is_taken = self.taken.iter().any(|taken| taken.overlaps(&room))
                || !may_cover
                    && self.circles.iter().any(|(other, circle)| *other != node && circle.overlaps(&room));
            let is_free = is_inside && !is_taken;
            is_free.then_some((anchor, [x, y], room))
        });
        let (anchor, at, room) = fitting?;
        self.taken.push(room);
        Some(Label { text, size, at, anchor })
    }
}

/// A text as it is drawn: without what only orders or hides, on one line, and not longer than `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    // These would turn the order of what comes after them.
    let is_shown = |character: &char| !matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text: String = xml_text(text).chars().filter(is_shown).collect();
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    // What joins two characters has lost the second.
    kept.trim_end_matches(['\u{200D}', ' ']).to_owned() + "…"
}

/// About how wide a text is, in the size of its letters.
pub(super) fn width(text: &str) -> f64 {
    text.chars()
        .map(|character| match character {
            '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' | '\u{0300}'..='\u{036F}' => 0.0,
            'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | '!' | ':' | ';' => 0.33,
            'm' | 'w' | 'M' | 'W' | '@' => 0.95,
            'A'..='Z' => 0.72,
            '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{FFEF}' | '\u{1F000}'.. => 1.1,
            _ => 0.62,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_between_characters() {
        assert_eq!(shortened(" ann\u{202e}\u{0}\nlee ", 26), "ann lee");
        assert_eq!(shortened("שלום עולם", 5), "שלום…");
        assert_eq!(shortened("ab👩\u{200d}💻x", 5), "ab👩…");
        assert_eq!(shortened("abcde", 5), "abcde");
    }

    #[test]
    fn names_make_way_for_what_is_there() {
        let mut rooms = Rooms::new([0.0, 0.0, 200.0, 100.0]);
        rooms.take_circle(0, [100.0, 50.0], 15.0);
        let anchors = ["start", "end", "middle", "middle", "middle"].map(Some);
        for anchor in anchors {
            assert_eq!(rooms.place(0, "ann", 20.0, [100.0, 50.0], 15.0).map(|label| label.anchor), anchor);
        }
        assert_eq!(rooms.place(0, "ann", 20.0, [100.0, 50.0], 15.0), None, "all sides are taken");
        assert_eq!(rooms.place(1, "bob", 20.0, [195.0, 10.0], 5.0).map(|label| label.anchor), Some("end"));
    }
}
