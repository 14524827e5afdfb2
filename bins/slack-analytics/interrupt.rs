//! What Ctrl-C says.

/// Lets Ctrl-C end the program with a word on how to go on. What was captured by then is on the disk.
pub(crate) fn explain() {
    // Where no thread or no handler can be had, Ctrl-C ends the program without a word.
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let interrupted = runtime.map(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
        if matches!(interrupted, Ok(Ok(()))) {
            eprintln!("\nbroken off; {GO_ON}");
            std::process::exit(INTERRUPTED);
        }
    });
}

/// How to go on after a capture was broken off.
pub(crate) const GO_ON: &str =
    "what was captured is kept: `slack-analytics run` (or `extract --resume`) goes on from there";

/// What shells take for the end by that signal.
const INTERRUPTED: i32 = 130;
