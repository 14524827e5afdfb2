//! The network of who talks to whom, and what the social-network field measures of it.
//!
//! * [`SocialGraph`] is made from node_data and edge_data: rows, or a [`TableSource`](slack_model::TableSource)
//!   that holds them. Nodes and edges stand in the order of their keys, so nothing that is computed from the
//!   graph depends on the order of the input. Inside is a [`petgraph`] graph.
//! * [`SocialGraph::network`] makes the [`Network`] that is wanted of it. Each measure is a function of that;
//!   [`measure_network`] is all of them in one call, which writes every table of the network.
//! * An [`Export`] says what a file holds of it: further columns of nodes, their looks, edges apart or joined, their
//!   months. A format is a function from an export to a writer: [`write_static_gexf`], [`write_dynamic_gexf`],
//!   [`write_graphml`], [`write_node_link`], [`write_dot`], and tables for Gephi and Neo4j.
//!   [`write_gexf`] writes a graph as it is.
//!
//! ```
//! use slack_graph::{SocialGraph, write_gexf};
//! use slack_model::MemoryTables;
//!
//! let tables = MemoryTables::default();
//! tables.insert("node_data", "Id,Label,type\nU1,ann,user\nU2,bob,user\n");
//! tables.insert("edge_data", "Source,Target,Type,Weight,relate,channel\nU1,U2,Directed,3,reacts,C1\n");
//!
//! let graph = SocialGraph::read(&tables)?;
//! assert_eq!(graph.as_petgraph().node_count(), 2);
//!
//! let mut gexf = Vec::new();
//! write_gexf(&graph, &mut gexf)?;
//! assert!(String::from_utf8_lossy(&gexf).contains(r#"source="U1" target="U2" weight="3""#));
//! # Ok::<(), slack_graph::Error>(())
//! ```

mod adjacency;
mod backbone;
mod community;
mod error;
mod export;
mod formats;
mod graph;
mod layout;
mod measure;
mod measures;
mod months;
mod network;
mod newcomers;
mod options;
mod palette;
mod projection;
mod random;
mod select;
mod stage;
mod svg;
mod threads;

pub use self::adjacency::Adjacency;
pub use self::backbone::backbone;
pub use self::community::{
    CommunityOptions, MIN_JACCARD, communities, community_rows, continuity, directed_modularity, modularity,
};
pub use self::error::{Error, Result};
pub use self::export::{Edges, Export, ExportEdge, Look, NodeValues};
pub use self::formats::{
    write_dot, write_dynamic_gexf, write_gephi_edges, write_gephi_nodes, write_gexf, write_graphml,
    write_neo4j_edges, write_neo4j_nodes, write_neo4j_script, write_node_link, write_static_gexf,
};
pub use self::graph::{EdgeData, SocialGraph};
pub use self::layout::{EXTENT, LayoutOptions, layout, radii, separate};
pub use self::measure::{MeasureOptions, NetworkMeasures, measure, measure_months};
pub use self::measures::assortativity::assortativity;
pub use self::measures::clustering::{Clustering, clustering};
pub use self::measures::components::{Components, components};
pub use self::measures::core::core_numbers;
pub use self::measures::pagerank::{PageRankOptions, pagerank};
pub use self::measures::partition::{bridged_communities, participation, within_community_z};
pub use self::measures::paths::{Lengths, PathOptions, Paths, paths};
pub use self::measures::spectral::{Hits, eigenvector, hits};
pub use self::measures::whole::{Reciprocity, density, reciprocity};
pub use self::months::Months;
pub use self::network::Network;
pub use self::newcomers::newcomers;
pub use self::options::{GraphOptions, Nodes, Ties, bots};
pub use self::stage::{MeasuredNetwork, measure_network};
pub use self::svg::{Picture, write_svg};
