//! The whole stage: a network is made of a graph and measured, and its tables are written.

use std::borrow::Borrow;

use slack_model::rows::{
    CommunityRow, GraphMeasure, MonthlyCommunity, MonthlyGraphMeasure, NetworkEdge, NewcomerRow, NodeMeasures,
};
use slack_model::{Float, Table, TableReader, TableSink, TableSource, TableWriter};

use crate::error::{Error, Result};
use crate::graph::SocialGraph;
use crate::measure::{MeasureOptions, NetworkMeasures, measure, measure_months};
use crate::months::Months;
use crate::network::Network;
use crate::newcomers::newcomers;
use crate::options::GraphOptions;

/// A network, what it was made of, and all that was measured of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MeasuredNetwork {
    /// What the network was made of.
    pub graph: SocialGraph,
    /// The network.
    pub network: Network,
    /// What `network` was made of `graph` by.
    pub options: GraphOptions,
    /// The rows of node_measures, graph_measures and community_data.
    pub measures: NetworkMeasures,
    /// The rows of newcomer_data: see [`newcomers`].
    pub newcomers: Vec<NewcomerRow>,
    /// The rows of graph_measures_by_month: see [`measure_months`].
    pub by_month: Vec<MonthlyGraphMeasure>,
    /// The rows of community_by_month.
    pub communities_by_month: Vec<MonthlyCommunity>,
}

/// Makes the network of a graph, measures it, its months and its newcomers, and writes all tables of the network:
/// network_data, node_measures, graph_measures, community_data, newcomer_data, graph_measures_by_month and
/// community_by_month.
///
/// `source` holds edge_by_month, of the same people and channels as the graph; without it there are no months. It may
/// be where the tables are written to. Nothing is written before all is measured.
///
/// ```
/// use slack_graph::{GraphOptions, MeasureOptions, SocialGraph, bots, measure_network};
/// use slack_model::MemoryTables;
///
/// let tables = MemoryTables::default();
/// tables.insert("user_data", "id,known,is_bot\nU1,true,false\nU2,true,false\nU3,true,true\n");
/// tables.insert("node_data", "Id,Label,type\nU1,ann,user\nU2,bob,user\nU3,cleo,user\n");
/// tables.insert(
///     "edge_data",
///     "Source,Target,Type,Weight,relate,channel\nU1,U2,Directed,3,reacts,C1\nU3,U1,Directed,9,reacts,C1\n",
/// );
/// tables.insert("edge_by_month", "Source,Target,relate,month,Weight\nU1,U2,reacts,2024-02,3\n");
///
/// let graph = SocialGraph::read(&tables)?.labelled(|number| format!("Unknown person {number}"));
/// let mut options = GraphOptions::default();
/// options.bots = bots(&tables)?;
/// let measured = measure_network(graph, options, &MeasureOptions::default(), &tables, &tables)?;
///
/// assert_eq!(measured.network.ids(), ["U1", "U2"]);
/// assert_eq!(measured.measures.communities[0].top_people_labels, "ann; bob");
/// assert_eq!(measured.by_month[0].month, "2024-02");
/// assert_eq!(tables.get("network_data").as_deref(), Some(&b"Source,Target,Weight\nU1,U2,3\n"[..]));
/// # Ok::<(), slack_graph::Error>(())
/// ```
///
/// # Errors
///
/// Where edge_by_month cannot be read or has an edge that ends in an id that is not a node of the graph, or a table
/// cannot be written.
pub fn measure_network(
    graph: SocialGraph,
    options: GraphOptions,
    how: &MeasureOptions,
    source: &(impl TableSource + ?Sized),
    sink: &impl TableSink,
) -> Result<MeasuredNetwork> {
    let network = graph.network(&options);
    let measures = measure(&graph, &network, &options, how);
    let months = Months::read(source, &graph, &network, &options)?;
    let (by_month, communities_by_month) = measure_months(&months, how);
    let newcomers = newcomers(&graph, &network, &options);
    let measured =
        MeasuredNetwork { graph, network, options, measures, newcomers, by_month, communities_by_month };
    measured.write(sink).map_err(Error::Measures)?;
    Ok(measured)
}

impl MeasuredNetwork {
    /// Reads what [`measure_network`] wrote of the same graph by the same options. Tables that are not there count as
    /// empty.
    ///
    /// # Errors
    ///
    /// Where a table cannot be read.
    pub fn read(
        graph: SocialGraph,
        options: GraphOptions,
        source: &(impl TableSource + ?Sized),
    ) -> Result<Self> {
        let network = graph.network(&options);
        let measures =
            NetworkMeasures { nodes: read(source)?, graph: read(source)?, communities: read(source)? };
        let newcomers = read(source)?;
        let (by_month, communities_by_month) = (read(source)?, read(source)?);
        Ok(Self { graph, network, options, measures, newcomers, by_month, communities_by_month })
    }

    fn write(&self, sink: &impl TableSink) -> slack_model::Result<()> {
        let ids = self.network.ids();
        let edges = self.network.edges().map(|(source, target, weight)| NetworkEdge {
            source: ids[source].clone(),
            target: ids[target].clone(),
            weight: Float(weight),
        });
        write::<NetworkEdge>(sink, edges)?;
        write::<NodeMeasures>(sink, &self.measures.nodes)?;
        write::<GraphMeasure>(sink, &self.measures.graph)?;
        write::<CommunityRow>(sink, &self.measures.communities)?;
        write::<NewcomerRow>(sink, &self.newcomers)?;
        write::<MonthlyGraphMeasure>(sink, &self.by_month)?;
        write::<MonthlyCommunity>(sink, &self.communities_by_month)
    }
}

fn read<T: Table>(source: &(impl TableSource + ?Sized)) -> Result<Vec<T>> {
    let table = TableReader::open(source, &T::SCHEMA).map_err(Error::Measures)?;
    table.map_or_else(|| Ok(Vec::new()), |table| table.rows().collect()).map_err(Error::Measures)
}

fn write<T: Table>(
    sink: &impl TableSink,
    rows: impl IntoIterator<Item = impl Borrow<T>>,
) -> slack_model::Result<()> {
    let mut writer = TableWriter::new(sink.create(&T::SCHEMA)?, &T::SCHEMA)?;
    rows.into_iter().try_for_each(|row| writer.write_row(row.borrow()))?;
    sink.finish(&T::SCHEMA, writer.finish()?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::MemoryTables;

    #[test]
    fn what_was_written_is_read_again() -> Result<()> {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,ann,user\nU2,bob,user\nU3,,user\n");
        let time = "2024-02-01T00:00:00.000000Z";
        let edges = ["U1,U2,Directed,3,reacts,C1,", "U2,U3,Directed,1,reacts,C1,"];
        let edges = edges.map(|edge| format!("{edge}{time},{time}\n")).concat();
        let header = "Source,Target,Type,Weight,relate,channel,first_time,last_time\n";
        tables.insert("edge_data", header.to_owned() + &edges);
        tables.insert("edge_by_month", "Source,Target,relate,month,Weight\nU1,U2,reacts,2024-02,3\n");
        let (graph, written) = (SocialGraph::read(&tables)?, MemoryTables::default());
        let options = GraphOptions::default();
        let found =
            measure_network(graph.clone(), options.clone(), &MeasureOptions::default(), &tables, &written)?;
        let mut names = [
            NetworkEdge::SCHEMA.name,
            NodeMeasures::SCHEMA.name,
            GraphMeasure::SCHEMA.name,
            CommunityRow::SCHEMA.name,
            NewcomerRow::SCHEMA.name,
            MonthlyGraphMeasure::SCHEMA.name,
            MonthlyCommunity::SCHEMA.name,
        ];
        names.sort_unstable();
        assert_eq!(written.names(), names);

        let again = MeasuredNetwork::read(graph.clone(), options.clone(), &written)?;
        let rewritten = MemoryTables::default();
        again.write(&rewritten)?;
        for table in names {
            assert_eq!(rewritten.get(table), written.get(table), "{table}");
        }
        assert_eq!((again.network, again.newcomers.len()), (found.network, 3));
        assert!(!again.by_month.is_empty() && !again.communities_by_month.is_empty());

        let nothing = MeasuredNetwork::read(graph, options, &MemoryTables::default())?;
        assert_eq!((nothing.measures, nothing.by_month), (NetworkMeasures::default(), vec![]));
        Ok(())
    }
}
