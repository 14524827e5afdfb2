//! What slack-graph promises at its border.

mod any_texts;
mod every_format;
mod golden;
mod igraph;
mod measures_agree;
mod networkx;
mod read_by_others;
