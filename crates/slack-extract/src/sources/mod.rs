//! What a batch can be captured from.

pub(crate) mod official_export;
pub(crate) mod web_api;
