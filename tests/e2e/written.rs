//! A master whose people, channels and posts are written as a test wants them.

use std::collections::BTreeMap;
use std::fs;

use crate::support::Home;

/// What is to be written.
#[derive(Default)]
pub(crate) struct Written {
    title: String,
    people: Vec<String>,
    channels: Vec<String>,
    posts: usize,
    seconds: usize,
}

/// The second of the first post: 2015-06-15.
const START: usize = 1_434_326_400;

impl Written {
    /// The workspace's name.
    pub(crate) fn title(mut self, title: &str) -> Self {
        self.title = title.into();
        self
    }

    pub(crate) fn people(mut self, names: &[&str]) -> Self {
        self.people = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// So many people.
    pub(crate) fn crowd(mut self, size: usize) -> Self {
        self.people = (0..size).map(|number| format!("Person of the crowd {number}")).collect();
        self
    }

    pub(crate) fn channels(mut self, names: &[&str]) -> Self {
        self.channels = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// So many posts, so many seconds apart: of every three, one opens a thread that the next author replies to, and one is
    /// reacted to.
    pub(crate) fn posts(mut self, posts: usize, seconds: usize) -> Self {
        (self.posts, self.seconds) = (posts, seconds);
        self
    }

    /// Writes the master's tables.
    pub(crate) fn into_home(self, home: &Home) {
        let user = |number: usize| format!("U{:06}", number % self.people.len());
        let channel = |number: usize| format!("C{:04}", number / 3 % self.channels.len());
        // Sorted by their keys, as a master's tables are.
        let (mut messages, mut replies, mut reactions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for number in 0..self.posts {
            let ts = |number: usize| format!("{}.000100", START + number * self.seconds);
            // Some write much more than others.
            let author = if number % 4 == 0 { number / 4 % 3 } else { number };
            let key = (channel(number), ts(number));
            let message = |thread: &str| {
                [&key.0, "message", &key.1, thread, &user(author), "Some words that no page holds"]
                    .map(str::to_owned)
            };
            match number % 3 {
                0 => drop(messages.insert(key.clone(), message(&key.1))),
                1 => drop(replies.insert(key.clone(), message(&ts(number - 1)))),
                _ => {
                    drop(messages.insert(key.clone(), message("")));
                    for reaction in ["+1", self.people[number % self.people.len()].as_str()] {
                        let reaction = reaction.to_owned();
                        let row = [&key.0, &key.1, "", &user(number + 1), &reaction]
                            .map(|field: &str| field.to_owned());
                        reactions.insert((key.clone(), reaction), row);
                    }
                }
            }
        }
        let of_message = ["channel", "type", "ts", "thread_ts", "user_id", "text"];
        write(home, "message_data", of_message, messages.into_values());
        write(home, "thread_data", of_message, replies.into_values());
        let of_reaction = ["channel", "ts", "thread_ts", "user_id", "reaction"];
        write(home, "reaction_data", of_reaction, reactions.into_values());
        let zones = ["Europe/Berlin", "Asia/Tokyo", "America/Lima"];
        let users = self.people.iter().enumerate().map(|(number, name)| {
            [&user(number), &format!("login{number}"), name, "someone@example.org", zones[number % 3], "true"]
                .map(str::to_owned)
        });
        write(home, "user_data", ["id", "name", "real_name", "email", "tz", "known"], users);
        let channels = self.channels.iter().enumerate().map(|(number, name)| {
            [&channel(number * 3), name.as_str(), "channel", "public", "false"].map(str::to_owned)
        });
        write(home, "channel_data", ["id", "name", "type", "class", "is_private"], channels);
        let batch = ["20200101000000", "export", "complete", &self.title].map(str::to_owned);
        write(home, "batch_data", ["batch", "source", "status", "team_name"], [batch]);
    }
}

fn write<const N: usize>(
    home: &Home,
    table: &str,
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) {
    let folder = home.data("master/csv");
    fs::create_dir_all(&folder).expect("a folder");
    let mut writer = csv::Writer::from_path(folder.join(format!("{table}.csv"))).expect("a file");
    writer.write_record(columns).expect("written");
    rows.into_iter().for_each(|row| writer.write_record(row).expect("written"));
    writer.flush().expect("written");
}
