use crate::json::{Object, array};
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::server::paging::with_cursor;
use crate::workspace::File;

/// `files.list`: by pages that are counted, not by cursors; newest first.
pub(super) fn list(call: &Call<'_>) -> Answer {
    call.access().need("files:read")?;
    if let Some(channel) = call.args.get("channel") {
        call.workspace.channel(channel).ok_or(SlackError::code("channel_not_found"))?;
    }
    let count = number(call, "count", 100)?.min(1000);
    let page = number(call, "page", 1)?;
    let (from, to) =
        (call.args.micros("ts_from", "invalid_ts_from")?, call.args.micros("ts_to", "invalid_ts_to")?);
    let files: Vec<&File> = shown(call)
        .filter(|file| {
            let created = file.created.saturating_mul(1_000_000);
            from.is_none_or(|from| created >= from) && to.is_none_or(|to| created <= to)
        })
        .filter(|file| {
            call.args.get("user").is_none_or(|id| file.user.as_ref().is_some_and(|user| user.as_str() == id))
        })
        .filter(|file| {
            let wanted = call.args.get("channel");
            wanted.is_none_or(|id| file.places.iter().any(|(channel, _)| channel.as_str() == id))
        })
        .filter(|file| is_of_types(file, call))
        .collect();
    let start = (page - 1).saturating_mul(count).min(files.len());
    let end = start.saturating_add(count).min(files.len());
    let paging = Object::new()
        .value("count", count)
        .value("total", files.len())
        .value("page", page)
        .value("pages", files.len().div_ceil(count));
    let files = array(files[start..end].iter().map(|file| file.json.get()));
    Ok(Object::ok().raw("files", &files).raw("paging", &paging.end()).end())
}

/// `files.info`
pub(super) fn info(call: &Call<'_>) -> Answer {
    call.access().need("files:read")?;
    let id = call.args.need("file", "file_not_found")?;
    let file = shown(call).find(|file| file.id.as_str() == id).ok_or(SlackError::code("file_not_found"))?;
    Ok(with_cursor(Object::ok().raw("file", file.json.get()).raw("comments", "[]"), "").end())
}

/// The files that the token's user may see and no horizon hides, newest first.
fn shown<'a>(call: &Call<'a>) -> impl Iterator<Item = &'a File> {
    let horizon = call.horizon();
    call.workspace.visible_files().filter(move |file| file.created.saturating_mul(1_000_000) >= horizon)
}

fn number(call: &Call<'_>, key: &str, default: usize) -> Result<usize, SlackError> {
    match call.args.get(key).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) if number > 0 => Ok(number),
        Some(_) => Err(SlackError::code("invalid_arguments")),
    }
}

/// Whether a file is of one of the call's `types`; without them, or with `all`, every file is.
fn is_of_types(file: &File, call: &Call<'_>) -> bool {
    let mut types = call.args.list("types").peekable();
    types.peek().is_none()
        || types.any(|wanted| match wanted {
            "all" => true,
            "images" => file.mimetype.starts_with("image/"),
            "pdfs" => file.mimetype == "application/pdf",
            "zips" => file.mimetype == "application/zip",
            "snippets" => file.mode == "snippet",
            "spaces" => matches!(file.mode.as_str(), "space" | "post"),
            "gdocs" => file.mode == "external",
            _ => false,
        })
}
