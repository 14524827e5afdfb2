//! What a walk will cost, before it costs it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::app_class::NonMarketplaceApp;
use super::engine::Walk;
use super::target::Target;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{
    BOOKMARKS_LIST, CONVERSATIONS_HISTORY, CONVERSATIONS_INFO, CONVERSATIONS_MEMBERS, CONVERSATIONS_REPLIES,
    FILES_LIST, PINS_LIST, method,
};
use crate::sources::web_api::options::Part;
use crate::sources::web_api::options::Rate;
use crate::sources::web_api::options::Threads;

/// Walks that take less than this begin without a word.
const LONG: Duration = Duration::from_secs(60);

impl<A: SlackApi> Walk<'_, A> {
    /// Says how many calls each method will take at least, and how long that is at the published limits.
    pub(super) fn estimate(&self, channels: &[Target]) {
        let Rate::Tiers(factor) = self.options.rate else { return };
        if self.caller.archive().is_resumed() {
            // Most of it may be on the disk already.
            return;
        }
        let calls = self.expected_calls(channels);
        let time = |name: &str, calls: u64| {
            Duration::from_secs_f64(calls as f64 * 60.0 / (f64::from(method(name).calls_per_minute) * factor))
        };
        let longest = calls.iter().map(|(method, calls)| time(method, *calls)).max().unwrap_or_default();
        if longest < LONG {
            return;
        }
        let mut note = format!("estimate for {} conversations, at Slack's published limits:", channels.len());
        for (method, calls) in &calls {
            note.push_str(&format!("\n  {method:<24} {calls:>8} calls {:>8}", clock(time(method, *calls))));
        }
        note.push_str(&format!("\nthe methods run side by side: {} at least", clock(longest)));
        if self.options.has(Part::Messages) {
            note.push_str(match (self.known.is_present(), self.options.threads) {
                (_, Threads::None) => ", and a call more for each 999 messages",
                (true, Threads::Changed) => {
                    ", and a call more for each thread that has changed (50 a minute)"
                }
                _ => ", and a call more for each thread (50 a minute) and each 999 messages",
            });
        }
        self.progress.note(&note);
    }

    /// Says how long the threads will take, once all histories have shown theirs.
    pub(super) fn estimate_threads(&self) {
        let Rate::Tiers(factor) = self.options.rate else { return };
        // Of a capture that goes on, some are on the disk; the small class of apps was told how slow it is.
        if self.caller.archive().is_resumed() || *lock(&self.small_class) == NonMarketplaceApp::Yes {
            return;
        }
        let threads = self.threads_shown.load(Ordering::Relaxed);
        let a_minute = f64::from(method(CONVERSATIONS_REPLIES).calls_per_minute) * factor;
        let time = Duration::from_secs_f64(threads as f64 * 60.0 / a_minute);
        if time >= LONG {
            let time = clock(time);
            self.progress
                .note(&format!("{threads} threads to read in all: {time} at Slack's published limits"));
        }
    }

    fn expected_calls(&self, channels: &[Target]) -> BTreeMap<&'static str, u64> {
        let mut calls = BTreeMap::new();
        let on_a_page = |name: &str| method(name).page.map_or(1, |page| page.most);
        let mut expect = |part: Part, method: &'static str, of: &dyn Fn(&Target) -> u64| {
            let sum: u64 = channels.iter().map(of).sum();
            if self.options.has(part) && sum > 0 {
                calls.insert(method, sum);
            }
        };
        expect(Part::Messages, CONVERSATIONS_HISTORY, &|channel| {
            // With a look-back the master's messages say nothing of how many lie in it.
            let known = if self.options.oldest.is_none() { self.known.messages(&channel.id) } else { 0 };
            known.div_ceil(on_a_page(CONVERSATIONS_HISTORY)).max(1)
        });
        expect(Part::Members, CONVERSATIONS_MEMBERS, &|channel| {
            channel.members.div_ceil(on_a_page(CONVERSATIONS_MEMBERS)).max(1)
        });
        expect(Part::Details, CONVERSATIONS_INFO, &|channel| u64::from(self.wants_details(channel)));
        expect(Part::Files, FILES_LIST, &|_| 1);
        expect(Part::Pins, PINS_LIST, &|_| 1);
        expect(Part::Bookmarks, BOOKMARKS_LIST, &|_| 1);
        calls
    }
}

/// A length of time as people say it.
fn clock(time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60);
    if minutes < 120 { format!("{minutes} min") } else { format!("{} h {} min", minutes / 60, minutes % 60) }
}
