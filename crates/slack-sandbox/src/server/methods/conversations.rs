use crate::json::{Object, array, quote};
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::server::paging::{page, with_cursor};
use crate::workspace::Channel;

/// `conversations.list`
pub(super) fn list(call: &Call<'_>) -> Answer {
    listed(call, &call.channels_of_types()?)
}

/// `users.conversations`: those that a user is in; without one, the token's user.
pub(super) fn of_user(call: &Call<'_>) -> Answer {
    let user = call.args.get("user").unwrap_or(call.workspace.owner.as_str());
    if !call.workspace.users.iter().any(|known| known.id.as_str() == user) {
        return Err(SlackError::code("user_not_found"));
    }
    let mut channels = call.channels_of_types()?;
    channels.retain(|channel| channel.members.iter().any(|member| member.as_str() == user));
    listed(call, &channels)
}

/// `conversations.info`
pub(super) fn info(call: &Call<'_>) -> Answer {
    Ok(Object::ok().raw("channel", call.channel("read")?.json.get()).end())
}

/// `conversations.members`
pub(super) fn members(call: &Call<'_>) -> Answer {
    let channel = call.channel("read")?;
    let limit = call.args.limit(100, 999)?;
    let (members, next) = page(&channel.members, &call.bounds(), call.args, limit)?;
    let members = array(members.iter().map(|user| quote(user.as_str())));
    Ok(with_cursor(Object::ok().raw("members", &members), &next).end())
}

fn listed(call: &Call<'_>, channels: &[&Channel]) -> Answer {
    let limit = call.args.limit(100, 999)?;
    let (channels, next) = page(channels, &call.bounds(), call.args, limit)?;
    let channels = array(channels.iter().map(|channel| channel.json.get()));
    Ok(with_cursor(Object::ok().raw("channels", &channels), &next).end())
}
