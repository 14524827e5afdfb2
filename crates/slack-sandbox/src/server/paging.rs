//! Cursors: where a list goes on, bound to what was asked for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::answer::SlackError;
use super::args::Args;
use crate::json::Object;

/// The list that a cursor belongs to: a hash of the method and of the arguments that bound it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounds(String);

impl Bounds {
    pub(crate) fn of(method: &str, args: &Args, keys: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(method);
        for key in keys {
            hash.update([0]);
            hash.update(args.get(key).unwrap_or_default());
        }
        let start: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self(start)
    }

    /// A cursor to a place in the list.
    pub(crate) fn cursor(&self, place: i64) -> String {
        STANDARD.encode(format!("next:{place}:{}", self.0))
    }

    /// The place that the call's cursor names; `None` without one, and for one that begins the list anew.
    pub(crate) fn place(&self, args: &Args) -> Result<Option<i64>, SlackError> {
        let Some(cursor) = args.get("cursor") else { return Ok(None) };
        let (place, _) = self.read(cursor).ok_or_else(|| SlackError::code("invalid_cursor"))?;
        Ok(place)
    }

    /// A cursor to the place where the call's page begins. It differs from the call's own, as that of an empty
    /// page in mid-list does.
    pub(crate) fn again(&self, args: &Args) -> Result<String, SlackError> {
        let read = |cursor| self.read(cursor).ok_or_else(|| SlackError::code("invalid_cursor"));
        let (place, times) = args.get("cursor").map_or(Ok((None, 0)), read)?;
        let place = place.map_or_else(|| String::from("start"), |place| place.to_string());
        Ok(STANDARD.encode(format!("next:{place}:{}:{}", self.0, times.saturating_add(1))))
    }

    /// A cursor's place and how many empty pages came before it.
    fn read(&self, cursor: &str) -> Option<(Option<i64>, u32)> {
        let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let (place, bounds) = text.strip_prefix("next:")?.split_once(':')?;
        let (bounds, times) = bounds.split_once(':').unwrap_or((bounds, "0"));
        let place = if place == "start" { None } else { Some(place.parse().ok()?) };
        Some((place, times.parse().ok()?)).filter(|_| bounds == self.0)
    }
}

/// Cuts a list's page out: its elements from the cursor on, and the next page's cursor.
pub(crate) fn page<'l, T>(
    list: &'l [T],
    bounds: &Bounds,
    args: &Args,
    limit: usize,
) -> Result<(&'l [T], String), SlackError> {
    let start = usize::try_from(bounds.place(args)?.unwrap_or_default()).unwrap_or(usize::MAX);
    if start > list.len() {
        return Err(SlackError::code("invalid_cursor"));
    }
    let end = start.saturating_add(limit).min(list.len());
    let next =
        if end < list.len() { bounds.cursor(i64::try_from(end).unwrap_or_default()) } else { String::new() };
    Ok((&list[start..end], next))
}

/// Adds the cursor to an answer.
pub(crate) fn with_cursor(answer: Object, next: &str) -> Object {
    answer.raw("response_metadata", &Object::new().text("next_cursor", next).end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(query: &str) -> Args {
        Args::read(query, b"").0
    }

    fn cursor(next: &str) -> Args {
        Args::read(&form_urlencoded::Serializer::new(String::new()).append_pair("cursor", next).finish(), b"")
            .0
    }

    #[test]
    fn pages_cover_a_list_once() {
        let list: Vec<u32> = (0..23).collect();
        let bounds = Bounds::of("users.list", &args(""), &[]);
        for limit in [1, 7, 22, 23, 24] {
            let mut seen = Vec::new();
            let mut call = args("");
            loop {
                let (elements, next) = page(&list, &bounds, &call, limit).expect("a page");
                assert!(elements.len() <= limit);
                seen.extend_from_slice(elements);
                if next.is_empty() {
                    break;
                }
                call = cursor(&next);
            }
            assert_eq!(seen, list, "{limit} a page");
        }
    }

    #[test]
    fn cursors_fit_only_the_bounds_they_were_made_with() {
        let bounds = |query: &str| Bounds::of("conversations.history", &args(query), &["channel", "oldest"]);
        let next = cursor(&bounds("channel=C1&limit=5").cursor(42));
        assert_eq!(bounds("channel=C1&limit=9").place(&next), Ok(Some(42)));
        assert_eq!(bounds("channel=C1").place(&args("")), Ok(None));
        for other in
            [bounds("channel=C2"), bounds("channel=C1&oldest=1"), Bounds::of("users.list", &args(""), &[])]
        {
            assert_eq!(other.place(&next).expect_err("other bounds").code, "invalid_cursor");
        }
        for odd in ["xyz", "bmV4dDox", "bmV4dDpmb286YmFy", "=="] {
            assert!(bounds("channel=C1").place(&cursor(odd)).is_err(), "{odd}");
        }
    }

    #[test]
    fn an_empty_page_goes_on_where_it_began() {
        let bounds = Bounds::of("users.list", &args(""), &[]);
        let first = bounds.again(&args("")).expect("a cursor");
        assert_eq!(bounds.place(&cursor(&first)), Ok(None));
        let second = bounds.again(&cursor(&first)).expect("a cursor");
        assert_ne!(second, first);
        assert_eq!(bounds.place(&cursor(&second)), Ok(None));
        let middle = bounds.again(&cursor(&bounds.cursor(42))).expect("a cursor");
        assert_eq!(bounds.place(&cursor(&middle)), Ok(Some(42)));
        assert!(bounds.again(&cursor("xyz")).is_err());
    }

    #[test]
    fn a_cursor_past_the_end_does_not_fit() {
        let bounds = Bounds::of("users.list", &args(""), &[]);
        for place in [4, -1] {
            assert!(page(&[1, 2, 3], &bounds, &cursor(&bounds.cursor(place)), 2).is_err(), "{place}");
        }
    }
}
