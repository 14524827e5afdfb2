//! Names that tell nobody, and stay the same.

use std::fmt;

/// The key of a data home's pseudonyms: 32 random bytes. Whoever has it and a list of users can tell who is who.
#[derive(Clone, PartialEq, Eq)]
pub struct PseudonymKey([u8; 32]);

/// Crockford's base 32: no letter looks like a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl PseudonymKey {
    /// The key of these bytes, which should be random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The pseudonym of a user: `Person 7K3QF2MX`. 40 bits of BLAKE3's keyed hash of the id, which is a pseudo-random
    /// function of it (Aumasson et al. 2020): among 10,000 people, two are alike once in 20,000 keys.
    pub fn pseudonym(&self, id: &str) -> String {
        format!("Person {}", self.letters(id))
    }

    /// The pseudonym of a channel: `Channel 7K3QF2MX`.
    pub fn channel(&self, id: &str) -> String {
        format!("Channel {}", self.letters(id))
    }

    fn letters(&self, id: &str) -> String {
        let hash = blake3::keyed_hash(&self.0, id.as_bytes());
        let bits = hash.as_bytes()[..5].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |place: u32| char::from(LETTERS[(bits >> (5 * place) & 31) as usize]);
        (0..8).rev().map(letter).collect()
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_key_and_id_alone() {
        let (key, other) = (PseudonymKey::new([1; 32]), PseudonymKey::new([2; 32]));
        let one = key.pseudonym("U1");
        assert_eq!(one.len(), "Person ".len() + 8);
        assert_eq!(one, key.clone().pseudonym("U1"));
        assert_ne!(one, key.pseudonym("U2"));
        assert_ne!(one, other.pseudonym("U1"));
        assert_eq!(format!("{key:?}"), "PseudonymKey(..)");
    }
}
