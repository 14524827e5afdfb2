//! What is served where.

use std::fs;
use std::path::Path as FilePath;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::get;

use super::access::{Access, Verdict};
use super::masked::masked;
use super::{Current, Folders, rebuild};

/// The report at `/`, a list of the tables at `/tables`, and each of them below.
pub(super) fn router(current: Current, access: Access) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/tables", get(list))
        .route("/tables/{file}", get(table))
        .route("/metrics/{file}", get(metric))
        .with_state(current)
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

async fn page(State(current): State<Current>) -> Response<Body> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, html)], current.get().page.clone()).into_response()
}

#[derive(Template)]
#[template(path = "tables.html")]
struct Tables {
    folders: [(&'static str, Vec<String>); 2],
}

async fn list(State(current): State<Current>) -> Response<Body> {
    let snapshot = current.get();
    let Some(Folders { tables, metrics, .. }) = &snapshot.folders else { return not_told() };
    let tables = Tables { folders: [("tables", files(tables)), ("metrics", files(metrics))] };
    match tables.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn table(State(current): State<Current>, Path(file): Path<String>) -> Response<Body> {
    let snapshot = current.get();
    let Some(Folders { tables: folder, stamp, .. }) = &snapshot.folders else { return not_told() };
    if rebuild::stamp(folder) != *stamp {
        return changing();
    }
    if file == "user_data.csv" {
        let path = folder.join(&file);
        return match tokio::task::spawn_blocking(move || without_emails(&path)).await {
            Ok(Ok(csv)) => as_csv(slack_model::without_addresses(&csv).into_owned()),
            _ => StatusCode::NOT_FOUND.into_response(),
        };
    }
    serve(folder, &file)
}

async fn metric(State(current): State<Current>, Path(file): Path<String>) -> Response<Body> {
    let snapshot = current.get();
    match &snapshot.folders {
        Some(Folders { tables, stamp, .. }) if rebuild::stamp(tables) != *stamp => changing(),
        Some(folders) => serve(&folders.metrics, &file),
        None => not_told(),
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

/// Answers with a file of the list: no other name leads anywhere.
fn serve(folder: &FilePath, file: &str) -> Response<Body> {
    if !files(folder).iter().any(|known| known == file) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match masked(folder.join(file)) {
        Ok(body) => as_csv(body),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn as_csv(body: impl Into<Body>) -> Response<Body> {
    let media = HeaderValue::from_static("text/csv; charset=utf-8");
    ([(header::CONTENT_TYPE, media)], body.into()).into_response()
}

/// The names of a folder's tables.
fn files(folder: &FilePath) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut tables: Vec<_> = names.filter(|name| name.ends_with(".csv") && !name.starts_with('.')).collect();
    tables.sort();
    tables
}

/// The table of users with nothing in the column of e-mail addresses: those are not for whoever has a browser.
fn without_emails(path: &FilePath) -> Result<Vec<u8>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path)?;
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut email = None;
    for (place, record) in reader.byte_records().enumerate() {
        let record = record?;
        if place == 0 {
            email = record.iter().position(|name| name == b"email");
        }
        let field = |(at, field)| if place > 0 && Some(at) == email { &b""[..] } else { field };
        writer.write_byte_record(&record.iter().enumerate().map(field).collect())?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
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
