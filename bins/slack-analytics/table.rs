//! Rows as columns.

use unicode_width::UnicodeWidthStr;

use crate::printable::cell;
use crate::style::is_seen;

/// To which side of its column a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A header and rows: aligned on a terminal, for programs with a tab between the values and numbers as they are.
pub(crate) fn table<const N: usize>(
    columns: [(&str, Align); N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let rows = rows.map(|row| row.map(|value| cell(&value).into_owned()));
    if is_seen() { aligned(columns, rows) } else { separated(columns, rows) }
}

fn separated<const N: usize>(columns: [(&str, Align); N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows = rows.map(|row| {
        let values = row.into_iter().zip(columns).map(|(value, (_, align))| match align {
            Align::Left => value,
            Align::Right => value.replace(',', ""),
        });
        values.collect::<Vec<_>>().join("\t")
    });
    let header = columns.map(|(name, _)| name).join("\t");
    std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n")
}

/// Each column as wide as its widest value.
fn aligned<const N: usize>(columns: [(&str, Align); N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut lines = vec![columns.map(|(name, _)| name.to_owned())];
    lines.extend(rows);
    let mut widths = [0; N];
    for line in &lines {
        for (width, value) in widths.iter_mut().zip(line) {
            *width = value.width().max(*width);
        }
    }
    let lines = lines.iter().map(|line| {
        let cells = line.iter().zip(columns).zip(widths).map(|((value, (_, align)), width)| match align {
            Align::Left => format!("{value}{}", " ".repeat(width - value.width())),
            Align::Right => format!("{}{value}", " ".repeat(width - value.width())),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["a".to_owned(), "1,000".to_owned()], ["éé".to_owned(), "7".to_owned()]];
        let columns = [("name", Align::Left), ("n", Align::Right)];
        let text = aligned(columns, rows.clone().into_iter());
        assert_eq!(text, "name      n\na     1,000\néé        7");
        assert_eq!(separated(columns, rows.into_iter()), "name\tn\na\t1000\néé\t7");
    }
}
