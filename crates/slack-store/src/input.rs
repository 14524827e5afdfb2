use std::collections::BTreeSet;

use slack_model::rows::{Batch, ChannelAlias, Edge, NETWORK_TABLES, Node, TABLES};
use slack_model::{RawReader, Schema, Table, TableSource, Withheld};

/// What is loaded.
#[derive(Clone)]
#[non_exhaustive]
pub struct Input<'i> {
    /// The tables beside the contract's: metrics, network, and one's own.
    pub metric_tables: Vec<Schema>,
    /// Where the contract's tables are.
    pub master: &'i dyn TableSource,
    /// Where the other tables are; `None` where only the contract's are loaded.
    pub metrics: Option<&'i dyn TableSource>,
    /// What the input withholds. Of it, what is in the store as public leaves it: it was loaded before it was private, or by a
    /// version that took it for public. Nothing by default.
    pub withheld: Withheld,
    /// How many conversations are withheld; 0 by default.
    pub withheld_conversations: usize,
    /// Whether every row is compared with the store's, even where it is known to be there; false by default.
    pub compare_all: bool,
}

/// A table to load.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Job<'i> {
    /// The table.
    pub schema: Schema,
    /// Where its rows are.
    pub source: &'i dyn TableSource,
    /// What becomes of rows that the input lacks.
    pub keeping: Keeping,
}

/// What becomes of rows that the input lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "rows stay or go")]
pub enum Keeping {
    /// They stay.
    Merge,
    /// They are deleted.
    Replace,
}

/// The tables of the network, with its nodes and edges.
pub fn network_tables() -> impl Iterator<Item = Schema> {
    [Node::SCHEMA, Edge::SCHEMA].into_iter().chain(NETWORK_TABLES.iter().copied())
}

impl<'i> Input<'i> {
    /// The contract's tables and, where metrics are given, the network's. Metric tables are to be added.
    pub fn new(master: &'i dyn TableSource, metrics: Option<&'i dyn TableSource>) -> Self {
        Self {
            metric_tables: network_tables().collect(),
            master,
            metrics,
            withheld: Withheld::default(),
            withheld_conversations: 0,
            compare_all: false,
        }
    }

    /// The same with the tables of a catalogue; the contract's tables in it are passed over.
    #[must_use]
    pub fn with_catalogue(mut self, catalogue: &[Schema]) -> Self {
        let is_contract = |table: &&Schema| TABLES.iter().any(|known| known.name == table.name);
        self.metric_tables = catalogue.iter().filter(|table| !is_contract(table)).copied().collect();
        self
    }

    /// Every table that the store must have a place for, those that others refer to first.
    pub fn catalogue(&self) -> impl Iterator<Item = Schema> {
        TABLES.iter().copied().chain(self.metric_tables.iter().copied())
    }

    /// The tables to load, those that others refer to first.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'i>> {
        let (master, metrics) = (self.master, self.metrics);
        let of_master = TABLES.iter().map(move |schema| {
            // A rebuilt master may have other folders joined.
            let is_of_aliases = schema.name == ChannelAlias::SCHEMA.name;
            let keeping = if is_of_aliases { Keeping::Replace } else { Keeping::Merge };
            Job { schema: *schema, source: master, keeping }
        });
        let of_metrics = metrics.into_iter().flat_map(|source| {
            self.metric_tables.iter().map(move |schema| Job {
                schema: *schema,
                source,
                keeping: Keeping::Replace,
            })
        });
        of_master.chain(of_metrics)
    }

    /// A workspace of the master and one of the store, where they have none in common: two workspaces in one store would make
    /// nonsense of every number.
    ///
    /// # Errors
    ///
    /// Where the master's table of batches cannot be read.
    pub fn other_team(&self, there: &BTreeSet<String>) -> slack_model::Result<Option<(String, String)>> {
        let mut arriving = BTreeSet::new();
        if let (Some(mut batches), Some(team)) =
            (RawReader::open(self.master, &Batch::SCHEMA)?, Batch::SCHEMA.position("team_id"))
        {
            while let Some(batch) = batches.read()? {
                arriving.insert(String::from_utf8_lossy(&batch.field(team)).into_owned());
            }
        }
        arriving.remove("");
        let is_other = arriving.is_disjoint(there);
        Ok(arriving.pop_first().zip(there.first().cloned()).filter(|_| is_other))
    }
}
