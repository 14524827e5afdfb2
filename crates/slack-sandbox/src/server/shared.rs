//! How a call comes to its answer.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use tokio::sync::watch;

use super::answer::Answer;
use super::args::Args;
use super::auth::Access;
use super::blocks::Blocks;
use super::call::Call;
use super::download::download;
use super::faults::{Fault, FaultRule, Faults, Target};
use super::limits::Limits;
use super::log::Log;
use super::methods::{self, Method};
use super::reply::{Delivery, Reply};
use crate::workspace::{Changes, OWN_ADDRESS, PlayOptions, Workspace};

/// The method's name that faults know downloads by.
const DOWNLOAD: &str = "download";

/// What the server was set up with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) rate_limits: bool,
    pub(crate) time_scale: f64,
    pub(crate) most_reactors: usize,
    pub(crate) canned: HashMap<String, Vec<u8>>,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) fault_seed: u64,
    /// How many calls the token is good for.
    pub(crate) revoke_after: Option<u64>,
    pub(crate) small_class: bool,
    /// How many days may be seen.
    pub(crate) horizon: Option<u32>,
}

/// What all answers share.
#[derive(Debug)]
pub(crate) struct Shared {
    workspace: RwLock<Arc<Workspace>>,
    pub(crate) settings: Settings,
    limits: Limits,
    pub(crate) blocks: Blocks,
    faults: Faults,
    /// Calls with the right token so far.
    calls: AtomicU64,
    pub(crate) log: Log,
    started: Instant,
    /// Whether the server is to stop.
    pub(crate) closing: watch::Sender<bool>,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
}

/// A call of a method, or a download, as it came.
pub(crate) struct Asked<'a> {
    pub(crate) args: &'a Args,
    /// The `Authorization` header.
    pub(crate) header: Option<&'a str>,
    /// The token among the arguments.
    pub(crate) token: Option<&'a str>,
    pub(crate) at: Instant,
}

impl Shared {
    pub(crate) fn new(workspace: Workspace, settings: Settings, address: String) -> Self {
        Self {
            workspace: RwLock::new(Arc::new(workspace)),
            limits: Limits::new(settings.time_scale, settings.small_class),
            blocks: Blocks::new(settings.time_scale),
            faults: Faults::new(settings.faults.clone(), settings.fault_seed),
            settings,
            calls: AtomicU64::new(0),
            log: Log::default(),
            started: Instant::now(),
            closing: watch::Sender::new(false),
            address,
        }
    }

    pub(crate) fn workspace(&self) -> Arc<Workspace> {
        Arc::clone(&self.workspace.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets time pass in the workspace. Calls under way are still answered as it was.
    pub(crate) fn advance(&self, options: &PlayOptions) -> Changes {
        let mut workspace = self.workspace.write().unwrap_or_else(PoisonError::into_inner);
        // A copy is made only where somebody still holds it as it was.
        Arc::make_mut(&mut workspace).advance(options)
    }

    /// Answers a call of a method.
    pub(crate) fn answer(&self, name: &str, asked: &Asked<'_>) -> Reply {
        let canned = self.settings.canned.get(name);
        let method = methods::method(name);
        if method.is_none() && canned.is_none() {
            return Reply::error("unknown_method");
        }
        if let Err(error) = self.settings.access.check(asked.header, asked.token) {
            return Reply::json(error.body());
        }
        if self.is_revoked() {
            return Reply::error("token_revoked");
        }
        let fault = match self.obstacle(name, method, asked) {
            ControlFlow::Continue(fault) => fault,
            ControlFlow::Break(reply) => return reply,
        };
        if let Some(wait) = self.settings.rate_limits.then(|| self.limits.check(name).err()).flatten() {
            return Reply::rate_limited(self.blocks.block(name, wait));
        }
        let reply = match (canned, method) {
            (Some(body), _) => Reply::json(body.clone()),
            (None, Some(method)) => Reply::json(self.body(method, asked.args, fault.as_ref())),
            (None, None) => Reply::error("unknown_method"),
        };
        bend(reply, fault)
    }

    /// Answers a file's download.
    pub(crate) fn file(&self, owner: &str, range: Option<&str>, asked: &Asked<'_>) -> Reply {
        if self.settings.access.check(asked.header, asked.token).is_err() || self.is_revoked() {
            // As Slack's: whoever follows the redirect gets a page of HTML with status 200 for a file.
            return Reply::redirect("/signin");
        }
        match self.obstacle(DOWNLOAD, None, asked) {
            ControlFlow::Continue(fault) => bend(download(&self.workspace(), owner, range), fault),
            ControlFlow::Break(reply) => reply,
        }
    }

    /// Logs a reply as far as it is sent, and sends it.
    pub(crate) async fn send(
        &self,
        method: &str,
        query: Vec<(String, String)>,
        at: Instant,
        reply: Reply,
    ) -> Response<Body> {
        let mut closing = self.closing.subscribe();
        let closed = closing.wait_for(|closing| *closing);
        let at = at.saturating_duration_since(self.started);
        match reply.delivery {
            Delivery::Never => {
                self.log.add(method, query, at, &reply);
                // The sender lives as long as this does: the wait ends when the server is to stop.
                let _ = closed.await;
            }
            Delivery::Late(wait) => {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = closed => {}
                }
                self.log.add(method, query, at, &reply);
            }
            Delivery::Whole | Delivery::Breaks => self.log.add(method, query, at, &reply),
        }
        reply.into_response()
    }

    /// What keeps a call from its true answer: a `Retry-After` that has not passed, or a fault. Without
    /// either the call goes on, with the fault that the true answer is to meet.
    fn obstacle(
        &self,
        name: &str,
        method: Option<&Method>,
        asked: &Asked<'_>,
    ) -> ControlFlow<Reply, Option<Fault>> {
        if let Some(rest) = self.blocks.check(name, asked.at) {
            return ControlFlow::Break(Reply::rate_limited(rest));
        }
        let paged = method.is_some_and(|method| method.list.is_some());
        let Some(fault) = self.faults.take(Target { method: name, args: asked.args, paged }) else {
            return ControlFlow::Continue(None);
        };
        ControlFlow::Break(match fault {
            Fault::RateLimited { retry_after } => Reply::rate_limited(self.blocks.block(name, retry_after)),
            Fault::RateLimitedInBody => Reply::error("ratelimited"),
            Fault::Status(status) => {
                Reply::html(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            }
            Fault::Html => Reply::html(StatusCode::OK),
            Fault::Error(code) => Reply::error(code),
            Fault::InvalidCursor => Reply::error("invalid_cursor"),
            Fault::Hang => Reply::never(),
            Fault::Redirect(address) => Reply::redirect(&address),
            fault => return ControlFlow::Continue(Some(fault)),
        })
    }

    /// Counts a call with the right token; whether that is one more than the token is good for.
    fn is_revoked(&self) -> bool {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        self.settings.revoke_after.is_some_and(|most| calls >= most)
    }

    fn body(&self, method: &'static Method, args: &Args, fault: Option<&Fault>) -> String {
        let workspace = self.workspace();
        let call = Call { method, workspace: &workspace, args, settings: &self.settings };
        let answer: Answer = (method.handler)(&call).and_then(|body| match (fault, method.list) {
            // A call that goes wrong has no page to be empty.
            (Some(Fault::EmptyPage), Some(list)) => list.empty_page(&call),
            _ => Ok(body),
        });
        match answer {
            Ok(body) if workspace.made_up => body.replace(OWN_ADDRESS, &self.address),
            Ok(body) => body,
            Err(error) => error.body(),
        }
    }
}

/// What a fault makes of the true answer.
fn bend(mut reply: Reply, fault: Option<Fault>) -> Reply {
    match fault {
        Some(Fault::HalfBody) => {
            reply.body.truncate(reply.body.len() / 2);
        }
        Some(Fault::CutConnection) => reply.delivery = Delivery::Breaks,
        Some(Fault::Slow(wait)) => reply.delivery = Delivery::Late(wait),
        _ => {}
    }
    reply
}
