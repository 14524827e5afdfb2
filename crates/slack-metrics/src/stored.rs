//! Values that can go to a file and come back.

use slack_model::Ts;

use crate::workspace::{ChannelNo, EmojiNo, NodeNo, UserNo};

/// A value that can go to a file and come back, and has a place in an order.
///
/// Implemented for numbers of users, channels and the like, whole numbers, pairs and triples; [`stored!`](crate::stored)
/// declares a struct of such fields.
pub trait Stored: Ord + Copy + Send + 'static {
    /// Number of bytes in a file.
    const SIZE: usize;

    /// Appends the bytes.
    fn store(self, bytes: &mut Vec<u8>);

    /// Reads the value from the beginning of `bytes`, which are [`Stored::SIZE`] at least, and moves beyond it.
    fn load(bytes: &mut &[u8]) -> Self;

    /// A number that grows with the value, if it is not the same: values are shared out by it before they are sorted. 0
    /// by default, which is always right.
    fn rank(&self) -> u32 {
        0
    }
}

macro_rules! stored_numbers {
    ($($number:ty),+) => { $(
        impl Stored for $number {
            const SIZE: usize = size_of::<Self>();

            fn store(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn load(bytes: &mut &[u8]) -> Self {
                let (number, rest) = bytes.split_first_chunk().expect("as many bytes as were stored");
                *bytes = rest;
                Self::from_le_bytes(*number)
            }

            fn rank(&self) -> u32 {
                u32::try_from(*self).unwrap_or(if *self > 0 { u32::MAX } else { 0 })
            }
        }
    )+ };
}

stored_numbers!(u8, u32, i32, u64, i64);

macro_rules! stored_ranks {
    ($($rank:ident),+) => { $(
        impl Stored for $rank {
            const SIZE: usize = u32::SIZE;

            fn store(self, bytes: &mut Vec<u8>) {
                self.0.store(bytes);
            }

            fn load(bytes: &mut &[u8]) -> Self {
                Self(u32::load(bytes))
            }

            fn rank(&self) -> u32 {
                self.0
            }
        }
    )+ };
}

stored_ranks!(UserNo, ChannelNo, EmojiNo, NodeNo);

impl Stored for Ts {
    const SIZE: usize = i64::SIZE;

    fn store(self, bytes: &mut Vec<u8>) {
        self.micros().store(bytes);
    }

    fn load(bytes: &mut &[u8]) -> Self {
        Self::from_micros(i64::load(bytes)).expect("a timestamp was stored")
    }
}

impl<T: Stored> Stored for Option<T> {
    const SIZE: usize = 1 + T::SIZE;

    fn store(self, bytes: &mut Vec<u8>) {
        let end = bytes.len() + Self::SIZE;
        bytes.push(self.is_some().into());
        if let Some(value) = self {
            value.store(bytes);
        }
        bytes.resize(end, 0);
    }

    fn load(bytes: &mut &[u8]) -> Self {
        let is_some = u8::load(bytes) == 1;
        let (mut value, rest) = bytes.split_at(T::SIZE);
        *bytes = rest;
        is_some.then(|| T::load(&mut value))
    }

    fn rank(&self) -> u32 {
        self.as_ref().map_or(0, |value| value.rank().saturating_add(1))
    }
}

macro_rules! stored_tuples {
    ($(($($part:ident)+))+) => { $(
        impl<$($part: Stored),+> Stored for ($($part,)+) {
            const SIZE: usize = 0 $(+ $part::SIZE)+;

            #[allow(non_snake_case, reason = "a part is called as its type is")]
            fn store(self, bytes: &mut Vec<u8>) {
                let ($($part,)+) = self;
                $( $part.store(bytes); )+
            }

            fn load(bytes: &mut &[u8]) -> Self {
                ($( $part::load(bytes), )+)
            }

            fn rank(&self) -> u32 {
                // They stand in the order of their first parts.
                self.0.rank()
            }
        }
    )+ };
}

stored_tuples!((A B) (A B C));

/// Declares a struct that a [`SortedSet`](crate::SortedSet)(crate::SortedSet) can hold. Its order is that of its fields, the first one first.
///
/// ```
/// slack_metrics::stored! {
///     /// How long a user's post was.
///     pub struct Length {
///         user: slack_metrics::UserNo,
///         bytes: u32,
///     }
/// }
/// ```
#[macro_export]
macro_rules! stored {
    (
        $(#[$doc:meta])*
        $visibility:vis struct $name:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ty ),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $visibility struct $name { $( $(#[$field_doc])* $field: $type ),+ }

        impl $crate::Stored for $name {
            const SIZE: usize = 0 $( + <$type as $crate::Stored>::SIZE )+;

            fn store(self, bytes: &mut Vec<u8>) {
                $( $crate::Stored::store(self.$field, bytes); )+
            }

            fn load(bytes: &mut &[u8]) -> Self {
                Self { $( $field: <$type as $crate::Stored>::load(bytes) ),+ }
            }

            fn rank(&self) -> u32 {
                // They stand in the order of their first fields.
                [$( $crate::Stored::rank(&self.$field) ),+][0]
            }
        }
    };
}
