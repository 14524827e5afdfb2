use crate::ids::{TeamId, UserId, UsergroupId};
use crate::table;
use crate::ts::BatchId;

table! {
    /// A person or bot of the workspace, or one that is only named in it.
    pub struct User in "user_data" by (id) {
        /// The user's id.
        open id: UserId,
        /// The login name.
        name name: String,
        /// The full name.
        name real_name: String,
        /// The name shown beside messages, where the user chose one.
        name display_name: String,
        /// The e-mail address, where the token may see it.
        private email: String,
        /// The time zone's name in IANA's database.
        open tz: String,
        /// Seconds east of UTC when the batch was taken.
        open tz_offset: Option<i64>,
        /// What the user does, in own words.
        name title: String,
        /// Whether the user is a bot's.
        open is_bot: Option<bool>,
        /// Whether the user is an administrator.
        open is_admin: Option<bool>,
        /// Whether the user is an owner.
        open is_owner: Option<bool>,
        /// Whether the user is a guest, of one channel or of several.
        open is_guest: Option<bool>,
        /// Whether the account is deactivated.
        open deleted: Option<bool>,
        /// When the profile changed last, seconds since 1970.
        open updated: Option<i64>,
        /// The user's workspace.
        open team_id: Option<TeamId>,
        /// Whether a user list held the user; false for one that only messages, reactions, files or
        /// memberships name.
        open known: bool,
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
        /// The batch that the row's values come from; empty where that is `last_batch`.
        open values_batch: Option<BatchId>,
    }
}

impl User {
    /// A user that something names but no user list holds.
    pub fn unknown(id: UserId, batch: BatchId) -> Self {
        Self {
            id,
            name: String::new(),
            real_name: String::new(),
            display_name: String::new(),
            email: String::new(),
            tz: String::new(),
            tz_offset: None,
            title: String::new(),
            is_bot: None,
            is_admin: None,
            is_owner: None,
            is_guest: None,
            deleted: None,
            updated: None,
            team_id: None,
            known: false,
            first_batch: Some(batch),
            last_batch: Some(batch),
            values_batch: None,
        }
    }
}

table! {
    /// A group of users that can be mentioned as one.
    pub struct Usergroup in "usergroup_data" by (id) {
        /// The group's id.
        open id: UsergroupId,
        /// What is typed after `@`.
        name handle: String,
        /// The full name.
        name name: String,
        /// What the group is for.
        content description: String,
        /// Whether the group is another workspace's.
        open is_external: Option<bool>,
        /// Number of members.
        open user_count: Option<u64>,
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
    }
}

table! {
    /// A user's membership of a user group.
    pub struct UsergroupMember in "usergroup_member_data" by (usergroup, user_id) {
        /// The group.
        open usergroup: UsergroupId => "usergroup_data",
        /// The member.
        open user_id: UserId => "user_data",
        /// The first batch that saw the row.
        open first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        open last_batch: Option<BatchId>,
    }
}
