use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use chrono::NaiveDate;

use super::bytes::{number, short};
use super::extra;
use super::fault::Fault;

/// An entry, as the table of contents or its own header describes it.
#[derive(Debug, Clone)]
pub(in super::super) struct Entry {
    /// The name, in whatever encoding.
    pub(in super::super) raw_name: Vec<u8>,
    /// The name in UTF-8, where the zip has it besides.
    pub(in super::super) unicode_name: Option<String>,
    /// Where its header begins, in the file.
    pub(in super::super) start: u64,
    /// What the header says of its content; a header that was written before the content may not know it.
    pub(in super::super) size: Option<Size>,
    /// When the file was last changed, in seconds since 1970: by its extra field, or the header's own time taken as
    /// UTC.
    pub(in super::super) modified: Option<i64>,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// The mode on Unix; 0 where it was packed elsewhere.
    mode: u32,
}

/// The size of an entry's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Size {
    pub(in super::super) compressed: u64,
    pub(in super::super) bytes: u64,
    pub(super) crc: u32,
}

const LOCAL: &[u8] = b"PK\x03\x04";
pub(super) const LOCAL_LENGTH: usize = 30;
const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const CENTRAL_LENGTH: usize = 46;

const IS_LOCKED: u16 = 1;
const SIZE_FOLLOWS: u16 = 1 << 3;
const IS_UTF8: u16 = 1 << 11;
/// The method that stands for AES.
const AES: u16 = 99;

impl Entry {
    /// Reads a row of the table of contents. `None` where there is none.
    pub(super) fn read_central(reader: &mut impl Read, shift: u64) -> std::io::Result<Option<(Self, u64)>> {
        let mut header = [0; CENTRAL_LENGTH];
        reader.read_exact(&mut header)?;
        if !header.starts_with(CENTRAL) {
            return Ok(None);
        }
        let lengths = [short(&header, 28), short(&header, 30), short(&header, 32)].map(usize::from);
        let mut rest = vec![0; lengths.iter().sum()];
        reader.read_exact(&mut rest)?;
        let (name, extra) = (&rest[..lengths[0]], &rest[lengths[0]..lengths[0] + lengths[1]]);
        let mut wide = [number(&header, 24, 4), number(&header, 20, 4), number(&header, 42, 4)];
        extra::widen(extra, &mut wide);
        let [bytes, compressed, offset] = wide;
        // Unix and macOS; others do not say what kind of file it is.
        let mode = if matches!(header[5], 3 | 19) { u32::from(short(&header, 40)) } else { 0 };
        let entry = Self {
            unicode_name: extra::unicode_name(extra, name),
            start: offset.saturating_add(shift),
            size: Some(Size { compressed, bytes, crc: number(&header, 16, 4) as u32 }),
            modified: extra::modified(extra).or_else(|| dos_time(short(&header, 14), short(&header, 12))),
            flags: short(&header, 8),
            method: short(&header, 10),
            mode,
            raw_name: name.into(),
        };
        Ok(Some((entry, (CENTRAL_LENGTH + rest.len()) as u64)))
    }

    /// Whether the name is said to be UTF-8.
    pub(in super::super) fn is_utf8(&self) -> bool {
        self.flags & IS_UTF8 != 0
    }

    /// Whether it is neither a file nor a folder.
    pub(in super::super) fn is_special(&self) -> bool {
        // 0: not known; regular files and folders.
        !matches!(self.mode & 0o170_000, 0 | 0o100_000 | 0o040_000)
    }

    /// Whether it can be unpacked, as far as its header says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.flags & IS_LOCKED != 0 || self.method == AES {
            return Err(Fault::Locked);
        }
        match self.method {
            0 | 8 => Ok(()),
            method => Err(Fault::Method(method)),
        }
    }

    /// Whether the header can be one: the bytes of anything may hold its mark.
    pub(super) fn is_plausible(&self) -> bool {
        let methods = [0..=20, 93..=99];
        !self.raw_name.is_empty()
            && !self.raw_name.iter().any(u8::is_ascii_control)
            && methods.iter().any(|methods| methods.contains(&self.method))
    }
}

/// Reads the header that stands before an entry's content, and returns it with the place of the content.
pub(in super::super) fn read_local(mut file: &File, start: u64) -> Result<(Entry, u64), Fault> {
    let mut header = [0; LOCAL_LENGTH];
    let missing = |_| Fault::NoEntry;
    file.seek(SeekFrom::Start(start)).map_err(missing)?;
    file.read_exact(&mut header).map_err(missing)?;
    if !header.starts_with(LOCAL) {
        return Err(Fault::NoEntry);
    }
    let (name, extra) = (usize::from(short(&header, 26)), usize::from(short(&header, 28)));
    let mut rest = vec![0; name + extra];
    file.read_exact(&mut rest).map_err(missing)?;
    let (name, extra) = rest.split_at(name);
    let mut wide = [number(&header, 22, 4), number(&header, 18, 4)];
    extra::widen(extra, &mut wide);
    let [bytes, compressed] = wide;
    let flags = short(&header, 6);
    let is_known = flags & SIZE_FOLLOWS == 0 || compressed > 0;
    let entry = Entry {
        unicode_name: extra::unicode_name(extra, name),
        start,
        size: is_known.then_some(Size { compressed, bytes, crc: number(&header, 14, 4) as u32 }),
        modified: extra::modified(extra).or_else(|| dos_time(short(&header, 12), short(&header, 10))),
        flags,
        method: short(&header, 8),
        mode: 0,
        raw_name: name.into(),
    };
    Ok((entry, start + (LOCAL_LENGTH + rest.len()) as u64))
}

/// A date and time of MS-DOS in seconds since 1970, as if it were UTC.
fn dos_time(date: u16, time: u16) -> Option<i64> {
    let (date, time) = (u32::from(date), u32::from(time));
    let day = NaiveDate::from_ymd_opt(1980 + (date >> 9) as i32, date >> 5 & 15, date & 31)?;
    Some(day.and_hms_opt(time >> 11, time >> 5 & 63, (time & 31) * 2)?.and_utc().timestamp())
}
