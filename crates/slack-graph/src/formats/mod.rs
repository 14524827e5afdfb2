//! The file formats: each a function from an [`Export`](crate::Export) to a writer.

mod dot;
mod gephi;
mod gexf;
mod gexf_edges;
mod graphml;
mod neo4j;
mod neo4j_script;
mod node_link;
mod spells;
mod template;
mod ties;
mod weights;
mod xml;
pub(crate) mod xml_text;

use std::io;

pub use self::dot::write_dot;
pub use self::gephi::{write_gephi_edges, write_gephi_nodes};
pub use self::gexf::{write_dynamic_gexf, write_gexf, write_static_gexf};
pub use self::graphml::write_graphml;
pub use self::neo4j::{write_neo4j_edges, write_neo4j_nodes};
pub use self::neo4j_script::write_neo4j_script;
pub use self::node_link::write_node_link;
pub(crate) use self::xml_text::xml_text;
use crate::error::Error;

/// Makes an error of what a writer of a format says.
fn failed<E: Into<io::Error>>(format: &'static str) -> impl FnOnce(E) -> Error {
    move |error| Error::Write { format, source: error.into() }
}
