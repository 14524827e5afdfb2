//! The edges of a GEXF document.

use std::io::{self, Write};

use slack_model::TimeWriter;

use super::gexf::MONTH_WEIGHT;
use super::spells::{MonthSpans, Span};
use super::template::{Filling, HOLE, Template};
use super::ties::Ties;
use super::xml::{Tag, Xml, escaped};
use super::xml_text::xml_text;
use crate::export::{Export, ExportEdge};

/// How deep an edge lies in a document.
const DEPTH: usize = 3;

/// What is the same for all edges of a relation and channel, escaped.
struct SharedParts {
    /// None where edges are joined.
    kind: Option<String>,
    relate: String,
    channel: String,
    /// The element of an edge without months, by which of its times are known.
    templates: [Option<Template>; 4],
}

impl SharedParts {
    fn new(edge: &ExportEdge<'_>, kind: Option<String>) -> Self {
        let text = |text: Option<&str>| escaped(text.unwrap_or_default());
        Self {
            kind: kind.map(|kind| escaped(&kind)),
            relate: text(edge.relate),
            channel: text(edge.channel),
            templates: [const { None }; 4],
        }
    }
}

/// What is an edge's own, escaped.
struct OwnParts<'a> {
    number: &'a str,
    source: &'a str,
    target: &'a str,
    weight: &'a str,
    first_time: Option<&'a str>,
    last_time: Option<&'a str>,
    /// When it is there, where no months say so.
    spell: Option<[&'a str; 2]>,
    months: &'a [(Span, f64)],
}

pub(super) fn write_edges(
    xml: &mut Xml<impl Write>,
    export: &Export<'_>,
    ids: &[String],
    is_dynamic: bool,
) -> io::Result<()> {
    let nodes: Vec<_> = export.nodes().collect();
    let mut ties = Ties::new();
    let (mut cursor, mut months, mut spans) = (export.months(), Vec::new(), MonthSpans::default());
    let (mut text, mut times) = (Vec::new(), Times::default());
    xml.start_plain("edges")?;
    for (number, edge) in (0..).zip(export.edges()) {
        let clean = |kind: &str| xml_text(kind).into_owned();
        let shared = ties.of(&edge, clean, |kind| SharedParts::new(&edge, kind));
        if is_dynamic {
            cursor.take(&nodes[edge.source].id, &nodes[edge.target].id, edge.relate, &mut months);
            spans.of_edge(&edge, &months);
            if !spans.months().is_empty() {
                write_with_months(xml, shared, number, &edge, ids, spans.months())?;
                continue;
            }
        }
        let shape = usize::from(edge.first_time.is_some()) + 2 * usize::from(edge.last_time.is_some());
        if shared.templates[shape].is_none() {
            shared.templates[shape] = Some(template(shared, &edge, spans.whole().is_some())?);
        }
        let Some(template) = &shared.templates[shape] else { continue };
        let mut filling = template.begin(&mut text);
        filling.number(number);
        filling.escaped(&ids[edge.source]);
        filling.escaped(&ids[edge.target]);
        filling.weight(edge.weight);
        times.fill(&mut filling, &edge, spans.whole());
        xml.raw(&text)?;
    }
    xml.end("edges")
}

/// Writes times. First ones mostly lie near each other, and so do last ones.
#[derive(Default)]
struct Times {
    first: TimeWriter,
    last: TimeWriter,
}

impl Times {
    fn fill(&mut self, filling: &mut Filling<'_>, edge: &ExportEdge<'_>, spell: Option<Span>) {
        let spell = spell.map(|span| (span.start, span.end)).unzip();
        for (first, last) in [(edge.first_time, edge.last_time), spell] {
            if let Some(time) = first {
                filling.time(time, &mut self.first);
            }
            if let Some(time) = last {
                filling.time(time, &mut self.last);
            }
        }
    }
}

/// The element of an edge without months.
fn template(shared: &SharedParts, edge: &ExportEdge<'_>, has_spell: bool) -> io::Result<Template> {
    let own = OwnParts {
        number: HOLE,
        source: HOLE,
        target: HOLE,
        weight: HOLE,
        first_time: edge.first_time.map(|_| HOLE),
        last_time: edge.last_time.map(|_| HOLE),
        spell: has_spell.then_some([HOLE; 2]),
        months: &[],
    };
    Template::new(DEPTH, |xml| write_edge(xml, shared, &own))
}

fn write_with_months(
    xml: &mut Xml<impl Write>,
    shared: &SharedParts,
    number: u64,
    edge: &ExportEdge<'_>,
    ids: &[String],
    months: &[(Span, f64)],
) -> io::Result<()> {
    let times = [edge.first_time, edge.last_time];
    let [first_time, last_time] = times.map(|time| time.map(|time| time.to_string()));
    let own = OwnParts {
        number: &number.to_string(),
        source: &ids[edge.source],
        target: &ids[edge.target],
        weight: &edge.weight.to_string(),
        first_time: first_time.as_deref(),
        last_time: last_time.as_deref(),
        spell: None,
        months,
    };
    write_edge(xml, shared, &own)
}

fn write_edge(xml: &mut Xml<impl Write>, shared: &SharedParts, own: &OwnParts<'_>) -> io::Result<()> {
    let mut tag = Tag::new("edge");
    tag.escaped("id", own.number).escaped("source", own.source).escaped("target", own.target);
    tag.escaped("weight", own.weight);
    if let Some(kind) = &shared.kind {
        tag.escaped("kind", kind);
    }
    xml.start(&tag)?;
    let texts = [
        ("relate", &*shared.relate),
        ("channel", &*shared.channel),
        ("first_time", own.first_time.unwrap_or_default()),
        ("last_time", own.last_time.unwrap_or_default()),
    ];
    let mut texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).peekable();
    if texts.peek().is_some() || !own.months.is_empty() {
        xml.start_plain("attvalues")?;
        for (title, text) in texts {
            xml.empty(tag.begin("attvalue").escaped("for", title).escaped("value", text))?;
        }
        for (span, weight) in own.months {
            tag.begin("attvalue").escaped("for", MONTH_WEIGHT).number("value", weight);
            xml.empty(tag.time("start", span.start).time("end", span.end))?;
        }
        xml.end("attvalues")?;
    }
    if own.spell.is_some() || !own.months.is_empty() {
        xml.start_plain("spells")?;
        if let Some([start, end]) = own.spell {
            xml.empty(tag.begin("spell").escaped("start", start).escaped("end", end))?;
        }
        for (span, _) in own.months {
            xml.empty(tag.begin("spell").time("start", span.start).time("end", span.end))?;
        }
        xml.end("spells")?;
    }
    xml.end("edge")
}
