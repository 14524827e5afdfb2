use super::*;

const WAIT: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3_600);

fn limiter(rate: Rate) -> Arc<Limiter> {
    Limiters::new(rate, 1.0, HOUR).of("conversations.history")
}

/// Calls a minute.
fn rate(limiter: &Limiter) -> f64 {
    lock(&limiter.pace).rate * 60.0
}

async fn turn(limiter: &Limiter) -> Turn {
    limiter.ready().await.expect("not blocked for long")
}

/// Calls that a method may make in a minute from now on, all of them answered.
async fn in_a_minute(limiter: &Limiter) -> u64 {
    let end = Instant::now() + Duration::from_secs(60);
    let mut calls = 0;
    loop {
        turn(limiter).await;
        if Instant::now() >= end {
            return calls;
        }
        limiter.answered();
        calls += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn a_blocked_method_waits_and_the_others_do_not() {
    let limiters = Limiters::new(Rate::Unlimited, 1.0, HOUR);
    let history = limiters.of("conversations.history");
    let first = turn(&history).await;
    history.limited(first, WAIT);
    let begin = Instant::now();
    turn(&limiters.of("conversations.replies")).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    turn(&history).await;
    assert_eq!(begin.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_method_begins_with_a_burst_at_its_tier_and_climbs() {
    let limiter = limiter(Rate::Tiers(1.0));
    let begin = Instant::now();
    for _ in 0..5 {
        turn(&limiter).await;
    }
    assert_eq!(begin.elapsed(), Duration::ZERO, "the burst");
    assert!((49..=51).contains(&in_a_minute(&limiter).await));
    assert!((49..=51).contains(&in_a_minute(&limiter).await));
    assert!((53..=56).contains(&in_a_minute(&limiter).await), "a tenth faster");
}

#[tokio::test(start_paused = true)]
async fn a_429_takes_one_step_back_however_many_calls_meet_it() {
    let limiter = limiter(Rate::Tiers(60.0));
    for _ in 0..110 {
        turn(&limiter).await;
        limiter.answered();
    }
    assert!((rate(&limiter) - 3_300.0).abs() < 1e-6);
    let turns = [turn(&limiter).await, turn(&limiter).await, turn(&limiter).await];
    turns.into_iter().for_each(|turn| limiter.limited(turn, WAIT));
    assert_eq!(lock(&limiter.pace).calls, Calls::new(113, 3));
    assert!((rate(&limiter) - 3_000.0).abs() < 1e-6);
    let begin = Instant::now();
    turn(&limiter).await;
    assert_eq!(begin.elapsed(), WAIT, "exactly as long as it was told");
    // The step that met a limit waits for an hour's worth of calls.
    for _ in 0..2_900 {
        turn(&limiter).await;
        limiter.answered();
    }
    assert!((rate(&limiter) - 3_000.0).abs() < 1e-6);
}

#[tokio::test(start_paused = true)]
async fn a_429_at_the_published_tier_goes_below_it() {
    let limiter = limiter(Rate::Tiers(1.0));
    let first = turn(&limiter).await;
    limiter.limited(first, Duration::ZERO);
    assert!(rate(&limiter) < 42.0);
}

#[tokio::test(start_paused = true)]
async fn a_method_of_the_small_class_makes_one_call_a_minute() {
    let limiter = limiter(Rate::Tiers(1.0));
    turn(&limiter).await;
    limiter.hold_at(1.0);
    let begin = Instant::now();
    turn(&limiter).await;
    assert!(begin.elapsed() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_method_is_not_waited_for_beyond_the_limit_and_not_called_before_its_time() {
    let limiter = limiter(Rate::Tiers(1.0));
    let begin = Instant::now();
    let first = turn(&limiter).await;
    limiter.limited(first, HOUR * 50);
    assert_eq!(limiter.ready().await.err(), Some(HOUR * 50));
    // A shorter wait takes nothing back.
    limiter.limited(first, WAIT);
    tokio::time::sleep(HOUR * 48).await;
    assert_eq!(limiter.ready().await.err(), Some(HOUR * 2));
    tokio::time::sleep(HOUR + WAIT).await;
    turn(&limiter).await;
    assert_eq!(begin.elapsed(), HOUR * 50);
    limiter.block(Duration::MAX);
    tokio::time::sleep(HOUR * 24 * 365).await;
    assert!(limiter.ready().await.is_err());
}
