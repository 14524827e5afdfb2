//! SHA-256 of files, read piece by piece.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

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
