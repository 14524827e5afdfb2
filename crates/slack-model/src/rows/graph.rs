use crate::ids::ChannelId;
use crate::table;
use crate::table::Float;
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

table! {
    /// What is measured of a person in the network of people. Measures of the undirected network join both directions.
    pub struct NodeMeasures in "node_measures" by (id) {
        /// The user's id.
        pub id: String,
        /// Number of people who act on this one.
        pub in_degree: u64,
        /// Number of people on whom this one acts.
        pub out_degree: u64,
        /// Sum of the weights of the edges from others.
        pub in_strength: Float,
        /// Sum of the weights of the edges to others.
        pub out_strength: Float,
        /// PageRank, weighted; all sum to 1.
        pub pagerank: Float,
        /// Hub score, weighted; the largest is 1.
        pub hub: Float,
        /// Authority score, weighted; the largest is 1.
        pub authority: Float,
        /// Number of shortest paths through the person, of edges of length 1.
        pub betweenness: Float,
        /// Closeness by the distances from others, of edges of length 1.
        pub closeness: Float,
        /// Core number, undirected.
        pub core: u64,
        /// Local clustering coefficient, undirected.
        pub clustering: Float,
        /// The community, numbered from 0 by size, the largest first.
        pub community: u64,
        /// Number of shortest paths through the person, of edges of length 1 / weight.
        pub weighted_betweenness: Float,
        /// Closeness by the distances from others, of edges of length 1 / weight.
        pub weighted_closeness: Float,
        /// Eigenvector centrality, undirected, weighted; the largest is 1.
        pub eigenvector: Float,
        /// How evenly the ties go to all communities: 0 to one only, towards 1 to many alike.
        pub participation: Float,
        /// How strongly the person is tied to the own community, in standard deviations from its mean.
        pub within_community_z: Float,
        /// Number of other communities that the person is tied to.
        pub bridged_communities: u64,
        /// Where the person is drawn, from left to right.
        pub x: Float,
        /// Where the person is drawn, from bottom to top.
        pub y: Float,
    }
}

table! {
    /// An edge of the network that was measured: all that one did to another, or what ties them. Gephi reads the table as it
    /// is.
    pub struct NetworkEdge in "network_data" by (source as "Source", target as "Target") {
        /// Who acts.
        pub source as "Source": String,
        /// On whom.
        pub target as "Target": String,
        /// The weight of all relations and channels together.
        pub weight as "Weight": Float,
    }
}

table! {
    /// What is measured of the network of people as a whole.
    pub struct GraphMeasure in "graph_measures" by (key) {
        /// The measure.
        pub key: String,
        /// Its value.
        pub value: Float,
    }
}

table! {
    /// What is measured of the network of people of one month.
    pub struct MonthlyGraphMeasure in "graph_measures_by_month" by (month, key) {
        /// The month: `2020-09`.
        pub month: String,
        /// The measure.
        pub key: String,
        /// Its value.
        pub value: Float,
    }
}

table! {
    /// A community: people who are tied to one another more than to others.
    pub struct CommunityRow in "community_data" by (community) {
        /// The number, from 0 by size.
        pub community: u64,
        /// Number of people.
        pub size: u64,
        /// Weight of the edges inside, both directions.
        pub internal_weight: Float,
        /// Weight of the edges to and from others.
        pub external_weight: Float,
        /// The ids of those with the most weight inside, the first ones first.
        pub top_people: String,
        /// Their labels.
        pub top_people_labels: String,
        /// The ids of the channels in which most of the weight inside came about, the first ones first.
        pub top_channels: String,
        /// Their labels.
        pub top_channels_labels: String,
    }
}

table! {
    /// A community of one month, and which one of the month before goes on in it.
    pub struct MonthlyCommunity in "community_by_month" by (month, community) {
        /// The month: `2020-09`.
        pub month: String,
        /// The number, from 0 by size in this month.
        pub community: u64,
        /// Number of people.
        pub size: u64,
        /// The community of the month before that it is most like; none where it is new.
        pub continues: Option<u64>,
        /// Number of people who were in that one.
        pub stayed: u64,
        /// How alike both are: people in both by people in either.
        pub jaccard: Float,
    }
}

table! {
    /// How a person found into the network: from the first sign of life to the first tie.
    pub struct NewcomerRow in "newcomer_data" by (id) {
        /// The user's id.
        pub id: String,
        /// The first time that the person acted on somebody or something, or somebody on the person.
        pub first_time: Option<Time>,
        /// The first edge with another person, in either direction.
        pub first_tie_time: Option<Time>,
        /// Seconds from the one to the other; none where there is no tie.
        pub first_tie_s: Option<Float>,
        /// Number of people tied to within 30 days of the first time.
        pub ties_30_days: u64,
    }
}

table! {
    /// How often one acted on another in a month, in all channels.
    pub struct MonthlyEdge in "edge_by_month" by (source as "Source", target as "Target", relate, month) {
        /// Who acts.
        pub source as "Source": String,
        /// On whom or what.
        pub target as "Target": String,
        /// `interacts`, `reacts` or `refers`.
        pub relate: String,
        /// The month: `2020-09`.
        pub month: String,
        /// How often.
        pub weight as "Weight": u64,
    }
}
