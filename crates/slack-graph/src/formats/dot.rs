//! DOT, the language of Graphviz (<https://graphviz.org/doc/info/lang.html>).

use std::io::{self, BufWriter, Write};

use super::failed;
use super::ties::Ties;
use super::xml_text::{unique_xml_texts, xml_text};
use crate::error::Result;
use crate::export::{Export, Value};

/// Writes an export as a digraph in DOT.
///
/// Columns are attributes of their names, which Graphviz passes over but for its own: `label`; `weight` of edges; and
/// of looks `pos` (in points, which `inputscale` says, and fixed), `width` (in inches), and `fillcolor`. Ids and values are quoted. Graphviz, whose
/// texts end at NUL, gets neither control characters nor line ends, as in GEXF. Empty fields are left out.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_dot(export: &Export<'_>, output: impl Write) -> Result<()> {
    write_document(export, output).map_err(failed("DOT"))
}

const POINTS_PER_INCH: f64 = 72.0;

fn write_document(export: &Export<'_>, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 17, output);
    let ids = unique_xml_texts(export.nodes().map(|node| node.id.as_str()));
    let ids: Vec<_> = ids.iter().map(|id| quoted(id)).collect();
    let names: Vec<_> = export.columns().map(|column| attribute_name(column.name)).collect();
    output.write_all(b"digraph slack {\n")?;
    if export.has_looks() {
        // neato and fdp would read the positions that they are given in inches.
        writeln!(output, "  graph [inputscale={POINTS_PER_INCH}];")?;
    }
    for (number, (node, id)) in export.nodes().zip(&ids).enumerate() {
        write!(output, "  {id} [label={}", escaped_label(&node.label))?;
        for (value, name) in export.fields(number, node).zip(&names) {
            match value {
                Some(Value::Text(text)) if !xml_text(text).is_empty() => {
                    write!(output, ", {name}={}", quoted(&xml_text(text)))?;
                }
                Some(Value::Integer(number)) => write!(output, ", {name}=\"{number}\"")?,
                Some(Value::Float(number)) => write!(output, ", {name}=\"{number}\"")?,
                Some(Value::Text(_)) | None => {}
            }
        }
        if let Some(look) = export.look(number) {
            let [red, green, blue] = look.color;
            write!(output, ", pos=\"{},{}!\", width=\"{}\"", look.x, look.y, look.size / POINTS_PER_INCH)?;
            write!(output, ", style=\"filled\", fillcolor=\"#{red:02x}{green:02x}{blue:02x}\"")?;
        }
        output.write_all(b"];\n")?;
    }
    let mut ties = Ties::new();
    for edge in export.edges() {
        let shared = ties.of(&edge, str::to_owned, |_| {
            let texts = [("relate", edge.relate), ("channel", edge.channel)];
            let there = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
            there.map(|(name, text)| format!(", {name}={}", quoted(&xml_text(text)))).collect::<String>()
        });
        let (source, target) = (&ids[edge.source], &ids[edge.target]);
        write!(output, "  {source} -> {target} [weight={}{shared}", edge.weight)?;
        for (name, time) in [("first_time", edge.first_time), ("last_time", edge.last_time)] {
            if let Some(time) = time {
                write!(output, ", {name}=\"{time}\"")?;
            }
        }
        output.write_all(b"];\n")?;
    }
    output.write_all(b"}\n")?;
    output.flush()
}

/// A quoted text. Within quotes, the quote is the only character that DOT escapes; but a backslash that ends a text
/// would hide the quote after it, and labels take each for an escape: so all are doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A label: Graphviz reads entities of HTML in it.
fn escaped_label(text: &str) -> String {
    quoted(&xml_text(text).replace('&', "&amp;"))
}

/// A column's name, quoted where it is no plain name. Those that Graphviz draws by get a line before them.
fn attribute_name(name: &str) -> String {
    let name = xml_text(name);
    quoted(&if ["pos", "width", "style", "fillcolor", "height", "shape"].contains(&&*name) {
        format!("_{name}").into()
    } else {
        name
    })
}
