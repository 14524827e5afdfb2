//! What to do about a failure, where that is known: the libraries say what is wrong and where, not which command
//! mends it.

use std::error::Error;
use std::io::{self, ErrorKind};

use crate::failure::{Failure, Usage};

/// What to do next; `None` where nobody knows, or the message says it itself.
pub(crate) fn hint(failure: &Failure) -> Option<String> {
    let first: &(dyn Error + 'static) = &**failure;
    // Not the reference's own cause, which would not live as long.
    std::iter::successors(Some(first), |error| <dyn Error>::source(*error)).find_map(of)
}

/// The hint of one error of a chain.
fn of(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<slack_pipeline::Error>() {
        return of_pipeline(error);
    }
    if let Some(error) = error.downcast_ref::<Usage>() {
        return of_usage(&error.0).map(Into::into);
    }
    if let Some(error) = error.downcast_ref::<slack_extract::Error>() {
        return of_capture(error);
    }
    if let Some(error) = error.downcast_ref::<slack_model::Error>() {
        return of_tables(error).map(Into::into);
    }
    if let Some(error) = error.downcast_ref::<slack_pg::Error>() {
        return of_postgres(error);
    }
    if let Some(error) = error.downcast_ref::<slack_sqlite::Error>() {
        return of_sqlite(error).map(Into::into);
    }
    if let Some(error) = error.downcast_ref::<slack_merge::Error>() {
        return of_merge(error).map(Into::into);
    }
    error.downcast_ref::<io::Error>().and_then(of_io).map(Into::into)
}

const NETWORK: &str = "look at the connection, a proxy or firewall, and SLACK_API_URL, then run again: what was captured is kept";
const REBUILD: &str = "make the table again: `slack-analytics transform BATCH` for a batch's, `slack-analytics merge --rebuild` \
                       for the master's";

fn of_usage(message: &str) -> Option<&'static str> {
    let hints = [
        (
            "no token",
            "`slack-analytics manifest` prints the app that gives one, `slack-analytics doctor` tries it",
        ),
        (
            "no batch is in",
            "begin with `slack-analytics run --import EXPORT.zip`, or `run` with a token; --data names another data home",
        ),
        ("there is no data home", "name it with --data or SLACK_DATA_HOME"),
        ("knows no channel", "the names are in channel_data.csv; a direct message is named by its id"),
    ];
    hints.into_iter().find_map(|(what, hint)| message.contains(what).then_some(hint))
}

fn of_pipeline(error: &slack_pipeline::Error) -> Option<String> {
    use slack_pipeline::Error::{NoBatches, UnknownChannel};
    match error {
        NoBatches { .. } | UnknownChannel { .. } => of_usage(&error.to_string()).map(Into::into),
        _ => Some(error.inner()).filter(|inner| !inner.is::<slack_pipeline::Error>()).and_then(of),
    }
}

fn of_capture(error: &slack_extract::Error) -> Option<String> {
    use slack_extract::Error::{
        Address, Grid, Network, NoChannel, NoExport, NoTeam, OddToken, OtherTokenTeam, OtherWorkspace,
        Refused, TextExport, Unreachable, Zip,
    };
    let hint = match error {
        Refused { code, advice, .. } => match code.as_str() {
            "missing_scope" => {
                "`slack-analytics doctor` names the scopes that the app lacks; add them and install it again"
                    .into()
            }
            "invalid_auth" | "not_authed" => {
                format!("{advice}: copy it again into SLACK_USER_TOKEN; `slack-analytics doctor` tries it")
            }
            _ => (*advice).into(),
        },
        NoChannel { of_type: Some(kind), .. } => {
            format!("it is of another type: add {} to --types", type_option(*kind))
        }
        NoChannel { near, .. } if !near.is_empty() => format!("names like it: {}", near.join(", ")),
        NoChannel { .. } => {
            "names stand in Slack without the #; a private channel needs --types private, and a token that is in it".into()
        }
        NoTeam { teams } | OtherTokenTeam { teams, .. } => {
            format!("add --team {}", teams.first().map_or("T…", |(id, _)| id.as_str()))
        }
        Unreachable { reason } => of_reason(reason).into(),
        Network(_) => NETWORK.into(),
        Address { .. } => "set SLACK_API_URL to an address such as https://slack.com/api, or unset it".into(),
        OddToken => {
            "copy the token again: it begins with xoxp- or xoxb-, and has neither spaces nor quotes".into()
        }
        NoExport { .. } => {
            "name the zip that Slack made, or the folder in which users.json and channels.json are".into()
        }
        OtherWorkspace { .. } => {
            "give each workspace a data home of its own (--data); if it is the same one, import with \
                                  --same-workspace"
                .into()
        }
        Zip { why, .. } => of_zip(why).into(),
        Grid { .. } => {
            "unpack it, and import each folder in teams/ as an export of its own, with a --data of its own"
                .into()
        }
        TextExport { .. } => "ask Slack for the export again, as JSON".into(),
        _ => return None,
    };
    Some(hint)
}

/// What to do about a zip that cannot be read.
fn of_zip(why: &str) -> &'static str {
    if why.contains("password") || why.contains("compression method") {
        "unpack it with the program that made it, and import the folder"
    } else {
        "name the zip that Slack made; download it again where it may be damaged"
    }
}

/// What `--types` calls a type of conversation.
fn type_option(kind: slack_extract::ChannelType) -> &'static str {
    match kind {
        slack_extract::ChannelType::Public => "public",
        slack_extract::ChannelType::Private => "private",
        kind => kind.as_str(),
    }
}

/// What to do about the word for what went wrong on the way to the API.
fn of_reason(reason: &str) -> &'static str {
    let reason = reason.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["lookup", "name or service", "nodename", "name resolution"]) {
        "the host's name is not known here: look at the connection, DNS, and SLACK_API_URL"
    } else if has(&["certificate", "notvalidyet", "expired"]) {
        "look at this machine's clock, and at what stands between it and Slack: the certificate does not hold"
    } else if has(&["ratelimited", "asked_to_wait"]) {
        "Slack asks to wait: run again in some minutes, and let no other tool use the token meanwhile"
    } else {
        NETWORK
    }
}

fn of_tables(error: &slack_model::Error) -> Option<&'static str> {
    use slack_model::Error::{
        Csv, Drops, Field, Format, Io, Link, NewerFormat, NoBatch, NoColumn, NoPages, Unsorted, Width,
    };
    match error {
        Io { source, .. } => of_io(source),
        Csv { source, .. } => match source.kind() {
            csv::ErrorKind::Io(source) => of_io(source),
            _ => Some(REBUILD),
        },
        Width { .. } | NoColumn { .. } | Field { .. } | Unsorted { .. } => Some(REBUILD),
        Drops { .. } => Some(
            "`slack-analytics verify` finds raw pages that are missing or damaged; the same command with --allow-drops \
             drops these rows",
        ),
        NoBatch { .. } => Some("`slack-analytics status` lists the batches"),
        Link { .. } => Some(
            "remove the link, or move what it leads to into its place; only the data home itself may be a link",
        ),
        NewerFormat { .. } => {
            Some("install that version or a later one, or name another data home with --data")
        }
        Format { .. } => Some(
            "put the file back from a backup; where there is none, remove it if no later version was in use here",
        ),
        NoPages { .. } => Some("the batch holds nothing to read: capture or import it again"),
        _ => None,
    }
}

fn of_merge(error: &slack_merge::Error) -> Option<&'static str> {
    use slack_merge::Error::{CircularAlias, ListedAlias, OtherChannel, Table, Unsorted};
    match error {
        Table(error) => of_tables(error),
        Unsorted { .. } => Some(REBUILD),
        OtherChannel { .. } => Some("follow the list with `slack-analytics merge --rebuild`, or correct it"),
        ListedAlias { .. } | CircularAlias { .. } => {
            Some("correct references/channel_alias.csv in the data home")
        }
        _ => None,
    }
}

fn of_io(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("make room on that disk, or name another data home with --data; what is done is kept")
        }
        ErrorKind::PermissionDenied => Some(
            "let this user write to it, run as the user whose data home it is, or name another one with --data",
        ),
        ErrorKind::ReadOnlyFilesystem => Some("it is mounted read-only: name another data home with --data"),
        _ => None,
    }
}

fn of_sqlite(error: &slack_sqlite::Error) -> Option<&'static str> {
    use slack_sqlite::Error::{MemoryLimit, TimeLimit, ValueLimit};
    match error {
        TimeLimit { .. } => Some("`--timeout SECONDS` raises the limit"),
        MemoryLimit { .. } => Some("`--max-memory SIZE` raises the limit"),
        ValueLimit { .. } => Some("`--max-memory SIZE` raises the limit: a value may have a quarter of it"),
        _ => None,
    }
}

fn of_postgres(error: &slack_pg::Error) -> Option<String> {
    use slack_pg::Error::{DiskFull, NoDatabase, NoRights, NoTable, Unreachable};
    let hint = match error {
        Unreachable { .. } => {
            "does it run, and does it listen there? `pg_isready -h HOST -p PORT` tells".into()
        }
        NoDatabase { database, .. } => format!("make it with: createdb {database}"),
        NoRights { .. } => "ask the database's owner, or connect as another user".into(),
        DiskFull { .. } => "make room on the server, and load again".into(),
        NoTable { .. } => "load into another --schema, or drop that one and load again".into(),
        _ => return None,
    };
    Some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// A failure that says where, as commands make them.
    #[derive(Debug)]
    struct Outer(slack_model::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a batch cannot be read")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn io(kind: ErrorKind) -> slack_model::Error {
        slack_model::Error::io("write", Path::new("data"), kind.into())
    }

    fn refused(code: &str) -> slack_extract::Error {
        slack_extract::Error::Refused {
            code: code.into(),
            reason: None,
            advice: "the token's user or workspace is deactivated",
        }
    }

    fn no_channel(of_type: Option<slack_extract::ChannelType>, near: &[&str]) -> slack_extract::Error {
        let near = near.iter().map(|name| (*name).to_owned()).collect();
        slack_extract::Error::NoChannel { called: "nosuch".into(), of_type, near }
    }

    fn unreachable(reason: &str) -> slack_extract::Error {
        slack_extract::Error::Unreachable { reason: reason.into() }
    }

    #[test]
    fn what_is_known_has_a_hint() {
        let cases: Vec<(Failure, &str)> = vec![
            (Usage("no token: set SLACK_USER_TOKEN".into()).into(), "manifest"),
            (Usage("there are no tables yet: no batch is in /srv".into()).into(), "--import"),
            (Usage("there is no data home at x".into()).into(), "--data"),
            (refused("invalid_auth").into(), "SLACK_USER_TOKEN"),
            (refused("missing_scope").into(), "doctor"),
            (refused("account_inactive").into(), "deactivated"),
            (unreachable("ratelimited").into(), "wait"),
            (no_channel(Some(slack_extract::ChannelType::Private), &[]).into(), "private to --types"),
            (no_channel(None, &["general"]).into(), "general"),
            (no_channel(None, &[]).into(), "--types"),
            (slack_extract::Error::NoTeam { teams: vec![("T1".into(), "One".into())] }.into(), "--team T1"),
            (unreachable("connection_failed (failed to lookup address information)").into(), "DNS"),
            (unreachable("connection_failed (Connection refused)").into(), "firewall"),
            (unreachable("connection_failed (invalid peer certificate: Expired)").into(), "clock"),
            (io(ErrorKind::StorageFull).into(), "make room"),
            (io(ErrorKind::PermissionDenied).into(), "this user"),
            (io(ErrorKind::ReadOnlyFilesystem).into(), "read-only"),
            (Outer(io(ErrorKind::StorageFull)).into(), "make room"),
            (io::Error::from(ErrorKind::StorageFull).into(), "make room"),
            (slack_model::Error::NoColumn { file: "a.csv".into(), column: "id" }.into(), "--rebuild"),
            (
                slack_merge::Error::Unsorted { file: "a.csv".into(), line: 2, key: "U1".into() }.into(),
                "--rebuild",
            ),
            (slack_extract::Error::NoExport { path: "x.zip".into() }.into(), "users.json"),
            (slack_extract::Error::OddToken.into(), "xoxp-"),
        ];
        for (failure, word) in cases {
            let hint = hint(&failure).unwrap_or_default();
            assert!(hint.contains(word), "{failure}: {hint}");
            assert!(!failure.to_string().contains(&hint), "said twice: {failure}");
        }
    }

    #[test]
    fn what_is_not_known_has_none() {
        assert_eq!(hint(&Failure::from("something else")), None);
        assert_eq!(hint(&io(ErrorKind::InvalidData).into()), None);
    }
}
