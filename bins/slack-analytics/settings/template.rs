//! A commented `slack-analytics.toml`: every option has a line, and those that were chosen are set.

use std::collections::BTreeMap;

use clap::{Arg, CommandFactory};
use slack_pipeline::settings::{Key, Kind, keys};

use super::place::{Placed, placed};
use crate::cli::Cli;

/// What is chosen: values by key.
pub(crate) type Chosen = BTreeMap<&'static Key, Vec<String>>;

/// What sections of several commands are about.
const ABOUT: [(&str, &str); 5] = [
    ("capture", "What is captured from Slack: of `run`, `extract`, `doctor` and `manifest`."),
    (
        "metrics",
        "What is measured: of `metrics`. `run` and `graph` heed the time zone, and nothing else of it.",
    ),
    ("report", "The report: what others get to see."),
    ("database", "The database of `load` and `sql`: an SQLite file, or PostgreSQL."),
    ("retention", "How long Slack's raw answers are kept: of `run` (at its end) and `prune`."),
];

/// What stands in the line of an option that has no default.
const EXAMPLES: [(&str, &str, &str); 17] = [
    ("capture", "team", "\"T012AB3CD\""),
    ("import", "import-limit", "[\"ratio=500\"]"),
    ("capture", "channel", "[\"general\", \"random\"]"),
    ("capture", "leave-channel", "[\"random\"]"),
    ("capture", "since", "\"90d\""),
    ("capture", "max-file-size", "50"),
    ("metrics", "only", "[\"activity_by_day\"]"),
    ("metrics", "skip", "[\"tag_data\"]"),
    ("graph", "relations", "[\"interacts\", \"reacts\", \"refers\"]"),
    ("graph", "by-channels", "200"),
    ("graph", "backbone", "0.05"),
    ("database", "format", "\"csv\""),
    ("database", "postgres", "\"postgres://me@localhost/slack\""),
    ("database", "sqlite", "\"data/slack.db\""),
    ("database", "grant-read", "[\"metabase\"]"),
    ("report", "title", "\"Our community\""),
    ("report", "min-group", "5"),
];

/// The same, by the name that the value has in the help, for options that several commands have.
const BY_VALUE_NAME: [(&str, &str); 7] = [
    ("TIME", "\"2024-01-01\""),
    ("CHANNEL", "[\"general\"]"),
    ("DIR", "\"out\""),
    ("FILE", "\"out\""),
    ("SIZE", "\"2G\""),
    ("N", "2"),
    ("NUMBER", "2"),
];

/// The file's text.
pub(crate) fn template(chosen: &Chosen) -> String {
    let all = placed(&Cli::command());
    let mut text = BEGIN.to_owned();
    let mut section = None;
    for key in keys() {
        if key.section != section {
            section = key.section;
            let name = section.unwrap_or_default();
            let about = ABOUT.iter().find(|(of, _)| *of == name).map(|(_, about)| (*about).to_owned());
            let about = about.unwrap_or_else(|| format!("Of `{name}`."));
            text.push_str(&format!("\n# {about}\n[{name}]\n"));
        }
        if let Some(placed) = all.iter().find(|placed| placed.key == key) {
            text.push_str(&lines(placed, chosen));
        }
    }
    text
}

const BEGIN: &str = "\
# How Slack analytics works here. What stands after # is a comment: lines that set nothing show the default, or an example.
# A command line counts before the environment (SLACK_ANALYTICS_<SECTION>_<OPTION>), which counts before this file.
# `slack-analytics config` shows what holds. No token and no password belongs in here: they stand in the environment, or
# in a file .env beside this one, as SLACK_USER_TOKEN and SLACK_POSTGRES_URL.
# Relative paths begin at the folder of this file.

";

/// An option's lines: what it is, and its value, as a comment where none is chosen.
fn lines(Placed { key, arg, .. }: &Placed, chosen: &Chosen) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("# {}", help.split_whitespace().collect::<Vec<_>>().join(" "));
    let possible = arg.get_possible_values();
    let possible: Vec<_> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
    if !possible.is_empty() && key.kind != Kind::Flag {
        text.push_str(&format!(" ({})", possible.join(", ")));
    }
    let name = &key.name;
    text + &match chosen.get(key) {
        Some(values) => format!("\n{name} = {}\n", key.write(values)),
        None => format!("\n#{name} = {}\n", example(key, arg)),
    }
}

fn example(key: &Key, arg: &Arg) -> String {
    let named = EXAMPLES.iter().find(|(of, known, _)| key.section == Some(*of) && key.name == *known);
    if let Some((.., example)) = named {
        return (*example).to_owned();
    }
    if !key.default.is_empty() {
        return key.write(&key.default);
    }
    let names = arg.get_value_names().unwrap_or_default();
    let by_name = BY_VALUE_NAME.iter().find(|(known, _)| names.iter().any(|name| name == known));
    by_name.map_or_else(|| key.write(&["...".into()]), |(_, example)| (*example).to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use slack_pipeline::settings::SettingsFile;

    use super::*;
    use crate::settings::checked;

    #[test]
    fn a_file_in_which_nothing_is_chosen_sets_nothing() {
        let text = template(&Chosen::new());
        let set: Vec<_> =
            text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty()).collect();
        assert!(set.is_empty(), "{set:?}");
        SettingsFile::parse(Path::new("s.toml"), &text).expect("it is TOML");
    }

    #[test]
    fn every_option_has_a_line_that_is_accepted() {
        let text = template(&Chosen::new());
        let mut section = None;
        let mut lines = Vec::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix('[') {
                section = Some(name.trim_end_matches(']').to_owned());
            }
            let Some((key, _)) = line
                .strip_prefix('#')
                .filter(|line| !line.starts_with(' '))
                .and_then(|line| line.split_once(" = "))
            else {
                continue;
            };
            let key = Key::find(section.as_deref(), key).expect("a key");
            let header = section.as_ref().map(|name| format!("[{name}]\n")).unwrap_or_default();
            let alone = format!("{header}{}\n", &line[1..]);
            let file = SettingsFile::parse(Path::new("s.toml"), &alone)
                .and_then(checked)
                .unwrap_or_else(|why| panic!("{line}: {why}"));
            assert!(file.get(key).is_some(), "{line}");
            lines.push(key);
        }
        assert!(lines.into_iter().eq(keys()), "each once");
    }

    #[test]
    fn lines_without_an_example_show_the_default() {
        let text = template(&Chosen::new());
        for line in [
            "#quiet = false",
            "#data = \"./data\"",
            "#schema = \"slack\"",
            "#min-weight = 0",
            "#format = [\"gexf\", \"svg\"]",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}");
        }
        assert!(!text.contains("\"...\""), "every example is one");
    }

    #[test]
    fn what_is_chosen_is_set() {
        let key = |section: &str, name: &str| Key::find(Some(section), name).expect("a key");
        let chosen = Chosen::from([
            (key("capture", "types"), vec!["public".into(), "im".into()]),
            (key("retention", "raw"), vec!["365d".into()]),
        ]);
        let text = template(&chosen);
        assert!(
            text.contains("\ntypes = [\"public\", \"im\"]\n") && text.contains("\nraw = \"365d\"\n"),
            "{text}"
        );
        let file = SettingsFile::parse(Path::new("s.toml"), &text).expect("read");
        assert_eq!(file.get(key("retention", "raw")).expect("set").values, ["365d"]);
    }
}
