//! Plain HTTP for what Slack's client library does not give: an answer's headers, and files' bytes.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyDataStream, BodyExt, Empty};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use super::class::CallError;
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

/// Makes plain GET requests. The token goes with those to the API's host and to Slack's file host, and with no
/// other.
pub(super) struct PlainHttp {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    api: Url,
    bearer: HeaderValue,
}

impl PlainHttp {
    pub(super) fn new(connector: HttpsConnector<HttpConnector>, api: Url, token: &Token) -> Result<Self> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()));
        let mut bearer = bearer.map_err(|_| Error::OddToken)?;
        bearer.set_sensitive(true);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), api, bearer })
    }

    /// Asks who the token is, for the headers of the answer.
    pub(super) async fn greet(&self) -> Result<Greeting, CallError> {
        let mut url = self.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("auth.test");
        }
        let response = self.get(&url, true, 0).await?;
        if !response.status().is_success() {
            return Err(failed(&response));
        }
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let date = header("date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok());
        let scopes = header("x-oauth-scopes");
        let scopes = scopes.map(|scopes| scopes.split(',').map(|scope| scope.trim().to_owned()).collect());
        let body = response.into_body().collect().await.map_err(|_| cut())?;
        Ok(Greeting { body: body.to_bytes().to_vec(), date: date.map(|date| date.to_utc()), scopes })
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
    let status = response.status();
    let wait = response.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
    CallError::status(status.as_u16(), wait.map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(api: &str) -> PlainHttp {
        let https = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots();
        let connector = https.https_or_http().enable_http1().build();
        let token = Token::new("xoxp-1").expect("a token");
        PlainHttp::new(connector, Url::parse(api).expect("a URL"), &token).expect("made")
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
    fn ranges_are_read() {
        assert_eq!(content_range("bytes 7-99/100"), Some((7, Some(100))));
        assert_eq!(content_range("bytes 0-0/*"), Some((0, None)));
        assert_eq!(content_range("bytes */100"), None);
    }
}
