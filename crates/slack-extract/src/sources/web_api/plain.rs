//! HTTP with limits: an answer is read as a stream up to so many bytes, and files are handed on as they come.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyDataStream, Empty};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;
use url::Url;

use super::class::CallError;
use super::methods::AUTH_TEST;
use super::token::Token;
use crate::error::{Error, Result};

/// Where Slack keeps hosted files: beside the API's own host, the only one that gets the token.
const FILE_HOST: &str = "files.slack.com";

/// So many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// A file's bytes on their way.
#[non_exhaustive]
pub struct FileStream {
    /// Which byte of the file comes first: the one asked for, or 0 where the server sends the whole all the same.
    pub first: u64,
    /// How long the whole file is, in bytes, where the server says so.
    pub total: Option<u64>,
    /// Its media type, where the server says so.
    pub media: Option<String>,
    /// The bytes, in pieces as they come.
    pub chunks: Pin<Box<dyn Stream<Item = Result<Bytes, CallError>> + Send>>,
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, total, media, .. } = self;
        let mut shown = f.debug_struct("FileStream");
        shown.field("first", first).field("total", total).field("media", media).finish_non_exhaustive()
    }
}

/// What a server says of itself and of the token beside the answer of `auth.test`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Greeting {
    /// The answer.
    pub body: Vec<u8>,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// What the token may read.
    pub scopes: Option<Vec<String>>,
}

/// Of an answer that is longer than this, no more is read while another one is: methods run side by side, and memory is to
/// hold one large answer, not one of each.
const LARGE: usize = 1_000_000;

/// Makes plain GET requests. The token goes with those to the API's host and to Slack's file host, and with no
/// other.
pub(super) struct PlainHttp {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    api: Url,
    bearer: HeaderValue,
    /// The bytes that an answer may have.
    max_answer: u64,
    /// Whose turn it is to read a large answer.
    large: Semaphore,
}

impl PlainHttp {
    pub(super) fn new(
        connector: HttpsConnector<HttpConnector>,
        api: Url,
        token: &Token,
        max_answer: u64,
    ) -> Result<Self> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()));
        let mut bearer = bearer.map_err(|_| Error::OddToken)?;
        bearer.set_sensitive(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, api, bearer, max_answer, large: Semaphore::new(1) })
    }

    /// The bytes of the answer at an address below the API's.
    pub(super) async fn answer(&self, url: &Url) -> Result<Vec<u8>, CallError> {
        let response = self.get(url, true, 0).await?;
        if !response.status().is_success() {
            return Err(failed(&response));
        }
        self.body(response).await
    }

    /// Reads a body up to the limit of an answer.
    async fn body(&self, response: Response<Incoming>) -> Result<Vec<u8>, CallError> {
        let too_large = || {
            let limit = format!("more than {} bytes", self.max_answer);
            CallError::limit(CallError::TOO_LARGE, limit)
        };
        let header = response.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if header.and_then(|length| length.parse().ok()).is_some_and(|length: u64| length > self.max_answer) {
            return Err(too_large());
        }
        let mut chunks = BodyDataStream::new(response.into_body());
        let (mut body, mut turn) = (Vec::new(), None);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| cut())?;
            if (body.len() + chunk.len()) as u64 > self.max_answer {
                return Err(too_large());
            }
            if turn.is_none() && body.len() + chunk.len() > LARGE {
                // The semaphore is never closed.
                turn = self.large.acquire().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Asks who the token is, for the headers of the answer.
    pub(super) async fn greet(&self) -> Result<Greeting, CallError> {
        let mut url = self.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(AUTH_TEST);
        }
        let response = self.get(&url, true, 0).await?;
        if !response.status().is_success() {
            return Err(failed(&response));
        }
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let date = header("date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok());
        let scopes = header("x-oauth-scopes");
        let scopes = scopes.map(|scopes| scopes.split(',').map(|scope| scope.trim().to_owned()).collect());
        let body = self.body(response).await?;
        Ok(Greeting { body, date: date.map(|date| date.to_utc()), scopes })
    }

    /// Opens a hosted file at its byte `first`.
    pub(super) async fn open_file(&self, url: &str, first: u64) -> Result<FileStream, CallError> {
        let mut url = Url::parse(url).map_err(|_| CallError::own("no_address"))?;
        let mut with_token = self.may_have_token(&url);
        if !with_token {
            // Slack's own files are at the hosts that may have it; whatever is elsewhere is not Slack's.
            return Err(CallError::own("not_at_slack"));
        }
        for redirects in 0..=MOST_REDIRECTS {
            let response = self.get(&url, with_token, first).await?;
            if !response.status().is_redirection() {
                return stream(response, first, redirects > 0);
            }
            let place = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let next = place.and_then(|to| url.join(to).ok()).ok_or(CallError::own("redirected_nowhere"))?;
            // A sandbox may hand over to a neighbour on this machine.
            let stays_here = is_loopback(&next) && is_loopback(&self.api);
            if next.scheme() != "https" && !stays_here {
                return Err(CallError::own("redirected_unencrypted"));
            }
            // Whoever the file is handed to does not get the token, nor does anybody after that.
            with_token = with_token && is_same_place(&next, &url);
            url = next;
        }
        Err(CallError::own("redirected_too_often"))
    }

    /// Whether the token may go to an address: the API's own, or Slack's file host, encrypted.
    fn may_have_token(&self, url: &Url) -> bool {
        let is_file_host =
            url.scheme() == "https" && url.host_str() == Some(FILE_HOST) && url.port().is_none();
        is_file_host || is_same_place(url, &self.api)
    }

    async fn get(&self, url: &Url, with_token: bool, first: u64) -> Result<Response<Incoming>, CallError> {
        let mut request = http::Request::get(url.as_str());
        if with_token {
            request = request.header(header::AUTHORIZATION, self.bearer.clone());
        }
        if first > 0 {
            request = request.header(header::RANGE, format!("bytes={first}-"));
        }
        let request = request.body(Empty::new()).map_err(|_| CallError::own("no_address"))?;
        self.client.request(request).await.map_err(|error| CallError::connection(Some(&error)))
    }
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether two addresses have scheme, host and port in common.
fn is_same_place(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

/// The bytes of an answer.
fn stream(response: Response<Incoming>, first: u64, was_redirected: bool) -> Result<FileStream, CallError> {
    let header =
        |name: header::HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let media = header(header::CONTENT_TYPE).map(str::to_owned);
    let is_page = media.as_deref().is_some_and(|media| media.starts_with("text/html"));
    if was_redirected && is_page {
        // Whoever may not see a file is led to a page to sign in, with status 200.
        return Err(CallError::slack("sign_in_page"));
    }
    let length: Option<u64> = header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let (first, total) = match response.status() {
        StatusCode::OK => (0, length),
        StatusCode::PARTIAL_CONTENT => {
            let (begin, total) =
                header(header::CONTENT_RANGE).and_then(content_range).ok_or_else(odd_range)?;
            if begin != first {
                return Err(odd_range());
            }
            (begin, total)
        }
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(odd_range()),
        _ => return Err(failed(&response)),
    };
    let chunks = BodyDataStream::new(response.into_body()).map(|chunk| chunk.map_err(|_| cut()));
    Ok(FileStream { first, total, media, chunks: Box::pin(chunks) })
}

/// Reads `bytes 7-99/100`: the first byte, and the length of the whole, which may be `*`.
fn content_range(range: &str) -> Option<(u64, Option<u64>)> {
    let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = span.split_once('-')?;
    Some((first.parse().ok()?, total.parse().ok()))
}

fn odd_range() -> CallError {
    CallError::transport(CallError::ODD_RANGE, Some(StatusCode::RANGE_NOT_SATISFIABLE.as_u16()))
}

fn cut() -> CallError {
    CallError::transport("answer_cut", None)
}

fn failed(response: &Response<Incoming>) -> CallError {
    let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    // The server's own clock counts: ours may stand elsewhere.
    let now = header(header::DATE).and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let now = now.map_or_else(Utc::now, |now| now.to_utc());
    let wait = header(header::RETRY_AFTER).and_then(|wait| retry_after(wait, now));
    CallError::status(response.status().as_u16(), wait)
}

/// Reads how long to wait: seconds, whole or not, or a date. A number that is out of range is for ever; what is neither is
/// nothing.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        return is_number.then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some((date - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(api: &str) -> PlainHttp {
        let https = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots();
        let connector = https.https_or_http().enable_http1().build();
        let token = Token::new("xoxp-1").expect("a token");
        PlainHttp::new(connector, Url::parse(api).expect("a URL"), &token, 1_000).expect("made")
    }

    #[test]
    fn the_token_goes_to_the_api_and_to_the_file_host_only() {
        let slack = plain("https://slack.com/api");
        let may = |http: &PlainHttp, url: &str| http.may_have_token(&Url::parse(url).expect("a URL"));
        for url in ["https://files.slack.com/files-pri/T1-F1/a", "https://slack.com/files/a"] {
            assert!(may(&slack, url), "{url}");
        }
        for url in [
            "http://files.slack.com/files-pri/T1-F1/a",
            "https://files.slack.com:8443/a",
            "https://files.slack.com.example.org/a",
            "https://slack.com@example.org/a",
            "https://docs.google.com/document/1",
            "http://slack.com/a",
            "http://127.0.0.1:8000/a",
        ] {
            assert!(!may(&slack, url), "{url}");
        }
        let sandbox = plain("http://127.0.0.1:8000/api");
        assert!(may(&sandbox, "http://127.0.0.1:8000/files-pri/T1-F1/a"));
        assert!(!may(&sandbox, "http://127.0.0.1:8001/files-pri/T1-F1/a"));
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        let seconds = |text: &str| retry_after(text, now).map(|wait| wait.as_secs_f64());
        assert_eq!(seconds("30"), Some(30.0));
        assert_eq!(seconds(" 0.5 "), Some(0.5));
        assert_eq!(seconds("Tue, 14 Nov 2023 22:14:20 GMT"), Some(60.0));
        assert_eq!(seconds("Tue, 14 Nov 2023 22:13:19 GMT"), Some(0.0), "it is over");
        assert_eq!(retry_after(&"9".repeat(40), now), Some(Duration::MAX));
        assert_eq!(retry_after(&"9".repeat(400), now), Some(Duration::MAX));
        for text in ["", "soon", "-1", "NaN", "inf", "1e3", "+5", "5 s"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(content_range("bytes 7-99/100"), Some((7, Some(100))));
        assert_eq!(content_range("bytes 0-0/*"), Some((0, None)));
        assert_eq!(content_range("bytes */100"), None);
    }
}
