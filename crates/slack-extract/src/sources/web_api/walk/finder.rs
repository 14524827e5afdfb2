use std::collections::HashSet;
use std::sync::Mutex;

use slack_model::{BotId, FileId, UserId};
use tokio::sync::mpsc;

use crate::hash::digest;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{BOTS_INFO, FILES_INFO, USERS_INFO};

/// How the list of users ended: only then strangers can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserList {
    Pending,
    Whole,
    Missing,
}

/// Something to ask for by its id.
#[derive(Debug)]
pub(super) enum Lookup {
    User(UserId),
    Bot(BotId),
    File(FileId),
}

impl Lookup {
    fn key(&self) -> (&'static str, &str) {
        match self {
            Self::User(id) => (USERS_INFO, id.as_str()),
            Self::Bot(id) => (BOTS_INFO, id.as_str()),
            Self::File(id) => (FILES_INFO, id.as_str()),
        }
    }
}

/// Takes what is found, each thing once.
#[derive(Debug)]
pub(super) struct Finder {
    sender: mpsc::UnboundedSender<Lookup>,
    seen: Mutex<HashSet<u64>>,
}

impl Finder {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Lookup>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self { sender, seen: Mutex::default() }, receiver)
    }

    pub(super) fn add(&self, find: Lookup) {
        if lock(&self.seen).insert(digest(find.key())) {
            // The receiver lives as long as the walk; after an error nobody waits for the rest.
            let _ = self.sender.send(find);
        }
    }
}
