//! The libraries' log on standard error, where `RUST_LOG` asks for it: what it shows never holds a token.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Begins to log as `RUST_LOG` says (`slack_extract=debug`, `trace`, ...); without it nothing is logged.
pub(crate) fn begin(secrets: Vec<String>) {
    let Ok(filter) = EnvFilter::try_from_default_env() else { return };
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Redacting(secrets));
    // Only a second logger could fail here, and there is none.
    let _ = log.try_init();
}

/// Writes to standard error, with a mark in the place of each secret: other people's libraries log too.
struct Redacting(Vec<String>);

impl<'a> MakeWriter<'a> for Redacting {
    type Writer = Redacted<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Redacted(&self.0)
    }
}

struct Redacted<'a>(&'a [String]);

impl Write for Redacted<'_> {
    /// Takes a whole event, as the logger hands them over.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        io::stderr().lock().write_all(cleared(&text, self.0).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn cleared(text: &str, secrets: &[String]) -> String {
    crate::redact::redact(&slack_model::redact::redact(text, secrets)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_marks() {
        let secrets = ["one".to_owned(), String::new()];
        assert_eq!(cleared("Bearer one, one more", &secrets), "Bearer [secret], [secret] more");
        assert_eq!(cleared("?t=xoxp%2D1%2Da and XOXP-2", &secrets), "?t=[secret] and [secret]");
    }
}
