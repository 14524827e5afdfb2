//! A picture of a network, as SVG.

mod drawing;
mod text;
mod words;

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use self::drawing::Drawing;
use self::text::shortened;
use self::words::{counted, describe, notes};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::palette::{COLORS, GREY};

const WIDTH: f64 = 1600.0;
const HEIGHT: f64 = 1200.0;
/// Right of it stands the legend.
const MAP_WIDTH: f64 = 1230.0;
/// Above it stands the title.
const MAP_TOP: f64 = 60.0;
const MARGIN: f64 = 30.0;

/// What is drawn.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Picture<'a> {
    /// The network.
    pub network: &'a Network,
    /// Where each node is: x to the right, y upwards, as [`layout`](crate::layout) gives it.
    pub positions: &'a [[f64; 2]],
    /// Each node's community, which gives it its colour.
    pub communities: &'a [u32],
    /// Each node's name; the id where there is none.
    pub labels: &'a [String],
    /// Each node's value, which gives its circle its area; the strength where there is none.
    pub values: &'a [f64],
    /// What the legend says of each community; the names of those of the largest values where there is nothing.
    pub notes: &'a [String],
    /// What stands above the picture.
    pub title: &'a str,
}

impl<'a> Picture<'a> {
    /// A picture of nodes at their places, named by their ids.
    pub fn new(network: &'a Network, positions: &'a [[f64; 2]]) -> Self {
        Self {
            network,
            positions,
            communities: &[],
            labels: &[],
            values: &[],
            notes: &[],
            title: "Who talks to whom",
        }
    }

    fn label(&self, node: usize) -> &str {
        let label = self.labels.get(node).map(String::as_str).filter(|label| !label.trim().is_empty());
        label.unwrap_or(&self.network.ids()[node])
    }

    fn value(&self, node: usize) -> f64 {
        self.values.get(node).copied().unwrap_or_else(|| self.network.joined().strength(node))
    }
}

/// Writes a picture as one SVG document, which needs nothing else.
///
/// Nodes are circles, edges lines, the colours those of the nine largest communities; the best connected are named,
/// and all are that the pointer is on. Of a large network not everything is drawn, so that the document stays below 3
/// MB: the 12,000 strongest ties, where they suffice among them each one's strongest, the first 6,000 people as
/// circles and 60,000 more as dots. What is left out is said below the picture.
///
/// # Errors
///
/// Where it cannot be written.
pub fn write_svg(picture: &Picture<'_>, output: impl Write) -> Result<()> {
    let mut svg = Svg { writer: Writer::new_with_indent(output, b' ', 0) };
    svg.document(picture, &Drawing::of(picture))
        .and_then(|()| svg.writer.get_mut().write_all(b"\n"))
        .and_then(|()| svg.writer.get_mut().flush())
        .map_err(|source| Error::Write { format: "SVG", source })
}

struct Svg<W> {
    writer: Writer<W>,
}

impl<W: Write> Svg<W> {
    fn document(&mut self, picture: &Picture<'_>, drawing: &Drawing) -> io::Result<()> {
        let (wide, high) = (WIDTH.to_string(), HEIGHT.to_string());
        let title = shortened(picture.title, 200);
        let description = describe(picture, drawing);
        self.open(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("width", &wide),
                ("height", &high),
                ("viewBox", &format!("0 0 {wide} {high}")),
                ("role", "img"),
                ("aria-labelledby", "title desc"),
                ("font-family", "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"),
                ("fill", "#222222"),
            ],
        )?;
        self.text("title", &[("id", "title")], &title)?;
        self.text("desc", &[("id", "desc")], &description)?;
        self.empty("rect", &[("width", &wide), ("height", &high), ("fill", "#FFFFFF")])?;
        self.edges(drawing)?;
        self.nodes(picture, drawing)?;
        self.labels(drawing)?;
        self.text(
            "text",
            &[("x", "30"), ("y", "44"), ("font-size", "26"), ("font-weight", "600")],
            &shortened(&title, 80),
        )?;
        let place = number(HEIGHT - 14.0);
        self.text(
            "text",
            &[("x", "30"), ("y", &place), ("font-size", "14"), ("fill", "#555555")],
            &description,
        )?;
        self.legend(picture, drawing)?;
        self.close("svg")
    }

    fn edges(&mut self, drawing: &Drawing) -> io::Result<()> {
        // Many lines are fainter, or they would hide everything.
        let faint = (1500.0 / drawing.n_edges.max(1) as f64).powf(0.4).clamp(0.3, 2.0);
        self.open("g", &[("fill", "none"), ("stroke-linecap", "round")])?;
        for ((color, class), edges) in &drawing.edges {
            let widths: [f64; drawing::WIDTHS] = [0.6, 1.1, 2.0, 3.6];
            let opacity = [0.35, 0.45, 0.5, 0.55][*class] * faint * if color.is_some() { 1.0 } else { 0.6 };
            let mut path = String::new();
            for (one, other) in edges {
                let ([x, y], [to_x, to_y]) = (drawing.at[*one], drawing.at[*other]);
                let _ = write!(path, "M{} {}L{} {}", number(x), number(y), number(to_x), number(to_y));
            }
            let stroke = color.map_or("#888888", |color| COLORS[color]);
            let (wide, opacity) =
                (number(widths[*class] * faint.max(0.6)), format!("{:.2}", opacity.min(0.75)));
            self.empty(
                "path",
                &[("d", &path), ("stroke", stroke), ("stroke-width", &wide), ("stroke-opacity", &opacity)],
            )?;
        }
        self.close("g")
    }

    fn nodes(&mut self, picture: &Picture<'_>, drawing: &Drawing) -> io::Result<()> {
        for color in [None].into_iter().chain((0..COLORS.len()).map(Some)) {
            let fill = color.map_or(GREY, |color| COLORS[color]);
            let of_color = |node: &&usize| drawing.color(picture, **node) == color;
            let (circles, dots) = drawing.nodes.split_at(drawing.n_circles);
            let mut path = String::new();
            for node in dots.iter().filter(of_color) {
                let [x, y] = drawing.at[*node];
                let _ = write!(path, "M{} {}h0", number(x), number(y));
            }
            if !path.is_empty() {
                self.empty(
                    "path",
                    &[("d", &path), ("stroke", fill), ("stroke-width", "1.2"), ("stroke-linecap", "round")],
                )?;
            }
            let mut circles = circles.iter().filter(of_color).peekable();
            if circles.peek().is_none() {
                continue;
            }
            let border = if drawing.nodes.len() > 1000 { "0.3" } else { "1" };
            self.open("g", &[("fill", fill), ("stroke", "#FFFFFF"), ("stroke-width", border)])?;
            for node in circles {
                let [x, y] = drawing.at[*node].map(number);
                self.open("circle", &[("cx", &x), ("cy", &y), ("r", &number(drawing.radii[*node]))])?;
                self.text("title", &[], &shortened(picture.label(*node), 40))?;
                self.close("circle")?;
            }
            self.close("g")?;
        }
        Ok(())
    }

    fn labels(&mut self, drawing: &Drawing) -> io::Result<()> {
        let halo = [("stroke", "#FFFFFF"), ("stroke-width", "3.5"), ("stroke-opacity", "0.85")];
        let shape = [("stroke-linejoin", "round"), ("paint-order", "stroke"), ("pointer-events", "none")];
        self.open("g", &[halo, shape].concat())?;
        for label in &drawing.labels {
            let [x, y] = label.at.map(number);
            let (size, anchor) = (number(label.size), label.anchor);
            self.text(
                "text",
                &[("x", &x), ("y", &y), ("font-size", &size), ("text-anchor", anchor)],
                &label.text,
            )?;
        }
        self.close("g")
    }

    fn legend(&mut self, picture: &Picture<'_>, drawing: &Drawing) -> io::Result<()> {
        let left = MAP_WIDTH + 20.0;
        let mut top = 90.0;
        self.open("g", &[])?;
        let shown =
            drawing.colors.iter().enumerate().filter_map(|(community, color)| Some((community, (*color)?)));
        for (community, color) in shown {
            let heading =
                format!("Community {community} · {}", counted(drawing.sizes[community], "node", "nodes"));
            self.entry(left, top, COLORS[color], &heading)?;
            for (line, text) in (1..).zip(notes(picture, drawing, community)) {
                let y = number(top + 19.0 * f64::from(line));
                self.text(
                    "text",
                    &[("x", &number(left + 22.0)), ("y", &y), ("font-size", "14"), ("fill", "#555555")],
                    &text,
                )?;
            }
            top += 84.0;
        }
        let small =
            drawing.colors.iter().zip(&drawing.sizes).filter(|(color, size)| color.is_none() && **size > 0);
        let (count, nodes) = small.fold((0, 0), |(count, nodes), (_, size)| (count + 1, nodes + size));
        if count > 0 {
            let heading = format!(
                "{} · {}",
                counted(count, "smaller one", "smaller ones"),
                counted(nodes, "node", "nodes")
            );
            self.entry(left, top, GREY, &heading)?;
        }
        self.close("g")
    }

    fn entry(&mut self, left: f64, top: f64, color: &str, heading: &str) -> io::Result<()> {
        let (x, y) = (number(left + 8.0), number(top - 5.5));
        self.empty("circle", &[("cx", &x), ("cy", &y), ("r", "8"), ("fill", color)])?;
        let (x, y) = (number(left + 22.0), number(top));
        self.text("text", &[("x", &x), ("y", &y), ("font-size", "16"), ("font-weight", "600")], heading)
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.writer.write_event(Event::Start(element))
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.writer.write_event(Event::Empty(element))
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.open(name, attributes)?;
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.close(name)
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }
}

/// A number with one digit behind the point, if it is not 0.
fn number(value: f64) -> String {
    // Adding 0 makes 0 of -0.
    let rounded = (value * 10.0).round() / 10.0 + 0.0;
    rounded.to_string()
}

#[cfg(test)]
mod tests;
