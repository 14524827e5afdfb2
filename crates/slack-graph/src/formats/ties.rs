//! What is the same for all edges of a relation and channel, made once.

use rustc_hash::FxHashMap;

use crate::export::{ExportEdge, Unique};

/// What tells edges of one pair and direction apart: relation and channel.
type Tie<'a> = (Option<&'a str>, Option<&'a str>);

/// Something for each relation and channel.
#[derive(Debug)]
pub(crate) struct Ties<'a, T> {
    made: FxHashMap<Tie<'a>, T>,
    kinds: Unique,
}

impl<'a, T> Ties<'a, T> {
    pub(crate) fn new() -> Self {
        Self { made: FxHashMap::default(), kinds: Unique::default() }
    }

    /// Returns what was made for the edge's relation and channel, or makes it of the kind: a name of both, another one
    /// for each of them, none where edges are joined. `clean` says what the format can carry of it.
    pub(crate) fn of(
        &mut self,
        edge: &ExportEdge<'a>,
        clean: impl FnOnce(&str) -> String,
        make: impl FnOnce(Option<String>) -> T,
    ) -> &mut T {
        let Self { made, kinds } = self;
        made.entry(edge.tie()).or_insert_with(|| {
            let kind = match edge.tie() {
                (None, _) => None,
                (Some(relate), None) => Some(relate.to_owned()),
                (Some(relate), Some(channel)) => Some(format!("{relate} {channel}")),
            };
            make(kind.map(|kind| kinds.take(&clean(&kind))))
        })
    }
}
