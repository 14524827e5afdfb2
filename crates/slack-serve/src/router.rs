//! What is served where.

use std::path::Path as FilePath;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::get;

use slack_model::Schema;

use crate::access::{Access, Verdict};
use crate::masked::masked;
use crate::snapshot::{Current, FolderStamp, Folders};

/// What is served, and the tables that may be.
#[derive(Clone)]
struct Served {
    current: Current,
    catalogue: Arc<[Schema]>,
}

/// The report at `/`, a list of the tables at `/tables`, and each of them below.
pub(crate) fn router(current: Current, catalogue: Arc<[Schema]>, access: Access) -> Router {
    let served = Served { current, catalogue };
    Router::new()
        .route("/", get(page))
        .route("/tables", get(list))
        .route("/tables/{file}", get(table))
        .route("/metrics/{file}", get(metric))
        .with_state(served)
        .layer(middleware::from_fn_with_state(access, guard))
}

async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response<Body> {
    let mut response = match access.judge(request.uri(), request.headers()) {
        Verdict::Allowed if has_body(&request) => {
            (StatusCode::PAYLOAD_TOO_LARGE, [(header::CONNECTION, "close")], "requests have no body here\n")
                .into_response()
        }
        Verdict::Allowed => next.run(request).await,
        Verdict::Remember(cookie) => {
            let mut response = Redirect::to(&same_host(request.uri().path())).into_response();
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Verdict::WrongHost => {
            (StatusCode::MISDIRECTED_REQUEST, "this is no name of this server\n").into_response()
        }
        Verdict::NoToken => (StatusCode::UNAUTHORIZED, "the token is missing: /?token=...\n").into_response(),
    };
    for (name, value) in [
        // The next batch changes what is here, and what is here is nobody else's.
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a request brings more than its head: there is nothing here to be sent to.
fn has_body(request: &Request) -> bool {
    let headers = request.headers();
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

/// A path that stays on this server: with two slashes at its beginning, a browser takes the first name for a host.
fn same_host(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

async fn page(State(served): State<Served>) -> Response<Body> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, html)], served.current.get().page.clone()).into_response()
}

#[derive(Template)]
#[template(path = "tables.html")]
struct Tables {
    folders: [(&'static str, Vec<String>); 2],
}

async fn list(State(served): State<Served>) -> Response<Body> {
    let snapshot = served.current.get();
    let Some(Folders { tables, metrics, .. }) = &snapshot.folders else { return not_told() };
    let tables = Tables { folders: [("tables", served.files(tables)), ("metrics", served.files(metrics))] };
    match tables.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn table(State(served): State<Served>, Path(file): Path<String>) -> Response<Body> {
    served.answer(&file, |folders| &folders.tables)
}

async fn metric(State(served): State<Served>, Path(file): Path<String>) -> Response<Body> {
    served.answer(&file, |folders| &folders.metrics)
}

impl Served {
    /// Answers with a table of the catalogue: no other name leads anywhere.
    fn answer(&self, file: &str, folder: impl FnOnce(&Folders) -> &FilePath) -> Response<Body> {
        let snapshot = self.current.get();
        let Some(folders) = &snapshot.folders else { return not_told() };
        if FolderStamp::of(&folders.tables) != folders.stamp {
            return changing();
        }
        let Some(schema) = self.catalogue.iter().find(|schema| schema.file_name() == file) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        match masked(folder(folders).join(file), schema) {
            Ok(body) => as_csv(body),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// The names of a folder's tables.
    fn files(&self, folder: &FilePath) -> Vec<String> {
        let files = self.catalogue.iter().map(Schema::file_name);
        let mut there: Vec<_> = files.filter(|file| folder.join(file).is_file()).collect();
        there.sort();
        there
    }
}

/// The answer while a run is under way: other tables may hold what the page must not show, so it is made anew first.
fn changing() -> Response<Body> {
    (StatusCode::SERVICE_UNAVAILABLE, "the tables are changing; try again in a moment\n").into_response()
}

/// The answer where the page has pseudonyms or folds small groups, which tables would undo.
fn not_told() -> Response<Body> {
    (StatusCode::NOT_FOUND, "tables are not served with --anonymous or --min-group\n").into_response()
}

fn as_csv(body: impl Into<Body>) -> Response<Body> {
    let media = HeaderValue::from_static("text/csv; charset=utf-8");
    ([(header::CONTENT_TYPE, media)], body.into()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_no_other_host() {
        for (path, same) in [
            ("/", "/"),
            ("/tables/a.csv", "/tables/a.csv"),
            ("//evil.example/x", "/evil.example/x"),
            ("///evil.example", "/evil.example"),
            ("/\\evil.example", "/evil.example"),
            ("/\\/evil.example", "/evil.example"),
            ("", "/"),
        ] {
            assert_eq!(same_host(path), same);
        }
    }
}
