//! The page: its shell, its style, its scripts, and the data, in one file.

use std::io::{self, Write};

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Other people's libraries, a script each.
const LIBRARIES: &[&str] = &[];

/// The page's style, in order.
const STYLES: &[&str] = &[];

/// The page's own code: parts of one module, in order.
const SCRIPTS: &[&str] = &[];

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'p> {
    title: &'p str,
    policy: &'p str,
    style: &'p str,
    data: &'p str,
    libraries: &'p [&'p str],
    script: &'p str,
}

/// Writes a page with its data.
pub(crate) fn write(title: &str, data: &impl Serialize, to: impl Write) -> Result<()> {
    let json = serde_json::to_string(data).map_err(|error| Error::Write(error.into()))?;
    let script = format!("\"use strict\";\n{}", SCRIPTS.join("\n"));
    let page = Page {
        title,
        policy: &policy(LIBRARIES.iter().copied().chain([script.as_str()])),
        style: &STYLES.join("\n"),
        data: &inside_script(&json),
        libraries: LIBRARIES,
        script: &script,
    };
    let mut to = io::BufWriter::new(to);
    page.write_into(&mut to).and_then(|()| to.flush()).map_err(Error::Write)
}

/// What the browser lets the page do: run these scripts and no others, and reach nothing. A name that got into the page as
/// code in spite of all would not be run.
fn policy<'s>(scripts: impl Iterator<Item = &'s str>) -> String {
    let hash = |script: &str| format!(" 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script)));
    format!(
        "default-src 'none'; script-src{}; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'; \
         form-action 'none'; base-uri 'none'",
        scripts.map(hash).collect::<String>()
    )
}

/// JSON that no HTML parser takes for anything else, whatever its texts hold.
fn inside_script(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 64);
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_script() {
        let json = serde_json::to_string("</script><!--&\u{2028}").expect("JSON");
        let inside = inside_script(&json);
        assert_eq!(inside, "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"");
        assert_eq!(serde_json::from_str::<String>(&inside).expect("JSON"), "</script><!--&\u{2028}");
    }
}
