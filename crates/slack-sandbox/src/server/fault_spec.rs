//! Reads a fault's rule from a text.

use std::str::FromStr;
use std::time::Duration;

use super::faults::{Fault, FaultRule};
use crate::error::{Error, Result};

const EXPECTED_RULE: &str = "METHOD:FAULT and then, each after a colon, any of times=N, after=N, share=X, \
                             channel=ID, cursor";
const EXPECTED_FAULT: &str = "a fault: 429=SECONDS, ratelimited, an HTTP status from 400 to 599, html, cut, \
                              half, error=CODE, invalid-cursor, empty, slow=SECONDS, hang or redirect=URL";

impl FromStr for FaultRule {
    type Err = Error;

    fn from_str(spec: &str) -> Result<Self> {
        let wrong = |expected| Error::Fault { spec: spec.into(), expected };
        let (method, rest) = spec.split_once(':').ok_or_else(|| wrong(EXPECTED_RULE))?;
        if method.is_empty() {
            return Err(wrong(EXPECTED_RULE));
        }
        // From the right, as an address has colons of its own.
        let mut conditions = Vec::new();
        let mut fault = rest;
        while let Some((before, last)) = fault.rsplit_once(':') {
            let Some(condition) = Condition::of(last) else { break };
            conditions.push(condition.map_err(wrong)?);
            fault = before;
        }
        let mut rule = Self::new(fault_of(fault).ok_or_else(|| wrong(EXPECTED_FAULT))?);
        rule.method = Some(method).filter(|method| *method != "*").map(Into::into);
        for condition in conditions {
            match condition {
                Condition::Times(times) => rule.times = Some(times),
                Condition::After(after) => rule.after = after,
                Condition::Share(share) => rule.share = Some(share),
                Condition::Channel(channel) => rule.channel = Some(channel),
                Condition::Cursor => rule.only_cursor = true,
            }
        }
        Ok(rule)
    }
}

enum Condition {
    Times(u32),
    After(u32),
    Share(f64),
    Channel(String),
    Cursor,
}

impl Condition {
    /// The condition that a text is; `None` where it is none, the inner error where its value is wrong.
    fn of(text: &str) -> Option<std::result::Result<Self, &'static str>> {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let count = || value.parse::<u32>();
        Some(match key {
            "times" => count().map(Self::Times).map_err(|_| "a whole number after times="),
            "after" => count().map(Self::After).map_err(|_| "a whole number after after="),
            "share" => {
                let share = value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
                share.map(Self::Share).ok_or("a number from 0 to 1 after share=")
            }
            "channel" if value.is_empty() => Err("a channel's id after channel="),
            "channel" => Ok(Self::Channel(value.into())),
            "cursor" if text == "cursor" => Ok(Self::Cursor),
            _ => return None,
        })
    }
}

fn fault_of(text: &str) -> Option<Fault> {
    let Some((kind, value)) = text.split_once('=') else {
        return Some(match text {
            "ratelimited" => Fault::RateLimitedInBody,
            "html" => Fault::Html,
            "cut" => Fault::CutConnection,
            "half" => Fault::HalfBody,
            "invalid-cursor" => Fault::InvalidCursor,
            "empty" => Fault::EmptyPage,
            "hang" => Fault::Hang,
            // A 429 without its seconds would be no answer of Slack's.
            status => Fault::Status(
                status.parse().ok().filter(|status| (400..600).contains(status) && *status != 429)?,
            ),
        });
    };
    if value.is_empty() {
        return None;
    }
    Some(match kind {
        "429" => Fault::RateLimited { retry_after: value.parse().ok()? },
        "error" => Fault::Error(value.into()),
        "slow" => Fault::Slow(Duration::try_from_secs_f64(value.parse().ok()?).ok()?),
        "redirect" => Fault::Redirect(value.into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spec: &str, method: Option<&str>, fault: Fault, narrow: impl FnOnce(&mut FaultRule)) {
        let mut expected = FaultRule::new(fault);
        expected.method = method.map(Into::into);
        narrow(&mut expected);
        assert_eq!(spec.parse::<FaultRule>().expect(spec), expected, "{spec}");
    }

    #[test]
    fn specs_are_read() {
        let history = Some("conversations.history");
        check(
            "conversations.history:429=30:share=0.05",
            history,
            Fault::RateLimited { retry_after: 30 },
            |rule| {
                rule.share = Some(0.05);
            },
        );
        check("users.list:500:times=2", Some("users.list"), Fault::Status(500), |rule| rule.times = Some(2));
        check("*:hang:share=0.01", None, Fault::Hang, |rule| rule.share = Some(0.01));
        let error = Fault::Error("not_in_channel".into());
        check("conversations.history:error=not_in_channel:channel=C123", history, error, |rule| {
            rule.channel = Some("C123".into());
        });
        let elsewhere = || Fault::Redirect("https://example.com:8080/x?a=b".into());
        check("download:redirect=https://example.com:8080/x?a=b", Some("download"), elsewhere(), |_| {});
        check(
            "download:redirect=https://example.com:8080/x?a=b:times=1",
            Some("download"),
            elsewhere(),
            |rule| {
                rule.times = Some(1);
            },
        );
        check("*:empty:cursor:after=3:times=4", None, Fault::EmptyPage, |rule| {
            (rule.only_cursor, rule.after, rule.times) = (true, 3, Some(4));
        });
        check("*:slow=0.25", None, Fault::Slow(Duration::from_millis(250)), |_| {});
        for (text, fault) in [
            ("ratelimited", Fault::RateLimitedInBody),
            ("html", Fault::Html),
            ("cut", Fault::CutConnection),
            ("half", Fault::HalfBody),
            ("invalid-cursor", Fault::InvalidCursor),
        ] {
            check(&format!("*:{text}"), None, fault, |_| {});
        }
    }

    #[test]
    fn errors_say_what_is_expected() {
        for (spec, expected) in [
            ("hang", "METHOD:FAULT"),
            (":hang", "METHOD:FAULT"),
            ("*:", "a fault: 429=SECONDS"),
            ("*:429", "a fault: 429=SECONDS"),
            ("*:200", "a fault:"),
            ("*:explode", "a fault:"),
            ("*:slow=-1", "a fault:"),
            ("*:error=", "a fault:"),
            ("*:hang:tmes=2", "a fault:"),
            ("*:hang:times=x", "a whole number after times="),
            ("*:hang:share=1.5", "a number from 0 to 1 after share="),
            ("*:hang:channel=", "a channel's id after channel="),
        ] {
            let error = spec.parse::<FaultRule>().expect_err(spec).to_string();
            assert!(error.contains(expected) && error.contains(spec), "{spec}: {error}");
        }
    }
}
