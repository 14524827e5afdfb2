//! health_by_channel: how evenly and how steadily a channel's posts come.
//!
//! * absence_factor (CHAOSS, *Contributor Absence Factor*, once bus factor): the least number of people who together
//!   wrote half of the posts.
//! * gini: the Gini coefficient of posts per poster, 0 where all wrote the same.
//! * burstiness (Goh and Barabási, *Burstiness and memory in complex systems*, 2008): (σ − μ)/(σ + μ) of the gaps
//!   between posts, with the population's σ; −1 is a clock, 0 chance, towards 1 bursts. From two gaps up.

use slack_model::{ChannelId, Fraction, table};

use crate::{Channel, Message, Metric, Rows};

table! {
    /// How evenly and how steadily each channel is used.
    pub struct HealthByChannelRow, HealthByChannelRef in "health_by_channel" by (channel) {
        /// The conversation.
        open channel: ChannelId,
        /// Number of posts.
        open posts: u64,
        /// Number of people who posted.
        open people: u64,
        /// Least number of people who together wrote half of the posts (CHAOSS).
        open absence_factor: Option<u64>,
        /// Gini coefficient of posts per person.
        open gini: Option<Fraction>,
        /// (sigma - mu) / (sigma + mu) of the gaps between posts (Goh and Barabási 2008).
        open burstiness: Option<Fraction>,
    }
}

pub(super) struct HealthByChannel;

impl Metric for HealthByChannel {
    type Row<'r> = HealthByChannelRef<'r>;
    type Accumulator = ();

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let mut posts: Vec<_> = channel.posters().iter().map(|poster| poster.posts).collect();
        if posts.is_empty() {
            return;
        }
        posts.sort_unstable();
        let times: Vec<_> = channel.posts().map(|post: &Message| post.ts().micros()).collect();
        rows.write(&HealthByChannelRef {
            channel: channel.field(),
            posts: posts.iter().sum(),
            people: posts.len() as u64,
            absence_factor: Some(absence_factor(&posts)),
            gini: Fraction::of(gini(&posts)),
            burstiness: burstiness(&times).and_then(Fraction::of),
        });
    }
}

/// `posts` per person, ascending.
fn absence_factor(posts: &[u64]) -> u64 {
    let total: u64 = posts.iter().sum();
    let mut written = 0;
    let mut people = 0;
    for posts in posts.iter().rev() {
        if written * 2 >= total {
            break;
        }
        written += posts;
        people += 1;
    }
    people
}

/// `posts` per person, ascending, at least one person with a post.
fn gini(posts: &[u64]) -> f64 {
    let n_people = posts.len() as i128;
    let total: i128 = posts.iter().copied().map(i128::from).sum();
    let weighted: i128 =
        (1..).zip(posts).map(|(rank, posts)| (2 * rank - n_people - 1) * i128::from(*posts)).sum();
    weighted as f64 / (n_people * total) as f64
}

/// `times` in order, in microseconds.
fn burstiness(times: &[i64]) -> Option<f64> {
    let gaps = || times.windows(2).map(|pair| (pair[1] - pair[0]) as f64);
    let n_gaps = times.len().checked_sub(1).filter(|n_gaps| *n_gaps >= 2)? as f64;
    let mean = gaps().sum::<f64>() / n_gaps;
    let deviation = (gaps().map(|gap| (gap - mean).powi(2)).sum::<f64>() / n_gaps).sqrt();
    (deviation + mean > 0.0).then(|| (deviation - mean) / (deviation + mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_factor_of_chaoss_example() {
        let mut posts = [1000, 202, 90, 33, 332, 343, 42, 433];
        posts.sort_unstable();
        assert_eq!(absence_factor(&posts), 2);
        assert_eq!(absence_factor(&[1]), 1);
        assert_eq!(absence_factor(&[1, 1]), 1);
        assert_eq!(absence_factor(&[1, 1, 1]), 2);
    }

    #[test]
    fn gini_of_equals_is_zero_and_grows_with_inequality() {
        assert_eq!(gini(&[5]), 0.0);
        assert_eq!(gini(&[3, 3, 3]), 0.0);
        assert_eq!(gini(&[1, 3]), 0.25);
        assert!(gini(&[1, 1, 1, 1000]) > 0.7);
    }

    #[test]
    fn burstiness_runs_from_clockwork_to_bursts() {
        assert_eq!(burstiness(&[0, 10]), None);
        assert_eq!(burstiness(&[0, 10, 20, 30]), Some(-1.0));
        // Gaps 1 and 3: mean 2, deviation 1.
        assert_eq!(burstiness(&[0, 1, 4]), Some(-1.0 / 3.0));
        assert!(burstiness(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1_000_000]).is_some_and(|value| value > 0.5));
    }
}
