use rustc_hash::FxHashMap;
use serde::Serialize;
use slack_model::TableSource;

use crate::calendar::day_of;
use crate::error::Result;
use crate::people::People;
use crate::rows::{self, ActRow};

/// What each person did, in columns.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PeopleColumns {
    names: Vec<String>,
    posts: Vec<u64>,
    replies: Vec<u64>,
    channels: Vec<u64>,
    active_days: Vec<u64>,
    reactions_given: Vec<u64>,
    reactions_received: Vec<u64>,
    mentions_received: Vec<u64>,
    first: Vec<Option<String>>,
    last: Vec<Option<String>>,
    countries: Vec<String>,
    /// Replies in threads that another person opened.
    answers: Vec<u64>,
    /// Number of people who opened them.
    answered_people: Vec<u64>,
    /// Replies by others in threads that the person opened.
    answers_received: Vec<u64>,
}

/// Who answers whom: the pairs with the most replies.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answers {
    who: Vec<usize>,
    whom: Vec<usize>,
    count: Vec<u64>,
}

/// Pairs that the page gets.
const PAIRS: usize = 300;

pub(crate) fn people(
    metrics: &dyn TableSource,
    people: &People,
    zone: chrono_tz::Tz,
    is_anonymous: bool,
) -> Result<(PeopleColumns, Answers)> {
    let mut replies = FxHashMap::<(usize, usize), u64>::default();
    rows::each(metrics, |act: ActRow| {
        if act.relate == "interacts"
            && let Some(pair) = people.place(&act.source).zip(people.place(&act.target))
        {
            *replies.entry(pair).or_default() += act.weight;
        }
    })?;
    let nobody = vec![0; people.rows.len()];
    let mut columns = PeopleColumns {
        names: people.names.clone(),
        answers: nobody.clone(),
        answered_people: nobody.clone(),
        answers_received: nobody,
        ..PeopleColumns::default()
    };
    for ((who, whom), count) in &replies {
        columns.answers[*who] += count;
        columns.answered_people[*who] += 1;
        columns.answers_received[*whom] += count;
    }
    for (row, (country, _)) in people.rows.iter().zip(&people.countries) {
        columns.posts.push(row.message_count);
        columns.replies.push(row.reply_count);
        columns.channels.push(row.channel_count);
        columns.active_days.push(row.active_days);
        columns.reactions_given.push(row.reaction_count);
        columns.reactions_received.push(row.reactions_received);
        columns.mentions_received.push(row.mentions_received);
        // Where somebody lives, and when they came and went, tells who they are.
        let day = |time: Option<_>| time.filter(|_| !is_anonymous).map(|time| day_of(time, zone).to_string());
        columns.first.push(day(row.first_message_date));
        columns.last.push(day(row.last_message_date));
        columns.countries.push(if is_anonymous { String::new() } else { country.clone() });
    }
    let mut pairs: Vec<_> = replies.into_iter().collect();
    pairs.sort_unstable_by(|(pair, count), (other, others)| others.cmp(count).then_with(|| pair.cmp(other)));
    let mut answers = Answers::default();
    for ((who, whom), count) in pairs.into_iter().take(PAIRS) {
        answers.who.push(who);
        answers.whom.push(whom);
        answers.count.push(count);
    }
    Ok((columns, answers))
}
