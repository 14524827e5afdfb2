use slack_model::Ts;

use crate::json::{Object, array, quote};
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::server::paging::with_cursor;
use crate::workspace::Message;

/// `conversations.history`: the top level between the bounds, newest first.
///
/// The last page also says `orphan_threads`, which Slack does not: the threads that the history does not show,
/// as their first message is not in the workspace or does not count its replies. Cut exports have such.
pub(super) fn history(call: &Call<'_>) -> Answer {
    let channel = call.channel("history")?;
    let limit = call.messages_limit(100, 999)?;
    let bounds = call.bounds();
    let (first, last) = window(call)?;
    let horizon = call.horizon();
    let from = bounds.place(call.args)?.unwrap_or(last).min(last);
    let mut rest = channel.window(first.max(horizon), from).rev();
    let messages = array(rest.by_ref().take(limit).map(|message| call.shown(message)));
    let next = rest.next().map(|message| message.ts.micros());
    let answer = Object::ok()
        .raw("messages", &messages)
        .value("has_more", next.is_some())
        .value("pin_count", channel.pins.len())
        .raw("channel_actions_ts", "null")
        .value("channel_actions_count", 0);
    if let Some(next) = next {
        return Ok(with_cursor(answer, &bounds.cursor(next)).end());
    }
    let is_shown = |thread: &&Ts| channel.replies(**thread).any(|reply| reply.ts.micros() >= horizon);
    let orphans = channel.orphan_threads().iter().filter(is_shown).map(|ts| quote(&ts.to_string()));
    let orphans = array(orphans);
    Ok(answer.when(orphans != "[]", |answer| answer.raw("orphan_threads", &orphans)).end())
}

/// `conversations.replies`: a thread's first message, whatever the bounds, then its replies, oldest first. The
/// `ts` of a reply gives that reply alone.
pub(super) fn replies(call: &Call<'_>) -> Answer {
    let channel = call.channel("history")?;
    let limit = call.messages_limit(1000, 1000)?;
    call.args.need("ts", "invalid_arguments")?;
    let missing = || SlackError::code("thread_not_found");
    let ts = call.ts("ts").ok_or_else(missing)?;
    let bounds = call.bounds();
    let (first, last) = window(call)?;
    let from = bounds.place(call.args)?;
    let horizon = call.horizon();
    let named = channel.message(ts).filter(|message| message.ts.micros() >= horizon);
    let mut replies = channel.replies(ts).filter(|reply| reply.ts.micros() >= horizon).peekable();
    if named.is_none() && replies.peek().is_none() {
        return Err(missing());
    }
    let within =
        |message: &&Message| (first.max(from.unwrap_or(first))..=last).contains(&message.ts.micros());
    // The first message comes once, on the first page.
    let named = named.filter(|_| from.is_none());
    let mut rest = named.into_iter().chain(replies.filter(within));
    let messages = array(rest.by_ref().take(limit).map(|message| call.shown(message)));
    let next = rest.next().map(|message| message.ts.micros());
    let answer = Object::ok().raw("messages", &messages).value("has_more", next.is_some());
    Ok(match next {
        Some(next) => with_cursor(answer, &bounds.cursor(next)).end(),
        None => answer.end(),
    })
}

/// The first and the last microsecond that the call's bounds include.
fn window(call: &Call<'_>) -> Result<(i64, i64), SlackError> {
    let outside = i64::from(!call.args.flag("inclusive"));
    let oldest = call.args.micros("oldest", "invalid_ts_oldest")?;
    let latest = call.args.micros("latest", "invalid_ts_latest")?;
    Ok((oldest.map_or(0, |oldest| oldest + outside), latest.map_or(i64::MAX, |latest| latest - outside)))
}
