//! The people of a report: their places in its columns, and what they are called.

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
    /// Under pseudonyms, people of equally many posts are in the order of their pseudonyms: that of their ids would tell
    /// who was there sooner.
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
        let names = names(&people, &nodes, options);
        let mut named: Vec<_> = people.into_iter().zip(names).collect();
        named.sort_by(|(one, name), (other, other_name)| {
            other.message_count.cmp(&one.message_count).then_with(|| name.cmp(other_name))
        });
        let (rows, names): (Vec<PersonRow>, Vec<_>) = named.into_iter().unzip();
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

/// What people are called. Those who share a name are told apart by their login names.
fn names(people: &[PersonRow], nodes: &FxHashMap<String, Node>, options: &ReportOptions) -> Vec<String> {
    if let Some(key) = &options.pseudonyms {
        return people.iter().map(|row| key.pseudonym(&row.user_id)).collect();
    }
    let login = |row: &PersonRow| without_address(&row.name);
    let full = |row: &PersonRow| {
        let name = nodes.get(&row.user_id).map(|node| without_address(&node.name)).unwrap_or_default();
        [name, login(row), row.user_id.clone()].into_iter().find(|name| !name.trim().is_empty())
    };
    let mut names: Vec<_> = people.iter().map(|row| full(row).unwrap_or_default()).collect();
    let mut by_name = BTreeMap::<_, Vec<usize>>::new();
    for (place, name) in names.iter().enumerate() {
        by_name.entry(name.clone()).or_default().push(place);
    }
    for (name, places) in by_name.into_iter().filter(|(_, places)| places.len() > 1) {
        for place in places {
            let row = &people[place];
            let apart = Some(login(row)).filter(|login| !login.is_empty() && *login != name);
            names[place] = format!("{name} ({})", apart.unwrap_or_else(|| row.user_id.clone()));
        }
    }
    names
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

    #[test]
    fn an_address_is_no_name() {
        assert_eq!(without_address("Ada (ada@example.org)"), "Ada ada…");
        assert_eq!(without_address("ada@example.org"), "ada…");
        assert_eq!(without_address("@ada@example.org"), "ada…");
        assert_eq!(without_address("@ada is @ home"), "@ada is @ home");
    }
}
