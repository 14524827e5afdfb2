//! response_by_channel: how soon a channel's threads are answered: median and 90th percentile.
//!
//! CHAOSS, *Time to First Response*. Percentiles are nearest-rank: the least value that at least so many of all
//! values do not exceed.

use slack_model::{ChannelId, Seconds, table};

use crate::metrics::response_data::Response;
use crate::{Channel, Metric, Rows};

table! {
    /// How soon threads are answered in each channel.
    pub struct ResponseByChannelRow, ResponseByChannelRef in "response_by_channel" by (channel) {
        /// The conversation.
        open channel: ChannelId,
        /// Number of threads opened by a post and replied to by a post.
        open threads: u64,
        /// Number of those that another person answered.
        open answered: u64,
        /// Median of the seconds to the first response, nearest rank.
        open median_response_s: Option<Seconds>,
        /// 90th percentile of the seconds to the first response, nearest rank.
        open p90_response_s: Option<Seconds>,
    }
}

pub(super) struct ResponseByChannel;

impl Metric for ResponseByChannel {
    type Row<'r> = ResponseByChannelRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let responses: Vec<_> = channel.threads().filter_map(|thread| Response::to(&thread)).collect();
        if responses.is_empty() {
            return;
        }
        let mut waits: Vec<_> = responses.iter().filter_map(|response| response.wait).collect();
        waits.sort_unstable();
        rows.write(&ResponseByChannelRef {
            channel: channel.field(),
            threads: responses.len() as u64,
            answered: waits.len() as u64,
            median_response_s: percentile(&waits, 50).map(Seconds),
            p90_response_s: percentile(&waits, 90).map(Seconds),
        });
    }
}

fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(percentile(&[1, 2, 3, 4, 5], 50), Some(3));
        assert_eq!(percentile(&(1..=10).collect::<Vec<_>>(), 90), Some(9));
        assert_eq!(percentile(&(1..=11).collect::<Vec<_>>(), 90), Some(10));
    }
}
