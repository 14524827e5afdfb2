//! What is measured of a network: a file for each family of measures.

pub(crate) mod assortativity;
pub(crate) mod clustering;
pub(crate) mod components;
pub(crate) mod core;
pub(crate) mod pagerank;
pub(crate) mod partition;
pub(crate) mod paths;
mod principal;
pub(crate) mod spectral;
pub(crate) mod whole;

#[cfg(test)]
mod tests;
