use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ids::ChannelId;
use crate::table::{ByteRecord, Field, FieldError, Kind, Table};
use crate::ts::{Time, Ts};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RequestStatus {
    /// Its answer is stored.
    Ok,
    /// It was not made, its answer was not needed, or there is no such bot or user: nothing is missing.
    Skipped,
    /// What it asked for could not be read: there is a hole in the archive.
    Gap,
}

impl Field for RequestStatus {
    const KIND: Kind = Kind::Text;

    fn decode(field: &[u8]) -> Result<Self, FieldError> {
        match field {
            b"ok" => Ok(Self::Ok),
            b"skipped" => Ok(Self::Skipped),
            b"gap" => Ok(Self::Gap),
            _ => Err(FieldError::new("ok, skipped or gap", field)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::Ok => b"ok",
            Self::Skipped => b"skipped",
            Self::Gap => b"gap",
        });
    }
}

crate::table! {
    /// A request of a batch, in `metadata/requests.csv`. Rows stand in the order in which they ended.
    pub struct Request in "requests" by (requested_at, method) {
        /// The API's method, or `export` for a file of an export.
        pub method: String,
        /// The conversation asked for.
        pub channel: Option<ChannelId>,
        /// The thread, or the message, asked for.
        pub thread_ts: Option<Ts>,
        /// The page, from 1.
        pub page: Option<u64>,
        /// The file that holds the answer, below the batch's folder.
        pub file: String,
        /// How it ended.
        pub status: RequestStatus,
        /// Slack's error code, or a short word for what went wrong.
        pub error: String,
        /// The last answer's HTTP status.
        pub http_status: Option<u64>,
        /// How often it was tried.
        pub attempts: u64,
        /// Milliseconds spent waiting for the rate limit and between tries.
        pub waited_ms: u64,
        /// Milliseconds of the last try.
        pub duration_ms: u64,
        /// Bytes of the answer.
        pub bytes: u64,
        /// When the last try began.
        pub requested_at: Option<Time>,
        /// What the error means: `retry` (it kept failing), `restart`, `skip_object`, `skip_method`, `stop`, or
        /// `policy` where an option says so.
        pub class: String,
        /// What it would take to read the object.
        pub needs: String,
    }
}

impl Request {
    /// A request of a method that ended so; the rest is empty.
    pub fn new(method: impl Into<String>, status: RequestStatus) -> Self {
        Self {
            method: method.into(),
            channel: None,
            thread_ts: None,
            page: None,
            file: String::new(),
            status,
            error: String::new(),
            http_status: None,
            attempts: 0,
            waited_ms: 0,
            duration_ms: 0,
            bytes: 0,
            requested_at: None,
            class: String::new(),
            needs: String::new(),
        }
    }
}

/// Appends to a batch's `requests.csv`, a row as soon as its request has ended.
#[derive(Debug)]
pub struct RequestLog {
    path: PathBuf,
    writer: csv::Writer<File>,
    record: ByteRecord,
    scratch: Vec<u8>,
}

impl RequestLog {
    /// Opens the log in a metadata folder, and begins it where there is none. A row that a killed process left
    /// half written is taken away.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
        let path = folder.join(Request::SCHEMA.file_name());
        let failed = |error| Error::io("write", &path, error);
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(failed)?;
        let whole = whole_rows(&mut file).map_err(failed)?;
        file.set_len(whole).map_err(failed)?;
        let begun = whole > 0;
        let mut log = Self {
            path,
            writer: csv::Writer::from_writer(file),
            record: ByteRecord::new(),
            scratch: Vec::new(),
        };
        if !begun {
            let names = Request::SCHEMA.columns.iter().map(|column| column.name);
            log.writer.write_record(names).map_err(|error| Error::csv("requests", error))?;
            log.flush()?;
        }
        Ok(log)
    }

    /// Appends a row.
    pub fn append(&mut self, request: &Request) -> Result<()> {
        self.record.clear();
        request.encode(&mut self.record, &mut self.scratch);
        self.writer.write_byte_record(&self.record).map_err(|error| Error::csv("requests", error))?;
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        self.writer.flush().map_err(|error| Error::io("write", &self.path, error))
    }
}

/// The length of a log up to the end of its last whole row. No field of it holds a line break.
fn whole_rows(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut block = [0; 4096];
    while end > 0 {
        let length = end.min(block.len() as u64);
        let start = end - length;
        file.seek(SeekFrom::Start(start))?;
        let block = &mut block[..length as usize];
        file.read_exact(block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Folder, TableReader};

    #[test]
    fn a_log_opened_again_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let request = Request {
            channel: Some("C1".into()),
            page: Some(1),
            error: "not_in_channel".into(),
            requested_at: Time::from_seconds(1_600_000_000),
            needs: "join the channel, or use a user token".into(),
            ..Request::new("conversations.history", RequestStatus::Gap)
        };
        for _ in 0..2 {
            RequestLog::open(folder.path()).expect("opened").append(&request).expect("appended");
            // A process that is killed may leave half a row.
            let path = folder.path().join(Request::SCHEMA.file_name());
            let half = [fs::read(&path).expect("read"), b"conversations.rep".to_vec()].concat();
            fs::write(&path, half).expect("written");
        }
        RequestLog::open(folder.path()).expect("opened");
        let reader = TableReader::open(&Folder(folder.path().into()), &Request::SCHEMA).expect("opened");
        let rows: Vec<Request> = reader.expect("there").rows().collect::<Result<_, _>>().expect("read");
        assert_eq!(rows, [request.clone(), request]);
    }
}
