//! A table as it is served: without its private columns, and without the e-mail addresses in its texts, a piece at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use slack_model::{Schema, Sensitivity, without_addresses};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes of a piece; a line is never cut.
const PIECE: usize = 1 << 18;

/// Pieces that wait for a slow reader at most.
const AHEAD: usize = 2;

/// The body of a table's file. Columns that the schema does not have, or that are private, are there and empty.
pub(crate) fn masked(path: PathBuf, schema: &Schema) -> io::Result<Body> {
    let file = BufReader::new(File::open(path)?);
    let shown: Vec<_> = schema.visible(Sensitivity::Content).map(|column| column.name).collect();
    let is_whole = shown.len() == schema.columns.len();
    let (send, pieces) = channel(AHEAD);
    tokio::task::spawn_blocking(move || match Blanking::new(file, &shown) {
        // Most tables have nothing to hide: their lines are passed on as they are.
        Ok((header, blanking)) if is_whole && blanking.shown.iter().all(|shown| *shown) => {
            let mut file = blanking.reader.into_inner();
            send_all(&send, Some(header), || next(&mut file));
        }
        Ok((header, mut blanking)) => send_all(&send, Some(header), || blanking.next()),
        Err(error) => {
            let _ = send.blocking_send(Err(error));
        }
    });
    Ok(Body::new(Pieces(pieces)))
}

fn send_all(
    send: &Sender<io::Result<Bytes>>,
    first: Option<Vec<u8>>,
    mut next: impl FnMut() -> io::Result<Option<Vec<u8>>>,
) {
    let mut piece = Ok(first);
    loop {
        let masked = piece.map(|piece| piece.map(|piece| without_addresses(&piece).into_owned().into()));
        let is_last = !matches!(masked, Ok(Some(_)));
        // The reader may have closed the pipe.
        if masked.transpose().is_some_and(|piece| send.blocking_send(piece).is_err()) || is_last {
            return;
        }
        piece = next();
    }
}

/// The next lines.
fn next(file: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut piece = Vec::new();
    while piece.len() < PIECE && file.read_until(b'\n', &mut piece)? > 0 {}
    Ok((!piece.is_empty()).then_some(piece))
}

/// Leaves out the values of columns.
struct Blanking {
    reader: csv::Reader<BufReader<File>>,
    /// Of each column of the file, whether it is shown.
    shown: Vec<bool>,
    record: csv::ByteRecord,
}

impl Blanking {
    /// Reads the header row, and gives it back as a line.
    fn new(mut file: BufReader<File>, shown: &[&str]) -> io::Result<(Vec<u8>, Self)> {
        let mut header = Vec::new();
        file.read_until(b'\n', &mut header)?;
        let mut names = csv::ReaderBuilder::new().has_headers(false).from_reader(&header[..]);
        let mut record = csv::ByteRecord::new();
        names.read_byte_record(&mut record)?;
        let shown = record.iter().map(|name| shown.iter().any(|known| known.as_bytes() == name)).collect();
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
        Ok((header, Self { reader, shown, record }))
    }

    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut bytes = 0;
        while bytes < PIECE && self.reader.read_byte_record(&mut self.record)? {
            let fields = self.record.iter().zip(&self.shown);
            writer.write_record(fields.map(|(field, shown)| if *shown { field } else { b"" }))?;
            bytes += self.record.as_slice().len();
        }
        let piece = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((!piece.is_empty()).then_some(piece))
    }
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
