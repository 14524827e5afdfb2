//! A stream of bytes without tokens: Slack puts some into the addresses of files in its exports.

use std::io::{self, Read, Write};

use slack_model::redact::{LONGEST_START, is_token_byte, token};

/// What replaces a token. It is part of an address, in JSON.
const MARK: &[u8] = b"removed";

/// Passes bytes on, with a mark for each token.
pub(crate) struct WithoutTokens<W> {
    inner: W,
    /// What is not passed on yet, since a token may begin in it.
    held: Vec<u8>,
    /// Whether what comes next may belong to a token that was found.
    is_inside: bool,
    /// The full stops that came last inside: they are part of the token if more of it follows.
    dots: u64,
    removed: u64,
}

impl<W: Write> WithoutTokens<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, held: Vec::new(), is_inside: false, dots: 0, removed: 0 }
    }

    /// Passes on what is left, and returns how many tokens there were.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.end_token()?;
        self.inner.write_all(&self.held)?;
        Ok(self.removed)
    }

    /// What follows the token in which the last bytes ended.
    fn after_token<'b>(&mut self, bytes: &'b [u8]) -> io::Result<&'b [u8]> {
        let inside = bytes.iter().take_while(|byte| is_token_byte(**byte)).count();
        let (token, rest) = bytes.split_at(inside);
        let dots = token.iter().rev().take_while(|byte| **byte == b'.').count();
        self.dots = dots as u64 + if dots == inside { self.dots } else { 0 };
        if !rest.is_empty() {
            self.end_token()?;
        }
        Ok(rest)
    }

    fn end_token(&mut self) -> io::Result<()> {
        self.is_inside = false;
        let mut dots = io::repeat(b'.').take(std::mem::take(&mut self.dots));
        io::copy(&mut dots, &mut self.inner).map(|_| ())
    }
}

impl<W: Write> Write for WithoutTokens<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let rest = if self.is_inside { self.after_token(bytes)? } else { bytes };
        self.held.extend_from_slice(rest);
        let mut passed = 0;
        while let Some(found) = token(&self.held[passed..]) {
            self.inner.write_all(&self.held[passed..passed + found.start])?;
            self.inner.write_all(MARK)?;
            self.removed += 1;
            passed += found.end;
            if self.held[passed..].iter().all(|byte| *byte == b'.') {
                self.is_inside = true;
                self.dots = (self.held.len() - passed) as u64;
                passed = self.held.len();
            }
        }
        let safe = self.held.len().saturating_sub(LONGEST_START).max(passed);
        self.inner.write_all(&self.held[passed..safe])?;
        self.held.drain(..safe);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a text that comes in pieces of a size.
    fn passed(text: &str, size: usize) -> (String, u64) {
        let mut bytes = Vec::new();
        let mut writer = WithoutTokens::new(&mut bytes);
        for piece in text.as_bytes().chunks(size) {
            writer.write_all(piece).expect("written");
        }
        let removed = writer.finish().expect("written");
        (String::from_utf8(bytes).expect("UTF-8"), removed)
    }

    #[test]
    fn tokens_are_removed_however_the_bytes_come() {
        let text = r#"{"url":"https:\/\/files.slack.com\/a.png?t=xoxe-12-34-ab","x":"xox xoxp- xo","y":"xoxe.xoxp-1-ab"}xapp-1"#;
        let expected =
            r#"{"url":"https:\/\/files.slack.com\/a.png?t=removed","x":"xox xoxp- xo","y":"removed"}removed"#;
        for size in 1..=text.len() {
            assert_eq!(passed(text, size), (expected.to_owned(), 3), "{size}");
        }
        let text = "XOXP-1.2... (t%3Dxoxp%2D34.) Xoxe.Xoxb-5..";
        for size in 1..=text.len() {
            assert_eq!(passed(text, size), ("removed... (t%3Dremoved.) removed..".to_owned(), 3), "{size}");
        }
        for text in ["", "x", "xo", "xoxp-", "xoxp-... ", "ends with xoxp%2d"] {
            assert_eq!(passed(text, 1), (text.to_owned(), 0));
        }
        assert_eq!(passed(&format!("a xoxb-{} b", "1".repeat(1_000_000)), 777), ("a removed b".into(), 1));
    }
}
