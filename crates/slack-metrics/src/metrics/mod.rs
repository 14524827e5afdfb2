//! The built-in metrics, each in a file named after its table.

mod activity_by_day;
mod activity_by_hour;
mod acts;
mod aggr_by_channel;
mod aggr_by_channel_user;
mod aggr_by_thread;
mod aggr_by_thread_user;
mod conversation_data;
mod cube_by_month;
mod edge_by_month;
mod edge_data;
mod emoji_data;
mod health_by_channel;
mod max_by_channel_user;
mod node_data;
mod number_channel_user;
mod response_by_channel;
mod response_data;
mod retention_by_cohort;
mod tag_data;
mod useractive_data;

use slack_model::Schema;
use slack_model::Table;
use slack_model::rows::{Edge, Node};

pub use self::edge_by_month::EdgeByMonth;
use crate::metric::DynMetric;

/// Every built-in metric.
pub(crate) const METRICS: &[&dyn DynMetric] = &[
    &conversation_data::ConversationData,
    &tag_data::TagData,
    &useractive_data::UseractiveData,
    &aggr_by_channel::AggrByChannel,
    &aggr_by_channel_user::AggrByChannelUser,
    &number_channel_user::NumberChannelUser,
    &max_by_channel_user::MaxByChannelUser,
    &aggr_by_thread::AggrByThread,
    &aggr_by_thread_user::AggrByThreadUser,
    &cube_by_month::CubeByMonth,
    &response_data::ResponseData,
    &response_by_channel::ResponseByChannel,
    &activity_by_day::ActivityByDay,
    &activity_by_hour::ActivityByHour,
    &retention_by_cohort::RetentionByCohort,
    &health_by_channel::HealthByChannel,
    &emoji_data::EmojiData,
    &node_data::NodeData,
    &edge_data::EdgeData,
];

/// The tables of the built-in metrics, in the order in which they are listed.
pub const TABLES: &[Schema] = &[
    conversation_data::SCHEMA,
    tag_data::SCHEMA,
    useractive_data::SCHEMA,
    aggr_by_channel::SCHEMA,
    aggr_by_channel_user::SCHEMA,
    number_channel_user::SCHEMA,
    max_by_channel_user::SCHEMA,
    aggr_by_thread::SCHEMA,
    aggr_by_thread_user::SCHEMA,
    cube_by_month::SCHEMA,
    response_data::SCHEMA,
    response_by_channel::SCHEMA,
    activity_by_day::SCHEMA,
    activity_by_hour::SCHEMA,
    retention_by_cohort::SCHEMA,
    health_by_channel::SCHEMA,
    emoji_data::SCHEMA,
    Node::SCHEMA,
    Edge::SCHEMA,
];

/// Declares a metric's table: its name, its key, its columns and what they hold.
macro_rules! schema {
    ($table:literal by ($($key:literal),+) { $($column:literal: $kind:ident),+ $(,)? }) => {
        pub(super) const SCHEMA: ::slack_model::Schema = ::slack_model::Schema {
            name: $table,
            columns: &[$( ::slack_model::Column { name: $column, kind: ::slack_model::Kind::$kind } ),+],
            key: &[$($key),+],
        };
    };
}
use schema;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_its_table() {
        let tables: Vec<_> = METRICS.iter().map(|metric| metric.table()).collect();
        assert_eq!(tables, TABLES);
        for table in TABLES {
            assert!(table.key.iter().all(|key| table.position(key).is_some()), "{}", table.name);
        }
    }
}
