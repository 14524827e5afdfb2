//! What Slack does not have: the clock and the counts, for tests in other processes. No token is needed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::IntoResponse;

use super::args::Args;
use super::shared::Shared;
use crate::json::Object;
use crate::workspace::PlayOptions;

/// `POST /sandbox/advance`: lets time pass. The query or form holds the fields of [`PlayOptions`]; with `quiet=1`
/// those that it does not name are 0. Answers the changes.
pub(super) async fn advance(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> impl IntoResponse {
    let (args, _) = Args::read(uri.query().unwrap_or_default(), &body);
    let mut options = if args.flag("quiet") { PlayOptions::quiet() } else { PlayOptions::default() };
    let given = args.into_pairs();
    let odd = given.iter().find(|(name, value)| name != "quiet" && !options.set(name, value));
    match odd {
        None => json(StatusCode::OK, shared.advance(&options).to_json()),
        Some((name, _)) => {
            let why = format!("{name} is no option, or its value no number that it takes");
            json(StatusCode::BAD_REQUEST, Object::new().raw("ok", "false").text("error", &why).end())
        }
    }
}

/// `GET /sandbox/stats`: how many answers were sent, and how many calls came within a `Retry-After`.
pub(super) async fn stats(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let stats = Object::new().value("sent", shared.log.len()).value("violations", shared.blocks.violations());
    json(StatusCode::OK, stats.end())
}

fn json(status: StatusCode, body: String) -> impl IntoResponse {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body)
}
