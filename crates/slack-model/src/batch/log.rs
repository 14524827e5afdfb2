use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::nofollow;
use crate::table::{ByteRecord, Folder, Table, TableReader};

/// A table that grows by a row as soon as there is one, in the order in which that happens. Each row is on its way
/// to the disk when [`RowLog::append`] returns, and there when [`RowLog::sync`] does.
#[derive(Debug)]
pub struct RowLog<T> {
    path: PathBuf,
    file: File,
    length: u64,
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
        let mut file = nofollow::open(&path, OpenOptions::new().create(true).read(true).append(true))?;
        let length = whole_rows(&mut file).map_err(failed)?;
        file.set_len(length).map_err(failed)?;
        let mut log =
            Self { path, file, length, record: ByteRecord::new(), scratch: Vec::new(), rows: PhantomData };
        if length == 0 {
            log.record.extend(T::SCHEMA.columns.iter().map(|column| column.name));
            log.write()?;
        }
        Ok(log)
    }

    /// Appends a row.
    pub fn append(&mut self, row: &T) -> Result<()> {
        self.record.clear();
        row.encode(&mut self.record, &mut self.scratch);
        self.write()
    }

    /// Waits until the rows so far are on the disk. One call does for many rows.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|error| Error::io("sync", &self.path, error))
    }

    /// The rows of the log in a batch's metadata folder, but for those that cannot be read: a full disk may have cut
    /// one, and the others are as good as ever. None where there is no log, or not even its header.
    pub fn readable(folder: &Path) -> Result<impl Iterator<Item = T> + use<T>> {
        let is_begun = |metadata: fs::Metadata| metadata.len() > 0;
        let there = fs::metadata(folder.join(T::SCHEMA.file_name())).is_ok_and(is_begun);
        let reader = if there {
            TableReader::open(&Folder(folder.into()), &T::SCHEMA).unwrap_or_default()
        } else {
            None
        };
        let rows = reader.into_iter().flat_map(TableReader::rows::<T>);
        // A disk that fails gives no end of errors.
        let mut unreadable = 0;
        let good = rows.map_while(move |row| {
            unreadable += u32::from(row.is_err());
            (unreadable < MOST_UNREADABLE).then_some(row)
        });
        Ok(good.flatten())
    }

    fn write(&mut self) -> Result<()> {
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1024).from_writer(Vec::new());
        writer.write_byte_record(&self.record).map_err(|error| Error::csv(T::SCHEMA.name, error))?;
        let row =
            writer.into_inner().map_err(|error| Error::csv(T::SCHEMA.name, error.into_error().into()))?;
        if let Err(error) = self.file.write_all(&row) {
            // What a full disk took of it must not become the head of the next row.
            let _ = self.file.set_len(self.length);
            return Err(Error::io("write", &self.path, error));
        }
        self.length += row.len() as u64;
        Ok(())
    }
}

const MOST_UNREADABLE: u32 = 10_000;

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
        assert_eq!(rows, [request.clone(), request.clone()]);
        // Half a row that others follow costs itself and the one after it.
        let path = folder.path().join(Request::SCHEMA.file_name());
        let text = fs::read_to_string(&path).expect("read");
        let last = text.lines().last().expect("a row");
        fs::write(&path, format!("{text}conversations.rep{last}\n{last}\n")).expect("written");
        let readable = RowLog::<Request>::readable(folder.path()).expect("opened");
        assert!(readable.filter(|row| *row == request).count() >= 3);
        assert_eq!(RowLog::<Request>::readable(&folder.path().join("none")).expect("opened").count(), 0);
    }
}
