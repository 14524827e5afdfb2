//! The limiter against servers that limit as Slack does: a bucket that refills at a rate, and whole seconds in
//! `Retry-After`.

use super::*;

/// A bucket: it holds `most` calls at the most and gets `a_minute` new ones.
struct Bucket {
    a_minute: f64,
    most: f64,
    held: f64,
    at: Instant,
}

impl Bucket {
    fn new(a_minute: f64, most: f64) -> Self {
        Self { a_minute, most, held: most, at: Instant::now() }
    }

    /// Takes a call, or says how many seconds to wait.
    fn call(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let new = (now - self.at).as_secs_f64() * self.a_minute / 60.0;
        (self.held, self.at) = ((self.held + new).min(self.most), now);
        if self.held >= 1.0 {
            self.held -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64(((1.0 - self.held) * 60.0 / self.a_minute).ceil()))
    }
}

/// Calls that are answered in so many minutes by a server with a bucket, and those that meet a 429.
async fn answered(limiter: &Limiter, bucket: &mut Bucket, minutes: u64) -> (f64, f64) {
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let (mut answered, mut limited) = (0.0, 0.0);
    loop {
        let turn = limiter.ready().await.expect("not blocked for long");
        if Instant::now() >= end {
            return (answered, limited);
        }
        match bucket.call() {
            None => {
                limiter.answered();
                answered += 1.0;
            }
            Some(wait) => {
                limiter.limited(turn, wait);
                limited += 1.0;
            }
        }
    }
}

/// A server's calls a minute and burst, and what share of its limit must be used in the first two hours.
const SERVERS: [(f64, f64, f64); 7] = [
    (50.0, 10.0, 0.99),
    (50.0, 50.0, 0.99),
    (50.0, 1.0, 0.9),
    (60.0, 10.0, 0.9),
    (100.0, 20.0, 0.9),
    (40.0, 5.0, 0.9),
    (10.0, 2.0, 0.9),
];

#[tokio::test(start_paused = true)]
async fn what_a_server_allows_is_used() {
    for (a_minute, most, share) in SERVERS {
        let limiter =
            Limiters::new(Rate::Tiers(1.0), 1.0, Duration::from_secs(3_600)).of("conversations.history");
        let mut bucket = Bucket::new(a_minute, most);
        let (calls, limited) = answered(&limiter, &mut bucket, 120).await;
        let used = calls / (120.0 * a_minute);
        assert!(used >= share, "{a_minute} a minute, {most} at once: {used}");
        assert!(limited <= calls / 100.0 + 15.0, "{a_minute} a minute: {limited} of {calls}");
    }
}
