use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::routing::{any, get};

use super::answer::{Answer, SlackError};
use super::args::Args;
use super::auth::Access;
use super::call::Call;
use super::download::download;
use super::faults::{Fault, Faults};
use super::limits::Limits;
use super::log::Log;
use super::methods;
use crate::workspace::{OWN_ADDRESS, Workspace};

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const HTML_PAGE: &str = "<!DOCTYPE html><html><body>Something went wrong.</body></html>";

/// What the server was set up with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) rate_limits: bool,
    pub(crate) most_reactors: usize,
    pub(crate) canned: HashMap<String, Vec<u8>>,
}

/// What all answers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) workspace: Workspace,
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
}

/// An answer before it is sent.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Whether the connection breaks half-way.
    breaks: bool,
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", any(api))
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
    let is_form = text(&headers, header::CONTENT_TYPE)
        .is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"));
    let form: &[u8] = if is_form { &body } else { b"" };
    let (args, token) = Args::read(uri.query().unwrap_or_default(), form);
    let mut reply = shared.reply(&method, &args, text(&headers, header::AUTHORIZATION), token.as_deref());
    let scopes = HeaderValue::from_str(&shared.settings.access.provided());
    reply
        .headers
        .extend(scopes.ok().map(|scopes| (header::HeaderName::from_static("x-oauth-scopes"), scopes)));
    shared.send(&method, args.into_pairs(), reply)
}

async fn file(
    State(shared): State<Arc<Shared>>,
    Path((owner, _name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let reply = match shared.settings.access.check(text(&headers, header::AUTHORIZATION), None) {
        Ok(()) => {
            let file = download(&shared.workspace, &owner, text(&headers, header::RANGE));
            Reply { status: file.status, headers: file.headers, body: file.body.into(), breaks: false }
        }
        // As Slack's: whoever follows the redirect gets a page of HTML with status 200 for a file.
        Err(_) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, HeaderValue::from_static("/signin"));
            Reply { status: StatusCode::FOUND, headers, body: Bytes::new(), breaks: false }
        }
    };
    shared.send(uri.path(), Vec::new(), reply)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

impl Shared {
    fn reply(&self, name: &str, args: &Args, header: Option<&str>, token: Option<&str>) -> Reply {
        let canned = self.settings.canned.get(name);
        let method = methods::method(name);
        if method.is_none() && canned.is_none() {
            return Reply::error("unknown_method");
        }
        if let Err(error) = self.settings.access.check(header, token) {
            return Reply::json(error.body());
        }
        let fault = self.faults.take(name, args);
        match &fault {
            Some(Fault::RateLimited { retry_after }) => return Reply::rate_limited(*retry_after),
            Some(Fault::Status(status)) => {
                return Reply::html(
                    StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                );
            }
            Some(Fault::Html) => return Reply::html(StatusCode::OK),
            Some(Fault::Error(code)) => return Reply::json(SlackError::code(code.clone()).body()),
            Some(Fault::HalfBody | Fault::CutConnection) | None => {}
        }
        if let Some(wait) = self.settings.rate_limits.then(|| self.limits.check(name).err()).flatten() {
            return Reply::rate_limited(wait);
        }
        let mut reply = match (canned, method) {
            (Some(body), _) => Reply::json(body.clone()),
            (None, Some(method)) => {
                let access = &self.settings.access;
                let most_reactors = self.settings.most_reactors;
                let call =
                    Call { method: method.name, workspace: &self.workspace, args, access, most_reactors };
                Reply::json(self.body((method.handler)(&call)))
            }
            (None, None) => Reply::error("unknown_method"),
        };
        match fault {
            Some(Fault::HalfBody) => reply.body.truncate(reply.body.len() / 2),
            Some(Fault::CutConnection) => reply.breaks = true,
            _ => {}
        }
        reply
    }

    fn body(&self, answer: Answer) -> String {
        match answer {
            Ok(body) if self.workspace.made_up => body.replace(OWN_ADDRESS, &self.address),
            Ok(body) => body,
            Err(error) => error.body(),
        }
    }

    /// Logs a reply as far as it is sent, and sends it.
    fn send(&self, method: &str, query: Vec<(String, String)>, reply: Reply) -> Response<Body> {
        let Reply { status, headers, body, breaks } = reply;
        let sent = if breaks { body.slice(..body.len() / 2) } else { body.clone() };
        self.log.add(method, query, status.as_u16(), &sent);
        let mut response =
            Response::new(if breaks { Body::new(Broken(Some(sent))) } else { Body::from(sent) });
        if breaks {
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        *response.status_mut() = status;
        response.headers_mut().extend(headers);
        response
    }
}

impl Reply {
    fn new(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        Self { status, headers, body: body.into(), breaks: false }
    }

    fn json(body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, JSON, body)
    }

    fn error(code: &'static str) -> Self {
        Self::json(SlackError::code(code).body())
    }

    fn html(status: StatusCode) -> Self {
        Self::new(status, HTML, HTML_PAGE)
    }

    fn rate_limited(wait: u64) -> Self {
        let mut reply = Self::error("ratelimited");
        reply.status = StatusCode::TOO_MANY_REQUESTS;
        reply.headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        reply
    }
}

/// A body that gives its bytes and then breaks off.
struct Broken(Option<Bytes>);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        let broken = || io::Error::from(io::ErrorKind::ConnectionAborted);
        Poll::Ready(Some(self.0.take().map(http_body::Frame::data).ok_or_else(broken)))
    }
}
