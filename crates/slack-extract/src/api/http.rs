//! Slack's API over HTTP, by slack-morphism. Its types do not leave this file.

use std::fmt;
use std::future::Future;

use serde_json::value::RawValue;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::{SlackApiToken, SlackClientHyperConnector, SlackClientHyperHttpsConnector};
use slack_morphism::{SlackApiTokenValue, SlackClient};

use super::class::CallError;
use super::plain::{FileStream, Greeting, PlainHttp, is_loopback};
use super::token::Token;
use crate::error::{Error, Result};

/// A request's parameters.
pub type Params = [(&'static str, String)];

/// The API as the walk sees it: a method and its parameters give the answer's exact bytes, or a classified
/// error. An answer with `"ok": false` is an error.
pub trait SlackApi: Send + Sync {
    /// Makes one call, once.
    fn call(&self, method: &str, params: &Params) -> impl Future<Output = Result<Vec<u8>, CallError>> + Send;

    /// Opens a hosted file at its byte `first`; a server may send the whole instead. An API that is a function
    /// has no files.
    fn open_file(&self, url: &str, first: u64) -> impl Future<Output = Result<FileStream, CallError>> + Send {
        let _ = (url, first);
        async { Err(CallError::slack("no_downloads")) }
    }
}

/// A function is an API, for tests.
impl<F: Fn(&str, &Params) -> Result<Vec<u8>, CallError> + Send + Sync> SlackApi for F {
    async fn call(&self, method: &str, params: &Params) -> Result<Vec<u8>, CallError> {
        self(method, params)
    }
}

/// Slack's API over HTTP.
pub struct HttpSlackApi {
    client: SlackClient<SlackClientHyperHttpsConnector>,
    token: SlackApiToken,
    plain: PlainHttp,
}

impl fmt::Debug for HttpSlackApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpSlackApi")
    }
}

impl HttpSlackApi {
    /// The API at an address, with a token.
    ///
    /// # Errors
    ///
    /// Where the address is neither https nor on this machine: the token would travel in the open.
    pub fn new(url: &str, token: Token) -> Result<Self> {
        let url = url.trim_end_matches('/');
        let address = check_address(url)?;
        let roots = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots();
        let https = roots.https_or_http().enable_http1().enable_http2().build();
        let plain = PlainHttp::new(https.clone(), address, &token)?;
        let connector = SlackClientHyperConnector::with_connector(https).with_slack_api_url(url);
        let token = SlackApiToken::new(SlackApiTokenValue(token.secret().into()));
        Ok(Self { client: SlackClient::new(connector), token, plain })
    }

    /// Asks who the token is (`auth.test`), with what the server says beside the answer.
    pub async fn greet(&self) -> Result<Greeting, CallError> {
        self.plain.greet().await
    }
}

impl SlackApi for HttpSlackApi {
    async fn call(&self, method: &str, params: &Params) -> Result<Vec<u8>, CallError> {
        let params: Vec<(&str, Option<&String>)> =
            params.iter().map(|(name, value)| (*name, Some(value))).collect();
        let session = self.client.open_session(&self.token);
        // RawValue is the one type that keeps long numbers, key order and escapes as they came.
        let answer: Result<Box<RawValue>, _> = session.http_session_api.http_get(method, &params, None).await;
        match answer {
            Ok(body) => Ok(String::from(Box::<str>::from(body)).into_bytes()),
            Err(error) => Err(classify(error)),
        }
    }

    async fn open_file(&self, url: &str, first: u64) -> Result<FileStream, CallError> {
        self.plain.open_file(url, first).await
    }
}

fn check_address(url: &str) -> Result<url::Url> {
    let refuse = |reason| Err(Error::Address { url: url.into(), reason });
    let Ok(parsed) = url::Url::parse(url) else { return refuse("it is no URL") };
    if parsed.host().is_none() {
        return refuse("it has no host");
    }
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if is_loopback(&parsed) => Ok(parsed),
        "http" => refuse("the token would travel unencrypted; only https leaves this machine"),
        _ => refuse("it is neither https nor http"),
    }
}

/// Sorts the client's errors. Their texts hold whole bodies, so none of them is passed on.
fn classify(error: SlackClientError) -> CallError {
    match error {
        SlackClientError::ApiError(error) => {
            let body = error.http_response_body.unwrap_or_default();
            let envelope = slack_model::Envelope::read(body.as_bytes()).unwrap_or_default();
            CallError { needed: envelope.needed, ..CallError::slack(error.code) }
        }
        SlackClientError::RateLimitError(error) => CallError {
            http_status: Some(429),
            retry_after: error.retry_after,
            ..CallError::slack("ratelimited")
        },
        SlackClientError::HttpError(error) => CallError::status(error.status_code.as_u16(), None),
        SlackClientError::ProtocolError(_) => CallError::transport("answer_is_no_json", Some(200)),
        SlackClientError::HttpProtocolError(error) => {
            CallError::connection(error.cause.as_deref().map(|cause| cause as _))
        }
        SlackClientError::EndOfStream(_) => CallError::transport("answer_cut", None),
        _ => CallError::transport("connection_failed", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_only_travels_encrypted_or_at_home() {
        for url in
            ["https://slack.com/api", "http://127.0.0.1:8080/api", "http://localhost/api", "http://[::1]/api"]
        {
            assert!(check_address(url).is_ok(), "{url}");
        }
        for url in
            ["http://slack.com/api", "ftp://slack.com", "slack.com/api", "", "http://127.0.0.1.example.com"]
        {
            assert!(matches!(check_address(url), Err(Error::Address { .. })), "{url}");
        }
    }
}
