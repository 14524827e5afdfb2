//! The rows of the data contract's tables, one type a table.

mod batch;
mod channel;
mod file;
mod graph;
mod message;
mod user;

pub use self::batch::{Batch, NotRead, SetAside, SetAsideKind, Window, WindowScope};
pub use self::channel::{Channel, ChannelAlias, ClassedBy, Member};
pub use self::file::File;
pub use self::graph::{
    CommunityRow, Edge, EdgeRef, GraphMeasure, MonthlyCommunity, MonthlyEdge, MonthlyEdgeRef,
    MonthlyGraphMeasure, NetworkEdge, NewcomerRow, Node, NodeMeasures, NodeRef,
};
pub use self::message::{Message, MessageRef, Reaction, ReactionRef, Reply, ReplyRef, Revision, RevisionRef};
pub use self::user::{User, Usergroup, UsergroupMember};

use crate::table::{Schema, Table};

/// Every table that a batch and the master hold, in the order of the contract.
pub const TABLES: &[Schema] = &[
    User::SCHEMA,
    Channel::SCHEMA,
    Message::SCHEMA,
    Reply::SCHEMA,
    Reaction::SCHEMA,
    File::SCHEMA,
    Member::SCHEMA,
    Usergroup::SCHEMA,
    UsergroupMember::SCHEMA,
    Revision::SCHEMA,
    Batch::SCHEMA,
    Window::SCHEMA,
    ChannelAlias::SCHEMA,
];

/// The tables of the network of people, in the order in which they are made.
pub const NETWORK_TABLES: &[Schema] = &[
    NodeMeasures::SCHEMA,
    NetworkEdge::SCHEMA,
    GraphMeasure::SCHEMA,
    MonthlyGraphMeasure::SCHEMA,
    CommunityRow::SCHEMA,
    MonthlyCommunity::SCHEMA,
    NewcomerRow::SCHEMA,
    MonthlyEdge::SCHEMA,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_columns() {
        for schema in
            TABLES.iter().chain(NETWORK_TABLES).chain([&SetAside::SCHEMA, &Node::SCHEMA, &Edge::SCHEMA])
        {
            assert!(schema.key.iter().all(|key| schema.position(key).is_some()), "{}", schema.name);
        }
    }
}
