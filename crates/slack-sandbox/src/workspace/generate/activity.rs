//! Who says what, where and when.

use std::collections::{BTreeMap, BTreeSet};

use super::attachments::attachment;
use super::channels::{Place, busyness, pin};
use super::people::Community;
use super::record::{Author, Draft, Replies, record};
use super::text::{emoji, utterance};
use super::{CommunityOptions, Span};
use crate::dice::Dice;
use crate::workspace::{ChannelKind, File, Message};

/// How likely people are to write in an hour of their day.
const HOURS: [f64; 24] = [
    0.15, 0.08, 0.05, 0.05, 0.05, 0.1, 0.2, 0.45, 0.75, 1.0, 1.0, 0.9, 0.75, 0.85, 0.95, 1.0, 0.95, 0.75,
    0.55, 0.5, 0.5, 0.45, 0.35, 0.25,
];

/// What is said in one place so far, by microsecond.
pub(super) type Talk = BTreeMap<i64, Draft>;

/// How much may still be said.
#[derive(Debug, Clone, Copy)]
struct Room {
    messages: usize,
    threads: usize,
}

/// Everything needed to go on talking.
pub(super) struct Scene<'c> {
    community: &'c Community,
    pub(super) places: &'c [Place],
    /// Whether a person is in a place: by person, then by place.
    membership: Vec<Vec<bool>>,
    public: Vec<(String, String)>,
    team: &'c str,
    span: Span,
}

/// Lets the community talk until it has said as much as it should, fills the places, and returns the files shared.
pub(super) fn converse(
    options: &CommunityOptions,
    community: &Community,
    places: &mut [Place],
    span: Span,
    team: &str,
    dice: &mut Dice,
) -> Vec<File> {
    let mut talks: Vec<Talk> = places.iter().map(|_| Talk::new()).collect();
    let mut files = Vec::new();
    let scene = Scene::new(community, places, span, team);
    let said = scene.arrivals(&mut talks, options.messages / 12, dice);
    let mut room = Room {
        messages: options.messages.saturating_sub(said),
        threads: options.threads.unwrap_or(usize::MAX),
    };
    let weights = busyness(places);
    // A community of very few may have nobody to talk at a time: then it says less.
    for _ in 0..options.messages.saturating_mul(40) {
        if room.messages == 0 {
            break;
        }
        let author = dice.draw(&community.activity);
        let at = (0..12).map(|_| dice.draw(&weights)).find(|at| scene.membership[author][*at]);
        if let Some(at) = at {
            let replies = scene.topic(at, author, &mut talks[at], room, &mut files, dice);
            room.messages -= replies.map_or(0, |replies| 1 + replies);
            room.threads -= usize::from(replies > Some(0));
        }
    }
    if options.huge_thread > 0 {
        // With dice of its own, so that the rest stays as it would be without.
        scene.huge_thread(options.huge_thread, &mut talks, &mut Dice::new(!options.seed));
    }
    files.sort_by(|a: &File, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
    let talks: Vec<Vec<Message>> = talks.into_iter().map(|talk| scene.messages(talk)).collect();
    for (place, talk) in places.iter_mut().zip(talks) {
        place.channel.fill(talk);
        if place.channel.kind == ChannelKind::Public && dice.chance(0.5) {
            let channel = place.channel.id.as_str().to_owned();
            let creator = community.people[0].id.as_str();
            let pinned = place.channel.top_level().find(|message| message.thread_ts.is_some());
            let pinned = pinned
                .map(|message| pin(message.json.get(), &channel, creator, message.ts.micros() / 1_000_000));
            place.channel.pins.extend(pinned);
        }
    }
    files
}

impl<'c> Scene<'c> {
    fn new(community: &'c Community, places: &'c [Place], span: Span, team: &'c str) -> Self {
        let mut membership = vec![vec![false; places.len()]; community.people.len()];
        for (at, place) in places.iter().enumerate() {
            place.members.iter().for_each(|member| membership[*member][at] = true);
        }
        let public =
            places.iter().map(|place| &place.channel).filter(|channel| channel.kind == ChannelKind::Public);
        let public = public.map(|channel| (channel.id.to_string(), channel.name.clone())).collect();
        Self { community, places, membership, public, team, span }
    }

    /// People join the channels, some leave, topics are set. Returns how many messages that made.
    fn arrivals(&self, talks: &mut [Talk], most: usize, dice: &mut Dice) -> usize {
        let mut said = 0;
        for (place, talk) in self.places.iter().zip(talks) {
            if !matches!(place.channel.kind, ChannelKind::Public | ChannelKind::Private) {
                continue;
            }
            for member in &place.members {
                if said + 2 > most || dice.chance(0.3) {
                    continue;
                }
                let person = &self.community.people[*member];
                let from = person.joined.max(place.created);
                let joined = self.span.at(from, 0.05 * dice.unit());
                let mut tell = |at: i64, subtype: &'static str, text: String, dice: &mut Dice| {
                    let draft = Draft::new(Author::Person(*member), text).of_subtype(subtype);
                    said += usize::from(at < place.closed && say(talk, at, draft, dice).is_some());
                };
                tell(joined, "channel_join", format!("<@{}> has joined the channel", person.id), dice);
                if dice.chance(0.04) {
                    let left = self.span.at(joined, dice.unit());
                    tell(left, "channel_leave", format!("<@{}> has left the channel", person.id), dice);
                } else if dice.chance(0.02) {
                    let text = format!("<@{}> set the channel topic: News &amp; help", person.id);
                    tell(self.span.at(joined, dice.unit()), "channel_topic", text, dice);
                }
            }
        }
        said
    }

    /// One message in the channel, and the thread under it if there is one. Returns how many replies it got.
    fn topic(
        &self,
        at: usize,
        author: usize,
        talk: &mut Talk,
        room: Room,
        files: &mut Vec<File>,
        dice: &mut Dice,
    ) -> Option<usize> {
        let place = &self.places[at];
        let second = self.moment(author, place, dice)?;
        let mut draft = match dice.unit() {
            roll if roll < 0.05 => self.robot_post(dice),
            roll if roll < 0.055 => {
                Draft::new(Author::Slackbot, "Reminder: please fill in your profile.".into())
            }
            roll => {
                let draft = self.post(author, at, second, dice);
                if roll > 0.985 { draft.of_subtype("me_message") } else { draft }
            }
        };
        let shared = (matches!(draft.author, Author::Person(_)) && dice.chance(0.04))
            .then(|| attachment(self, place, author, second, dice));
        draft.files.extend(shared.iter().map(|shared| shared.json.clone()));
        let threaded = room.messages > 1 && room.threads > 0 && dice.chance(0.16);
        if threaded && dice.chance(0.02) {
            draft = Draft::tombstone();
        }
        let keeps_file = !draft.files.is_empty();
        let parent = say(talk, second, draft, dice)?;
        if let Some(mut file) = shared.and_then(|shared| shared.listed).filter(|_| keeps_file) {
            file.share(&place.channel, parent);
            files.push(file);
        }
        Some(if threaded { self.thread(at, author, parent, talk, room.messages - 1, dice) } else { 0 })
    }

    /// The replies to a message. Returns how many there are.
    fn thread(
        &self,
        at: usize,
        author: usize,
        parent: i64,
        talk: &mut Talk,
        most: usize,
        dice: &mut Dice,
    ) -> usize {
        let place = &self.places[at];
        let length = 1 + (dice.log_normal(0.7, 1.1) as usize).min(200);
        let late = dice.chance(0.03);
        let (mut second, mut said) = (parent / 1_000_000, 0);
        for number in 0..length.min(most) {
            // Most answers come soon, a few long after everybody has gone on.
            second = match late && number + 1 == length {
                true => self.span.at(second, dice.unit()),
                false => second + 1 + dice.log_normal(6.5, 2.0) as i64,
            };
            if second >= place.closed {
                break;
            }
            let replier =
                if dice.chance(0.25) { author } else { self.somebody(place, second, dice).unwrap_or(author) };
            let mut draft = self.post(replier, at, second, dice);
            draft.thread = Some(parent);
            if dice.chance(0.03) {
                draft = draft.of_subtype("thread_broadcast");
            }
            said += usize::from(say(talk, second, draft, dice).is_some());
        }
        said
    }

    pub(super) fn post(&self, author: usize, at: usize, second: i64, dice: &mut Dice) -> Draft {
        let place = &self.places[at];
        let text = utterance(author, place, &self.public, self.community, dice);
        let mut draft = Draft::new(Author::Person(author), text);
        if dice.chance(0.03) {
            draft.edited = Some(second + 5 + dice.below(3600) as i64);
        }
        if dice.chance(0.2) {
            draft.reactions = self.reactions(place, second, dice);
        }
        draft
    }

    fn robot_post(&self, dice: &mut Dice) -> Draft {
        let number = dice.below(self.community.robots.len());
        let text = format!("Build <https://ci.example.org/{}|passed> :white_check_mark:", dice.below(9000));
        if dice.chance(0.7) {
            Draft::new(Author::Robot(number), text).of_subtype("bot_message")
        } else {
            Draft::new(Author::RobotUser(number), text)
        }
    }

    fn reactions(&self, place: &Place, second: i64, dice: &mut Dice) -> Vec<(&'static str, Vec<usize>)> {
        let mut reactions: BTreeMap<&'static str, BTreeSet<usize>> = BTreeMap::new();
        for _ in 0..=dice.below(3) {
            // Now and then everybody cheers.
            let crowd =
                if dice.chance(0.01) { place.members.len() } else { 1 + dice.log_normal(0.4, 0.8) as usize };
            let users = (0..crowd).filter_map(|_| self.somebody(place, second, dice)).collect();
            reactions.entry(emoji(dice)).or_insert(users);
        }
        let reactions = reactions.into_iter().filter(|(_, users)| !users.is_empty());
        reactions.map(|(name, users)| (name, users.into_iter().collect())).collect()
    }

    /// A member of a place who had come by then, rather one of the busy ones.
    pub(super) fn somebody(&self, place: &Place, second: i64, dice: &mut Dice) -> Option<usize> {
        (0..4).find_map(|_| {
            let member = (*dice.pick(&place.members)).min(*dice.pick(&place.members));
            let member = if dice.chance(0.5) { member } else { *dice.pick(&place.members) };
            (self.community.people[member].joined <= second).then_some(member)
        })
    }

    /// A second at which a person writes in a place: in their waking hours, rarely at the weekend.
    fn moment(&self, author: usize, place: &Place, dice: &mut Dice) -> Option<i64> {
        let person = &self.community.people[author];
        let from = person.joined.max(place.created) + 1;
        if from >= place.closed {
            return None;
        }
        let offset = (person.zone.offset * 3600.0) as i64;
        let mut second = from;
        for _ in 0..24 {
            second = from + (dice.unit() * (place.closed - from) as f64) as i64;
            let local = second + offset;
            // 1970-01-01 was a Thursday.
            let weekend = (local.div_euclid(86_400) + 3).rem_euclid(7) >= 5;
            let hour = (local.rem_euclid(86_400) / 3600) as usize;
            if dice.chance(HOURS[hour] * if weekend { 0.3 } else { 1.0 }) {
                break;
            }
        }
        Some(second)
    }

    /// The records of a place, with what parents say of their threads.
    fn messages(&self, talk: Talk) -> Vec<Message> {
        let mut threads: BTreeMap<i64, Replies> = BTreeMap::new();
        for (micros, draft) in &talk {
            if let Some(parent) = draft.thread {
                threads.entry(parent).or_default().add(*micros, draft.user(self.community));
            }
        }
        let parents: BTreeMap<i64, _> =
            threads.keys().filter_map(|ts| Some((*ts, talk.get(ts)?.user(self.community)))).collect();
        let rendered = talk.iter().filter_map(|(micros, draft)| {
            let parent = draft.thread.and_then(|thread| parents.get(&thread));
            let json = record(*micros, draft, threads.get(micros), parent, self.community, self.team);
            let mut message = Message::of(json)?;
            message.most_reactors =
                draft.reactions.iter().map(|(_, users)| users.len()).max().unwrap_or_default();
            Some(message)
        });
        rendered.collect()
    }

    pub(super) fn team(&self) -> &str {
        self.team
    }

    pub(super) fn community(&self) -> &Community {
        self.community
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }
}

/// Says something within a second, at a microsecond that is still free. Returns it.
pub(super) fn say(talk: &mut Talk, second: i64, draft: Draft, dice: &mut Dice) -> Option<i64> {
    let first = second * 1_000_000 + dice.below(1_000_000) as i64;
    let micros = (first..first + 1000).find(|micros| !talk.contains_key(micros))?;
    talk.insert(micros, draft);
    Some(micros)
}
