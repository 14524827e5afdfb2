use crate::json::{Object, quote};
use crate::server::answer::Answer;
use crate::server::call::Call;

/// `conversations.list`
pub(super) fn list(call: &Call<'_>) -> Answer {
    call.listed(&call.channels_of_types()?, |channel| channel.json.get())
}

/// `users.conversations`: those that a user is in; without one, the token's user.
pub(super) fn of_user(call: &Call<'_>) -> Answer {
    let user = call.user()?;
    let mut channels = call.channels_of_types()?;
    channels.retain(|channel| channel.members.iter().any(|member| member.as_str() == user));
    call.listed(&channels, |channel| channel.json.get())
}

/// `conversations.info`
pub(super) fn info(call: &Call<'_>) -> Answer {
    Ok(Object::ok().raw("channel", call.channel("read")?.json.get()).end())
}

/// `conversations.members`
pub(super) fn members(call: &Call<'_>) -> Answer {
    let channel = call.channel("read")?;
    call.listed(&channel.members, |user| quote(user.as_str()))
}
