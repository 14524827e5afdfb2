//! An answer on its way out: status, headers, body, and what becomes of it on the way.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tokio::time::Sleep;

use super::answer::SlackError;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const HTML_PAGE: &str = "<!DOCTYPE html><html><body>Something went wrong.</body></html>";

/// An answer before it is sent.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) delivery: Delivery,
    /// What `Retry-After` says.
    pub(crate) retry_after: Option<u64>,
}

/// How an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once and whole.
    Whole,
    /// The connection breaks half-way.
    Breaks,
    /// After a while.
    Late(Duration),
    /// Not at all.
    Never,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into(), delivery: Delivery::Whole, retry_after: None }
    }

    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self::of_media(StatusCode::OK, JSON, body)
    }

    pub(crate) fn error(code: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::json(SlackError::code(code).body())
    }

    pub(crate) fn html(status: StatusCode) -> Self {
        Self::of_media(status, HTML, HTML_PAGE)
    }

    pub(crate) fn redirect(address: &str) -> Self {
        let mut headers = HeaderMap::new();
        // An address that no header can hold leaves a redirect to nowhere.
        headers.extend(HeaderValue::from_str(address).ok().map(|address| (header::LOCATION, address)));
        Self::new(StatusCode::FOUND, headers, Bytes::new())
    }

    pub(crate) fn rate_limited(wait: u64) -> Self {
        let mut reply = Self::error("ratelimited");
        reply.status = StatusCode::TOO_MANY_REQUESTS;
        reply.headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        reply.retry_after = Some(wait);
        reply
    }

    /// Nothing, ever.
    pub(crate) fn never() -> Self {
        let nothing = Self::new(StatusCode::OK, HeaderMap::new(), Bytes::new());
        Self { delivery: Delivery::Never, ..nothing }
    }

    /// That part of the body which is sent.
    pub(crate) fn sent(&self) -> Bytes {
        match self.delivery {
            Delivery::Breaks => self.body.slice(..self.body.len() / 2),
            Delivery::Never => Bytes::new(),
            Delivery::Whole | Delivery::Late(_) => self.body.clone(),
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let sent = self.sent();
        let breaks = matches!(self.delivery, Delivery::Breaks | Delivery::Never);
        let mut response =
            Response::new(if breaks { Body::new(Broken::Whole(sent)) } else { Body::from(sent) });
        if breaks {
            // One byte more than an empty body has: else there would be nothing to break off.
            let length = self.body.len().max(1);
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }

    fn of_media(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        Self::new(status, headers, body)
    }
}

/// A body that gives its bytes and then breaks off.
enum Broken {
    Whole(Bytes),
    /// What was given gets the time to be sent: a server that meets an error throws away what it holds back.
    Sent(Pin<Box<Sleep>>),
}

/// How long a part of a body takes to be on its way.
const SENDING: Duration = Duration::from_millis(20);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        match &mut *self {
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Sent(Box::pin(tokio::time::sleep(SENDING)));
                Poll::Ready(Some(Ok(http_body::Frame::data(bytes))))
            }
            Self::Sent(on_its_way) => on_its_way
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted)))),
        }
    }
}
