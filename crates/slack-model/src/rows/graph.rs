use crate::ids::ChannelId;
use crate::table;
use crate::table::Float;
use crate::ts::Time;

table! {
    /// A node of the graph: a user or a channel. Gephi reads the table as it is.
    pub struct Node, NodeRef in "node_data" by (id as "Id") {
        /// The user's or channel's id.
        open id as "Id": String,
        /// The name to draw.
        name label as "Label": String,
        /// `user` or `channel`.
        open kind as "type": String,
        /// The user's full name, or the channel's name.
        name name: String,
        /// The user's country, two letters of ISO 3166.
        open iso: String,
        /// The user's country.
        open country: String,
        /// The user's city, from the time zone.
        open city: String,
        /// The channel's type.
        open channel_type: String,
        /// The channel's class.
        open channel_class: String,
    }
}

table! {
    /// A weighted, directed edge of the graph. Gephi reads the table as it is.
    pub struct Edge, EdgeRef in "edge_data" by (source as "Source", target as "Target", relate, channel) {
        /// Who acts.
        open source as "Source": String,
        /// On whom or what.
        open target as "Target": String,
        /// `Directed`.
        open kind as "Type": String,
        /// How often.
        open weight as "Weight": u64,
        /// `interacts`, `reacts` or `refers`.
        open relate: String,
        /// The channel in which it happened.
        open channel: ChannelId,
        /// The first time.
        open first_time: Option<Time>,
        /// The last time.
        open last_time: Option<Time>,
    }
}

table! {
    /// What is measured of a person in the network of people. Measures of the undirected network join both directions.
    pub struct NodeMeasures in "node_measures" by (id) {
        /// The user's id.
        open id: String,
        /// Number of people who act on this one.
        open in_degree: u64,
        /// Number of people on whom this one acts.
        open out_degree: u64,
        /// Sum of the weights of the edges from others.
        open in_strength: Float,
        /// Sum of the weights of the edges to others.
        open out_strength: Float,
        /// PageRank, weighted; all sum to 1.
        open pagerank: Float,
        /// Hub score, weighted; the largest is 1.
        open hub: Float,
        /// Authority score, weighted; the largest is 1.
        open authority: Float,
        /// Number of shortest paths through the person, of edges of length 1.
        open betweenness: Float,
        /// Closeness by the distances from others, of edges of length 1.
        open closeness: Float,
        /// Core number, undirected.
        open core: u64,
        /// Local clustering coefficient, undirected.
        open clustering: Float,
        /// The community, numbered from 0 by size, the largest first.
        open community: u64,
        /// Number of shortest paths through the person, of edges of length 1 / weight.
        open weighted_betweenness: Float,
        /// Closeness by the distances from others, of edges of length 1 / weight.
        open weighted_closeness: Float,
        /// Eigenvector centrality, undirected, weighted; the largest is 1.
        open eigenvector: Float,
        /// How evenly the ties go to all communities: 0 to one only, towards 1 to many alike.
        open participation: Float,
        /// How strongly the person is tied to the own community, in standard deviations from its mean.
        open within_community_z: Float,
        /// Number of other communities that the person is tied to.
        open bridged_communities: u64,
        /// Where the person is drawn, from left to right.
        open x: Float,
        /// Where the person is drawn, from bottom to top.
        open y: Float,
    }
}

table! {
    /// An edge of the network that was measured: all that one did to another, or what ties them. Gephi reads the table as it
    /// is.
    pub struct NetworkEdge in "network_data" by (source as "Source", target as "Target") {
        /// Who acts.
        open source as "Source": String,
        /// On whom.
        open target as "Target": String,
        /// The weight of all relations and channels together.
        open weight as "Weight": Float,
    }
}

table! {
    /// What is measured of the network of people as a whole.
    pub struct GraphMeasure in "graph_measures" by (key) {
        /// The measure.
        open key: String,
        /// Its value.
        open value: Float,
    }
}

table! {
    /// What is measured of the network of people of one month.
    pub struct MonthlyGraphMeasure in "graph_measures_by_month" by (month, key) {
        /// The month: `2020-09`.
        open month: String,
        /// The measure.
        open key: String,
        /// Its value.
        open value: Float,
    }
}

table! {
    /// A community: people who are tied to one another more than to others.
    pub struct CommunityRow in "community_data" by (community) {
        /// The number, from 0 by size.
        open community: u64,
        /// Number of people.
        open size: u64,
        /// Weight of the edges inside, both directions.
        open internal_weight: Float,
        /// Weight of the edges to and from others.
        open external_weight: Float,
        /// The ids of those with the most weight inside, the first ones first.
        open top_people: String,
        /// Their labels.
        name top_people_labels: String,
        /// The ids of the channels in which most of the weight inside came about, the first ones first.
        open top_channels: String,
        /// Their labels.
        name top_channels_labels: String,
    }
}

table! {
    /// A community of one month, and which one of the month before goes on in it.
    pub struct MonthlyCommunity in "community_by_month" by (month, community) {
        /// The month: `2020-09`.
        open month: String,
        /// The number, from 0 by size in this month.
        open community: u64,
        /// Number of people.
        open size: u64,
        /// The community of the month before that it is most like; none where it is new.
        open continues: Option<u64>,
        /// Number of people who were in that one.
        open stayed: u64,
        /// How alike both are: people in both by people in either.
        open jaccard: Float,
    }
}

table! {
    /// How a person found into the network: from the first sign of life to the first tie.
    pub struct NewcomerRow in "newcomer_data" by (id) {
        /// The user's id.
        open id: String,
        /// The first time that the person acted on somebody or something, or somebody on the person.
        open first_time: Option<Time>,
        /// The first edge with another person, in either direction.
        open first_tie_time: Option<Time>,
        /// Seconds from the one to the other; none where there is no tie.
        open first_tie_s: Option<Float>,
        /// Number of people tied to within 30 days of the first time.
        open ties_30_days: u64,
    }
}

table! {
    /// How often one acted on another in a month, in all channels.
    pub struct MonthlyEdge, MonthlyEdgeRef in "edge_by_month" by (source as "Source", target as "Target", relate, month) {
        /// Who acts.
        open source as "Source": String,
        /// On whom or what.
        open target as "Target": String,
        /// `interacts`, `reacts` or `refers`.
        open relate: String,
        /// The month: `2020-09`.
        open month: String,
        /// How often.
        open weight as "Weight": u64,
    }
}
