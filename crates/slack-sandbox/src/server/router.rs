use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, Uri, header};
use axum::routing::{any, get, post};

use super::args::Args;
use super::control;
use super::shared::{Asked, Shared};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", any(api))
        .route("/sandbox/advance", post(control::advance))
        .route("/sandbox/stats", get(control::stats))
        .route("/files-pri/{owner}/{name}", get(file))
        .route("/signin", get(async || axum::response::Html("<!DOCTYPE html><title>Sign in</title>")))
        .with_state(shared)
}

async fn api(
    State(shared): State<Arc<Shared>>,
    Path(method): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let at = Instant::now();
    let is_form = text(&headers, header::CONTENT_TYPE)
        .is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"));
    let form: &[u8] = if is_form { &body } else { b"" };
    let (args, token) = Args::read(uri.query().unwrap_or_default(), form);
    let header = text(&headers, header::AUTHORIZATION);
    let mut reply = shared.answer(&method, &Asked { args: &args, header, token: token.as_deref(), at });
    let scopes = HeaderValue::from_str(&shared.settings.access.provided());
    reply.headers.extend(scopes.ok().map(|scopes| (HeaderName::from_static("x-oauth-scopes"), scopes)));
    shared.send(&method, args.into_pairs(), at, reply).await
}

async fn file(
    State(shared): State<Arc<Shared>>,
    Path((owner, _name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let at = Instant::now();
    let header = text(&headers, header::AUTHORIZATION);
    let asked = Asked { args: &Args::default(), header, token: None, at };
    let reply = shared.file(&owner, text(&headers, header::RANGE), &asked);
    shared.send(uri.path(), Vec::new(), at, reply).await
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
