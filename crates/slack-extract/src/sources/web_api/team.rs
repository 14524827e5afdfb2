//! Which workspace a token reads: its own, or the one that is named where it is org-wide.

use std::future::Future;

use slack_model::{Envelope, is_org_wide, listed_teams, token_identity};

use super::api_request::ApiRequest;
use super::class::CallError;
use super::http::SlackApi;
use super::methods::AUTH_TEAMS_LIST;
use crate::error::{Error, Result};
use crate::sources::web_api::caller::Caller;

/// So many pages of workspaces are read to name them.
const MOST_PAGES: u32 = 20;

/// The id and name of the workspace to read, by the answer of `auth.test`; `None` where that names none.
///
/// # Errors
///
/// Where an org-wide token comes without the name of a workspace, or the token does not read the one that is named.
pub(super) async fn read_team<A: SlackApi>(
    identity: &[u8],
    named: Option<&str>,
    caller: &Caller<A>,
) -> Result<Option<(String, String)>> {
    let own = token_identity(identity);
    if !is_org_wide(identity) {
        return match (own, named) {
            (Some(own), Some(named)) if own.0 != named => {
                Err(Error::OtherTokenTeam { team: named.into(), teams: vec![own] })
            }
            (own, _) => Ok(own),
        };
    }
    let ask = async |cursor: Option<String>| {
        let ask = ApiRequest::of(AUTH_TEAMS_LIST);
        let ask = match cursor {
            Some(cursor) => ask.with("cursor", cursor),
            None => ask,
        };
        caller.ask_aside(&ask).await
    };
    let teams = read_teams(ask, |name| caller.cleared(name)).await;
    let Some(named) = named else { return Err(Error::NoTeam { teams: teams.unwrap_or_default() }) };
    match teams {
        // Where the workspaces cannot be listed, what is read will show whether the token reads this one.
        Err(_) => Ok(Some((named.into(), String::new()))),
        Ok(teams) => match teams.iter().find(|(id, _)| id == named) {
            Some(team) => Ok(Some(team.clone())),
            None => Err(Error::OtherTokenTeam { team: named.into(), teams }),
        },
    }
}

/// The workspaces of an org-wide token, with ids and names as `clear` makes them. `call` asks for the page at a cursor.
pub(crate) async fn read_teams<F: Future<Output = Result<Vec<u8>, CallError>>>(
    call: impl Fn(Option<String>) -> F,
    clear: impl Fn(&str) -> String,
) -> Result<Vec<(String, String)>, CallError> {
    let (mut teams, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let body = call(cursor).await?;
        teams.extend(listed_teams(&body).iter().map(|(id, name)| (clear(id), clear(name))));
        cursor = Envelope::read(&body).ok().and_then(|envelope| Some(envelope.next_cursor()?.to_owned()));
        if cursor.is_none() {
            break;
        }
    }
    Ok(teams)
}
