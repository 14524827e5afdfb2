//! Colours, on a terminal that wants them: `NO_COLOR` and `CLICOLOR_FORCE` are heeded where the text is written.

use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};

/// How `error:` looks.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// How `hint:` looks.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// How a stage's name looks.
pub(crate) const STAGE: Style = AnsiColor::Green.on_default().bold();

/// A text in a style; the padding around it is no part of it.
pub(crate) fn styled(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// Whether a person looks at standard output.
pub(crate) fn is_seen() -> bool {
    io::stdout().is_terminal()
}
