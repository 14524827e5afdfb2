//! The report and the tables over HTTP, for reading only.

mod access;
mod connections;
mod masked;
mod rebuild;
mod router;
mod stalling;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use self::access::Access;
use self::rebuild::Rebuilding;
use crate::app::App;
use crate::exit::{Result, Usage};
use slack_pipeline::ReportRequest;

/// What is served: the page, and where the tables are that it was made of.
pub(crate) struct Snapshot {
    page: axum::body::Bytes,
    /// `None` where the page tells less than the tables do: pseudonyms, folded groups.
    folders: Option<Folders>,
}

/// The tables that the page was made of, as they were then.
pub(crate) struct Folders {
    tables: std::path::PathBuf,
    metrics: std::path::PathBuf,
    stamp: rebuild::Stamp,
}

/// What is served at the moment; the next snapshot takes its place as a whole.
#[derive(Clone)]
pub(crate) struct Current(Arc<RwLock<Arc<Snapshot>>>);

impl Current {
    fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(snapshot))))
    }

    fn get(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

impl App<'_> {
    /// Serves until the program is told to end, so many connections at a time. An address that others can reach needs a
    /// token.
    pub(crate) fn serve(
        &self,
        reporting: &ReportRequest,
        address: SocketAddr,
        token: Option<String>,
        connections: NonZeroUsize,
    ) -> Result<()> {
        let length = token.as_deref().map_or(SHORTEST_TOKEN, |token| token.chars().count());
        if length < SHORTEST_TOKEN {
            let why = format!(
                "SLACK_SERVE_TOKEN has {length} letters, which can be guessed: it must have at least {SHORTEST_TOKEN}"
            );
            return Err(Usage(why).into());
        }
        if !address.ip().is_loopback() && token.is_none() {
            let why = format!(
                "{} can be reached by others: set SLACK_SERVE_TOKEN to what they must know",
                address.ip()
            );
            return Err(Usage(why).into());
        }
        let (rebuilding, snapshot) = Rebuilding::begin(self, reporting)?;
        let current = Current::new(snapshot);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}/");
        let values = json!({ "url": url, "needs_token": token.is_some() });
        self.output.tell("serve", &format!("{url} (Ctrl-C ends it)"), values)?;
        let router = router::router(current.clone(), Access::new(address, token));
        std::thread::scope(|scope| {
            let (end, ended) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || rebuilding.watch(&current, &ended));
            runtime.block_on(connections::answer(listener, router, connections.get(), told_to_end()));
            // Where it makes a page at this moment, nobody waits for that: files are there whole or not at all.
            std::thread::spawn(|| {
                std::thread::sleep(END_WITHIN);
                std::process::exit(0);
            });
            // The thread that watches ends when nobody can tell it to any more.
            drop(end);
        });
        Ok(())
    }
}

/// A token of fewer letters can be tried out.
const SHORTEST_TOKEN: usize = 20;

/// The program ends this long after the last connection.
const END_WITHIN: Duration = Duration::from_secs(2);

/// Waits for Ctrl-C, or for what ends a service.
async fn told_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
