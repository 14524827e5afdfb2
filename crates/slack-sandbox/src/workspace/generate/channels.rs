use slack_model::UserId;

use super::Span;
use super::people::{Community, Standing};
use crate::dice::{Dice, Weights};
use crate::json::Object;
use crate::workspace::{Channel, ChannelKind};

/// A conversation in the making.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) channel: Channel,
    /// Its members by their place in the community.
    pub(super) members: Vec<usize>,
    /// From when to when something is said in it, in seconds since 1970.
    pub(super) created: i64,
    pub(super) closed: i64,
    /// How much is said in it.
    pub(super) weight: f64,
}

const TOPICS: [&str; 24] = [
    "help",
    "events",
    "jobs",
    "introductions",
    "rust",
    "python",
    "data",
    "design",
    "releases",
    "translation",
    "books",
    "music",
    "cooking",
    "accessibility",
    "security",
    "research",
    "mentoring",
    "meetups",
    "website",
    "infrastructure",
    "español",
    "日本語",
    "café",
    "project",
];

/// Makes the conversations up. A circle of people has home channels, so that there are communities to be found.
pub(super) fn channels(
    count: usize,
    community: &Community,
    span: Span,
    team: &str,
    dice: &mut Dice,
) -> Vec<Place> {
    let mut places: Vec<Place> =
        (0..count).map(|number| place(number, count, community, span, team, dice)).collect();
    let people = &community.people;
    for _ in 0..count / 8 + 1 {
        let (first, size) = (dice.below(people.len()), 3 + dice.below(4));
        let members = near(first, size, community, dice);
        places.push(direct(members, ChannelKind::GroupMessage, community, span, team, dice));
    }
    for _ in 0..people.len() / 10 + 2 {
        let first = if dice.chance(0.3) { 0 } else { dice.below(people.len()) };
        let members = near(first, 2, community, dice);
        places.push(direct(members, ChannelKind::DirectMessage, community, span, team, dice));
    }
    places
}

fn place(
    number: usize,
    count: usize,
    community: &Community,
    span: Span,
    team: &str,
    dice: &mut Dice,
) -> Place {
    let everyone = number < 2;
    let private = !everyone && dice.chance(0.12);
    let archived = !everyone && !private && dice.chance(0.08);
    let circle = number % community.circles;
    let name = match number {
        0 => "general".into(),
        1 => "random".into(),
        _ if number - 2 < TOPICS.len() => TOPICS[number - 2].into(),
        _ => format!("{}-{number:03}", TOPICS[number % TOPICS.len()]),
    };
    let created = if number < count / 3 + 2 { span.start } else { span.at(span.start, 0.7 * dice.unit()) };
    let closed = if archived { span.at(created, 0.3 + 0.6 * dice.unit()) } else { span.end };
    let mut members: Vec<usize> = Vec::new();
    for (at, person) in community.people.iter().enumerate() {
        let guest = person.standing == Standing::Guest;
        let home = person.circle == circle;
        let share = match (everyone, private) {
            (true, _) => 1.0,
            (_, true) => {
                if home {
                    0.5
                } else {
                    0.01
                }
            }
            _ => {
                if home {
                    0.75
                } else {
                    0.12
                }
            }
        };
        if at == 0 && !private || dice.chance(if guest && !everyone { share / 3.0 } else { share }) {
            members.push(at);
        }
    }
    if members.is_empty() {
        members.push(0);
    }
    let kind = if private { ChannelKind::Private } else { ChannelKind::Public };
    let weight = ((number + 1) as f64).powf(-0.8);
    finish(
        Draft { kind, name, created, closed, archived, members, weight, general: number == 0 },
        community,
        team,
        dice,
    )
}

fn direct(
    members: Vec<usize>,
    kind: ChannelKind,
    community: &Community,
    span: Span,
    team: &str,
    dice: &mut Dice,
) -> Place {
    let joined = members.iter().map(|at| community.people[*at].joined).max().unwrap_or(span.start);
    let created = span.at(joined, 0.5 * dice.unit());
    let names: Vec<&str> = members.iter().map(|at| community.people[*at].name.as_str()).collect();
    let name = if kind == ChannelKind::GroupMessage {
        format!("mpdm-{}-1", names.join("--"))
    } else {
        String::new()
    };
    let draft = Draft {
        kind,
        name,
        created,
        closed: span.end,
        archived: false,
        members,
        weight: 0.03,
        general: false,
    };
    finish(draft, community, team, dice)
}

/// Some people of one circle, the first of them given.
fn near(first: usize, size: usize, community: &Community, dice: &mut Dice) -> Vec<usize> {
    let mut members = vec![first];
    for _ in 0..size * 40 {
        let other = dice.below(community.people.len());
        let close = community.people[other].circle == community.people[first].circle || dice.chance(0.2);
        if members.len() < size && close && !members.contains(&other) {
            members.push(other);
        }
    }
    members
}

struct Draft {
    kind: ChannelKind,
    name: String,
    created: i64,
    closed: i64,
    archived: bool,
    members: Vec<usize>,
    weight: f64,
    general: bool,
}

fn finish(draft: Draft, community: &Community, team: &str, dice: &mut Dice) -> Place {
    let Draft { kind, name, created, closed, archived, members, weight, general } = draft;
    let id = dice.id(match kind {
        ChannelKind::Public | ChannelKind::Private | ChannelKind::GroupMessage => 'C',
        ChannelKind::DirectMessage => 'D',
    });
    let here = members.iter().map(|at| &community.people[*at]).filter(|person| person.is_here());
    let users: Vec<UserId> = here.map(|person| person.id.clone()).collect();
    let creator = community.people[*members.first().unwrap_or(&0)].id.as_str();
    let note = |text: &str| {
        Object::new().text("value", text).text("creator", creator).value("last_set", created).end()
    };
    let direct = kind == ChannelKind::DirectMessage;
    let json = Object::new()
        .text("id", &id)
        .when(!direct, |channel| channel.text("name", &name).text("name_normalized", &name))
        .value("is_channel", kind == ChannelKind::Public)
        .value("is_group", kind == ChannelKind::Private)
        .value("is_im", direct)
        .value("is_mpim", kind == ChannelKind::GroupMessage)
        .value("is_private", kind != ChannelKind::Public)
        .value("created", created)
        .value("is_archived", archived)
        .value("is_general", general)
        .value("unlinked", 0)
        .value("is_shared", false)
        .value("is_org_shared", false)
        .value("is_ext_shared", false)
        .text("context_team_id", team)
        .value("updated", created * 1000)
        .when(direct, |channel| channel.text("user", users.last().map_or("USLACKBOT", UserId::as_str)))
        .when(!direct, |channel| {
            let channel =
                channel.text("creator", creator).value("is_member", users.contains(&community.people[0].id));
            let channel = channel.raw("topic", &note("")).raw("purpose", &note(&format!("All about {name}")));
            channel.raw("previous_names", "[]").value("num_members", users.len())
        });
    let mut channel = Channel::new(
        id.as_str().into(),
        if direct { id.clone() } else { name.clone() },
        kind,
        json.end_raw(),
    );
    channel.is_archived = archived;
    channel.members = users;
    if kind == ChannelKind::Public && dice.chance(0.3) {
        let bookmark = Object::new()
            .text("id", &dice.id('B'))
            .text("channel_id", &id)
            .text("title", "Guide")
            .text("link", &format!("https://example.org/guide/{name}"))
            .text("type", "link")
            .value("date_created", created)
            .value("date_updated", 0);
        channel.bookmarks.push(bookmark.end_raw());
    }
    Place { channel, members, created, closed, weight }
}

/// What is drawn to choose where something is said.
pub(super) fn busyness(places: &[Place]) -> Weights {
    Weights::new(places.iter().map(|place| place.weight))
}

/// An item of `pins.list`.
pub(super) fn pin(
    message: &str,
    channel: &str,
    creator: &str,
    created: i64,
) -> Box<serde_json::value::RawValue> {
    Object::new()
        .text("type", "message")
        .value("created", created)
        .text("created_by", creator)
        .text("channel", channel)
        .raw("message", message)
        .end_raw()
}
