//! The page: its shell, its style, its scripts, and the data, in one file.

use std::io::{self, Write};

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

// LIBRARIES: other people's, a script each. LICENCES: theirs. STYLES: the page's style. SCRIPTS: the page's own code, parts of one module.
include!(concat!(env!("OUT_DIR"), "/page.rs"));

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'p> {
    title: &'p str,
    csp: &'p str,
    style: &'p str,
    licences: &'p [&'p str],
    data: &'p str,
    script: &'p str,
}

/// Writes a page with its data.
pub(crate) fn write(title: &str, data: &impl Serialize, to: impl Write) -> Result<()> {
    let json = serde_json::to_string(data).map_err(|error| Error::Write(error.into()))?;
    let own = format!("\"use strict\";\n{}", SCRIPTS.join("\n"));
    let libraries = LIBRARIES.iter().map(|library| format!("<script>{library}</script>\n"));
    let page = Page {
        title,
        csp: &policy(LIBRARIES.iter().copied().chain([own.as_str()])),
        style: &STYLES.join("\n"),
        licences: LICENCES,
        data: &inside_script(&json),
        script: &format!("{}<script type=\"module\">{own}</script>", libraries.collect::<String>()),
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
    use std::fs;
    use std::path::Path;

    /// A part that is forgotten in the list would be missing from the page, and a script that holds its own end would end there.
    #[test]
    fn every_part_is_in_the_list_and_none_ends_the_script() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let list = fs::read_to_string(page.join("LIST")).expect("the list");
        let mut open = vec!["style".to_owned(), "script".to_owned()];
        let mut n_parts = 0;
        while let Some(inner) = open.pop() {
            for entry in fs::read_dir(page.join(&inner)).expect("listed") {
                let path = format!("{inner}/{}", entry.expect("listed").file_name().to_string_lossy());
                if page.join(&path).is_dir() {
                    open.push(path);
                } else {
                    assert!(list.lines().any(|line| line == path), "{path} is not in the list");
                    n_parts += 1;
                }
            }
        }
        assert_eq!(n_parts, STYLES.len() + SCRIPTS.len());
        let is_licence = |path: &str| ["LICENSE", "NOTICE"].iter().any(|word| path.contains(word));
        let licences = fs::read_dir(page.join("vendor")).expect("listed").flatten();
        let licences = licences.filter(|file| is_licence(&file.file_name().to_string_lossy()));
        assert_eq!(licences.count(), LICENCES.len(), "every licence goes with the page");
        for script in LIBRARIES.iter().chain(SCRIPTS) {
            assert!(!script.to_ascii_lowercase().contains("</script") && !script.contains("<!--"));
        }
    }

    #[test]
    fn data_cannot_end_its_script() {
        let json = serde_json::to_string("</script><!--&\u{2028}").expect("JSON");
        let inside = inside_script(&json);
        assert_eq!(inside, "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"");
        assert_eq!(serde_json::from_str::<String>(&inside).expect("JSON"), "</script><!--&\u{2028}");
    }
}
