//! A commented `slack-analytics.toml`: every option has a line, and those that were chosen are set.

use std::collections::BTreeMap;

use clap::CommandFactory;

use super::place::{Place, Placed, placed};
use crate::cli::Cli;

/// What is chosen: values by place.
pub(crate) type Chosen = BTreeMap<Place, Vec<String>>;

/// The sections that most people look at first, with what they are about.
const FIRST: [(&str, &str); 5] = [
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
    let mut sections: Vec<Option<&str>> = vec![None];
    sections.extend(FIRST.iter().map(|(section, _)| Some(*section)));
    for placed in &all {
        let section = placed.place.section.as_deref();
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    for section in sections {
        let mut of_section: Vec<&Placed> = Vec::new();
        for placed in all.iter().filter(|placed| placed.place.section.as_deref() == section) {
            if !of_section.iter().any(|other| other.place == placed.place) {
                of_section.push(placed);
            }
        }
        let Some(name) = section.filter(|_| !of_section.is_empty()) else {
            of_section.iter().for_each(|placed| text.push_str(&lines(placed, chosen)));
            continue;
        };
        let about = FIRST.iter().find(|(of, _)| *of == name).map(|(_, about)| (*about).to_owned());
        let about = about.unwrap_or_else(|| format!("Of `{name}`."));
        text.push_str(&format!("\n# {about}\n[{name}]\n"));
        of_section.iter().for_each(|placed| text.push_str(&lines(placed, chosen)));
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
fn lines(placed: &Placed, chosen: &Chosen) -> String {
    let help = placed.arg.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = format!("# {help}\n");
    let possible: Vec<_> =
        placed.arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !possible.is_empty() && !placed.is_flag() {
        text = format!("# {help} ({})\n", possible.join(", "));
    }
    let key = &placed.place.key;
    match chosen.get(&placed.place) {
        Some(values) => text.push_str(&format!("{key} = {}\n", written(placed, values))),
        None => text.push_str(&format!("#{key} = {}\n", example(placed))),
    }
    text
}

fn written(placed: &Placed, values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
    if placed.is_list() { format!("[{}]", values.join(", ")) } else { values.concat() }
}

fn example(placed: &Placed) -> String {
    let Place { section, key } = &placed.place;
    let named = EXAMPLES.iter().find(|(of, known, _)| section.as_deref() == Some(*of) && known == key);
    if let Some((.., example)) = named {
        return (*example).to_owned();
    }
    let defaults = placed.default_values();
    if !defaults.is_empty() {
        return written(placed, &defaults);
    }
    let names = placed.arg.get_value_names().unwrap_or_default();
    let by_name = BY_VALUE_NAME.iter().find(|(known, _)| names.iter().any(|name| name == known));
    by_name.map_or_else(|| written(placed, &["...".into()]), |(_, example)| (*example).to_owned())
}

/// A value as TOML has it.
pub(crate) fn quoted(value: &str) -> String {
    let is_number = value.parse::<i64>().is_ok_and(|number| number.to_string() == value)
        || value.parse::<f64>().is_ok_and(|number| format!("{number:?}") == value && number.is_finite());
    if is_number || matches!(value, "true" | "false") {
        return value.to_owned();
    }
    // Strings of JSON are strings of TOML.
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::SettingsFile;

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
        let all = placed(&Cli::command());
        let mut section = None;
        let mut lines: Vec<Place> = Vec::new();
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
            let place = Place { section: section.clone(), key: key.into() };
            let header = section.as_ref().map(|name| format!("[{name}]\n")).unwrap_or_default();
            let alone = format!("{header}{}\n", &line[1..]);
            let file = SettingsFile::parse(Path::new("s.toml"), &alone)
                .unwrap_or_else(|why| panic!("{line}: {why}"));
            assert!(file.get(&place).is_some(), "{line}");
            lines.push(place);
        }
        for placed in &all {
            let found = lines.iter().filter(|place| **place == placed.place).count();
            assert_eq!(found, 1, "{}", placed.place);
        }
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
        let place = |section: &str, key: &str| Place { section: Some(section.into()), key: key.into() };
        let chosen = Chosen::from([
            (place("capture", "types"), vec!["public".into(), "im".into()]),
            (place("retention", "raw"), vec!["365d".into()]),
        ]);
        let text = template(&chosen);
        assert!(
            text.contains("\ntypes = [\"public\", \"im\"]\n") && text.contains("\nraw = \"365d\"\n"),
            "{text}"
        );
        let file = SettingsFile::parse(Path::new("s.toml"), &text).expect("read");
        assert_eq!(
            file.get(&place("retention", "raw")).map(|(values, _)| values),
            Some(&["365d".to_owned()][..])
        );
    }
}
