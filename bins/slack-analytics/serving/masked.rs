//! A table as it is served: without the e-mail addresses in its texts, a piece at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use slack_model::without_addresses;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes of a piece; a line is never cut.
const PIECE: usize = 1 << 18;

/// Pieces that wait for a slow reader at most.
const AHEAD: usize = 2;

/// The body of a table's file.
pub(super) fn masked(path: PathBuf) -> io::Result<Body> {
    let file = BufReader::new(File::open(path)?);
    let (send, pieces) = channel(AHEAD);
    tokio::task::spawn_blocking(move || read(file, &send));
    Ok(Body::new(Pieces(pieces)))
}

fn read(mut file: BufReader<File>, send: &Sender<io::Result<Bytes>>) {
    loop {
        let piece = next(&mut file);
        let is_last = !matches!(piece, Ok(Some(_)));
        // The reader may have closed the pipe.
        if piece.transpose().is_some_and(|piece| send.blocking_send(piece).is_err()) || is_last {
            return;
        }
    }
}

/// The next lines.
fn next(file: &mut impl BufRead) -> io::Result<Option<Bytes>> {
    let mut piece = Vec::new();
    while piece.len() < PIECE && file.read_until(b'\n', &mut piece)? > 0 {}
    Ok((!piece.is_empty()).then(|| without_addresses(&piece).into_owned().into()))
}

/// What is read on another thread.
struct Pieces(Receiver<io::Result<Bytes>>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
