use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::builder::SandboxBuilder;
use crate::error::{Error, Result};
use crate::server::{Sent, Settings, Shared, router};
use crate::workspace::{Changes, PlayOptions, Workspace};

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

impl Sandbox {
    /// Begins to set up a sandbox that serves a workspace.
    pub fn builder(workspace: Workspace) -> SandboxBuilder {
        SandboxBuilder::new(workspace)
    }

    /// The API's address: `http://127.0.0.1:PORT/api`. A method's name follows after a slash.
    pub fn url(&self) -> String {
        format!("{}/api", self.shared.address)
    }

    /// The token that it takes.
    pub fn token(&self) -> &str {
        &self.shared.settings.access.token
    }

    /// What it serves, as it is now: what happens in it later does not change what this returns.
    pub fn workspace(&self) -> Arc<Workspace> {
        self.shared.workspace()
    }

    /// Lets time pass in it: see [`Workspace::advance`]. Over HTTP, `POST /sandbox/advance` does the same.
    pub fn advance(&self, options: &PlayOptions) -> Changes {
        self.shared.advance(options)
    }

    /// Everything that it has sent so far, in order.
    pub fn log(&self) -> Vec<Sent> {
        self.shared.log.read()
    }

    /// How many calls came to a method whose `Retry-After` had not passed. A call within 400 ms of the 429, in real
    /// time, is none: it may have been under way.
    pub fn violations(&self) -> u64 {
        self.shared.blocks.violations()
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

/// Listens on a port, and serves there on threads of its own.
pub(crate) fn launch(workspace: Workspace, port: u16, settings: Settings) -> Result<Sandbox> {
    let refused = |source| Error::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let shared = Arc::new(Shared::new(workspace, settings, format!("http://{address}")));
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

async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (ask, asked) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(Arc::clone(&shared))).with_graceful_shutdown(async {
        let _ = asked.await;
    });
    let server = tokio::spawn(server.into_future());
    // Either a word or the sandbox's drop ends it.
    let _ = stopped.await;
    drop(ask);
    // Calls that are left to wait end now.
    shared.closing.send_replace(true);
    let _ = tokio::time::timeout(PATIENCE, server).await;
    Ok(())
}
