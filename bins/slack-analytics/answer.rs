//! A query's answer, as people or programs read it.

use std::borrow::Cow;
use std::io::Write;

use serde_json::{Number, Value};
use slack_sqlite::{QueryRows, ValueRef};
use unicode_width::UnicodeWidthStr;

use crate::failure::Result;
use crate::printable::{cell, is_odd, visible};

/// How answers are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether a terminal shows them, to which they must do nothing else.
    pub(crate) is_seen: bool,
    /// Whether texts of CSV that a spreadsheet would take for a formula begin with an apostrophe.
    pub(crate) is_spreadsheet_safe: bool,
}

/// Memory for an answer that must be known as a whole before its first line can be written.
#[derive(Debug)]
pub(crate) struct Room {
    limit: u64,
    left: u64,
}

impl Room {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: limit }
    }

    fn take(&mut self, bytes: usize) -> Result<()> {
        // A value has its place in a list beside its bytes.
        let bytes = bytes as u64 + 32;
        let why = || {
            let limit = self.limit >> 20;
            format!(
                "the answer needs more than {limit} MB of memory (--max-memory); --format csv and --format json without --json write \
                 rows as they come"
            )
        };
        self.left = self.left.checked_sub(bytes).ok_or_else(why)?;
        Ok(())
    }
}

/// Columns of the terminal that a value takes up at most. What is longer is cut off: a message may have 40,000.
const WIDEST: usize = 80;

/// Writes the rows in aligned columns, numbers to the right.
pub(crate) fn write_table(
    columns: &[String],
    rows: &mut QueryRows<'_>,
    room: &mut Room,
    out: &mut impl Write,
) -> Result<()> {
    let header: Vec<_> = columns.iter().map(|name| shown(name)).collect();
    let mut are_numbers = vec![true; columns.len()];
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let mut line = Vec::with_capacity(columns.len());
        for (value, is_number) in row.values().zip(&mut are_numbers) {
            let value = value?;
            *is_number &= matches!(value, ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_));
            let value = shown(&text(value));
            room.take(value.len())?;
            line.push(value);
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
pub(crate) fn write_csv(
    columns: &[String],
    rows: &mut QueryRows<'_>,
    style: Style,
    out: &mut impl Write,
) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for name in columns {
        writer.write_field(csv_field(name, true, style).as_bytes())?;
    }
    writer.write_record(None::<&[u8]>)?;
    while let Some(row) = rows.next()? {
        for value in row.values() {
            let value = value?;
            let is_text = matches!(value, ValueRef::Text(_));
            writer.write_field(csv_field(&text(value), is_text, style).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.flush()?)
}

/// Writes the rows as an array with an object for each of them, a line each.
pub(crate) fn write_json(
    columns: &[String],
    rows: &mut QueryRows<'_>,
    style: Style,
    out: &mut impl Write,
) -> Result<()> {
    let written = |value: Value| {
        let text = value.to_string();
        if style.is_seen { json_escaped(&text) } else { text }
    };
    let names: Vec<_> = columns.iter().map(|name| written(Value::from(name.as_str()))).collect();
    write!(out, "[")?;
    let mut between = "";
    while let Some(row) = rows.next()? {
        // Names stay in the query's order, and may be there twice: both are more than a map of values would keep.
        let fields = names
            .iter()
            .zip(row.values())
            .map(|(name, value)| Ok(format!("{name}:{}", written(json(value?)))));
        let fields: Vec<_> = fields.collect::<Result<_>>()?;
        write!(out, "{between}{{{}}}", fields.join(","))?;
        between = ",\n";
    }
    Ok(writeln!(out, "]")?)
}

/// The rows as arrays of values.
pub(crate) fn values(rows: &mut QueryRows<'_>, room: &mut Room) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        let row = row.values().map(|value| {
            let value = json(value?);
            room.take(value.as_str().map_or(0, str::len))?;
            Ok(value)
        });
        values.push(row.collect::<Result<_>>()?);
    }
    Ok(values)
}

/// A field of CSV.
fn csv_field(value: &str, is_text: bool, style: Style) -> Cow<'_, str> {
    let is_formula = is_text && value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = if style.is_spreadsheet_safe && is_formula {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    };
    if style.is_seen { Cow::Owned(visible(&value).into_owned()) } else { value }
}

/// JSON in which what would do something to a terminal is written as its number.
fn json_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        // In JSON's own text, odd characters are in strings only.
        if is_odd(character) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn text(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Null => Cow::Borrowed(""),
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => format!("{number:?}").into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text),
        ValueRef::Blob(bytes) => {
            let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or_default();
            bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
        }
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
        value => text(value).into_owned().into(),
    }
}

/// A value on one line: what would move a terminal's cursor or change its state is shown as an escape.
fn shown(value: &str) -> String {
    // Some characters have no width: there may be any number of them.
    let end = value.char_indices().nth(4 * WIDEST).map(|(end, _)| end);
    let whole = cell(&value[..end.unwrap_or(value.len())]);
    let mut shown = String::new();
    let mut cut = None;
    let mut is_cut = end.is_some();
    for character in whole.chars() {
        shown.push(character);
        let width = shown.width();
        if width < WIDEST {
            cut = Some(shown.len());
        }
        if width > WIDEST {
            shown.truncate(cut.unwrap_or(0));
            is_cut = true;
            break;
        }
    }
    if is_cut {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_on_its_line() {
        assert_eq!(shown("a\nb\t\u{1b}[31mred\u{7}"), "a\\nb\\t\\u{1b}[31mred\\u{7}");
        assert_eq!(shown("a\u{202e}b\u{200f}"), "a\\u{202e}b\\u{200f}");
        let marks = shown(&format!("e{}", "\u{301}".repeat(1_000_000)));
        assert!(marks.chars().count() <= 4 * WIDEST + 1 && marks.ends_with('…'));
        let (fits, long) = ("x".repeat(WIDEST), "x".repeat(WIDEST + 1));
        assert_eq!(shown(&fits), fits);
        assert_eq!(shown(&long), format!("{}…", "x".repeat(WIDEST - 1)));
        assert_eq!(shown(&"字".repeat(WIDEST)).width(), WIDEST - 1);
    }

    #[test]
    fn a_terminal_and_a_spreadsheet_do_nothing_with_a_value() {
        let style = |is_seen, is_spreadsheet_safe| Style { is_seen, is_spreadsheet_safe };
        for formula in ["=1+1", "+1", "-1", "@a", "\tx", "\rx"] {
            assert_eq!(csv_field(formula, true, style(false, false)), formula);
            assert_eq!(csv_field(formula, true, style(false, true)), format!("'{formula}"));
        }
        assert_eq!(csv_field("-1", false, style(false, true)), "-1", "a number is one");
        assert_eq!(csv_field("a=1", true, style(false, true)), "a=1");
        assert_eq!(csv_field("a\u{1b}[2J", true, style(true, false)), "a\\u{1b}[2J");
        let odd = Value::from("a\u{9b}\u{202e}\u{7f}\"").to_string();
        let escaped = json_escaped(&odd);
        assert_eq!(escaped, "\"a\\u009b\\u202e\\u007f\\\"\"");
        assert_eq!(serde_json::from_str::<Value>(&escaped).expect("JSON").to_string(), odd);
    }

    #[test]
    fn numbers_are_written_so_that_they_are_read_alike() {
        assert_eq!(text(ValueRef::Real(2.9999)), "2.9999");
        assert_eq!(text(ValueRef::Real(60.0)), "60.0");
        assert_eq!(json(ValueRef::Real(f64::INFINITY)), Value::from("inf"));
        assert_eq!(text(ValueRef::Blob(&[0, 255])), "00ff");
    }
}
