use crate::json::{Object, array};
use crate::server::answer::Answer;
use crate::server::call::Call;

/// `emoji.list`
pub(super) fn emoji(call: &Call<'_>) -> Answer {
    call.access().need("emoji:read")?;
    Ok(Object::ok().raw("emoji", call.workspace.emoji.get()).text("cache_ts", "0000000000.000000").end())
}

/// `pins.list`
pub(super) fn pins(call: &Call<'_>) -> Answer {
    call.access().need("pins:read")?;
    let channel = call.channel("read")?;
    Ok(Object::ok().raw("items", &array(channel.pins.iter().map(|pin| pin.get()))).end())
}

/// `bookmarks.list`
pub(super) fn bookmarks(call: &Call<'_>) -> Answer {
    call.access().need("bookmarks:read")?;
    let channel = call.channel_of(call.args.need("channel_id", "invalid_arguments")?, "read")?;
    Ok(Object::ok().raw("bookmarks", &array(channel.bookmarks.iter().map(|mark| mark.get()))).end())
}
