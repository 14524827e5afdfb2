//! A field of a table as a value of JSON.

use slack_model::Kind;

/// What had to be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Bytes that are not UTF-8, given as U+FFFD.
    pub(crate) no_utf8: u64,
    /// Values that are not of their column's kind, left out.
    pub(crate) unreadable: u64,
}

/// Appends a field. An empty one is no value, but for texts, which are empty then.
pub(crate) fn write_value(kind: Kind, field: &[u8], out: &mut Vec<u8>, changes: &mut Changes) {
    if field.is_empty() && kind != Kind::Text {
        out.extend_from_slice(b"null");
        return;
    }
    let is_bare = match kind {
        Kind::Bool => matches!(field, b"true" | b"false"),
        Kind::Int | Kind::Seconds | Kind::Fraction | Kind::Float => is_number(field),
        _ => return write_text(field, out, changes),
    };
    if is_bare {
        out.extend_from_slice(field);
    } else {
        out.extend_from_slice(b"null");
        changes.unreadable += 1;
    }
}

/// Whether a field is a number as JSON has it, which keeps all of its digits.
fn is_number(field: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Number>(field).is_ok()
}

fn write_text(field: &[u8], out: &mut Vec<u8>, changes: &mut Changes) {
    changes.no_utf8 += field.utf8_chunks().map(|chunk| chunk.invalid().len() as u64).sum::<u64>();
    // Writing a text into a Vec cannot fail.
    let _ = serde_json::to_writer(out, &String::from_utf8_lossy(field));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: Kind, field: &[u8]) -> (String, Changes) {
        let (mut out, mut changes) = (Vec::new(), Changes::default());
        write_value(kind, field, &mut out, &mut changes);
        (String::from_utf8(out).expect("UTF-8"), changes)
    }

    #[test]
    fn values_are_typed() {
        for (kind, field, expected) in [
            (Kind::Int, "12", "12"),
            (Kind::Int, "", "null"),
            (Kind::Seconds, "1.500000", "1.500000"),
            (Kind::Float, "1e-7", "1e-7"),
            (Kind::Bool, "true", "true"),
            (Kind::Ts, "1600000000.000100", "\"1600000000.000100\""),
            (Kind::Text, "", "\"\""),
            (Kind::Text, "a \"b\"\n", r#""a \"b\"\n""#),
            (Kind::Id, "", "null"),
        ] {
            assert_eq!(value(kind, field.as_bytes()), (expected.into(), Changes::default()), "{field}");
        }
    }

    #[test]
    fn what_is_not_of_its_kind_is_counted() {
        for (kind, field) in
            [(Kind::Int, "many"), (Kind::Bool, "yes"), (Kind::Float, "NaN"), (Kind::Int, "1,2")]
        {
            assert_eq!(value(kind, field.as_bytes()), ("null".into(), Changes { unreadable: 1, no_utf8: 0 }));
        }
        assert_eq!(value(Kind::Text, b"a\xff").1, Changes { unreadable: 0, no_utf8: 1 });
    }
}
