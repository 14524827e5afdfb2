//! A query's answer, as people or programs read it.

use std::io::Write;

use serde_json::{Number, Value};
use slack_sqlite::{QueryRows, ValueRef};
use unicode_width::UnicodeWidthStr;

use crate::exit::Result;

/// Columns of the terminal that a value takes up at most. What is longer is cut off: a message may have 40,000.
const WIDEST: usize = 80;

/// Writes the rows in aligned columns, numbers to the right.
pub(crate) fn write_table(columns: &[String], rows: &mut QueryRows<'_>, out: &mut impl Write) -> Result<()> {
    let header: Vec<_> = columns.iter().map(|name| shown(name)).collect();
    let mut are_numbers = vec![true; columns.len()];
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let mut line = Vec::with_capacity(columns.len());
        for (value, is_number) in row.values().zip(&mut are_numbers) {
            let value = value?;
            *is_number &= matches!(value, ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_));
            line.push(shown(&text(value)));
        }
        lines.push(line);
    }
    let mut widths: Vec<_> = header.iter().map(|name| name.width()).collect();
    for line in &lines {
        for (width, value) in widths.iter_mut().zip(line) {
            *width = value.width().max(*width);
        }
    }
    let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
    for line in [&header, &rule].into_iter().chain(&lines) {
        let mut written = String::new();
        for ((value, width), is_number) in line.iter().zip(&widths).zip(&are_numbers) {
            let room = " ".repeat(width - value.width());
            let (before, after) = if *is_number { (room, String::new()) } else { (String::new(), room) };
            written.push_str(&format!("{before}{value}{after}  "));
        }
        writeln!(out, "{}", written.trim_end())?;
    }
    Ok(())
}

/// Writes the rows as CSV, as the tables' files are: nothing for null.
pub(crate) fn write_csv(columns: &[String], rows: &mut QueryRows<'_>, out: &mut impl Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns)?;
    while let Some(row) = rows.next()? {
        for value in row.values() {
            writer.write_field(text(value?).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.flush()?)
}

/// Writes the rows as an array with an object for each of them, a line each.
pub(crate) fn write_json(columns: &[String], rows: &mut QueryRows<'_>, out: &mut impl Write) -> Result<()> {
    let names: Vec<_> = columns.iter().map(|name| Value::from(name.as_str()).to_string()).collect();
    write!(out, "[")?;
    let mut between = "";
    while let Some(row) = rows.next()? {
        // Names stay in the query's order, and may be there twice: both are more than a map of values would keep.
        let fields =
            names.iter().zip(row.values()).map(|(name, value)| Ok(format!("{name}:{}", json(value?))));
        let fields: Vec<_> = fields.collect::<Result<_>>()?;
        write!(out, "{between}{{{}}}", fields.join(","))?;
        between = ",\n";
    }
    Ok(writeln!(out, "]")?)
}

/// The rows as arrays of values.
pub(crate) fn values(rows: &mut QueryRows<'_>) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.push(row.values().map(|value| Ok(json(value?))).collect::<Result<_>>()?);
    }
    Ok(values)
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        // JSON has no infinity.
        ValueRef::Real(number) => {
            Number::from_f64(number).map_or_else(|| format!("{number:?}").into(), Value::Number)
        }
        value => text(value).into(),
    }
}

/// A value on one line: what would move a terminal's cursor or change its state is shown as an escape.
fn shown(value: &str) -> String {
    let mut shown = String::with_capacity(value.len());
    let mut cut = None;
    for character in value.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
        let width = shown.width();
        if width < WIDEST {
            cut = Some(shown.len());
        }
        if width > WIDEST {
            shown.truncate(cut.unwrap_or(0));
            shown.push('…');
            break;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_on_its_line() {
        assert_eq!(shown("a\nb\t\u{1b}[31mred\u{7}"), "a\\nb\\t\\u{1b}[31mred\\u{7}");
        let (fits, long) = ("x".repeat(WIDEST), "x".repeat(WIDEST + 1));
        assert_eq!(shown(&fits), fits);
        assert_eq!(shown(&long), format!("{}…", "x".repeat(WIDEST - 1)));
        assert_eq!(shown(&"字".repeat(WIDEST)).width(), WIDEST - 1);
    }

    #[test]
    fn numbers_are_written_so_that_they_are_read_alike() {
        assert_eq!(text(ValueRef::Real(2.9999)), "2.9999");
        assert_eq!(text(ValueRef::Real(60.0)), "60.0");
        assert_eq!(json(ValueRef::Real(f64::INFINITY)), Value::from("inf"));
        assert_eq!(text(ValueRef::Blob(&[0, 255])), "00ff");
    }
}
