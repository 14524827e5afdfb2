//! Rows as aligned columns, for people.

/// To which side of its column a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A header and rows, each column as wide as its widest value.
pub(crate) fn table<const N: usize>(
    columns: [(&str, Align); N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![columns.map(|(name, _)| name.to_owned())];
    lines.extend(rows);
    let mut widths = [0; N];
    for line in &lines {
        for (width, value) in widths.iter_mut().zip(line) {
            *width = value.chars().count().max(*width);
        }
    }
    let lines = lines.iter().map(|line| {
        let cells = line.iter().zip(columns).zip(widths).map(|((value, (_, align)), width)| match align {
            Align::Left => format!("{value:<width$}"),
            Align::Right => format!("{value:>width$}"),
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
        let text = table([("name", Align::Left), ("n", Align::Right)], rows.into_iter());
        assert_eq!(text, "name      n\na     1,000\néé        7");
    }
}
