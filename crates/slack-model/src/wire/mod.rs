//! Slack's JSON, read leniently: the only place that knows its shape.
//!
//! A page is cut into records first ([`records`]), so that a page that breaks off still gives the records
//! before the break. Each record is read on its own ([`lenient`]): at first as a whole; where that fails,
//! field by field, and only the fields that are not what they should be are left out. Whatever is left out
//! is an [`Issue`] with its place.

mod channel;
mod digest;
mod envelope;
mod file;
mod issue;
mod keys;
mod lenient;
mod message;
mod records;
mod seen;
mod shown_file;
mod user;

pub(crate) use self::channel::{ChannelList, ListedChannel, channel, member};
pub(crate) use self::digest::each_message_stamp;
pub use self::digest::{
    MessagePage, PageSummary, ShownThread, channel_canvases, channel_updates, listed_channels,
    listed_usergroups, listed_users, reacting_users, team_identity, token_identity, token_user,
};
pub use self::envelope::Envelope;
pub(crate) use self::file::listed_files;
pub(crate) use self::issue::{Issue, Issues};
pub use self::keys::{is_org_wide, listed_teams, record_keys};
pub(crate) use self::message::{message, reactions_of};
pub(crate) use self::records::{
    Page, PageContent, as_text, content_of, each_record, each_record_loosely, holds_list, member_of,
};
pub(crate) use self::seen::{SeenMessage, SeenProfile, SeenReaction, seen_messages};
pub use self::shown_file::{ShownFile, shown_files};
pub(crate) use self::user::{team_name, user, usergroup};

#[cfg(test)]
thread_local! {
    /// How often a page's JSON was gone through on this thread.
    pub(crate) static SCANS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Notes that a page's JSON is gone through, so that a test can count how often that happens.
fn note_scan() {
    #[cfg(test)]
    SCANS.set(SCANS.get() + 1);
}
