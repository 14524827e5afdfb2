use crate::json::{Object, array, quote, with_missing};
use crate::server::answer::{Answer, SlackError};
use crate::server::call::Call;
use crate::workspace::Usergroup;

/// `usergroups.list`
pub(super) fn list(call: &Call<'_>) -> Answer {
    call.access().need("usergroups:read")?;
    let with_users = call.args.flag("include_users");
    let groups = array(call.workspace.usergroups.iter().map(|group| {
        let users = with_users.then(|| ("users", members_of(group)));
        with_missing(group.json.get(), users.as_slice())
    }));
    Ok(Object::ok().raw("usergroups", &groups).end())
}

/// `usergroups.users.list`
pub(super) fn members(call: &Call<'_>) -> Answer {
    call.access().need("usergroups:read")?;
    let id = call.args.need("usergroup", "no_such_subteam")?;
    let group = call.workspace.usergroups.iter().find(|group| group.id.as_str() == id);
    Ok(Object::ok().raw("users", &members_of(group.ok_or(SlackError::code("no_such_subteam"))?)).end())
}

fn members_of(group: &Usergroup) -> String {
    array(group.users.iter().map(|user| quote(user.as_str())))
}
