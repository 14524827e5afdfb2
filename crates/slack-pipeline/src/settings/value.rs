//! A key's values, read as its type.

use std::path::PathBuf;

use super::key::Kind;

/// A type that a key may have.
pub(super) trait FromTexts: Sized {
    /// How its values are written.
    const KIND: Kind = Kind::One;

    /// Reads values of this kind.
    fn from_texts(values: &[String]) -> Result<Self, String>;
}

impl FromTexts for bool {
    const KIND: Kind = Kind::Flag;

    fn from_texts(values: &[String]) -> Result<Self, String> {
        Ok(values.concat() == "true")
    }
}

impl FromTexts for String {
    fn from_texts(values: &[String]) -> Result<Self, String> {
        Ok(values.concat())
    }
}

impl FromTexts for Vec<String> {
    const KIND: Kind = Kind::List;

    fn from_texts(values: &[String]) -> Result<Self, String> {
        Ok(values.to_vec())
    }
}

impl FromTexts for PathBuf {
    const KIND: Kind = Kind::Path;

    fn from_texts(values: &[String]) -> Result<Self, String> {
        Ok(values.concat().into())
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl FromTexts for $number {
            fn from_texts(values: &[String]) -> Result<Self, String> {
                let text = values.concat();
                text.parse().map_err(|error| format!("invalid value '{text}': {error}"))
            }
        }
    )*};
}
numbers!(u16 u32 u64 usize f64 std::num::NonZeroUsize);
