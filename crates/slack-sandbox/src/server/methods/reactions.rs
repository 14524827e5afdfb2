use serde::Deserialize;

use crate::json::Object;
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::workspace::{Channel, Message};

/// `reactions.get` of a message: with `full` every reacting user is named.
pub(super) fn get(call: &Call<'_>) -> Answer {
    call.access().need("reactions:read")?;
    let channel = call.channel("history")?;
    call.args.need("timestamp", "no_item_specified")?;
    let message = call.ts("timestamp").and_then(|ts| channel.message(ts));
    let message = message.filter(|message| message.ts.micros() >= call.horizon());
    let message = message.ok_or(SlackError::code("message_not_found"))?;
    Ok(item(Object::ok(), call, channel, message).end())
}

/// `reactions.list`: the messages that a user reacted to, newest first; without one, the token's user.
pub(super) fn list(call: &Call<'_>) -> Answer {
    call.access().need("reactions:read")?;
    let user = call.user()?;
    let horizon = call.horizon();
    let mut found: Vec<(&Channel, &Message)> = call
        .workspace
        .visible_channels()
        .flat_map(|channel| channel.messages().iter().map(move |message| (channel, message)))
        .filter(|(_, message)| message.ts.micros() >= horizon && has_reaction_of(message, user))
        .collect();
    found.sort_by(|(a, one), (b, other)| (other.ts, &b.id).cmp(&(one.ts, &a.id)));
    call.listed(&found, |(channel, message)| item(Object::new(), call, channel, message).end())
}

fn item(object: Object, call: &Call<'_>, channel: &Channel, message: &Message) -> Object {
    let json = if call.args.flag("full") { message.json.get().into() } else { call.shown(message) };
    object.text("type", "message").text("channel", channel.id.as_str()).raw("message", &json)
}

fn has_reaction_of(message: &Message, user: &str) -> bool {
    #[derive(Deserialize)]
    struct Reacted {
        #[serde(default)]
        reactions: Vec<Reaction>,
    }
    #[derive(Deserialize)]
    struct Reaction {
        #[serde(default)]
        users: Vec<String>,
    }
    let text = message.json.get();
    // Few messages are worth reading.
    text.contains("\"reactions\"")
        && text.contains(user)
        && serde_json::from_str::<Reacted>(text).is_ok_and(|message| {
            message.reactions.iter().any(|reaction| reaction.users.iter().any(|id| id == user))
        })
}
