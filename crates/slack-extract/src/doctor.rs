//! Whether a capture would work, and what it would miss, before it begins.

use std::time::Duration;

use chrono::{DateTime, Utc};
use slack_model::{Envelope, is_org_wide, token_identity, token_user};

use crate::error::{Error, Result, team_names};
use crate::scopes::{needed_scopes, scope_advice};
use crate::sources::web_api::class::CallError;
use crate::sources::web_api::class::cleared;
use crate::sources::web_api::http::HttpSlackApi;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::methods::{AUTH_TEAMS_LIST, AUTH_TEST, USERGROUPS_LIST, method};
use crate::sources::web_api::options::ApiOptions;
use crate::sources::web_api::options::Part;
use crate::sources::web_api::plain::Greeting;
use crate::sources::web_api::team::read_teams;
use crate::sources::web_api::token::Token;
use crate::sources::web_api::token::TokenKind;

/// How something stands that a capture needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Health {
    /// It is as it should be.
    Ok,
    /// A capture works and misses something.
    Warning,
    /// A capture cannot run.
    Problem,
}

impl Health {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// Something that a capture needs, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What is looked at, in a word or two.
    pub name: &'static str,
    /// How it stands.
    pub health: Health,
    /// What was found.
    pub what: String,
    /// What to do about it, where there is something to do.
    pub advice: String,
}

impl Check {
    /// Something that is as it should be.
    pub fn ok(name: &'static str, what: impl Into<String>) -> Self {
        Self { name, health: Health::Ok, what: what.into(), advice: String::new() }
    }

    /// Something on account of which a capture misses something.
    pub fn warning(name: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, health: Health::Warning, what: what.into(), advice: advice.into() }
    }

    /// Something on account of which a capture cannot run.
    pub fn problem(name: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, health: Health::Problem, what: what.into(), advice: advice.into() }
    }
}

/// What an API and a token are good for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Examination {
    /// What was looked at, in order.
    pub checks: Vec<Check>,
    /// The token's workspace, where Slack told it.
    pub team: Option<String>,
}

/// Says what kind of token it is, by how it begins. Its value shows nowhere. `place` is where it was found.
pub fn check_token(token: &Token, place: &str) -> Check {
    match token.kind() {
        Some(TokenKind::User) => Check::ok("token", format!("a user's, in {place}")),
        Some(TokenKind::Bot) => Check::warning(
            "token",
            format!("a bot's, in {place}: it reads only the channels that it was invited to"),
            "invite it to each channel, or use a user token (xoxp-…)",
        ),
        None => Check::warning(
            "token",
            format!("neither a user's (xoxp-…) nor a bot's (xoxb-…), in {place}"),
            "use the token that Slack shows after the app was installed",
        ),
    }
}

/// Asks the API who the token is, and looks at what the answer shows: address, clock, scopes, plan. A capture with
/// these options is what it is to be good for. Makes two calls at most, on a runtime of its own.
///
/// # Errors
///
/// Where no connection can be prepared. What the API answers, or that it does not, is a [`Check`].
pub fn examine(api: &HttpSlackApi, options: &ApiOptions) -> Result<Examination> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Error::Network)?.block_on(examine_async(api, options)))
}

/// As [`examine`], on the caller's runtime.
pub async fn examine_async(api: &HttpSlackApi, options: &ApiOptions) -> Examination {
    let mut examination = Examination::default();
    let before = Utc::now();
    let greeting = in_time(options, api.greet()).await;
    let after = Utc::now();
    let redact = |text: &str| api.redact(text);
    let checked = |body: &[u8]| checked(AUTH_TEST, body, redact);
    let greeting = match greeting.and_then(|greeting| checked(&greeting.body).map(|()| greeting)) {
        Ok(greeting) => greeting,
        Err(error) => {
            examination.checks.push(refused(&error));
            return examination;
        }
    };
    examination.team = token_identity(&greeting.body).map(|(id, _)| id);
    examination.checks.push(check_identity(&greeting, redact));
    let is_org_wide = is_org_wide(&greeting.body);
    if is_org_wide || options.team.is_some() {
        let own = token_identity(&greeting.body);
        let teams = if is_org_wide { list_teams(api, options).await } else { Ok(own.into_iter().collect()) };
        let check = check_teams(is_org_wide, options.team.as_deref(), teams);
        examination.team = options.team.clone();
        let is_clear = check.health != Health::Problem;
        examination.checks.push(check);
        if !is_clear {
            // Of no workspace in particular there is nothing to say.
            return examination;
        }
    }
    examination.checks.extend(greeting.date.map(|there| check_clock(there, before, after)));
    examination.checks.extend(check_scopes(options, greeting.scopes.as_deref()));
    examination.checks.extend(check_plan(api, options).await);
    examination
}

async fn in_time<T>(
    options: &ApiOptions,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let answer = tokio::time::timeout(options.timeout, call).await;
    answer.unwrap_or_else(|_| Err(CallError::transport("no_answer_in_time", None)))
}

/// Whether the answer of a method says that the call succeeded.
fn checked(method: &str, body: &[u8], redact: impl Fn(&str) -> String) -> Result<(), CallError> {
    let envelope = Envelope::read(body).map_err(|_| CallError::transport("answer_is_no_json", Some(200)))?;
    match envelope.error.as_deref().unwrap_or_default() {
        _ if envelope.ok => Ok(()),
        "" => Err(CallError::transport("answer_is_not_slacks", Some(200))),
        _ => Err(CallError::answer(method, &envelope, redact)),
    }
}

/// The workspaces of an org-wide token, as far as they are listed in time.
async fn list_teams(api: &impl SlackApi, options: &ApiOptions) -> Result<Vec<(String, String)>, CallError> {
    let call = async |cursor: Option<String>| {
        let mut params = method(AUTH_TEAMS_LIST).params();
        params.extend(cursor.map(|cursor| ("cursor", cursor)));
        let body = in_time(options, api.call(AUTH_TEAMS_LIST, &params)).await?;
        checked(AUTH_TEAMS_LIST, &body, |text| api.redact(text)).map(|()| body)
    };
    read_teams(call, |name| cleared(name, |text| api.redact(text))).await
}

/// Says which workspaces a token reads, and whether the one to read is among them.
fn check_teams(
    is_org_wide: bool,
    named: Option<&str>,
    teams: Result<Vec<(String, String)>, CallError>,
) -> Check {
    let kind = if is_org_wide { "an org-wide token" } else { "a token of one workspace" };
    let teams = match (teams, named) {
        (Ok(teams), _) => teams,
        (Err(error), Some(named)) => {
            let what = format!("{kind}, for workspace {named}; {AUTH_TEAMS_LIST} says {}", error.told());
            return Check::ok("team", what);
        }
        (Err(error), None) => {
            let what = format!("{kind}, and none is named; {AUTH_TEAMS_LIST} says {}", error.told());
            return Check::problem("team", what, NAME_TEAM);
        }
    };
    match named.map(|named| (named, teams.iter().find(|(id, _)| id == named))) {
        Some((_, Some((id, name)))) => Check::ok("team", format!("{kind}, for workspace {name} ({id})")),
        Some((named, None)) => {
            let what = format!("{kind}, which does not read {named}: it reads {}", team_names(&teams));
            Check::problem("team", what, NAME_TEAM)
        }
        None => Check::problem("team", format!("{kind}: it reads {}", team_names(&teams)), NAME_TEAM),
    }
}

const NAME_TEAM: &str = "name the workspace to read: --team T…";

/// What is said of a token, or an address, with which nothing can be captured.
fn refused(error: &CallError) -> Check {
    if error.class == crate::sources::web_api::class::ErrorClass::Stop {
        let what = format!("Slack refuses the token: {}", error.told());
        return Check::problem("api", what, error.token_advice());
    }
    let what = format!("{AUTH_TEST} says {}", error.told());
    Check::problem("api", what, "see that the network, a proxy and SLACK_API_URL are right")
}

fn check_identity(greeting: &Greeting, redact: impl Fn(&str) -> String) -> Check {
    let team = token_identity(&greeting.body);
    let (team, name) = team.unwrap_or_else(|| ("?".into(), "a workspace without a name".into()));
    let user = token_user(&greeting.body).map(|(id, name)| format!(", as {name} ({id})"));
    let what = format!("workspace {name} ({team}){}", user.unwrap_or_default());
    Check::ok("api", cleared(&what, redact))
}

/// By more than this a clock is off.
const MOST_CLOCK: Duration = Duration::from_secs(30);

/// Compares the server's clock with this machine's, as it stood before and after the call.
fn check_clock(there: DateTime<Utc>, before: DateTime<Utc>, after: DateTime<Utc>) -> Check {
    // The server names whole seconds, cut off.
    let (ahead, behind) = ((before - there).num_seconds() - 1, (there - after).num_seconds());
    let off = ahead.max(behind).max(0);
    if off <= MOST_CLOCK.as_secs() as i64 {
        return Check::ok("clock", format!("{off} seconds off Slack's"));
    }
    let what = if ahead > behind {
        format!("{off} seconds ahead of Slack's: a capture claims to cover moments that are still to come")
    } else {
        format!("{off} seconds behind Slack's: a capture leaves the newest messages to the next one")
    };
    Check::warning("clock", what, "set this machine's clock by the network")
}

/// Compares the scopes that a capture needs with those that a token has.
fn check_scopes(options: &ApiOptions, scopes: Option<&[String]>) -> Vec<Check> {
    let needed = needed_scopes(options);
    let Some(scopes) = scopes else {
        let what = "the server does not say which ones the token has";
        return vec![Check::warning("scopes", what, "what is missing will show as gaps of the capture")];
    };
    // Tokens of the first kind of apps have scopes such as `read`, which stand for many.
    if scopes.iter().any(|scope| matches!(scope.as_str(), "read" | "client")) {
        let what = "the token is of an older kind, whose scopes cannot be compared";
        return vec![Check::warning("scopes", what, "make an app from `slack-analytics manifest`")];
    }
    let missing: Vec<_> =
        needed.iter().filter(|needed| !scopes.iter().any(|scope| scope == needed.scope)).collect();
    if missing.is_empty() {
        return vec![Check::ok("scopes", format!("all {} that the capture needs", needed.len()))];
    }
    let lists = needed.iter().filter(|needed| needed.lists_conversations).count();
    let lists_nothing = missing.iter().filter(|needed| needed.lists_conversations).count() == lists;
    let check = |needed: &&crate::scopes::NeededScope| {
        let what = format!("without {}: {}", needed.scope, needed.gives.join(", "));
        let advice = scope_advice(needed.scope);
        // A capture that finds no conversation has nothing to do.
        if needed.lists_conversations && lists_nothing {
            Check::problem("scopes", what, advice)
        } else {
            Check::warning("scopes", what, advice)
        }
    };
    missing.iter().map(check).collect()
}

/// Asks for what the workspace's plan may not have. A scope that is missing is told already.
async fn check_plan(api: &impl SlackApi, options: &ApiOptions) -> Option<Check> {
    if !options.has(Part::Usergroups) {
        return None;
    }
    let team: Vec<_> = options.team.iter().map(|team| ("team_id", team.clone())).collect();
    let answer = in_time(options, api.call(USERGROUPS_LIST, &team)).await;
    match answer.and_then(|body| checked(USERGROUPS_LIST, &body, |text| api.redact(text))) {
        Ok(()) => Some(Check::ok("plan", "it has user groups")),
        Err(error) if error.code == "missing_scope" => None,
        Err(error) if matches!(error.code.as_str(), "plan_upgrade_required" | "paid_only") => {
            Some(Check::warning("plan", format!("without user groups: {}", error.told()), error.needs()))
        }
        Err(error) => {
            Some(Check::warning("plan", format!("{USERGROUPS_LIST} says {}", error.told()), error.needs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::web_api::options::ChannelType;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    fn scopes(options: &ApiOptions, has: &[&str]) -> Vec<(Health, String)> {
        let has: Vec<String> = has.iter().map(|scope| (*scope).to_owned()).collect();
        check_scopes(options, Some(&has)).into_iter().map(|check| (check.health, check.what)).collect()
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off() {
        for (here, health) in [
            (0, Health::Ok),
            (31, Health::Ok),
            (-30, Health::Ok),
            (32, Health::Warning),
            (-31, Health::Warning),
        ] {
            assert_eq!(check_clock(at(0), at(here), at(here)).health, health, "{here}");
        }
        // A call that took long says no more than that the clocks may agree.
        assert_eq!(check_clock(at(40), at(0), at(60)).health, Health::Ok);
        assert!(check_clock(at(0), at(100), at(100)).what.starts_with("99 seconds ahead of Slack's"));
        assert!(check_clock(at(100), at(0), at(0)).what.starts_with("100 seconds behind Slack's"));
    }

    #[test]
    fn each_missing_scope_says_what_it_costs() {
        let mut options = ApiOptions {
            parts: vec![Part::Messages, Part::Pins],
            types: vec![ChannelType::Public, ChannelType::Private],
            ..ApiOptions::default()
        };
        let has = ["channels:read", "channels:history", "groups:history"];
        assert_eq!(
            scopes(&options, &has),
            [
                (Health::Warning, "without groups:read: the private channels".to_owned()),
                (Health::Warning, "without pins:read: pins of the channels".to_owned()),
            ]
        );
        options.types = vec![ChannelType::Private];
        options.parts = vec![Part::Messages];
        assert_eq!(
            scopes(&options, &has),
            [(Health::Problem, "without groups:read: the private channels".to_owned())]
        );
        options.types = vec![ChannelType::Public];
        assert_eq!(scopes(&options, &has), [(Health::Ok, "all 2 that the capture needs".to_owned())]);
        assert_eq!(scopes(&options, &["identify", "read", "client"])[0].0, Health::Warning);
        assert_eq!(check_scopes(&options, None)[0].health, Health::Warning);
    }

    #[test]
    fn a_token_is_known_by_how_it_begins() {
        for (secret, health) in [
            ("xoxp-1-secret", Health::Ok),
            ("xoxe.xoxp-1-secret", Health::Ok),
            ("xoxb-1-secret", Health::Warning),
            ("xapp-1-secret", Health::Warning),
        ] {
            let check = check_token(&Token::new(secret).expect("a token"), "SLACK_USER_TOKEN of .env");
            assert_eq!(check.health, health, "{secret}");
            assert!(!check.what.contains("secret"), "{}", check.what);
        }
    }

    #[test]
    fn an_org_wide_token_names_its_workspaces() {
        let teams = || Ok(vec![("T1".to_owned(), "One".to_owned()), ("T2".to_owned(), String::new())]);
        let check = check_teams(true, None, teams());
        assert_eq!(check.health, Health::Problem);
        assert!(check.what.contains("T1 (One), T2"), "{}", check.what);
        assert_eq!(check_teams(true, Some("T2"), teams()).health, Health::Ok);
        assert_eq!(check_teams(true, Some("T3"), teams()).health, Health::Problem);
        assert_eq!(check_teams(false, Some("T3"), teams()).health, Health::Problem);
        let unknown = || Err(CallError::slack("unknown_method"));
        assert_eq!(check_teams(true, None, unknown()).health, Health::Problem);
        assert_eq!(check_teams(true, Some("T3"), unknown()).health, Health::Ok);
    }

    #[tokio::test]
    async fn a_plan_without_user_groups_is_told() {
        let plan = async |code: Option<&'static str>| {
            let api = move |_: &str, _: &crate::sources::web_api::http::Params| match code {
                Some(code) => Err(CallError::slack(code)),
                None => Ok(br#"{"ok":true}"#.to_vec()),
            };
            check_plan(&api, &ApiOptions::default()).await.map(|check| check.health)
        };
        assert_eq!(plan(None).await, Some(Health::Ok));
        assert_eq!(plan(Some("plan_upgrade_required")).await, Some(Health::Warning));
        assert_eq!(plan(Some("missing_scope")).await, None, "it is told already");
    }

    #[test]
    fn a_token_that_is_refused_and_a_server_that_is_not_there_are_problems() {
        let check = refused(&CallError::slack("token_revoked"));
        assert_eq!(
            (check.health, check.advice.as_str()),
            (Health::Problem, "install the app again and use its new token")
        );
        let checked = |body: &[u8]| checked("auth.test", body, str::to_owned);
        let check = refused(&checked(b"<html>").expect_err("no JSON"));
        assert_eq!(
            (check.health, check.what.as_str()),
            (Health::Problem, "auth.test says answer_is_no_json")
        );
        assert_eq!(
            checked(br#"{"ok":false,"error":"invalid_auth"}"#).expect_err("refused").code,
            "invalid_auth"
        );
    }
}
