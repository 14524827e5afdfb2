//! Connections: how many there may be at once, how long each may take, and how they end.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::stalling::Stalling;

/// Within this time a request's head must have come, or the next one on a connection that stays open.
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// A request's head may be this long, in bytes, and have so many headers.
const LONGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 64;

/// Within this time a client must take some of what is sent to it.
const TAKE_WITHIN: Duration = Duration::from_secs(10);

/// A connection may last this long: long enough for the largest table on a slow line.
const LAST_AT_MOST: Duration = Duration::from_secs(15 * 60);

/// Answers that are under way when the server is told to end may take this long.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait where the system gives no connection, since too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers connections, `most` of them at a time, until `end` comes; the others wait for their turn.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    most: usize,
    end: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(most));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    http.max_buf_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
    let ending = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    tokio::pin!(end);
    loop {
        let accepted = tokio::select! {
            () = &mut end => break,
            accepted = accept(&listener, &places) => accepted,
        };
        // Those that have ended are forgotten.
        while connections.try_join_next().is_some() {}
        let Ok((stream, place)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection =
            ending.watch(http.serve_connection(TokioIo::new(Stalling::new(stream, TAKE_WITHIN)), service));
        connections.spawn(async move {
            let _place = place;
            // What goes wrong with a connection is its client's.
            let _ = timeout(LAST_AT_MOST, connection).await;
        });
    }
    drop(listener);
    let _ = timeout(GRACE, ending.shutdown()).await;
    // What is left is cut off.
    connections.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}
