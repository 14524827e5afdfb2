use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take, Write};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::super::budget::Budget;
use super::bytes::number;
use super::entry::{Entry, Size};
use super::fault::{Fault, Halt};
use super::salvage::Span;

/// The content of an entry, unpacked while it is read.
enum Content<'a> {
    Stored { reader: BufReader<Take<&'a File>>, consumed: u64 },
    Deflated(DeflateDecoder<BufReader<Take<&'a File>>>),
}

impl Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Stored { reader, consumed } => {
                let length = reader.read(buffer)?;
                *consumed += length as u64;
                Ok(length)
            }
            Self::Deflated(decoder) => decoder.read(buffer),
        }
    }

    /// How many bytes of the zip it has used.
    fn consumed(&self) -> u64 {
        match self {
            Self::Stored { consumed, .. } => *consumed,
            Self::Deflated(decoder) => decoder.total_in(),
        }
    }
}

/// Unpacks an entry, whose content begins at `data` and ends before `end`, into a file. Returns its size.
pub(in super::super) fn unpack_entry(
    entry: &Entry,
    (data, end): Span,
    mut zip: &File,
    mut to: &File,
    budget: &mut Budget<'_>,
) -> Result<Size, Halt> {
    entry.check()?;
    if let Some(size) = entry.size {
        budget.limits.check_entry(size.bytes, size.compressed)?;
    } else if entry.method == 0 {
        return Err(Fault::Damaged("where it ends is not known").into());
    }
    zip.seek(SeekFrom::Start(data)).map_err(Fault::Unreadable)?;
    let room = end.saturating_sub(data);
    let reader = BufReader::new(zip.take(entry.size.map_or(room, |size| size.compressed.min(room))));
    let mut content = if entry.method == 0 {
        Content::Stored { reader, consumed: 0 }
    } else {
        Content::Deflated(DeflateDecoder::new(reader))
    };
    let (mut crc, mut bytes, mut buffer) = (Crc::new(), 0, [0; 1 << 15]);
    loop {
        let length = content.read(&mut buffer).map_err(Fault::Unreadable)?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        if entry.size.is_some_and(|size| bytes > size.bytes) {
            return Err(Fault::Damaged("it holds more than its header says").into());
        }
        // What a header says may be wrong, and some say nothing.
        budget.limits.check_entry(bytes, content.consumed())?;
        budget.add_bytes(length as u64)?;
        crc.update(&buffer[..length]);
        to.write_all(&buffer[..length]).map_err(Halt::Write)?;
    }
    let compressed = content.consumed();
    let size = match entry.size {
        Some(size) => size,
        None => Size { compressed, bytes, crc: crc_after(zip, data + compressed)? },
    };
    if bytes < size.bytes {
        return Err(Fault::Damaged("it holds less than its header says").into());
    }
    if crc.sum() != size.crc {
        return Err(Fault::Damaged("its checksum differs").into());
    }
    Ok(size)
}

/// The checksum that follows a content whose header was written before it.
fn crc_after(mut zip: &File, end: u64) -> Result<u32, Fault> {
    let mut record = [0; 8];
    zip.seek(SeekFrom::Start(end)).map_err(Fault::Unreadable)?;
    zip.read_exact(&mut record).map_err(Fault::Unreadable)?;
    // The mark is there in most zips, and in some is not.
    let at = if record.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    Ok(number(&record, at, 4) as u32)
}
