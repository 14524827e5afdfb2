//! Names that any file system takes, and that lead nowhere else.

/// Names that Windows keeps for devices, whatever follows after a dot.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Bytes of a name. Most file systems take 255; room is left for what is put around a name while it is written.
const LONGEST: usize = 200;

/// So long an ending is kept where a name is cut.
const LONGEST_ENDING: usize = 16;

/// Makes of what people called a file a name of one path component: nothing in it separates, climbs or hides, and
/// it is none that a file system keeps for itself. A name of which nothing is left is `file`.
pub(super) fn safe_name(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for letter in name.chars() {
        safe.push(match letter {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            // Marks that turn the direction of writing hide what a name ends with.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            letter if letter.is_control() => '_',
            letter => letter,
        });
    }
    let safe = safe.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let mut safe = shortened(safe);
    let stem = safe.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    if RESERVED.contains(&stem.as_str()) {
        safe.insert(0, '_');
    }
    if safe.is_empty() { "file".into() } else { safe }
}

/// Cuts a name that is too long, and keeps its ending.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.into();
    }
    let ending = name.rfind('.').map(|dot| &name[dot..]).filter(|ending| ending.len() <= LONGEST_ENDING);
    let ending = ending.unwrap_or_default();
    let stem = &name[..name.floor_char_boundary(LONGEST - ending.len())];
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        for name in
            ["a.png", "Übersicht 2024.pdf", "日本語.txt", "no-ending", "a.tar.gz", "🎉.gif", "console.log"]
        {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn nothing_leads_elsewhere_or_is_kept_for_devices() {
        for (name, safe) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("/etc/passwd", "_etc_passwd"),
            ("C:\\boot.ini", "C__boot.ini"),
            ("..", "file"),
            ("", "file"),
            (" . ", "file"),
            (".bashrc", "bashrc"),
            ("a\0b\nc", "a_b_c"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Lpt1 .txt", "_Lpt1 .txt"),
            ("x. ", "x"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_letters_and_keep_their_ending() {
        for letter in ["a", "é", "語", "🎉"] {
            let safe = safe_name(&format!("{}.jpeg", letter.repeat(300)));
            assert!(safe.len() <= LONGEST && safe.len() > LONGEST - 8, "{}", safe.len());
            assert!(safe.ends_with(".jpeg"));
        }
        let safe = safe_name(&format!("a.{}", "b".repeat(400)));
        assert_eq!(safe.len(), LONGEST);
        assert!(safe_name(&".".repeat(400)) == "file");
    }
}
