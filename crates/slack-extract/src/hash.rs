//! SHA-256 of files, read piece by piece.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use slack_model::batch::files_below;

use crate::error::{Error, Result};

/// Reads to the end. Returns how many bytes there were, and their hash, which more can be added to.
pub(crate) fn hash_rest(input: &mut impl Read) -> io::Result<(u64, Sha256)> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    let mut length = 0;
    loop {
        match input.read(&mut block) {
            Ok(0) => return Ok((length, hash)),
            Ok(read) => {
                hash.update(&block[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A hash in hexadecimal, as tables have it.
pub(crate) fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest of the files in a folder, by name and content.
pub(crate) fn digest_of_folder(folder: &Path) -> Result<String> {
    let mut digest = FolderDigest::default();
    for file in files_below(folder)?.files {
        let path = folder.join(&file);
        let failed = |error| Error::io("read", &path, error);
        let mut input = File::open(&path).map_err(failed)?;
        digest.begin_file(&file, input.metadata().map_err(failed)?.len());
        io::copy(&mut input, &mut digest).map_err(failed)?;
    }
    Ok(digest.finish())
}

/// A digest of the files in a folder while these are read, in the order of [`files_below`]. What is written to it is the
/// content of the file that was begun.
#[derive(Default)]
pub(crate) struct FolderDigest(Sha256);

impl FolderDigest {
    /// Adds a file whose bytes are there.
    pub(crate) fn add_file(&mut self, file: &Path, body: &[u8]) {
        self.begin_file(file, body.len() as u64);
        self.0.update(body);
    }

    fn begin_file(&mut self, file: &Path, length: u64) {
        let name = file.to_string_lossy().replace('\\', "/");
        // With both lengths, no two folders give the same stream.
        self.0.update((name.len() as u64).to_le_bytes());
        self.0.update(name);
        self.0.update(length.to_le_bytes());
    }

    pub(crate) fn finish(self) -> String {
        hexadecimal(self.0)
    }
}

impl io::Write for FolderDigest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A digest that stands for an id or a set of counts: of a million, two are the same with a chance of 1 in
/// thirty million.
pub(crate) fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
