use crate::ids::ChannelId;
use crate::table;
use crate::ts::Time;

table! {
    /// A node of the graph: a user or a channel. Gephi reads the table as it is.
    pub struct Node in "node_data" by (id as "Id") {
        /// The user's or channel's id.
        pub id as "Id": String,
        /// The name to draw.
        pub label as "Label": String,
        /// `user` or `channel`.
        pub kind as "type": String,
        /// The user's full name, or the channel's name.
        pub name: String,
        /// The user's country, two letters of ISO 3166.
        pub iso: String,
        /// The user's country.
        pub country: String,
        /// The user's city, from the time zone.
        pub city: String,
        /// The channel's type.
        pub channel_type: String,
        /// The channel's class.
        pub channel_class: String,
    }
}

table! {
    /// A weighted, directed edge of the graph. Gephi reads the table as it is.
    pub struct Edge in "edge_data" by (source as "Source", target as "Target", relate, channel) {
        /// Who acts.
        pub source as "Source": String,
        /// On whom or what.
        pub target as "Target": String,
        /// `Directed`.
        pub kind as "Type": String,
        /// How often.
        pub weight as "Weight": u64,
        /// `interacts`, `reacts` or `refers`.
        pub relate: String,
        /// The channel in which it happened.
        pub channel: ChannelId,
        /// The first time.
        pub first_time: Option<Time>,
        /// The last time.
        pub last_time: Option<Time>,
    }
}
