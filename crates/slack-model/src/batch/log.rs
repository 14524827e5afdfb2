use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::table::{ByteRecord, Table};

/// A table that grows by a row as soon as there is one, in the order in which that happens. Each row is on its way
/// to the disk when [`RowLog::append`] returns.
#[derive(Debug)]
pub struct RowLog<T> {
    path: PathBuf,
    writer: csv::Writer<File>,
    record: ByteRecord,
    scratch: Vec<u8>,
    rows: PhantomData<fn(&T)>,
}

impl<T: Table> RowLog<T> {
    /// Opens the log in a batch's metadata folder, and begins it where there is none. A row that a killed process left
    /// half written is taken away.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
        let path = folder.join(T::SCHEMA.file_name());
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
            rows: PhantomData,
        };
        if !begun {
            let names = T::SCHEMA.columns.iter().map(|column| column.name);
            log.writer.write_record(names).map_err(|error| Error::csv(T::SCHEMA.name, error))?;
            log.flush()?;
        }
        Ok(log)
    }

    /// Appends a row.
    pub fn append(&mut self, row: &T) -> Result<()> {
        self.record.clear();
        row.encode(&mut self.record, &mut self.scratch);
        self.writer.write_byte_record(&self.record).map_err(|error| Error::csv(T::SCHEMA.name, error))?;
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
    use crate::batch::{Request, RequestStatus};
    use crate::table::{Folder, TableReader};
    use crate::ts::Time;

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
            RowLog::<Request>::open(folder.path()).expect("opened").append(&request).expect("appended");
            // A process that is killed may leave half a row.
            let path = folder.path().join(Request::SCHEMA.file_name());
            let half = [fs::read(&path).expect("read"), b"conversations.rep".to_vec()].concat();
            fs::write(&path, half).expect("written");
        }
        RowLog::<Request>::open(folder.path()).expect("opened");
        let reader = TableReader::open(&Folder(folder.path().into()), &Request::SCHEMA).expect("opened");
        let rows: Vec<Request> = reader.expect("there").rows().collect::<Result<_, _>>().expect("read");
        assert_eq!(rows, [request.clone(), request]);
    }
}
