//! Who may read: whoever is on this machine, or knows the token.

use std::net::SocketAddr;

use axum::http::{HeaderMap, Uri, header};

/// What a request must show.
#[derive(Clone)]
pub(crate) struct Access {
    /// What this server is called in requests; `None` where it has any name, which a token makes up for.
    hosts: Option<Vec<String>>,
    token: Option<String>,
}

impl std::fmt::Debug for Access {
    /// The token is nobody's to read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// The answer to whether a request may read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// The token came in the address: it goes into a cookie, and out of the address, which people copy and send.
    Remember(String),
    WrongHost,
    NoToken,
}

const COOKIE: &str = "slack_analytics_token";

impl Access {
    pub(crate) fn new(address: SocketAddr, token: Option<String>) -> Self {
        let port = address.port();
        let names = ["localhost", "127.0.0.1", "[::1]"];
        let mut hosts: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        hosts.push(address.to_string());
        if port == 80 {
            hosts.extend(names.map(str::to_owned));
        }
        // A page of another site cannot read from here: its name, made to point to this machine, is none of these.
        Self { hosts: token.is_none().then_some(hosts), token }
    }

    pub(crate) fn judge(&self, uri: &Uri, headers: &HeaderMap) -> Verdict {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(header::HOST).unwrap_or_default();
        if self
            .hosts
            .as_ref()
            .is_some_and(|hosts| !hosts.iter().any(|known| known.eq_ignore_ascii_case(host)))
        {
            return Verdict::WrongHost;
        }
        let Some(token) = &self.token else { return Verdict::Allowed };
        let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = text(header::COOKIE)
            .unwrap_or_default()
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        let mut cookie = cookies.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value);
        if bearer.is_some_and(|shown| is_same(shown, token))
            || cookie.any(|shown| is_same(shown, &kept(token)))
        {
            return Verdict::Allowed;
        }
        let asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let mut tokens = asked.filter(|(name, _)| name == "token").map(|(_, value)| value);
        if tokens.any(|shown| is_same(&shown, token)) {
            // Lax: who follows a link to here from another site's page stays signed in. Nothing can be changed by it.
            return Verdict::Remember(format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", kept(token)));
        }
        Verdict::NoToken
    }
}

/// What a cookie holds instead of the token, which may have any letters.
fn kept(token: &str) -> String {
    blake3::derive_key("slack-analytics serve 2026 cookie", token.as_bytes())
        .map(|byte| format!("{byte:02x}"))
        .concat()
}

/// Compares in a time that does not tell how much is the same.
fn is_same(shown: &str, token: &str) -> bool {
    blake3::hash(shown.as_bytes()) == blake3::hash(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(access: &Access, uri: &str, headers: &[(header::HeaderName, &str)]) -> Verdict {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value")));
        access.judge(&uri.parse().expect("an address"), &headers.collect())
    }

    #[test]
    fn a_name_that_was_made_to_point_here_is_refused() {
        let access = Access::new(([127, 0, 0, 1], 8787).into(), None);
        assert_eq!(judge(&access, "/", &[(header::HOST, "localhost:8787")]), Verdict::Allowed);
        assert_eq!(judge(&access, "/", &[(header::HOST, "127.0.0.1:8787")]), Verdict::Allowed);
        assert_eq!(judge(&access, "/", &[(header::HOST, "evil.example:8787")]), Verdict::WrongHost);
        assert_eq!(judge(&access, "/", &[]), Verdict::WrongHost);
    }

    #[test]
    fn elsewhere_a_token_is_needed() {
        let access = Access::new(([0, 0, 0, 0], 8787).into(), Some("open-sesame".into()));
        assert_eq!(judge(&access, "/", &[]), Verdict::NoToken);
        assert_eq!(judge(&access, "/?token=open", &[]), Verdict::NoToken);
        assert_eq!(judge(&access, "/", &[(header::AUTHORIZATION, "Bearer open-sesame")]), Verdict::Allowed);
        let Verdict::Remember(cookie) = judge(&access, "/?token=open-sesame", &[]) else {
            panic!("no cookie")
        };
        assert!(cookie.ends_with("HttpOnly; SameSite=Lax"));
        assert_eq!(judge(&access, "/", &[(header::COOKIE, &format!("a=b; {cookie}"))]), Verdict::Allowed);
    }
}
