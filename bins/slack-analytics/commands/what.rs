//! The arguments that say what to capture, for the commands that capture it and those that prepare for it.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use slack_extract::{ApiOptions, ChannelType, Part};

/// What to capture: which types of conversation, which parts, what of files.
#[derive(Debug, Args)]
pub(crate) struct WhatArgs {
    /// Types of conversation to read [default: public]
    #[arg(long, value_delimiter = ',', value_name = "TYPE,...")]
    types: Vec<Type>,
    /// Parts to capture; `usual` is all but own-reactions [default: usual]
    #[arg(long, value_delimiter = ',', value_name = "PART,...", value_parser = parts_parser())]
    parts: Vec<Parts>,
    /// Files: none at all, what Slack says of them, or their bytes too [default: metadata]
    #[arg(long, value_name = "WHAT")]
    pub(crate) files: Option<Files>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Type {
    Public,
    Private,
    Im,
    Mpim,
}

/// One part, or a set of them that has a name.
#[derive(Debug, Clone)]
struct Parts(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Files {
    None,
    Metadata,
    All,
}

impl WhatArgs {
    /// The options that they stand for; the rest is as usual.
    pub(crate) fn options(&self) -> ApiOptions {
        let mut options = ApiOptions::default();
        if !self.types.is_empty() {
            options.types = self.types.iter().map(|kind| (*kind).into()).collect();
        }
        if !self.parts.is_empty() {
            options.parts = self.parts.iter().flat_map(|parts| parts.0.iter().copied()).collect();
        }
        if self.files == Some(Files::None) {
            options.parts.retain(|part| *part != Part::Files);
        }
        options
    }
}

fn parts_parser() -> impl TypedValueParser<Value = Parts> {
    let names = ["usual", "all"].into_iter().chain(Part::ALL.map(Part::as_str));
    PossibleValuesParser::new(names).map(|name| {
        Parts(match name.as_str() {
            "all" => Part::ALL.to_vec(),
            "usual" => Part::usual(),
            name => Part::ALL.into_iter().filter(|part| part.as_str() == name).collect(),
        })
    })
}

impl From<Type> for ChannelType {
    fn from(kind: Type) -> Self {
        match kind {
            Type::Public => Self::Public,
            Type::Private => Self::Private,
            Type::Im => Self::Im,
            Type::Mpim => Self::Mpim,
        }
    }
}
