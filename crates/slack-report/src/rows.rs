//! The tables that a report reads, with the columns that it needs of them.

use slack_model::rows::{
    Batch, CommunityRow, GraphMeasure, MonthlyGraphMeasure, NetworkEdge, NewcomerRow, Node, NodeMeasures,
    Window,
};
use slack_model::{ChannelId, Float, Schema, Table, TableReader, TableSource, Time, Ts};

use crate::error::Result;
use crate::sections::hours::POSTS;

/// Everything that a report reads: some columns of some tables. None of them may hold what people wrote, or what is private.
pub const READS: &[Schema] = &[
    Batch::SCHEMA,
    Window::SCHEMA,
    Node::SCHEMA,
    NodeMeasures::SCHEMA,
    NetworkEdge::SCHEMA,
    GraphMeasure::SCHEMA,
    MonthlyGraphMeasure::SCHEMA,
    CommunityRow::SCHEMA,
    NewcomerRow::SCHEMA,
    POSTS,
    DayRow::SCHEMA,
    ChannelRow::SCHEMA,
    PosterRow::SCHEMA,
    HealthRow::SCHEMA,
    ChannelResponseRow::SCHEMA,
    ResponseRow::SCHEMA,
    CubeRow::SCHEMA,
    RetentionRow::SCHEMA,
    PersonRow::SCHEMA,
    EmojiRow::SCHEMA,
    ActRow::SCHEMA,
    UserRow::SCHEMA,
    ArchivedRow::SCHEMA,
];

/// Reads a table as a whole; nothing where the source has no such table.
pub(crate) fn read<T: Table>(source: &(impl TableSource + ?Sized)) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    each(source, |row| rows.push(row))?;
    Ok(rows)
}

/// Shows each row of a table, none where the source has no such table.
pub(crate) fn each<T: Table>(source: &(impl TableSource + ?Sized), mut see: impl FnMut(T)) -> Result<()> {
    debug_assert!(READS.contains(&T::SCHEMA), "{} is not in the list of what a report reads", T::SCHEMA.name);
    if let Some(table) = TableReader::open(source, &T::SCHEMA)? {
        for row in table.rows::<T>() {
            see(row?);
        }
    }
    Ok(())
}

slack_model::select! {
    /// activity_by_day
    pub(crate) struct DayRow from "activity_by_day" by (date) {
        pub date: String,
        pub posts: u64,
        pub replies: u64,
        pub reactions: u64,
        pub people: u64,
        pub active: u64,
        pub new_posters: u64,
        pub people_7d: u64,
        pub people_28d: u64,
        pub stickiness: Option<Float>,
    }
}

slack_model::select! {
    /// aggr_by_channel
    pub(crate) struct ChannelRow from "aggr_by_channel" by (channel) {
        pub channel: ChannelId,
        pub name: String,
        pub kind as "type": String,
        pub posts: u64,
        pub replies: u64,
        pub threads: u64,
        pub users: u64,
        pub reactions: u64,
        pub first_post: Option<Time>,
        pub last_post: Option<Time>,
    }
}

slack_model::select! {
    /// aggr_by_channel_user: who posted where
    pub(crate) struct PosterRow from "aggr_by_channel_user" by (channel, user_id) {
        pub channel: ChannelId,
        pub user_id: String,
    }
}

slack_model::select! {
    /// health_by_channel
    pub(crate) struct HealthRow from "health_by_channel" by (channel) {
        pub channel: ChannelId,
        pub absence_factor: Option<u64>,
        pub gini: Option<Float>,
        pub burstiness: Option<Float>,
    }
}

slack_model::select! {
    /// response_by_channel
    pub(crate) struct ChannelResponseRow from "response_by_channel" by (channel) {
        pub channel: ChannelId,
        pub threads: u64,
        pub answered: u64,
        pub median_response_s: Option<Float>,
        pub p90_response_s: Option<Float>,
    }
}

slack_model::select! {
    /// response_data
    pub(crate) struct ResponseRow from "response_data" by (channel, thread_ts) {
        pub channel: ChannelId,
        pub thread_ts: Ts,
        pub response_s: Option<Float>,
    }
}

slack_model::select! {
    /// cube_by_month: its cells of a month and a channel
    pub(crate) struct CubeRow from "cube_by_month" by (month, channel, user_id) {
        pub month: String,
        pub channel: String,
        pub user_id: String,
        pub posts: u64,
    }
}

slack_model::select! {
    /// retention_by_cohort
    pub(crate) struct RetentionRow from "retention_by_cohort" by (cohort, months_since) {
        pub cohort: String,
        pub months_since: u64,
        pub people: u64,
        pub cohort_size: u64,
    }
}

slack_model::select! {
    /// useractive_data
    pub(crate) struct PersonRow from "useractive_data" by (user_id) {
        pub user_id: String,
        pub name: String,
        pub message_count: u64,
        pub first_message_date: Option<Time>,
        pub last_message_date: Option<Time>,
        pub reaction_count: u64,
        pub reply_count: u64,
        pub channel_count: u64,
        pub active_days: u64,
        pub reactions_received: u64,
        pub mentions_received: u64,
    }
}

slack_model::select! {
    /// emoji_data
    pub(crate) struct EmojiRow from "emoji_data" by (reaction) {
        pub reaction: String,
        pub count: u64,
        pub users: u64,
        pub messages: u64,
    }
}

slack_model::select! {
    /// edge_data: what one did to another
    pub(crate) struct ActRow from "edge_data" by (source as "Source", target as "Target", relate, channel) {
        pub source as "Source": String,
        pub target as "Target": String,
        pub relate: String,
        pub channel: ChannelId,
        pub weight as "Weight": u64,
    }
}

slack_model::select! {
    /// user_data: who is a bot
    pub(crate) struct UserRow from "user_data" by (id) {
        pub id: String,
        pub is_bot: Option<bool>,
    }
}

slack_model::select! {
    /// channel_data: which channels are archived
    pub(crate) struct ArchivedRow from "channel_data" by (id) {
        pub id: ChannelId,
        pub name: String,
        pub is_archived: Option<bool>,
    }
}
