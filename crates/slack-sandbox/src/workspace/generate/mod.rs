//! Makes a community up.

mod activity;
mod attachments;
mod channels;
mod huge;
mod people;
mod record;
mod text;

use slack_model::Time;

use self::activity::converse;
use self::channels::channels;
pub(super) use self::people::newcomer;
use self::people::people;
pub(super) use self::record::{blocks, written};
pub(super) use self::text::{emoji, name_of_somebody, small_talk};
use super::{Team, Workspace};
use crate::dice::Dice;
use crate::json::{Object, raw};

/// 2026-11-01T00:00:00Z, at which made-up communities end unless told otherwise.
const END: i64 = 1_793_491_200;

/// How large a community to make up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommunityOptions {
    /// People, bots not counted.
    pub people: usize,
    /// Channels, public and private; direct messages come on top.
    pub channels: usize,
    /// Messages and replies in all, the huge thread not counted.
    pub messages: usize,
    /// At most so many threads with replies, the huge one not counted; `None`: as many as come about, which is
    /// about one for every eleven messages.
    pub threads: Option<usize>,
    /// Replies of one huge thread in the busiest public channel, on top of the rest, which it does not change;
    /// 0: there is none.
    pub huge_thread: usize,
    /// How many months it has existed, of 30 days each.
    pub months: u32,
    /// The instant at which it ends: nothing is newer.
    pub end: Time,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

impl Default for CommunityOptions {
    /// 150 people, 24 channels, 8,000 messages over 18 months to 2026-11-01, seed 7.
    fn default() -> Self {
        let end = Time::from_seconds(END).unwrap_or(Time::EPOCH);
        Self {
            people: 150,
            channels: 24,
            messages: 8_000,
            threads: None,
            huge_thread: 0,
            months: 18,
            end,
            seed: 7,
        }
    }
}

/// The time that a community spans, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: i64,
    end: i64,
}

impl Span {
    /// The instant at a share of the way from `from` to the end.
    fn at(self, from: i64, share: f64) -> i64 {
        from + (share * (self.end - from).max(0) as f64) as i64
    }
}

pub(crate) fn generate(options: &CommunityOptions) -> Workspace {
    let mut dice = Dice::new(options.seed);
    let end = options.end.micros() / 1_000_000;
    let span = Span { start: (end - i64::from(options.months.max(1)) * 30 * 86_400).max(0), end };
    let team = dice.id('T');
    let community = people(options.people.max(2), span, &mut dice);
    let mut places = channels(options.channels.max(2), &community, span, &team, &mut dice);
    let files = converse(options, &community, &mut places, span, &team, &mut dice);
    let mut channels: Vec<_> = places.into_iter().map(|place| place.channel).collect();
    channels.sort_by(|a, b| a.id.cmp(&b.id));
    Workspace {
        owner: community.people[0].id.clone(),
        users: community.users(&team),
        usergroups: community.usergroups(&team),
        bots: community.bots(),
        channels,
        files,
        emoji: raw(text::custom_emoji()),
        profile: raw(profile()),
        team: Team {
            json: Object::new()
                .text("id", &team)
                .text("name", "Sandbox Community")
                .text("url", "https://sandbox-community.slack.com/")
                .text("domain", "sandbox-community")
                .text("email_domain", "")
                .raw("icon", r#"{"image_default":true}"#)
                .text("avatar_base_url", "https://ca.slack-edge.com/")
                .value("is_verified", false)
                .end_raw(),
            id: team.into(),
            name: "Sandbox Community".into(),
            domain: "sandbox-community".into(),
        },
        clock: options.end,
        made_up: true,
    }
}

fn profile() -> String {
    let field = Object::new()
        .text("id", "Xf0SANDBOX01")
        .value("ordering", 0)
        .text("label", "Pronouns")
        .text("hint", "")
        .text("type", "text")
        .value("is_hidden", false);
    Object::new().raw("fields", &format!("[{}]", field.end())).raw("sections", "[]").end()
}
