//! response_by_channel: how soon a channel's threads are answered: median and 90th percentile.
//!
//! CHAOSS, *Time to First Response*. Percentiles are nearest-rank: the least value that at least so many of all
//! values do not exceed.

use crate::metrics::response_data::Response;
use crate::metrics::schema;
use crate::{Channel, Metric, Rows};

schema! {
    "response_by_channel" by ("channel") {
        "channel": Id, "threads": Int, "answered": Int, "median_response_s": Decimal, "p90_response_s": Decimal,
    }
}

pub(super) struct ResponseByChannel;

impl Metric for ResponseByChannel {
    type Kept = ();

    fn schema(&self) -> slack_model::Schema {
        SCHEMA
    }

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_>) {
        let responses: Vec<_> = channel.threads().filter_map(|thread| Response::to(&thread)).collect();
        if responses.is_empty() {
            return;
        }
        let mut waits: Vec<_> = responses.iter().filter_map(|response| response.wait).collect();
        waits.sort_unstable();
        rows.channel(channel.workspace(), channel.number())
            .int(responses.len() as u64)
            .int(waits.len() as u64);
        rows.seconds(percentile(&waits, 50)).seconds(percentile(&waits, 90)).end();
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
