use std::collections::HashMap;

use crate::error::Result;
use crate::sandbox::{Sandbox, launch};
use crate::server::{Access, Fault, FaultRule, Settings};
use crate::workspace::Workspace;

/// The token of a sandbox that was given none.
const TOKEN: &str = "xoxp-sandbox";

/// Sets a sandbox up: by default on any free port, with Slack's rate limits and the token `xoxp-sandbox`, which
/// may read everything.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SandboxBuilder {
    workspace: Workspace,
    port: u16,
    settings: Settings,
}

impl SandboxBuilder {
    pub(crate) fn new(workspace: Workspace) -> Self {
        let settings = Settings {
            access: Access { token: TOKEN.into(), scopes: None },
            rate_limits: true,
            time_scale: 1.0,
            most_reactors: 50,
            canned: HashMap::new(),
            faults: Vec::new(),
            fault_seed: 0,
            revoke_after: None,
            small_class: false,
            horizon: None,
        };
        Self { workspace, port: 0, settings }
    }

    /// Listens on this port; 0 is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes this token instead of `xoxp-sandbox`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.access.token = token.into();
        self
    }

    /// Lets the token read only what these scopes allow; what takes another answers `missing_scope`.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.settings.access.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Whether the methods are limited to so many calls a minute as Slack publishes.
    pub fn rate_limits(mut self, limited: bool) -> Self {
        self.settings.rate_limits = limited;
        self
    }

    /// Lets Slack's time pass so many times as fast as the real time: the limits let so many times the calls
    /// through, with the same bursts. `Retry-After` stays in seconds of Slack's time, so that with 60 a caller has
    /// to wait one real second for every minute of it. What is not above 0 is taken as 1.
    ///
    /// A method that answered 429, by its limit or by a fault, answers nothing else until the `Retry-After` has
    /// passed; calls of it meanwhile are [violations](Sandbox::violations).
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.settings.time_scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
        self
    }

    /// Treats the caller as an app of the class that Slack holds short: it gets at most 15 messages at a time from
    /// `conversations.history` and `conversations.replies`, whatever its `limit`, and with rate limits one call of
    /// each a minute.
    pub fn small_class(mut self, small: bool) -> Self {
        self.settings.small_class = small;
        self
    }

    /// Hides what is older than so many days before the workspace's clock, as on Slack's free plan: messages,
    /// replies, the first messages of threads, and files.
    pub fn horizon(mut self, days: u32) -> Self {
        self.settings.horizon = Some(days);
        self
    }

    /// Revokes the token after so many calls: every later one answers `token_revoked`. Downloads count as calls,
    /// and are then sent to the sign-in page, as with a wrong token.
    pub fn revoke_token_after(mut self, calls: u64) -> Self {
        self.settings.revoke_after = Some(calls);
        self
    }

    /// Lets a reaction in a page name no more users than this (50 by default), in a made-up workspace;
    /// `reactions.get` with `full` names all.
    pub fn most_reactors(mut self, users: usize) -> Self {
        self.settings.most_reactors = users;
        self
    }

    /// Answers exactly this body to every call of a method, known or not.
    pub fn canned(mut self, method: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        self.settings.canned.insert(method.into(), body.into());
        self
    }

    /// Adds a fault. Of several that meet a call, the one added first happens, and the others do not count it.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.settings.faults.push(rule);
        self
    }

    /// Draws from this seed which calls meet the faults that meet a share of them.
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.settings.fault_seed = seed;
        self
    }

    /// Answers an error to every call that names a channel.
    pub fn channel_error(self, channel: impl Into<String>, code: impl Into<String>) -> Self {
        let rule = FaultRule::new(Fault::Error(code.into()));
        self.fault(FaultRule { channel: Some(channel.into()), ..rule })
    }

    /// Answers an error to every call of a method.
    pub fn method_error(self, method: impl Into<String>, code: impl Into<String>) -> Self {
        let rule = FaultRule::new(Fault::Error(code.into()));
        self.fault(FaultRule { method: Some(method.into()), ..rule })
    }

    /// Lets the first so many calls of a method meet a fault.
    pub fn first_answers(self, method: impl Into<String>, times: u32, fault: Fault) -> Self {
        self.fault(FaultRule { method: Some(method.into()), times: Some(times), ..FaultRule::new(fault) })
    }

    /// Starts the server; when this returns it listens.
    ///
    /// # Errors
    ///
    /// Where the port is taken, or the server's thread cannot be made.
    pub async fn start(self) -> Result<Sandbox> {
        self.start_blocking()
    }

    /// The same for callers that are not async.
    ///
    /// # Errors
    ///
    /// Where the port is taken, or the server's thread cannot be made.
    pub fn start_blocking(self) -> Result<Sandbox> {
        launch(self.workspace, self.port, self.settings)
    }
}
