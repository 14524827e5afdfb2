//! Tests at the crate's border: tables in, metric tables out.

mod golden;
mod laws;
mod options;
