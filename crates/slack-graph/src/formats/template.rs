//! Elements that differ in a few values only: put down by quick-xml once, and filled in again and again.

use std::io;
use std::slice::Iter;

use slack_model::{Time, TimeWriter, write_padded};

use super::weights::whole;
use super::xml::Xml;

/// What stands for a value: a character that XML cannot carry, so that no text holds it.
pub(crate) const HOLE: &str = "\u{1}";

/// An element with holes.
#[derive(Debug)]
pub(crate) struct Template {
    first: String,
    /// What follows each of the holes.
    others: Vec<String>,
}

impl Template {
    /// Makes a template of what `write` writes inside of so many elements.
    pub(crate) fn new(
        depth: usize,
        write: impl FnOnce(&mut Xml<&mut Vec<u8>>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut document = Vec::new();
        let mut xml = Xml::new(&mut document)?;
        for _ in 0..depth {
            xml.start_plain("_")?;
        }
        // The element is what comes after this one, which ends with the hole.
        xml.raw(HOLE.as_bytes())?;
        write(&mut xml)?;
        xml.finish()?;
        let document = String::from_utf8_lossy(&document);
        let mut parts = document.trim_end().split(HOLE).skip(1).map(str::to_owned);
        Ok(Self { first: parts.next().unwrap_or_default(), others: parts.collect() })
    }

    /// Begins to fill the holes, one after the other. `text` is what it is put together in.
    pub(crate) fn begin<'a>(&'a self, text: &'a mut Vec<u8>) -> Filling<'a> {
        text.clear();
        text.extend_from_slice(self.first.as_bytes());
        Filling { text, others: self.others.iter() }
    }
}

/// A template that is being filled.
#[derive(Debug)]
pub(crate) struct Filling<'a> {
    text: &'a mut Vec<u8>,
    others: Iter<'a, String>,
}

impl Filling<'_> {
    /// Fills a hole with a text that needs no escaping.
    pub(crate) fn escaped(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
        self.go_on();
    }

    pub(crate) fn number(&mut self, number: u64) {
        match i64::try_from(number) {
            Ok(number) => write_padded(self.text, number, 1),
            Err(_) => self.text.extend_from_slice(number.to_string().as_bytes()),
        }
        self.go_on();
    }

    /// Fills a hole with a weight: whole numbers without a point.
    pub(crate) fn weight(&mut self, weight: f64) {
        match whole(weight) {
            Some(number) => self.number(number),
            None => self.escaped(&weight.to_string()),
        }
    }

    pub(crate) fn time(&mut self, time: Time, writer: &mut TimeWriter) {
        writer.write(time, self.text);
        self.go_on();
    }

    fn go_on(&mut self) {
        if let Some(part) = self.others.next() {
            self.text.extend_from_slice(part.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml::Tag;
    use super::*;

    #[test]
    fn holes_are_filled_in_their_order() {
        let template = Template::new(2, |xml| {
            xml.start(Tag::new("a").escaped("b", HOLE).text("c", "<"))?;
            xml.text(Tag::new("d").escaped("e", HOLE), HOLE)?;
            xml.end("a")
        });
        let template = template.expect("a Vec takes everything");
        let mut text = Vec::new();
        for number in [0, 10, u64::MAX] {
            let mut filling = template.begin(&mut text);
            filling.escaped("x");
            filling.number(number);
            filling.time(Time::EPOCH, &mut TimeWriter::default());
            let expected = format!(
                "\n  <a b=\"x\" c=\"&lt;\">\n   <d e=\"{number}\">1970-01-01T00:00:00.000000Z</d>\n  </a>"
            );
            assert_eq!(String::from_utf8_lossy(&text), expected);
        }
    }
}
