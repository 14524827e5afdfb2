use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use slack_model::{Progress, Step};

use super::archive::{
    Directory, Entry, Fault, Found, Halt, Salvage, Size, Span, Survey, key, read_local, unclaimed,
    unpack_entry,
};
use super::budget::Budget;
use super::copied::Copied;
use super::format::what_it_is;
use super::names::{NameReader, Place, add_listed, is_list, place_of};
use super::place::{Placed, Placer};
use crate::error::{Error, Result};

/// Unpacks a zip. Where it breaks off, so that its table of contents is lost, the files before the break are
/// unpacked, and the rest is a gap.
pub(super) fn unzip(
    path: &Path,
    placer: &mut Placer,
    budget: &mut Budget<'_>,
    progress: &dyn Progress,
) -> Result<Copied> {
    let failed = |error| Error::io("read", path, error);
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let length = file.metadata().map_err(failed)?.len();
    budget.begin_zip(length);
    let mut unzip = Unzip {
        path,
        file: &file,
        length,
        placer,
        budget,
        progress,
        names: NameReader::default(),
        copied: Copied::default(),
        claimed: Vec::new(),
        missing: BTreeSet::new(),
    };
    match Directory::find(path, &file).map_err(failed)? {
        Found::Directory(directory) => unzip.listed(&directory)?,
        Found::Nothing => unzip.cut()?,
        Found::Part => {
            return Err(not_a_zip(path, "it is one part of a zip in several files: join them first"));
        }
    }
    Ok(unzip.copied)
}

pub(super) fn not_a_zip(path: &Path, why: impl Into<String>) -> Error {
    Error::Zip { path: path.into(), why: why.into() }
}

struct Unzip<'a, 'b> {
    path: &'a Path,
    file: &'a File,
    length: u64,
    placer: &'a mut Placer,
    budget: &'a mut Budget<'b>,
    progress: &'a dyn Progress,
    names: NameReader,
    copied: Copied,
    /// The parts of the zip that entries of its table of contents take.
    claimed: Vec<Span>,
    /// The files that are not where the table of contents says.
    missing: BTreeSet<PathBuf>,
}

/// How often an entry without an end may fail before the search for more of them ends: each search costs time.
const MOST_FAILURES: u32 = 16;

/// So many entries that are not in their places are looked for elsewhere.
const MOST_MISSING: usize = 10_000;

impl Unzip<'_, '_> {
    /// Unpacks what the table of contents lists, then what lies in the zip besides.
    fn listed(&mut self, directory: &Directory) -> Result<()> {
        let mut survey = Survey::of(directory, self.budget)?;
        if survey.entries == 0 && survey.damage.is_none() {
            return Err(not_a_zip(self.path, "it is empty"));
        }
        if !survey.legacy_names.is_empty() {
            self.names = NameReader::recognise(&survey.legacy_names, &self.listed_names(directory)?);
        }
        let mut repeated = HashSet::new();
        for (done, entry) in (0..).zip(directory.entries()?) {
            self.progress.report(Step::new("import", done, Some(survey.entries)));
            // The damage of a row is that of the survey.
            let Ok(entry) = entry else { break };
            let key = key(&entry);
            if survey.repeated.contains(&key) && !repeated.insert(key) {
                continue;
            }
            match self.take_listed(&entry) {
                Err(Halt::Entry(fault)) => self.gap(&entry, &fault),
                taken => self.stop(taken)?,
            }
        }
        self.progress.report(Step::new("import", survey.entries, Some(survey.entries)));
        if let Some(damage) = survey.damage.take() {
            let part = format!("{} from a break in its table of contents on", self.name());
            self.copied.gap(Path::new(&part), &format!("the table cannot be read: {damage}"));
        }
        self.claimed.push(directory.span());
        let spans = unclaimed(std::mem::take(&mut self.claimed), directory.end);
        self.salvage(spans, true)?;
        for missing in std::mem::take(&mut self.missing) {
            self.copied.gap(&missing, &Fault::NoEntry);
        }
        Ok(())
    }

    /// Unpacks what stands before the break of a zip.
    fn cut(&mut self) -> Result<()> {
        let found = self.salvage(vec![(0, self.length)], false)?;
        if !found {
            return Err(not_a_zip(self.path, what_it_is(self.file)));
        }
        let part = format!("{} from its break on", self.name());
        self.copied.gap(Path::new(&part), &"the zip is cut short: its table of contents is not there");
        Ok(())
    }

    fn take_listed(&mut self, entry: &Entry) -> Result<(), Halt> {
        let local = read_local(self.file, entry.start);
        if let (Ok((_, data)), Some(size)) = (&local, entry.size) {
            self.claimed.push((entry.start, data.saturating_add(size.compressed)));
        }
        let Some(path) = self.path_of(entry)? else { return Ok(()) };
        match local {
            Ok((_, data)) => self.unpack(entry, (data, self.length), &path).map(|_| ()),
            Err(_) if self.missing.len() < MOST_MISSING => {
                // It may be found elsewhere.
                self.missing.insert(path);
                Ok(())
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Unpacks entries that no table of contents lists. Returns whether there are any.
    fn salvage(&mut self, spans: Vec<Span>, is_listed: bool) -> Result<bool> {
        let (file, path) = (self.file, self.path);
        let mut salvage = Salvage::new(file, spans);
        let (mut found, mut failures) = (false, 0);
        while let Some((entry, data, end)) = salvage.next().map_err(|error| Error::io("read", path, error))? {
            found = true;
            self.budget.add_entries(1)?;
            match self.take_unlisted(&entry, (data, end), is_listed) {
                Ok(Some(size)) => salvage.skip_to(data + size.compressed),
                Ok(None) => {
                    salvage.skip_to(data.saturating_add(entry.size.map_or(0, |size| size.compressed)))
                }
                Err(Halt::Entry(fault)) => {
                    self.gap(&entry, &fault);
                    match entry.size.and_then(|size| data.checked_add(size.compressed)) {
                        Some(after) if after <= end => salvage.skip_to(after),
                        _ => failures += 1,
                    }
                    if failures == MOST_FAILURES {
                        let part = format!("{}: the rest of it", self.name());
                        self.copied.gap(Path::new(&part), &"too many entries in it are damaged");
                        break;
                    }
                }
                Err(halt) => self.stop(Err(halt))?,
            }
            if !is_listed {
                self.progress.report(Step::new("import", self.copied.files, None));
            }
        }
        if salvage.has_given_up() {
            let part = format!("{}: the rest of it", self.name());
            self.copied.gap(Path::new(&part), &"too many marks of entries in it do not begin an entry");
        }
        Ok(found)
    }

    fn take_unlisted(&mut self, entry: &Entry, span: Span, is_listed: bool) -> Result<Option<Size>, Halt> {
        let Some(path) = self.path_of(entry)? else { return Ok(None) };
        let (placed, size) = self.unpack(entry, span, &path)?;
        if is_listed && placed == Placed::Kept && !self.missing.remove(&path) {
            self.copied.gap(&path, &"the zip's table of contents does not list it; it was read all the same");
        }
        Ok(Some(size))
    }

    /// The path of an entry that is a file of the export.
    fn path_of(&mut self, entry: &Entry) -> Result<Option<PathBuf>, Fault> {
        match place_of(&self.name_of(entry), self.budget.limits)? {
            Place::File(_) if entry.is_special() => Err(Fault::Special),
            Place::File(path) => Ok(Some(path)),
            Place::Folder => Ok(None),
            Place::Extra(path) => {
                self.copied.leave(&path, "an operating system's own file");
                Ok(None)
            }
        }
    }

    fn name_of(&self, entry: &Entry) -> String {
        match &entry.unicode_name {
            Some(name) if !entry.is_utf8() => name.clone(),
            _ => self.names.read(&entry.raw_name),
        }
    }

    fn unpack(&mut self, entry: &Entry, span: Span, path: &Path) -> Result<(Placed, Size), Halt> {
        let to = self.placer.begin()?;
        let size = unpack_entry(entry, span, self.file, &to, self.budget)?;
        let placed = self.placer.settle(path)?;
        if placed == Placed::Kept {
            self.copied.files += 1;
            self.copied.bytes += size.bytes;
        }
        Ok((placed, size))
    }

    /// The names that the export's lists hold.
    fn listed_names(&mut self, directory: &Directory) -> Result<HashSet<String>> {
        let mut names = HashSet::new();
        for entry in directory.entries()?.map_while(std::result::Result::ok) {
            if !is_list(&self.names.read(&entry.raw_name)) {
                continue;
            }
            let Ok((_, data)) = read_local(self.file, entry.start) else { continue };
            let mut to = self.placer.begin()?;
            // It is unpacked once more in its turn, and counted then.
            let mut once = Budget::new(self.path, self.budget.limits);
            once.begin_zip(self.length);
            match unpack_entry(&entry, (data, self.length), self.file, &to, &mut once) {
                Ok(_) => {
                    to.seek(SeekFrom::Start(0)).map_err(|error| self.placer.write_failed(error))?;
                    add_listed(std::io::BufReader::new(to), &mut names);
                }
                Err(Halt::Entry(_)) => {}
                Err(halt) => self.stop(Err(halt))?,
            }
        }
        Ok(names)
    }

    fn gap(&mut self, entry: &Entry, fault: &Fault) {
        let name = self.name_of(entry);
        self.copied.gap(Path::new(&name), fault);
    }

    /// Ends the import where that is due.
    fn stop(&self, result: Result<(), Halt>) -> Result<()> {
        result.map_err(|halt| match halt {
            Halt::Import(error) => error,
            Halt::Write(error) => self.placer.write_failed(error),
            Halt::Entry(fault) => not_a_zip(self.path, fault.to_string()),
        })
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
