use slack_model::{BotId, UserId};

use super::Span;
use super::text::Language;
use crate::dice::{Dice, Weights};
use crate::json::{Object, array, quote};
use crate::workspace::{Bot, User, Usergroup};

/// A person of the community.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) real_name: String,
    pub(super) zone: &'static Zone,
    /// When they came, in seconds since 1970.
    pub(super) joined: i64,
    pub(super) standing: Standing,
    /// The group of people that they talk with most.
    pub(super) circle: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Owner,
    Admin,
    Member,
    Guest,
    Deleted,
}

/// A bot: it writes as a user of its own, or under a name alone.
#[derive(Debug)]
pub(super) struct Robot {
    pub(super) id: BotId,
    pub(super) user: UserId,
    pub(super) name: &'static str,
}

#[derive(Debug)]
pub(super) struct Community {
    pub(super) people: Vec<Person>,
    pub(super) robots: Vec<Robot>,
    pub(super) groups: Vec<Group>,
    /// How much each person writes.
    pub(super) activity: Weights,
    pub(super) circles: usize,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) handle: String,
    pub(super) members: Vec<UserId>,
}

/// A time zone as a profile names it, with its offset in hours (no summer time is kept).
#[derive(Debug)]
pub(super) struct Zone {
    pub(super) name: &'static str,
    pub(super) offset: f64,
    pub(super) language: Language,
}

const fn zone(name: &'static str, offset: f64, language: Language) -> Zone {
    Zone { name, offset, language }
}

const ZONES: [Zone; 20] = [
    zone("America/New_York", -5.0, Language::English),
    zone("Europe/London", 0.0, Language::English),
    zone("America/Los_Angeles", -8.0, Language::English),
    zone("Europe/Berlin", 1.0, Language::German),
    zone("America/Sao_Paulo", -3.0, Language::Portuguese),
    zone("Asia/Kolkata", 5.5, Language::Hindi),
    zone("Europe/Paris", 1.0, Language::French),
    zone("America/Chicago", -6.0, Language::English),
    zone("Asia/Tokyo", 9.0, Language::Japanese),
    zone("America/Mexico_City", -6.0, Language::Spanish),
    zone("Africa/Lagos", 1.0, Language::English),
    zone("Asia/Calcutta", 5.5, Language::English),
    zone("Asia/Shanghai", 8.0, Language::Chinese),
    zone("Europe/Kiev", 2.0, Language::Russian),
    zone("Africa/Cairo", 2.0, Language::Arabic),
    zone("Australia/Sydney", 10.0, Language::English),
    zone("Asia/Kathmandu", 5.75, Language::English),
    zone("US/Pacific", -8.0, Language::English),
    zone("Europe/Madrid", 1.0, Language::Spanish),
    zone("", 0.0, Language::English),
];

const ROBOTS: [&str; 6] = ["build-bot", "calendar", "github", "standup", "rss", "translate"];
const GROUPS: [&str; 5] = ["mentors", "organisers", "core-team", "translators", "speakers"];

/// Makes the people up: the first is the owner, most come later than at the start.
pub(super) fn people(count: usize, span: Span, dice: &mut Dice) -> Community {
    let zones = Weights::zipf(ZONES.len(), 0.7);
    let circles = (count / 25).clamp(2, 12);
    let people: Vec<Person> = (0..count)
        .map(|number| {
            let zone = &ZONES[dice.draw(&zones)];
            let (first, last) = zone.language.names();
            let real_name = format!("{} {}", dice.pick(first), dice.pick(last));
            let founder = number < count / 5 + 1;
            let joined = if founder { span.start } else { span.at(span.start, 0.9 * dice.unit().sqrt()) };
            let standing = match number {
                0 => Standing::Owner,
                1..=3 => Standing::Admin,
                _ if dice.chance(0.05) => Standing::Guest,
                _ if dice.chance(0.06) => Standing::Deleted,
                _ => Standing::Member,
            };
            let (id, circle) = (dice.id('U').into(), dice.below(circles));
            Person { id, name: format!("user.{number}"), real_name, zone, joined, standing, circle }
        })
        .collect();
    let robots = ROBOTS[..(count / 30).clamp(2, ROBOTS.len())].iter();
    let robots =
        robots.map(|name| Robot { id: dice.id('B').into(), user: dice.id('U').into(), name }).collect();
    let groups = GROUPS[..(count / 20).clamp(1, GROUPS.len())].iter().map(|handle| {
        let members = people.iter().filter(|person| person.is_here() && dice.chance(0.12));
        let members = members.map(|person| person.id.clone()).collect();
        Group { id: String::new(), handle: String::from(*handle), members }
    });
    let mut groups: Vec<Group> = groups.collect();
    groups.iter_mut().for_each(|group| group.id = dice.id('S'));
    // The order of ids is chance, so activity by place in the list is no pattern in any table.
    let activity = Weights::zipf(count, 0.9);
    Community { people, robots, groups, activity, circles }
}

/// Somebody who comes later than all others, as `users.list` has them.
pub(in crate::workspace) fn newcomer(number: usize, joined: i64, team: &str, dice: &mut Dice) -> User {
    let zone = &ZONES[dice.below(ZONES.len())];
    let (first, last) = zone.language.names();
    let real_name = format!("{} {}", dice.pick(first), dice.pick(last));
    let (id, name) = (dice.id('U').into(), format!("user.{number}"));
    Person { id, name, real_name, zone, joined, standing: Standing::Member, circle: 0 }.user(team)
}

impl Person {
    pub(super) fn is_here(&self) -> bool {
        self.standing != Standing::Deleted
    }

    fn user(&self, team: &str) -> User {
        let deleted = self.standing == Standing::Deleted;
        let mail = format!("{}@example.org", self.name);
        let display_name = self.real_name.split(' ').next().unwrap_or_default();
        let profile = Object::new()
            .text("title", if self.standing == Standing::Admin { "Community manager" } else { "" })
            .text("phone", "")
            .text("real_name", &self.real_name)
            .text("real_name_normalized", &self.real_name)
            .text("display_name", display_name)
            .text("display_name_normalized", display_name)
            .raw("fields", "null")
            .text("status_text", "")
            .text("status_emoji", "")
            .text("email", &mail)
            .text("team", team);
        let owner = self.standing == Standing::Owner;
        let json = Object::new()
            .text("id", self.id.as_str())
            .text("team_id", team)
            .text("name", &self.name)
            .value("deleted", deleted)
            .when(!deleted, |user| {
                let user = user.text("color", "9f69e7").text("real_name", &self.real_name);
                let user = user.text("tz", self.zone.name).text("tz_label", self.zone.name);
                user.value("tz_offset", (self.zone.offset * 3600.0) as i64)
            })
            .raw("profile", &profile.end())
            .value("is_admin", owner || self.standing == Standing::Admin)
            .value("is_owner", owner)
            .value("is_primary_owner", owner)
            .value("is_restricted", self.standing == Standing::Guest)
            .value("is_ultra_restricted", false)
            .value("is_bot", false)
            .value("is_app_user", false)
            .value("updated", self.joined);
        User { id: self.id.clone(), name: self.name.clone(), json: json.end_raw() }
    }
}

impl Community {
    /// The users, as `users.list` has them: people, bots, and Slack's own.
    pub(super) fn users(&self, team: &str) -> Vec<User> {
        let people = self.people.iter().map(|person| person.user(team));
        let robots =
            self.robots.iter().map(|robot| robot_user(&robot.user, robot.name, Some(&robot.id), team));
        let mut users: Vec<User> = people.chain(robots).collect();
        users.push(robot_user(&"USLACKBOT".into(), "slackbot", None, team));
        users
    }

    pub(super) fn bots(&self) -> Vec<Bot> {
        let bot = |robot: &Robot| Bot { id: robot.id.clone(), json: crate::json::raw(robot.profile()) };
        self.robots.iter().map(bot).collect()
    }

    pub(super) fn usergroups(&self, team: &str) -> Vec<Usergroup> {
        let owner = &self.people[0];
        let group = |group: &Group| {
            let json = Object::new()
                .text("id", &group.id)
                .text("team_id", team)
                .value("is_usergroup", true)
                .value("is_subteam", true)
                .text("name", &group.handle)
                .text("description", "")
                .text("handle", &group.handle)
                .value("is_external", false)
                .value("date_create", owner.joined)
                .value("date_update", owner.joined)
                .value("date_delete", 0)
                .text("created_by", owner.id.as_str())
                .text("updated_by", owner.id.as_str())
                .raw("prefs", r#"{"channels":[],"groups":[]}"#)
                .value("user_count", group.members.len());
            Usergroup { id: group.id.as_str().into(), users: group.members.clone(), json: json.end_raw() }
        };
        self.groups.iter().map(group).collect()
    }
}

impl Robot {
    pub(super) fn profile(&self) -> String {
        Object::new()
            .text("id", self.id.as_str())
            .value("deleted", false)
            .text("name", self.name)
            .value("updated", 1_600_000_000)
            .text("app_id", "A0SANDBOX01")
            .text("user_id", self.user.as_str())
            .raw("icons", &Object::new().text("image_72", "https://example.org/bot_72.png").end())
            .end()
    }
}

fn robot_user(id: &UserId, name: &str, bot: Option<&BotId>, team: &str) -> User {
    let profile = Object::new().text("real_name", name).text("display_name", name).text("team", team);
    let profile = bot.into_iter().fold(profile, |profile, bot| profile.text("bot_id", bot.as_str()));
    let json = Object::new()
        .text("id", id.as_str())
        .text("team_id", team)
        .text("name", name)
        .value("deleted", false)
        .text("real_name", name)
        .text("tz", "America/Los_Angeles")
        .value("tz_offset", -28_800)
        .raw("profile", &profile.end())
        .value("is_admin", false)
        .value("is_owner", false)
        .value("is_restricted", false)
        .value("is_ultra_restricted", false)
        // Slack says of its own bot that it is none.
        .value("is_bot", bot.is_some())
        .value("is_app_user", false)
        .value("updated", 0);
    User { id: id.clone(), name: name.into(), json: json.end_raw() }
}

/// A list of users as JSON.
pub(super) fn user_list<'u>(users: impl IntoIterator<Item = &'u UserId>) -> String {
    array(users.into_iter().map(|user| quote(user.as_str())))
}
