//! What Ctrl-C says.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a capture is under way.
static CAPTURING: AtomicBool = AtomicBool::new(false);

/// Does something that can be gone on with, and lets Ctrl-C say so meanwhile.
pub(crate) fn explained<T>(capture: impl FnOnce() -> T) -> T {
    CAPTURING.store(true, Ordering::Relaxed);
    explain();
    let captured = capture();
    CAPTURING.store(false, Ordering::Relaxed);
    captured
}

/// Lets Ctrl-C end the program with a word on how to go on. What was captured by then is on the disk.
fn explain() {
    // Where no thread or no handler can be had, Ctrl-C ends the program without a word.
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let interrupted = runtime.map(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
        if matches!(interrupted, Ok(Ok(()))) {
            let is_capturing = CAPTURING.load(Ordering::Relaxed);
            eprintln!("\nbroken off{}", if is_capturing { format!("; {GO_ON}") } else { String::new() });
            std::process::exit(INTERRUPTED);
        }
    });
}

/// How to go on after a capture was broken off.
pub(crate) const GO_ON: &str =
    "what was captured is kept: `slack-analytics run` (or `extract --resume`) goes on from there";

/// What shells take for the end by that signal.
const INTERRUPTED: i32 = 130;
