use std::collections::BTreeMap;

use serde::Serialize;

use crate::fold::fold;
use crate::people::People;

/// Where people are, as far as their time zones tell.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Countries {
    rows: Vec<Country>,
    /// Those whose zone tells no country.
    unknown: Counts,
}

#[derive(Debug, Serialize)]
struct Country {
    /// Two letters of ISO 3166; none of those that are folded.
    iso: Option<String>,
    name: String,
    #[serde(flatten)]
    counts: Counts,
}

const LEAST_UNDER_PSEUDONYMS: u64 = 5;

#[derive(Debug, Default, Clone, Serialize)]
struct Counts {
    people: u64,
    posters: u64,
    posts: u64,
}

impl Counts {
    fn add(&mut self, more: &Self) {
        self.people += more.people;
        self.posters += more.posters;
        self.posts += more.posts;
    }
}

/// Adds people up by country. Under pseudonyms, the posts of a country's only poster would tell where that person lives:
/// groups of fewer than five posters are folded there in any case.
pub(crate) fn countries(people: &People, min_group: u64, is_anonymous: bool) -> Countries {
    let min_group = if is_anonymous { min_group.max(LEAST_UNDER_PSEUDONYMS) } else { min_group };
    let mut countries = Countries::default();
    let mut by_country = BTreeMap::<_, Counts>::new();
    for (row, (iso, name)) in people.rows.iter().zip(&people.countries) {
        let posters = u64::from(row.message_count > 0);
        let counts = Counts { people: 1, posters, posts: row.message_count };
        if iso.is_empty() {
            countries.unknown.add(&counts);
        } else {
            by_country.entry((iso.clone(), name.clone())).or_default().add(&counts);
        }
    }
    let all = by_country.into_iter().map(|((iso, name), counts)| Country { iso: Some(iso), name, counts });
    let mut all: Vec<_> = all.collect();
    let is_unknown_small =
        min_group > 1 && countries.unknown.people > 0 && countries.unknown.posters < min_group;
    if is_unknown_small {
        let counts = std::mem::take(&mut countries.unknown);
        all.push(Country { iso: None, name: String::new(), counts });
    }
    let (mut rows, small) = fold(all, min_group, |country| country.counts.posters);
    rows.sort_by(|one, other| {
        let counts = |country: &Country| (country.counts.posters, country.counts.people);
        counts(other).cmp(&counts(one)).then_with(|| one.name.cmp(&other.name))
    });
    if !small.is_empty() {
        let mut others = Country { iso: None, name: "others".into(), counts: Counts::default() };
        small.iter().for_each(|country| others.counts.add(&country.counts));
        rows.push(others);
    }
    countries.rows = rows;
    countries
}
