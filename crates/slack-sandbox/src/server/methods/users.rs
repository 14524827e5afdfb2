use crate::json::{Object, array};
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::server::paging::{page, with_cursor};

/// `users.list`: everybody at once, or by pages where the call has a limit.
pub(super) fn list(call: &Call<'_>) -> Answer {
    call.access().need("users:read")?;
    let users = &call.workspace.users;
    let limit = call.args.limit(users.len().max(1), 999)?;
    let (users, next) = page(users, &call.bounds(), call.args, limit)?;
    let members = array(users.iter().map(|user| user.json.get()));
    Ok(with_cursor(Object::ok().raw("members", &members).value("cache_ts", 0), &next).end())
}

/// `users.info`
pub(super) fn info(call: &Call<'_>) -> Answer {
    call.access().need("users:read")?;
    let id = call.args.need("user", "user_not_found")?;
    let user = call.workspace.users.iter().find(|user| user.id.as_str() == id);
    let user = user.ok_or(SlackError::code("user_not_found"))?;
    Ok(Object::ok().raw("user", user.json.get()).end())
}

/// `bots.info`
pub(super) fn bot(call: &Call<'_>) -> Answer {
    call.access().need("users:read")?;
    let id = call.args.need("bot", "bot_not_found")?;
    let bot = call.workspace.bots.iter().find(|bot| bot.id.as_str() == id);
    Ok(Object::ok().raw("bot", bot.ok_or(SlackError::code("bot_not_found"))?.json.get()).end())
}
