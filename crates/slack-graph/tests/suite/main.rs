//! What slack-graph promises at its border.

mod any_texts;
mod every_format;
mod golden;
mod measures_agree;
mod igraph;
mod networkx;
