//! What slack-graph promises at its border.

mod any_texts;
mod golden;
mod measures_agree;
mod networkx;
