//! The built-in metrics, each in a file named after its table.

mod acts;
mod edge_by_month;

use slack_model::{Row, Schema};

pub use self::edge_by_month::EdgeByMonth;
use crate::metric::{DynMetric, Metric};

/// Lists the built-in metrics: the module of each, and its name there.
macro_rules! metrics {
    ($($module:ident: $metric:ident),+ $(,)?) => {
        $( mod $module; )+

        /// Every built-in metric.
        pub(crate) const METRICS: &[&dyn DynMetric] = &[$( &$module::$metric ),+];

        /// The tables of the built-in metrics, in the order in which they are listed.
        pub const TABLES: &[Schema] = &[$( <$module::$metric as Metric>::Row::TABLE ),+];

        /// The rows of the metric tables, one type a table; those of nodes and edges are in slack-model.
        pub mod rows {
            $( #[allow(unused_imports, unreachable_pub, reason = "not every module declares a table")]
               pub use super::$module::*; )+
        }
    };
}

metrics! {
    conversation_data: ConversationData,
    tag_data: TagData,
    useractive_data: UseractiveData,
    aggr_by_channel: AggrByChannel,
    aggr_by_channel_user: AggrByChannelUser,
    number_channel_user: NumberChannelUser,
    max_by_channel_user: MaxByChannelUser,
    aggr_by_thread: AggrByThread,
    aggr_by_thread_user: AggrByThreadUser,
    cube_by_month: CubeByMonth,
    response_data: ResponseData,
    response_by_channel: ResponseByChannel,
    activity_by_day: ActivityByDay,
    activity_by_hour: ActivityByHour,
    retention_by_cohort: RetentionByCohort,
    health_by_channel: HealthByChannel,
    emoji_data: EmojiData,
    node_data: NodeData,
    edge_data: EdgeData,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_columns() {
        for table in TABLES {
            assert!(table.key.iter().all(|key| table.position(key).is_some()), "{}", table.name);
        }
    }
}
