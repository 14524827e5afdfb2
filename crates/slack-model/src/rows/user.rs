use crate::ids::{TeamId, UserId, UsergroupId};
use crate::table;
use crate::ts::BatchId;

table! {
    /// A person or bot of the workspace, or one that is only named in it.
    pub struct User in "user_data" by (id) {
        /// The user's id.
        pub id: UserId,
        /// The login name.
        pub name: String,
        /// The full name.
        pub real_name: String,
        /// The name shown beside messages, where the user chose one.
        pub display_name: String,
        /// The e-mail address, where the token may see it.
        pub email: String,
        /// The time zone's name in IANA's database.
        pub tz: String,
        /// Seconds east of UTC when the batch was taken.
        pub tz_offset: Option<i64>,
        /// What the user does, in own words.
        pub title: String,
        /// Whether the user is a bot's.
        pub is_bot: Option<bool>,
        /// Whether the user is an administrator.
        pub is_admin: Option<bool>,
        /// Whether the user is an owner.
        pub is_owner: Option<bool>,
        /// Whether the user is a guest, of one channel or of several.
        pub is_guest: Option<bool>,
        /// Whether the account is deactivated.
        pub deleted: Option<bool>,
        /// When the profile changed last, seconds since 1970.
        pub updated: Option<i64>,
        /// The user's workspace.
        pub team_id: Option<TeamId>,
        /// Whether a user list held the user; false for one that only messages, reactions, files or
        /// memberships name.
        pub known: bool,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
        /// The batch that the row's values come from; empty where that is `last_batch`.
        pub values_batch: Option<BatchId>,
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
        pub id: UsergroupId,
        /// What is typed after `@`.
        pub handle: String,
        /// The full name.
        pub name: String,
        /// What the group is for.
        pub description: String,
        /// Whether the group is another workspace's.
        pub is_external: Option<bool>,
        /// Number of members.
        pub user_count: Option<u64>,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
    }
}

table! {
    /// A user's membership of a user group.
    pub struct UsergroupMember in "usergroup_member_data" by (usergroup, user_id) {
        /// The group.
        pub usergroup: UsergroupId,
        /// The member.
        pub user_id: UserId,
        /// The first batch that saw the row.
        pub first_batch: Option<BatchId>,
        /// The last batch that saw the row.
        pub last_batch: Option<BatchId>,
    }
}
