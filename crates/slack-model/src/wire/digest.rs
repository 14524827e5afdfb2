use std::collections::{BTreeMap, BTreeSet};

use super::{ChannelList, Envelope, Issues, Page, as_text, channel, message, team_name, user, usergroup};
use crate::ids::{ChannelId, TeamId, UsergroupId};
use crate::rows::{Channel, Message};
use crate::ts::{BatchId, Time, Ts};

/// What an extraction must know of a page of messages to go on from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePage {
    /// Messages that could be read.
    pub messages: u64,
    /// The oldest of them.
    pub oldest: Option<Ts>,
    /// The newest of them.
    pub newest: Option<Ts>,
    /// The threads that they open or, as broadcast replies, belong to.
    pub threads: BTreeSet<Ts>,
    /// The messages with a reaction that counts more users than it names.
    pub cut_reactions: BTreeSet<Ts>,
}

impl MessagePage {
    /// Reads it from an answer of `conversations.history` or `conversations.replies`, or from a day file.
    /// Messages after `latest`, if it is given, do not count.
    pub fn read(body: &[u8], latest: Option<Ts>) -> Self {
        let (text, _) = as_text(body);
        let mut issues = Issues::of(&text);
        let mut page = Self::default();
        // The channel and the batch do not matter here: the rows are dropped.
        let (channel, batch) = (ChannelId::default(), no_batch());
        for record in Page::cut(&text, "messages", &mut issues).records {
            let Some(read) = message(record, &channel, batch, &mut issues) else { continue };
            let Message { ts, thread_ts, reply_count, .. } = read.message;
            if latest.is_some_and(|latest| ts > latest) {
                continue;
            }
            page.messages += 1;
            page.oldest = Some(page.oldest.map_or(ts, |oldest| oldest.min(ts)));
            page.newest = page.newest.max(Some(ts));
            page.threads.extend(thread_ts.or(reply_count.filter(|count| *count > 0).map(|_| ts)));
            page.cut_reactions.extend(read.reactions_cut.then_some(ts));
        }
        let orphans = Envelope::read(body).map(|envelope| envelope.orphan_threads).unwrap_or_default();
        page.threads.extend(orphans.iter().filter_map(|ts| Ts::parse(ts.as_bytes())));
        page
    }
}

/// The channels in an answer of `conversations.list`.
pub fn listed_channels(body: &[u8]) -> Vec<Channel> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "channels", &mut issues).records;
    let rows =
        records.into_iter().filter_map(|raw| channel(raw, ChannelList::Mixed, no_batch(), &mut issues));
    rows.map(|(row, _)| row).collect()
}

/// The user groups in an answer of `usergroups.list`, and whether it names their members.
pub fn listed_usergroups(body: &[u8]) -> Vec<(UsergroupId, bool)> {
    let (text, _) = as_text(body);
    let mut issues = Issues::of(&text);
    let records = Page::cut(&text, "usergroups", &mut issues).records;
    let groups = records.into_iter().filter_map(|raw| usergroup(raw, no_batch(), &mut issues));
    groups.map(|(group, members)| (group.id, !members.is_empty())).collect()
}

/// The workspace's id and name in an answer of `team.info`.
pub fn team_identity(body: &[u8]) -> Option<(String, String)> {
    team_name(&as_text(body).0)
}

/// The workspace that most users of a user list belong to: an export does not name its own.
pub fn commonest_team(users: &[u8]) -> Option<TeamId> {
    let (text, _) = as_text(users);
    let mut issues = Issues::of(&text);
    let mut teams: BTreeMap<TeamId, usize> = BTreeMap::new();
    for raw in Page::cut(&text, "members", &mut issues).records {
        if let Some(team) = user(raw, no_batch(), &mut issues).and_then(|user| user.team_id) {
            *teams.entry(team).or_default() += 1;
        }
    }
    teams.into_iter().max_by_key(|(_, users)| *users).map(|(team, _)| team)
}

fn no_batch() -> BatchId {
    BatchId::at(Time::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_which_threads_to_ask_for() {
        let body = br#"{"ok":true,"messages":[
            {"ts":"1600000005.000000","thread_ts":"1600000005.000000","reply_count":2},
            {"ts":"1600000004.000000","thread_ts":"1600000001.000000","subtype":"thread_broadcast"},
            {"ts":"1600000003.000000","reactions":[{"name":"+1","users":["U1"],"count":60}]},
            {"ts":"1600000002.000000","reply_count":0}, 5
        ],"orphan_threads":["1500000000.000000"]}"#;
        let ts = |text: &str| text.parse::<Ts>().expect("a timestamp");
        let page = MessagePage::read(body, None);
        assert_eq!((page.messages, page.oldest), (4, Some(ts("1600000002.000000"))));
        let threads = ["1500000000.000000", "1600000001.000000", "1600000005.000000"].map(ts);
        assert_eq!(page.threads, BTreeSet::from(threads));
        assert_eq!(page.cut_reactions, BTreeSet::from([ts("1600000003.000000")]));
    }
}
