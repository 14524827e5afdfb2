use crate::json::Object;
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;

/// `reactions.get` of a message: with `full` every reacting user is named.
pub(super) fn get(call: &Call<'_>) -> Answer {
    call.access().need("reactions:read")?;
    let channel = call.channel("history")?;
    call.args.need("timestamp", "no_item_specified")?;
    let message = call.ts("timestamp").and_then(|ts| channel.message(ts));
    let message = message.filter(|message| message.ts.micros() >= call.horizon());
    let message = message.ok_or(SlackError::code("message_not_found"))?;
    let json = if call.args.flag("full") { message.json.get().into() } else { call.shown(message) };
    Ok(Object::ok().text("type", "message").text("channel", channel.id.as_str()).raw("message", &json).end())
}
