use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Chance: the same throws for the same seed, in every version of this crate's dependencies (the generator is
/// pinned, and nothing of `rand`'s distributions is used).
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

/// Weights to draw from: their running sums.
#[derive(Debug)]
pub(crate) struct Weights(Vec<f64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 to below 1, evenly.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `count`; 0 where there is none.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    /// A number of a log-normal distribution, by Box and Muller's method.
    pub(crate) fn log_normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        (mean + deviation * radius * (TAU * self.unit()).cos()).exp()
    }

    pub(crate) fn draw(&mut self, weights: &Weights) -> usize {
        let total = weights.0.last().copied().unwrap_or_default();
        let at = self.unit() * total;
        weights.0.partition_point(|sum| *sum <= at).min(weights.0.len().saturating_sub(1))
    }

    /// An id as Slack writes them: a letter and ten digits of base 36.
    pub(crate) fn id(&mut self, letter: char) -> String {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        std::iter::once(letter)
            .chain((0..10).map(|at| char::from(if at == 0 { b'0' } else { *self.pick(DIGITS) })))
            .collect()
    }
}

impl Weights {
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let sums = weights.into_iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self(sums.collect())
    }

    /// Zipf's law: the n-th weighs 1/n to the power of `exponent`.
    pub(crate) fn zipf(count: usize, exponent: f64) -> Self {
        Self::new((1..=count).map(|rank| (rank as f64).powf(-exponent)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_are_the_same_for_ever() {
        let mut dice = Dice::new(7);
        // The values are part of the promise that a seed gives the same bytes in later versions.
        assert_eq!(dice.id('U'), "U056PQLC2UD");
        assert_ne!(dice.id('U'), Dice::new(8).id('U'));
    }

    #[test]
    fn draws_follow_their_weights() {
        let (mut dice, weights) = (Dice::new(1), Weights::new([1.0, 0.0, 3.0]));
        let mut counts = [0; 3];
        (0..4000).for_each(|_| counts[dice.draw(&weights)] += 1);
        assert_eq!(counts[1], 0);
        assert!((800..1200).contains(&counts[0]), "{counts:?}");
        assert_eq!(dice.below(0), 0);
    }
}
