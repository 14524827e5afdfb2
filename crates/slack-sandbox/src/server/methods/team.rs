use crate::json::Object;
use crate::server::answer::Answer;
use crate::server::call::Call;

/// `auth.test`
pub(super) fn test(call: &Call<'_>) -> Answer {
    let workspace = call.workspace;
    let owner = workspace.users.iter().find(|user| user.id == workspace.owner);
    Ok(Object::ok()
        .text("url", &format!("https://{}.slack.com/", workspace.team.domain))
        .text("team", &workspace.team.name)
        .text("user", owner.map_or("", |user| &user.name))
        .text("team_id", workspace.team.id.as_str())
        .text("user_id", workspace.owner.as_str())
        .value("is_enterprise_install", false)
        .end())
}

/// `team.info`
pub(super) fn info(call: &Call<'_>) -> Answer {
    call.access().need("team:read")?;
    Ok(Object::ok().raw("team", call.workspace.team.json.get()).end())
}

/// `team.profile.get`
pub(super) fn profile(call: &Call<'_>) -> Answer {
    call.access().need("users.profile:read")?;
    Ok(Object::ok().raw("profile", call.workspace.profile.get()).end())
}
