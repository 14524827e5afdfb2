//! How near a first capture comes to what Slack's limits permit: against the sandbox over HTTP, at the published
//! tiers, with the sandbox's clock running faster so that an hour passes in a minute.
//!
//! `cargo bench -p slack-extract --bench capture`; CHANNELS, MESSAGES, THREADS and SCALE choose another size.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Instant;

use slack_extract::{ApiOptions, Source, Token, WebApi};
use slack_model::batch::DataHome;
use slack_sandbox::{ChannelKind, CommunityOptions, Sandbox, Workspace};

/// The published calls a minute: <https://docs.slack.dev/apis/web-api/rate-limits>.
fn calls_per_minute(method: &str) -> f64 {
    match method {
        "auth.test" => 600.0,
        "conversations.list"
        | "users.list"
        | "usergroups.list"
        | "usergroups.users.list"
        | "emoji.list"
        | "pins.list"
        | "reactions.list" => 20.0,
        "conversations.members" | "users.info" | "files.info" => 100.0,
        _ => 50.0,
    }
}

fn setting(name: &str, default: f64) -> f64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    let scale = setting("SCALE", 60.0);
    let mut community = CommunityOptions::default();
    community.people = setting("PEOPLE", 1_000.0) as usize;
    community.channels = setting("CHANNELS", 122.0) as usize;
    community.messages = setting("MESSAGES", 225_000.0) as usize;
    community.threads = Some(setting("THREADS", 5_500.0) as usize);
    let workspace = Workspace::generate(&community);
    // Private channels and direct messages are not asked for.
    let public = || workspace.visible_channels().filter(|channel| channel.kind == ChannelKind::Public);
    println!(
        "{} public channels, {} messages and replies, {} threads; {scale} times as fast as Slack",
        public().count(),
        public().map(|channel| channel.messages().len()).sum::<usize>(),
        public().map(|channel| channel.threads().count()).sum::<usize>(),
    );
    let sandbox = Sandbox::builder(workspace).time_scale(scale).start_blocking().expect("started");
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = ApiOptions::default();
    options.time_scale = scale;
    let token = Token::new(sandbox.token()).expect("a token");
    let mut api = WebApi::new(&sandbox.url(), token, options).expect("an address");

    let begun = Instant::now();
    let capture = api.capture(&DataHome::new(folder.path()), &()).expect("captured");
    let wall = begun.elapsed().as_secs_f64();

    let mut bound: f64 = 0.0;
    for (method, calls) in &capture.calls {
        let answered = calls.made - calls.limited;
        let least = answered as f64 * 60.0 / calls_per_minute(method) / scale;
        bound = bound.max(least);
        println!("{method:<24} {answered:>6} answered {:>4} limited {least:>8.2} s at least", calls.limited);
    }
    println!(
        "{} answers, {} bytes, {} gaps; {} calls while they were told to wait",
        capture.stored,
        capture.bytes,
        capture.n_gaps,
        sandbox.violations()
    );
    println!("bound {bound:.2} s, wall {wall:.2} s, ratio {:.3}", wall / bound);
}
