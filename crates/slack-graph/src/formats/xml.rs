//! XML, written fast: quick-xml puts the elements down, and their attributes are put together in one text that is used
//! again and again.

use std::fmt::{Display, Write as _};
use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use slack_model::{Time, TimeWriter};

use super::xml_text::xml_text;

const BUFFER: usize = 1 << 17;

/// A document.
pub(crate) struct Xml<W: Write> {
    writer: Writer<BufWriter<W>>,
}

impl<W: Write> Xml<W> {
    pub(crate) fn new(output: W) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(BufWriter::with_capacity(BUFFER, output), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer })
    }

    pub(crate) fn start(&mut self, tag: &Tag) -> io::Result<()> {
        self.writer.write_event(Event::Start(tag.as_event()))
    }

    pub(crate) fn empty(&mut self, tag: &Tag) -> io::Result<()> {
        self.writer.write_event(Event::Empty(tag.as_event()))
    }

    pub(crate) fn end(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without attributes.
    pub(crate) fn start_plain(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new(name)))
    }

    /// An element that holds nothing but a text, which is escaped already.
    pub(crate) fn text(&mut self, tag: &Tag, escaped: &str) -> io::Result<()> {
        self.start(tag)?;
        self.writer.write_event(Event::Text(BytesText::from_escaped(escaped)))?;
        self.end(tag.name())
    }

    /// Markup as it stands.
    pub(crate) fn raw(&mut self, markup: &[u8]) -> io::Result<()> {
        self.writer.get_mut().write_all(markup)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.writer.get_mut().write_all(b"\n")?;
        self.writer.get_mut().flush()
    }
}

/// A start tag: the name and the attributes of an element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tag {
    content: String,
    name_length: usize,
    times: TimeWriter,
    time: Vec<u8>,
}

impl Tag {
    pub(crate) fn new(name: &str) -> Self {
        let mut tag = Self::default();
        tag.begin(name);
        tag
    }

    /// Begins again.
    pub(crate) fn begin(&mut self, name: &str) -> &mut Self {
        self.content.clear();
        self.content.push_str(name);
        self.name_length = name.len();
        self
    }

    /// An attribute whose value needs no escaping.
    pub(crate) fn escaped(&mut self, name: &str, value: &str) -> &mut Self {
        self.open(name);
        self.content.push_str(value);
        self.content.push('"');
        self
    }

    /// An attribute of any text.
    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.escaped(name, &escaped(value))
    }

    pub(crate) fn number(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.open(name);
        // Writing to a String cannot fail.
        let _ = write!(self.content, "{value}\"");
        self
    }

    pub(crate) fn time(&mut self, name: &str, value: Time) -> &mut Self {
        self.open(name);
        self.time.clear();
        self.times.write(value, &mut self.time);
        self.content.push_str(std::str::from_utf8(&self.time).unwrap_or_default());
        self.content.push('"');
        self
    }

    fn open(&mut self, name: &str) {
        self.content.push(' ');
        self.content.push_str(name);
        self.content.push_str("=\"");
    }

    fn name(&self) -> &str {
        &self.content[..self.name_length]
    }

    fn as_event(&self) -> BytesStart<'_> {
        BytesStart::from_content(self.content.as_str(), self.name_length)
    }
}

/// A text as it stands in a document; what XML cannot carry is left out.
pub(crate) fn escaped(text: &str) -> String {
    escape(xml_text(text)).into_owned()
}
