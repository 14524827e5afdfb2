//! Tests at the crate's border: tables in, metric tables out.

mod golden;
mod large;
mod laws;
mod options;
