//! Lists that do not end: cursors that come again, or that lead to nothing new.

use std::collections::HashSet;

use slack_model::record_keys;

use crate::hash::digest;
use crate::sources::web_api::options::ApiOptions;

/// How often in a row the same cursor may come: a page that Slack could not fill may be asked for again.
const SAME_CURSORS: u32 = 3;

/// A page that holds only what came before counts as so many empty ones, which are legal.
const REPEATED: u32 = 10;

/// So many records are remembered, some 16 bytes each. A list that goes in circles later ends at its number of pages.
const MOST_RECORDS: usize = 1_000_000;

/// Watches the pages of a list that has more than one.
#[derive(Debug)]
pub(super) struct EndlessWatch {
    max_idle_pages: u32,
    max_pages: u32,
    cursors: HashSet<u64>,
    last: u64,
    same: u32,
    records: HashSet<u64>,
    idle: u32,
}

impl EndlessWatch {
    pub(super) fn new(options: &ApiOptions) -> Self {
        let ApiOptions { max_idle_pages, max_pages, .. } = *options;
        Self {
            max_idle_pages,
            max_pages,
            cursors: HashSet::new(),
            last: 0,
            same: 0,
            records: HashSet::new(),
            idle: 0,
        }
    }

    /// Takes note of a page that names a next one by its cursor. Returns why the list is given up, where it is.
    pub(super) fn turn(&mut self, page: u32, body: &[u8], cursor: &str) -> Option<&'static str> {
        let cursor = digest(cursor);
        // A page that Slack could not fill may be asked for again.
        self.same = if self.last == cursor && page > 1 { self.same + 1 } else { 0 };
        let is_known = !self.cursors.insert(cursor);
        if self.same > SAME_CURSORS || is_known && self.same == 0 {
            return Some("the cursor does not move on");
        }
        self.last = cursor;
        self.note(page, body)
    }

    /// The same for a list that counts its pages.
    pub(super) fn note(&mut self, page: u32, body: &[u8]) -> Option<&'static str> {
        let keys = record_keys(body);
        let cost = if keys.is_empty() { 1 } else { REPEATED };
        let is_new = keys.iter().any(|key| !self.records.contains(key));
        if self.records.len() < MOST_RECORDS {
            self.records.extend(keys);
        }
        self.idle = if is_new { 0 } else { self.idle.saturating_add(cost) };
        if self.idle >= self.max_idle_pages {
            return Some("pages_without_end");
        }
        (page >= self.max_pages).then_some("too_many_pages")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(from: u32) -> Vec<u8> {
        format!(r#"{{"members":["U{from}","U{}"]}}"#, from + 1).into_bytes()
    }

    /// How many pages are read, and why no more are.
    fn walk(body: impl Fn(u32) -> Vec<u8>, cursor: impl Fn(u32) -> String) -> (u32, Option<&'static str>) {
        let mut watch = EndlessWatch::new(&ApiOptions { max_pages: 500, ..ApiOptions::default() });
        for number in 1..=1_000 {
            if let Some(why) = watch.turn(number, &body(number), &cursor(number)) {
                return (number, Some(why));
            }
        }
        (1_000, None)
    }

    #[test]
    fn a_list_that_brings_nothing_new_is_given_up() {
        let new = |number: u32| number.to_string();
        let empty = |_| b"{}".to_vec();
        assert_eq!(walk(empty, new), (100, Some("pages_without_end")));
        assert_eq!(walk(|_| page(7), new), (11, Some("pages_without_end")));
        assert_eq!(walk(|number| page(number % 3), new), (13, Some("pages_without_end")));
        // One new record among known ones is progress, and so is one page in ninety.
        assert_eq!(walk(page, new), (500, Some("too_many_pages")));
        let seldom = |number: u32| if number.is_multiple_of(90) { page(number) } else { b"{}".to_vec() };
        assert_eq!(walk(seldom, new), (500, Some("too_many_pages")));
    }

    #[test]
    fn a_cursor_that_comes_again_is_given_up() {
        let stuck = Some("the cursor does not move on");
        assert_eq!(walk(page, |_| "a".into()), (5, stuck));
        assert_eq!(walk(page, |number| (number % 2).to_string()), (3, stuck));
        assert_eq!(walk(page, |number| (number % 40).to_string()), (41, stuck));
    }
}
