//! Slack's API over HTTP, by slack-morphism. Its types do not leave this file.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use slack_model::redact::redact;
use slack_morphism::errors::{SlackClientError, SlackClientHttpProtocolError};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::prelude::{SlackApiToken, SlackClientId, SlackClientSecret};
use slack_morphism::{
    ClientResult, SlackApiTokenValue, SlackClient, SlackClientApiCallContext, SlackClientHttpConnector,
};
use url::Url;

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

    /// A text without the secrets that this API knows, and without what looks like a token.
    fn redact(&self, text: &str) -> String {
        redact(text, &[] as &[&str]).into_owned()
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
    client: SlackClient<Transport>,
    token: SlackApiToken,
    plain: Arc<PlainHttp>,
}

impl fmt::Debug for HttpSlackApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpSlackApi")
    }
}

impl HttpSlackApi {
    /// The API at an address, with a token. `max_answer` is the number of bytes that an answer may have.
    ///
    /// # Errors
    ///
    /// Where the address is neither https nor on this machine: the token would travel in the open; or where it holds a
    /// secret of its own, which would show in logs.
    pub fn new(url: &str, token: Token, max_answer: u64) -> Result<Self> {
        let url = url.trim_end_matches('/');
        let address = check_address(url)?;
        let roots = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots();
        let https = roots.https_or_http().enable_http1().enable_http2().build();
        let plain = Arc::new(PlainHttp::new(https, address, &token, max_answer)?);
        let transport = Transport { plain: Arc::clone(&plain), url: url.to_owned() };
        let token = SlackApiToken::new(SlackApiTokenValue(token.secret().into()));
        Ok(Self { client: SlackClient::new(transport), token, plain })
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
            Err(error) => Err(unwrap(error)),
        }
    }

    async fn open_file(&self, url: &str, first: u64) -> Result<FileStream, CallError> {
        self.plain.open_file(url, first).await
    }

    fn redact(&self, text: &str) -> String {
        redact(text, &[self.token.token_value.0.as_str()]).into_owned()
    }
}

/// What slack-morphism makes its requests with: its own connector collects an answer of any length before anybody sees
/// a byte, and drops the headers of errors.
#[derive(Clone)]
struct Transport {
    plain: Arc<PlainHttp>,
    url: String,
}

impl SlackClientHttpConnector for Transport {
    fn http_get_uri<'a, RS>(
        &'a self,
        full_uri: Url,
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        async move {
            let body = self.plain.answer(&full_uri).await.map_err(wrap)?;
            serde_json::from_slice(&body)
                .map_err(|_| wrap(CallError::transport("answer_is_no_json", Some(200))))
        }
        .boxed()
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        _: Url,
        _: &'a SlackClientId,
        _: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        writes_nothing()
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        _: Url,
        _: &'a RQ,
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        writes_nothing()
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        _: Url,
        _: Option<FileMultipartData<'p>>,
        _: &'p PT,
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        writes_nothing()
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        _: Url,
        _: String,
        _: &'a [u8],
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        writes_nothing()
    }

    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(format!("{}/{method}", self.url).parse()?)
    }
}

/// The answer to whatever is no read: this program makes no such request.
fn writes_nothing<'a, T: Send + 'a>() -> BoxFuture<'a, ClientResult<T>> {
    std::future::ready(Err(wrap(CallError::own("not_a_read")))).boxed()
}

/// Hands an error through slack-morphism, whose own kinds hold whole bodies.
fn wrap(error: CallError) -> SlackClientError {
    SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(Box::new(error)))
}

fn unwrap(error: SlackClientError) -> CallError {
    let SlackClientError::HttpProtocolError(SlackClientHttpProtocolError { cause: Some(cause), .. }) = error
    else {
        return CallError::own("odd_request");
    };
    cause.downcast::<CallError>().map_or_else(|_| CallError::own("odd_request"), |error| *error)
}

/// Refuses an address with which the token, or another secret, would show: on the way, in logs or in errors.
fn check_address(url: &str) -> Result<Url> {
    let refuse =
        |shown: &str, reason| Err(Error::Address { url: redact(shown, &[] as &[&str]).into_owned(), reason });
    // Before a host that cannot be made out, a password may stand.
    let Ok(parsed) = Url::parse(url) else {
        return refuse(url.rsplit_once('@').map_or(url, |(_, rest)| rest), "it is not a URL");
    };
    let Some(host) = parsed.host() else { return refuse(parsed.scheme(), "it has no host") };
    let shown = format!("{}://{host}{}", parsed.scheme(), parsed.path());
    let holds_user = !parsed.username().is_empty() || parsed.password().is_some();
    if holds_user || parsed.query().is_some() || parsed.fragment().is_some() {
        return refuse(&shown, "it must hold neither a user name, nor a password, nor parameters");
    }
    if redact(url, &[] as &[&str]) != url {
        return refuse(&shown, "it holds a token, which belongs into SLACK_USER_TOKEN");
    }
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if is_loopback(&parsed) => Ok(parsed),
        "http" => refuse(&shown, "the token would travel unencrypted; only https leaves this machine"),
        _ => refuse(&shown, "it is neither https nor http"),
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

    #[test]
    fn an_address_with_a_secret_is_refused_and_does_not_show_it() {
        for url in [
            "https://me:hush@slack.com/api",
            "https://hush@slack.com/api",
            "https://slack.com/api?token=hush",
            "https://slack.com/api#hush",
            "https://slack.com/xoxp-1-hush/api",
            "https://me:hush@/api",
            "me:hush@slack.com",
            "xoxp-1-hush",
            "xoxp-1-hush://slack.com",
        ] {
            let refused = check_address(url).expect_err(url).to_string();
            assert!(!refused.contains("hush"), "{url}: {refused}");
        }
    }
}
