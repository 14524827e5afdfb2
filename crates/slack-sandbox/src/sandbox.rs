use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::{Error, Result};
use crate::server::{Access, Fault, FaultRule, Log, Sent, Settings, Shared, router};
use crate::workspace::Workspace;

/// The token of a sandbox that was given none.
const TOKEN: &str = "xoxp-sandbox";

/// How long the server may take to end its connections.
const PATIENCE: Duration = Duration::from_secs(1);

/// A running server on 127.0.0.1. It has threads of its own and stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    done: Option<oneshot::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Sets a sandbox up: by default on any free port, with Slack's rate limits and the token `xoxp-sandbox`, which
/// may read everything.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SandboxBuilder {
    workspace: Workspace,
    port: u16,
    settings: Settings,
    faults: Vec<FaultRule>,
}

impl Sandbox {
    /// Begins to set up a sandbox that serves a workspace.
    pub fn builder(workspace: Workspace) -> SandboxBuilder {
        let access = Access { token: TOKEN.into(), scopes: None };
        let settings = Settings { access, rate_limits: true, most_reactors: 50, canned: HashMap::new() };
        SandboxBuilder { workspace, port: 0, settings, faults: Vec::new() }
    }

    /// The API's address: `http://127.0.0.1:PORT/api`. A method's name follows after a slash.
    pub fn url(&self) -> String {
        format!("{}/api", self.shared.address)
    }

    /// The token that it takes.
    pub fn token(&self) -> &str {
        &self.shared.settings.access.token
    }

    /// What it serves.
    pub fn workspace(&self) -> &Workspace {
        &self.shared.workspace
    }

    /// Everything that it has sent so far, in order.
    pub fn log(&self) -> Vec<Sent> {
        self.shared.log.read()
    }

    /// Stops it and waits until it has stopped.
    pub async fn stop(mut self) {
        self.stop.take();
        if let Some(done) = self.done.take() {
            // The sender is dropped when the thread ends: either way it has stopped.
            let _ = done.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the server was said on its own thread.
            let _ = thread.join();
        }
    }
}

impl SandboxBuilder {
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

    /// Adds a fault. Of several that meet a call, the one added first happens.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.faults.push(rule);
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
        let refused = |source| Error::Listen { port: self.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared {
            workspace: self.workspace,
            settings: self.settings,
            limits: crate::server::Limits::new(),
            faults: crate::server::Faults::new(self.faults),
            log: Log::default(),
            address: format!("http://{address}"),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(refused)?;
        let (stop, stopped) = oneshot::channel();
        let (ended, done) = oneshot::channel();
        let server = serve(listener, Arc::clone(&shared), stopped);
        // The runtime lives and dies on this thread: it could not be dropped from async code.
        let run = move || {
            // It listens already; should taking the socket over fail, callers are refused.
            let _ = runtime.block_on(server);
            runtime.shutdown_timeout(PATIENCE);
            let _ = ended.send(());
        };
        let thread = std::thread::Builder::new().name("slack-sandbox".into()).spawn(run).map_err(refused)?;
        Ok(Sandbox { shared, stop: Some(stop), done: Some(done), thread: Some(thread) })
    }
}

async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (ask, asked) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(shared)).with_graceful_shutdown(async {
        let _ = asked.await;
    });
    let server = tokio::spawn(server.into_future());
    // Either a word or the sandbox's drop ends it.
    let _ = stopped.await;
    drop(ask);
    let _ = tokio::time::timeout(PATIENCE, server).await;
    Ok(())
}
