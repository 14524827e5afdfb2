use std::num::NonZeroUsize;

/// What a transformation may use of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransformOptions {
    /// Threads; as many as the machine runs at once where it is not said.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory, 256 MiB where it is not said. Rows that do not fit go to temporary files beside the output.
    /// However little this is, there is in memory besides: a page as a whole, one a thread; what the batch's lists say
    /// of users and channels; the ids of the users whom messages name; the paths of all pages of the channel that is
    /// read, about 270 bytes a page; and the stretches of time that the pages cover, one a day file or thread.
    pub max_memory: Option<u64>,
    /// Whether the new tables may lack keys that the old ones have; false by default.
    pub allow_drops: bool,
}

/// How the memory is shared out. The rest of it is for pages, their records while they are read, and buffers.
pub(super) struct Shares {
    /// A channel's records.
    pub(super) channel: usize,
    /// Records that wait for an earlier channel's.
    pub(super) ahead: usize,
    /// Each table that is sorted as a whole.
    pub(super) table: usize,
    /// Pages that are read at a time, each thread.
    pub(super) pages: u64,
}

impl TransformOptions {
    const MEMORY: u64 = 256 << 20;

    pub(super) fn shares(&self) -> Shares {
        let memory = self.max_memory.unwrap_or(Self::MEMORY);
        let part = |parts: u64| usize::try_from(memory / parts).unwrap_or(usize::MAX);
        Shares { channel: part(3), ahead: part(8), table: part(24), pages: (memory / 64).clamp(1, 4 << 20) }
    }
}
