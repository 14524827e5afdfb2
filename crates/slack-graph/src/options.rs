use std::collections::{BTreeMap, BTreeSet};

use slack_model::rows::User;
use slack_model::{Table, TableReader, TableSource};

use crate::error::Result;

/// Which network is made of a [`SocialGraph`](crate::SocialGraph).
///
/// By default: people only, bots among them where [`GraphOptions::bots`] does not name them; the direct edges of all
/// relations and channels, at weight 1 each.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct GraphOptions {
    /// Who or what is a node.
    pub nodes: Nodes,
    /// What ties people.
    pub ties: Ties,
    /// What each relation's weight is multiplied by. Relations that are not named are left out; none named: all count as
    /// they are.
    pub relations: BTreeMap<String, f64>,
    /// Edges of less weight, all relations and channels together, are left out.
    pub min_weight: f64,
    /// Ids of users who are left out.
    pub bots: BTreeSet<String>,
    /// Only the edges of the disparity filter's backbone at this level of significance.
    pub backbone: Option<f64>,
}

/// Who or what is a node of a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nodes {
    /// People.
    #[default]
    People,
    /// People and channels.
    PeopleAndChannels,
}

/// What ties the people of a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ties {
    /// What they did to each other.
    #[default]
    Direct,
    /// The channels that they are active in: the projection of the bipartite network of people and channels.
    Channels {
        /// Channels with more people are left out, for each pair of them would be an edge.
        most_people: usize,
    },
}

impl GraphOptions {
    /// What a relation's weight is multiplied by; `None` where it is left out.
    pub(crate) fn factor(&self, relation: &str) -> Option<f64> {
        factor_of(&self.relations, relation)
    }
}

/// What a relation's weight is multiplied by, where those that count are named; all do at 1 where none is.
pub(crate) fn factor_of(relations: &BTreeMap<String, f64>, relation: &str) -> Option<f64> {
    if relations.is_empty() { Some(1.0) } else { relations.get(relation).copied() }
}

/// The users of a workspace's user_data who are bots: Slack says so, or it is Slackbot.
///
/// # Errors
///
/// Where the table cannot be read.
pub fn bots(source: &(impl TableSource + ?Sized)) -> Result<BTreeSet<String>> {
    let mut bots = BTreeSet::from(["USLACKBOT".to_owned()]);
    if let Some(users) = TableReader::open(source, &User::SCHEMA)? {
        for user in users.rows::<User>() {
            let user = user?;
            if user.is_bot == Some(true) {
                bots.insert(user.id.to_string());
            }
        }
    }
    Ok(bots)
}
