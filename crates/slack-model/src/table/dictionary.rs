//! The data dictionary: what each column of each table means, in Markdown.

use std::fmt::Write as _;

use super::{Column, Kind, Schema, Sensitivity};

impl Schema {
    /// The table's part of a data dictionary, in Markdown: a heading, what a row is, and a line for each column.
    pub fn dictionary(&self) -> String {
        let mut text = format!(
            "### {}\n\n{}\n\n| column | type | unit | who may see it | meaning |\n|---|---|---|---|---|\n",
            self.name, self.description
        );
        for column in self.columns {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", column.line(self.key.contains(&column.name)));
        }
        text
    }
}

impl Column {
    fn line(&self, is_key: bool) -> String {
        let key = if is_key { " (key)" } else { "" };
        let refers = self.references.map(|table| format!(" Refers to {table}.")).unwrap_or_default();
        let meaning = format!("{}{refers}", self.description).replace('|', "\\|");
        let (name, kind, unit) = (self.name, self.kind.name(), self.kind.unit());
        format!("| `{name}`{key} | {kind} | {unit} | {} | {meaning} |", self.sensitivity.name())
    }
}

impl Kind {
    /// The kind's name in a data dictionary.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Id => "id",
            Self::Ts => "Slack timestamp",
            Self::Time => "instant",
            Self::Batch => "batch",
            Self::Bool => "true or false",
            Self::Int => "whole number",
            Self::Seconds | Self::Fraction => "decimal number, six places",
            Self::Float => "floating-point number",
            Self::Date => "day",
            Self::Month => "month",
        }
    }

    /// The unit or the format of its values; empty where the description says it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Ts => "seconds since 1970, UTC",
            Self::Time => "RFC 3339, UTC",
            Self::Batch => "YYYYMMDDHHMMSS, UTC",
            Self::Seconds => "seconds",
            Self::Fraction => "1",
            Self::Date => "YYYY-MM-DD",
            Self::Month => "YYYY-MM",
            Self::Text | Self::Id | Self::Bool | Self::Int | Self::Float => "",
        }
    }
}

impl Sensitivity {
    /// The level's name, as [`table!`](crate::table!) has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Name => "name",
            Self::Content => "content",
            Self::Private => "private",
        }
    }
}
