//! What messages say of their authors, for those whom no list of users holds.

use rustc_hash::FxHashMap;

use crate::ids::UserId;
use crate::wire::SeenProfile;

/// The names of a user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) name: String,
    pub(super) real_name: String,
    pub(super) display_name: String,
}

/// The last names that messages gave to each author.
#[derive(Debug, Default)]
pub(super) struct Profiles(FxHashMap<Box<str>, Names>);

impl Profiles {
    /// Takes what a message says. An export says it with every message, mostly the same.
    pub(super) fn see(&mut self, user: &str, profile: &SeenProfile<'_>) {
        let SeenProfile { name, real_name, display_name } = profile;
        if user.is_empty() || [name, real_name, display_name].iter().all(|name| name.is_empty()) {
            return;
        }
        if !self.0.contains_key(user) {
            self.0.insert(user.into(), Names::default());
        }
        if let Some(names) = self.0.get_mut(user) {
            let set = |into: &mut String, name: &str| {
                if into != name {
                    name.clone_into(into);
                }
            };
            set(&mut names.name, name);
            set(&mut names.real_name, real_name);
            set(&mut names.display_name, display_name);
        }
    }

    /// Bytes in memory, about.
    pub(super) fn weight(&self) -> usize {
        self.0.len() * (size_of::<Names>() + 100)
    }

    /// The names of each author, by id.
    pub(super) fn into_sorted(self) -> Vec<(UserId, Names)> {
        let mut sorted: Vec<_> =
            self.0.into_iter().map(|(user, names)| (UserId::from(&*user), names)).collect();
        sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        sorted
    }
}
