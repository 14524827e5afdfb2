//! What a picture says.

use std::fmt::Write as _;

use super::drawing::{Drawing, MOST_EDGES};
use super::text::{shortened, width};
use super::{MAP_WIDTH, Picture, WIDTH};

/// What the legend says of a community, in two lines at the most.
pub(super) fn notes(picture: &Picture<'_>, drawing: &Drawing, community: usize) -> Vec<String> {
    const MOST_WIDTH: f64 = (WIDTH - MAP_WIDTH - 50.0) / 14.0;
    let parts: Vec<String> = match picture.notes.get(community).filter(|note| !note.trim().is_empty()) {
        Some(note) => note.split_inclusive(' ').map(str::to_owned).collect(),
        None => {
            let is_own = |node: &&usize| picture.communities.get(**node) == Some(&(community as u32));
            let names = drawing.nodes.iter().filter(is_own).take(5);
            let names: Vec<_> = names.map(|node| shortened(picture.label(*node), 22)).collect();
            let last = names.len().saturating_sub(1);
            let comma = |(place, name): (usize, String)| {
                // Each name in its own direction of writing.
                let name = if name.is_ascii() { name } else { format!("\u{2068}{name}\u{2069}") };
                if place < last { name + ", " } else { name }
            };
            names.into_iter().enumerate().map(comma).collect()
        }
    };
    let mut lines = vec![String::new()];
    for part in parts {
        let part = if part.is_ascii() { shortened(&part, 40) + " " } else { part };
        let is_full =
            lines.last().is_some_and(|line| !line.is_empty() && width(line) + width(&part) > MOST_WIDTH);
        if is_full && lines.len() == 2 {
            if let Some(line) = lines.last_mut() {
                line.push('…');
            }
            break;
        }
        if is_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&part);
        }
    }
    lines
}

/// What is drawn, in numbers.
pub(super) fn describe(picture: &Picture<'_>, drawing: &Drawing) -> String {
    let count = picture.network.node_count();
    let n_edges = picture.network.joined().entry_count() / 2;
    let mut text = format!("{}, {}", counted(count, "node", "nodes"), counted(n_edges, "tie", "ties"));
    let sizes = drawing.sizes.iter().filter(|size| **size > 0).count();
    if sizes > 0 {
        let _ = write!(text, ", {}", counted(sizes, "community", "communities"));
    }
    text.push('.');
    if drawing.n_edges < n_edges {
        let _ = write!(text, " Drawn are the {} strongest ties", grouped(drawing.n_edges));
        let with_all = drawing.nodes.len() <= MOST_EDGES;
        text.push_str(if with_all { ", among them the strongest of each node." } else { "." });
    }
    if drawing.nodes.len() < count {
        let _ =
            write!(text, " Left out are the {} least connected nodes.", grouped(count - drawing.nodes.len()));
    }
    text
}

pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with commas.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1_234_567)],
            ["0", "999", "1,234,567"].map(String::from)
        );
    }
}
