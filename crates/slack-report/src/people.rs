//! The people of a report: their places in its columns, and what they are called.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use slack_model::TableSource;
use slack_model::rows::Node;

use crate::error::Result;
use crate::options::ReportOptions;
use crate::rows::{self, PersonRow, UserRow};

/// Everybody who posted, reacted, was reacted to or mentioned, and no bots; those with the most posts first.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) rows: Vec<PersonRow>,
    pub(crate) names: Vec<String>,
    /// Two letters of ISO 3166 and the country's name; both empty where it is not known.
    pub(crate) countries: Vec<(String, String)>,
    places: FxHashMap<String, usize>,
}

/// Slack's own bot, which no list of users holds.
const SLACKBOT: &str = "USLACKBOT";

impl People {
    /// Reads who there is.
    ///
    /// People of equally many posts are in the order of what they are called.
    pub(crate) fn read(
        tables: &dyn TableSource,
        metrics: &dyn TableSource,
        options: &ReportOptions,
    ) -> Result<Self> {
        let mut bots = FxHashSet::default();
        bots.insert(SLACKBOT.to_owned());
        rows::each(tables, |user: UserRow| {
            if user.is_bot == Some(true) {
                bots.insert(user.id);
            }
        })?;
        let mut nodes = FxHashMap::default();
        rows::each(metrics, |node: Node| {
            if node.kind == "user" {
                nodes.insert(node.id.clone(), node);
            }
        })?;
        let mut people = Vec::new();
        rows::each(metrics, |row: PersonRow| {
            let deeds = row.message_count + row.reaction_count;
            let is_there = deeds + row.reactions_received + row.mentions_received > 0;
            if is_there && !bots.contains(&row.user_id) {
                people.push(row);
            }
        })?;
        let (rows, names) = named(people, &nodes, options);
        let country = |row: &PersonRow| {
            nodes.get(&row.user_id).map(|node| (node.iso.clone(), node.country.clone())).unwrap_or_default()
        };
        let countries = rows.iter().map(country).collect();
        let places = rows.iter().enumerate().map(|(place, row)| (row.user_id.clone(), place)).collect();
        Ok(Self { rows, names, countries, places })
    }

    /// Where a person stands in the columns; `None` for bots and those who did nothing.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }
}

/// People in the order of the page, and what they are called. Those who share a name are told apart by their login names.
fn named(
    people: Vec<PersonRow>,
    nodes: &FxHashMap<String, Node>,
    options: &ReportOptions,
) -> (Vec<PersonRow>, Vec<String>) {
    let name = |row: &PersonRow| match &options.pseudonyms {
        Some(key) => key.pseudonym(&row.user_id),
        None => {
            let full = nodes.get(&row.user_id).map(|node| without_address(&node.name)).unwrap_or_default();
            let names = [full, without_address(&row.name)].into_iter();
            names.into_iter().find(|name| is_name(name, row)).unwrap_or_default()
        }
    };
    let mut named: Vec<_> = people
        .into_iter()
        .map(|row| {
            let name = name(&row);
            (row, name)
        })
        .collect();
    // The order of ids would tell who was there sooner.
    named.sort_by_cached_key(|(row, name)| {
        (Reverse(row.message_count), name.clone(), *blake3::hash(row.user_id.as_bytes()).as_bytes())
    });
    let (rows, mut names): (Vec<PersonRow>, Vec<String>) = named.into_iter().unzip();
    if options.pseudonyms.is_none() {
        name_unknown(&mut names);
        tell_apart(&rows, &mut names);
    }
    (rows, names)
}

/// Whether it names somebody: an id does not.
fn is_name(name: &str, row: &PersonRow) -> bool {
    !name.trim().is_empty() && name != row.user_id
}

/// What somebody is called of whom nothing but an id is known.
pub fn unknown_person(number: u64) -> String {
    format!("Unknown person {number}")
}

/// Numbers people without a name by their places.
fn name_unknown(names: &mut [String]) {
    for (name, number) in names.iter_mut().filter(|name| name.is_empty()).zip(1..) {
        *name = unknown_person(number);
    }
}

/// Adds login names to a name that several people have, and numbers where there are none.
fn tell_apart(rows: &[PersonRow], names: &mut [String]) {
    let mut by_name = BTreeMap::<_, Vec<usize>>::new();
    for (place, name) in names.iter().enumerate() {
        by_name.entry(name.clone()).or_default().push(place);
    }
    for (name, places) in by_name.into_iter().filter(|(_, places)| places.len() > 1) {
        for (place, number) in places.into_iter().zip(1..) {
            let login = without_address(&rows[place].name);
            let has_login = is_name(&login, &rows[place]) && login != name;
            names[place] = if has_login { format!("{name} ({login})") } else { format!("{name} ({number})") };
        }
    }
}

/// A name without what makes an e-mail address of it: some people put theirs into their profile.
fn without_address(name: &str) -> String {
    if !name.contains('@') {
        return name.to_owned();
    }
    let word = |word: &str| {
        let has_domain = |(local, domain): (&str, &str)| !local.is_empty() && domain.contains('.');
        match word.trim_start_matches('@').split_once('@').filter(|parts| has_domain(*parts)) {
            Some((local, _)) => format!("{}…", local.trim_start_matches(['<', '(', '['])),
            None => word.to_owned(),
        }
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, login: &str, posts: u64) -> PersonRow {
        PersonRow {
            user_id: id.into(),
            name: login.into(),
            message_count: posts,
            first_message_date: None,
            last_message_date: None,
            reaction_count: 0,
            reply_count: 0,
            channel_count: 0,
            active_days: 0,
            reactions_received: 0,
            mentions_received: 0,
        }
    }

    #[test]
    fn an_id_is_no_name() {
        let people = vec![
            person("U1", "", 1),
            person("U2", "U2", 5),
            person("U3", "ann", 9),
            person("U4", "ann", 7),
            person("U5", " ", 0),
        ];
        let (rows, names) = named(people, &FxHashMap::default(), &ReportOptions::default());
        let ids: Vec<_> = rows.iter().map(|row| row.user_id.as_str()).collect();
        assert_eq!(ids, ["U3", "U4", "U2", "U1", "U5"]);
        let expected = ["ann (1)", "ann (2)", "Unknown person 1", "Unknown person 2", "Unknown person 3"];
        assert_eq!(names, expected);
    }

    #[test]
    fn an_address_is_no_name() {
        assert_eq!(without_address("Ada (ada@example.org)"), "Ada ada…");
        assert_eq!(without_address("ada@example.org"), "ada…");
        assert_eq!(without_address("@ada@example.org"), "ada…");
        assert_eq!(without_address("@ada is @ home"), "@ada is @ home");
    }
}
