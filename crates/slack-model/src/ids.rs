//! Slack's identifiers, each a type of its own.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns the id as Slack wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id_type!(
    /// A person or a bot user: `U…`, `W…`, or `USLACKBOT`.
    UserId
);
id_type!(
    /// A conversation: `C…` channel, `G…` private group, `D…` direct message, or `X…` made by
    /// [`ChannelId::of_folder`].
    ChannelId
);
id_type!(
    /// A file: `F…`.
    FileId
);
id_type!(
    /// A bot: `B…`. Not the same as the bot's user.
    BotId
);
id_type!(
    /// A workspace: `T…`.
    TeamId
);
id_type!(
    /// A user group: `S…`.
    UsergroupId
);

impl ChannelId {
    /// Makes the id of a channel that an export holds as a folder but does not list.
    ///
    /// Day files carry no channel id, so one is derived from the folder's name: `X` and ten characters of
    /// the SHA-256 of the name in base 32 (50 bits). No Slack id begins with `X`; the same name gives
    /// the same id in every export.
    pub fn of_folder(folder: &str) -> Self {
        use sha2::Digest;
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let hash = sha2::Sha256::digest(folder.as_bytes());
        let mut bits = hash.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut id = String::from("X");
        for _ in 0..10 {
            id.push(char::from(DIGITS[(bits >> 59) as usize]));
            bits <<= 5;
        }
        Self::from(id)
    }

    /// Whether the id was made by [`ChannelId::of_folder`].
    pub fn is_of_folder(&self) -> bool {
        self.as_str().len() == 11 && self.as_str().starts_with('X')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_ids_are_stable_and_cannot_be_slacks() {
        let id = ChannelId::of_folder("meetup-");
        assert_eq!(id, ChannelId::of_folder("meetup-"));
        assert_ne!(id, ChannelId::of_folder("meetup"));
        assert_eq!(id.as_str().len(), 11);
        assert!(id.as_str().starts_with('X') && id.is_of_folder());
        assert!(!ChannelId::from("C0123456789").is_of_folder());
        // The value itself is part of the contract: a master outlives the version that wrote it.
        assert_eq!(ChannelId::of_folder("general").as_str(), "X1ZNE2VAN6S");
    }
}
