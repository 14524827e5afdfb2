//! What Ctrl-C, and a service that is stopped (SIGTERM), says.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a capture is under way.
static CAPTURING: AtomicBool = AtomicBool::new(false);

/// Does something that can be gone on with, and lets an interruption say so meanwhile.
pub(crate) fn explained<T>(capture: impl FnOnce() -> T) -> T {
    CAPTURING.store(true, Ordering::Relaxed);
    let captured = capture();
    CAPTURING.store(false, Ordering::Relaxed);
    captured
}

/// Lets Ctrl-C and SIGTERM end the program with a word on how to go on. What was captured by then is on the disk, and
/// tables are there whole or not at all.
pub(crate) fn listen() {
    // Where no thread or no handler can be had, they end the program without a word.
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(Ok(code)) = runtime.map(|runtime| runtime.block_on(interrupted())) {
            let is_capturing = CAPTURING.load(Ordering::Relaxed);
            eprintln!("\nbroken off{}", if is_capturing { format!("; {GO_ON}") } else { String::new() });
            std::process::exit(code);
        }
    });
}

/// How to go on after a capture was broken off.
pub(crate) const GO_ON: &str =
    "what was captured is kept: `slack-analytics run` (or `extract --resume`) goes on from there";

/// Waits for a signal, and returns what shells take for the end by it.
#[cfg(unix)]
async fn interrupted() -> std::io::Result<i32> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told.map(|()| INTERRUPTED),
        _ = terminated.recv() => Ok(TERMINATED),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<i32> {
    tokio::signal::ctrl_c().await.map(|()| INTERRUPTED)
}

const INTERRUPTED: i32 = 130;

#[cfg(unix)]
const TERMINATED: i32 = 143;

/// Waits for Ctrl-C, or for what ends a service.
pub(crate) async fn told_to_end() {
    // Where no handler can be had, they end the program at once.
    if interrupted().await.is_err() {
        std::future::pending::<()>().await;
    }
}
