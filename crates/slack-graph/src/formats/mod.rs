//! The file formats: each a function from an [`Export`](crate::Export) to a writer.

mod gexf;
mod spells;
mod template;
mod ties;
mod xml;
mod xml_text;

use std::io;

pub use self::gexf::{write_dynamic_gexf, write_gexf, write_static_gexf};
use crate::error::Error;

/// Makes an error of what a writer of a format says.
fn failed<E: Into<io::Error>>(format: &'static str) -> impl FnOnce(E) -> Error {
    move |error| Error::Write { format, source: error.into() }
}
