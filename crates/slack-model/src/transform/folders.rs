//! Which conversation an export's folder is of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::names::{composed, folded, readings};
use crate::ids::{ChannelId, UserId};
use crate::rows::{Channel, User};

/// What the lists of an export say of the names that folders may have.
///
/// Slack names a folder after its channel, and after the id of a direct message. Other programs name it after the
/// person, and file systems and zip programs change letters. A folder is given to a listed conversation only where one
/// reading of its name is that conversation's; where several lists claim a name, the stricter class has it.
pub(super) struct FolderNames<'l> {
    channels: &'l BTreeMap<ChannelId, Channel>,
    by_name: HashMap<String, Vec<&'l Channel>>,
    by_folded: HashMap<String, Vec<&'l Channel>>,
    /// Direct messages, by the names and ids of those who take part.
    by_person: HashMap<String, BTreeSet<&'l ChannelId>>,
    /// Conversations of several, by all who take part.
    by_members: HashMap<BTreeSet<&'l UserId>, Vec<&'l ChannelId>>,
    people: HashMap<String, BTreeSet<&'l UserId>>,
    /// Whether direct messages lie in folders that are named after people.
    after_people: bool,
    /// How many folders there are of a name, however it is written.
    folders: HashMap<String, usize>,
}

impl<'l> FolderNames<'l> {
    /// `members` has those who take part in direct messages, and `folders` are the names that there are.
    pub(super) fn new<'f>(
        channels: &'l BTreeMap<ChannelId, Channel>,
        users: &'l BTreeMap<UserId, User>,
        members: &'l BTreeMap<ChannelId, BTreeSet<UserId>>,
        folders: impl IntoIterator<Item = &'f str>,
    ) -> Self {
        let mut names = Self {
            channels,
            by_name: HashMap::new(),
            by_folded: HashMap::new(),
            by_person: HashMap::new(),
            by_members: HashMap::new(),
            people: HashMap::new(),
            after_people: false,
            folders: HashMap::new(),
        };
        for channel in channels.values() {
            names.by_name.entry(composed(&channel.name)).or_default().push(channel);
            names.by_folded.entry(folded(&channel.name)).or_default().push(channel);
        }
        for user in users.values() {
            let called = [user.id.as_str(), &user.name, &user.display_name, &user.real_name];
            for name in called.into_iter().filter(|name| !name.is_empty()) {
                names.people.entry(folded(name)).or_default().insert(&user.id);
            }
        }
        for (id, members) in members {
            match channels.get(id).map(|channel| channel.kind.as_str()) {
                Some("im") => {
                    for member in members {
                        names.by_person.entry(member.to_string()).or_default().insert(id);
                        let user = users.get(member).into_iter();
                        let called = user.flat_map(|user| [&user.name, &user.display_name, &user.real_name]);
                        for name in called.filter(|name| !name.is_empty()) {
                            names.by_person.entry(folded(name)).or_default().insert(id);
                        }
                    }
                }
                _ => names.by_members.entry(members.iter().collect()).or_default().push(id),
            }
        }
        let folders: Vec<&str> = folders.into_iter().collect();
        // A direct message that lies under its id lies nowhere else.
        let under_ids: BTreeSet<&str> = folders.iter().copied().collect();
        for ids in names.by_person.values_mut() {
            ids.retain(|id| !under_ids.contains(id.as_str()));
        }
        names.after_people = true;
        for folder in folders {
            names.after_people &= channels.get(folder).is_none_or(|channel| channel.kind != "im");
            *names.folders.entry(folded(folder)).or_default() += 1;
        }
        names
    }

    /// The listed conversation that a folder is of. `bytes` is the name as the file system has it.
    pub(super) fn find(&self, folder: &str, bytes: &[u8]) -> Option<ChannelId> {
        if let Some(channel) = self.channels.get(folder) {
            return Some(channel.id.clone());
        }
        let readings = readings(bytes);
        let person = self.of_person(&readings);
        for reading in &readings {
            if let Some(named) = self.by_name.get(reading) {
                // A public channel and a person of one name: the folder is as closed as the stricter of the two.
                let is_public = named.iter().all(|channel| channel.class == "public");
                return match person {
                    Person::One(id) if is_public && self.after_people => Some(id),
                    Person::Several if is_public && self.after_people => None,
                    _ => strictest(named),
                };
            }
        }
        if let Person::One(id) = person {
            return Some(id);
        }
        self.of_members(&readings).or_else(|| {
            let name = readings
                .iter()
                .map(|reading| folded(reading))
                .find(|name| self.by_folded.contains_key(name))?;
            // Two folders may be those of two channels, of which one is in no list.
            let is_sole = self.folders.get(&folded(folder)).is_none_or(|folders| *folders < 2);
            match self.by_folded.get(&name).map(Vec::as_slice) {
                Some([only]) if is_sole => Some(only.id.clone()),
                _ => None,
            }
        })
    }

    /// The direct message with somebody.
    fn of_person(&self, readings: &[String]) -> Person {
        let ids = readings
            .iter()
            .find_map(|reading| self.by_person.get(reading).or_else(|| self.by_person.get(&folded(reading))));
        match ids.map(|ids| ids.iter().collect::<Vec<_>>()).as_deref() {
            None | Some([]) => Person::Nobody,
            Some([id]) => Person::One((**id).clone()),
            Some(_) => Person::Several,
        }
    }

    /// The conversation between people, all of whom the folder's name names: `mpdm-ana--ben--cleo-1`.
    fn of_members(&self, readings: &[String]) -> Option<ChannelId> {
        let of_reading = |reading: &String| {
            let reading = folded(reading);
            let named = reading.strip_prefix("mpdm-").unwrap_or(&reading);
            let without_number = named.rsplit_once('-').filter(|(_, number)| {
                !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
            });
            [Some(named), without_number.map(|(named, _)| named)].into_iter().flatten().find_map(|named| {
                let people: Option<BTreeSet<_>> = named.split("--").map(|name| self.person(name)).collect();
                match self.by_members.get(&people?).map(Vec::as_slice) {
                    Some([only]) => Some((*only).clone()),
                    _ => None,
                }
            })
        };
        readings.iter().find_map(of_reading)
    }

    fn person(&self, name: &str) -> Option<&'l UserId> {
        let people = self.people.get(name)?;
        (people.len() == 1).then(|| people.first().copied()).flatten()
    }

    /// What a folder is that no list names.
    pub(super) fn unlisted(&self, folder: &str) -> Unlisted {
        let is_of_ids = |first: &[u8]| {
            let (head, rest) =
                folder.as_bytes().split_first().map_or((0, &[][..]), |(head, rest)| (*head, rest));
            // Names of channels have no capitals.
            first.contains(&head)
                && rest.len() >= 3
                && rest.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        if is_of_ids(b"CDG") {
            return Unlisted { id: folder.into(), kind: Channel::kind_of_id(folder) };
        }
        if let Some(file) = canvas_file(folder) {
            // Its title changes; the file does not.
            return Unlisted { id: ChannelId::of_folder(&format!("FC:{file}")), kind: "canvas" };
        }
        let kind = if folder.starts_with("mpdm-") {
            "mpim"
        } else if is_of_ids(b"UW") || self.people.contains_key(&folded(folder)) {
            "im"
        } else {
            "channel"
        };
        // However the file system writes it.
        Unlisted { id: ChannelId::of_folder(&composed(folder)), kind }
    }
}

/// The direct messages that may lie in a folder that is named after a person.
enum Person {
    Nobody,
    One(ChannelId),
    Several,
}

/// A folder that no list names.
pub(super) struct Unlisted {
    pub(super) id: ChannelId,
    pub(super) kind: &'static str,
}

/// The canvas on which a folder holds the comments: `FC:F012AB:Title`; Windows writes no colons.
fn canvas_file(folder: &str) -> Option<&str> {
    let rest = folder.strip_prefix("FC").filter(|rest| rest.starts_with([':', '_', '\u{f03a}']))?;
    let rest = rest.trim_start_matches([':', '_', '\u{f03a}']);
    let file = rest.split([':', '_', '\u{f03a}']).next()?;
    let is_id =
        file.starts_with('F') && file.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_id.then_some(file)
}

/// Of conversations of one name, the one that fewest people may read; of those, one that is not archived.
fn strictest(channels: &[&Channel]) -> Option<ChannelId> {
    let strictness = |channel: &Channel| {
        let kind = ["channel", "canvas", "group", "mpim", "im"].iter().position(|kind| *kind == channel.kind);
        let is_open = channel.is_archived != Some(true);
        (channel.class != "public", kind, is_open)
    };
    let order = |one: &&&Channel, other: &&&Channel| {
        strictness(one).cmp(&strictness(other)).then_with(|| other.id.cmp(&one.id))
    };
    channels.iter().max_by(order).map(|channel| channel.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ts::{BatchId, Time};

    struct Workspace {
        channels: BTreeMap<ChannelId, Channel>,
        users: BTreeMap<UserId, User>,
        members: BTreeMap<ChannelId, BTreeSet<UserId>>,
    }

    fn workspace(channels: &[(&str, &str, &str)], direct: &[(&str, &[&str])]) -> Workspace {
        let batch = BatchId::at(Time::EPOCH);
        let channel = |(id, name, kind): &(&str, &str, &str)| {
            let mut channel = Channel::unlisted((*id).into(), (*name).into(), kind, batch);
            if *kind == "channel" {
                channel.class = "public".into();
            }
            (channel.id.clone(), channel)
        };
        let user = |(id, name): &(&str, &str)| {
            let user = User { name: (*name).into(), ..User::unknown((*id).into(), batch) };
            (user.id.clone(), user)
        };
        let members = |(id, users): &(&str, &[&str])| {
            (ChannelId::from(*id), users.iter().map(|user| UserId::from(*user)).collect())
        };
        Workspace {
            channels: channels.iter().map(channel).collect(),
            users: [("U7ROZ", "roza"), ("U7TIM", "tim"), ("U7UMA", "uma")].iter().map(user).collect(),
            members: direct.iter().map(members).collect(),
        }
    }

    fn find(workspace: &Workspace, folders: &[&str], folder: &str) -> String {
        let Workspace { channels, users, members } = workspace;
        let names = FolderNames::new(channels, users, members, folders.iter().copied());
        names.find(folder, folder.as_bytes()).map(|id| id.to_string()).unwrap_or_default()
    }

    #[test]
    fn folders_are_found_by_id_name_copy_and_person() {
        let workspace = workspace(
            &[
                ("C7A", "café", "channel"),
                ("C7B", "team", "channel"),
                ("D7RT", "D7RT", "im"),
                ("D7RU", "D7RU", "im"),
                ("G7M", "G7M", "mpim"),
            ],
            &[
                ("D7RT", &["U7ROZ", "U7TIM"]),
                ("D7RU", &["U7ROZ", "U7UMA"]),
                ("G7M", &["U7ROZ", "U7TIM", "U7UMA"]),
            ],
        );
        for (folder, id) in [
            ("C7A", "C7A"),
            ("café", "C7A"),
            ("cafe\u{301}", "C7A"),
            ("caf├⌐", "C7A"),
            ("Team (2)", "C7B"),
            ("tim", "D7RT"),
            ("U7UMA", "D7RU"),
            // Roza takes part in both.
            ("roza", ""),
            ("mpdm-roza--tim--uma-1", "G7M"),
            ("tim--uma--roza", "G7M"),
            ("tim--uma", ""),
            ("other", ""),
        ] {
            assert_eq!(find(&workspace, &[folder], folder), id, "{folder}");
        }
    }

    #[test]
    fn the_stricter_class_has_a_name_that_two_lists_claim() {
        let both = workspace(&[("C7A", "plans", "channel"), ("G7A", "plans", "group")], &[]);
        assert_eq!(find(&both, &["plans"], "plans"), "G7A");
        let person =
            workspace(&[("C7A", "tim", "channel"), ("D7RT", "D7RT", "im")], &[("D7RT", &["U7ROZ", "U7TIM"])]);
        assert_eq!(find(&person, &["tim"], "tim"), "D7RT");
        // Where direct messages lie under their ids, a person's name means nothing.
        assert_eq!(find(&person, &["tim", "D7RT"], "tim"), "C7A");
        // Nobody knows which of a person's direct messages it is, but it may be one.
        let several = workspace(
            &[("C7A", "roza", "channel"), ("D7RT", "D7RT", "im"), ("D7RU", "D7RU", "im")],
            &[("D7RT", &["U7ROZ", "U7TIM"]), ("D7RU", &["U7ROZ", "U7UMA"])],
        );
        assert_eq!(find(&several, &["roza"], "roza"), "");
        // A copy of a public channel's folder, or the folder of a private channel of the same name.
        let copies = workspace(&[("C7A", "plans", "channel")], &[]);
        assert_eq!(find(&copies, &["plans", "plans (1)"], "plans (1)"), "");
        assert_eq!(find(&copies, &["plans", "plans (1)"], "plans"), "C7A");
        assert_eq!(find(&copies, &["plans (1)"], "plans (1)"), "C7A");
        let folded = workspace(&[("C7A", "plans", "channel"), ("C7B", "Plans", "channel")], &[]);
        assert_eq!(find(&folded, &["PLANS"], "PLANS"), "");
    }

    #[test]
    fn what_no_list_names_is_known_by_its_name_at_the_most() {
        let Workspace { channels, users, members } = workspace(&[], &[]);
        let names = FolderNames::new(&channels, &users, &members, []);
        for (folder, kind, has_own_id) in [
            ("C7PLANS1", "channel", true),
            ("D7PLANS1", "im", true),
            ("G7PLANS1", "group", true),
            ("mpdm-roza--tim-1", "mpim", false),
            ("tim", "im", false),
            ("U7TIM", "im", false),
            ("FC:F7A:Salaries", "canvas", false),
            ("secret", "channel", false),
            ("C", "channel", false),
        ] {
            let unlisted = names.unlisted(folder);
            assert_eq!((unlisted.kind, unlisted.id.as_str() == folder), (kind, has_own_id), "{folder}");
        }
        assert_eq!(names.unlisted("FC:F7A:Salaries").id, names.unlisted("FC_F7A_Old title").id);
    }
}
