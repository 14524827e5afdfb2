use crate::rows::SetAsideKind;

/// A piece of raw text that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    /// The first byte, in the page.
    pub(crate) offset: usize,
    /// Bytes.
    pub(crate) length: usize,
    /// The field, empty where the whole record is meant.
    pub(crate) field: String,
    /// Why.
    pub(crate) reason: String,
    /// The record's timestamp, as far as it is known.
    pub(crate) ts: String,
    /// The record's number in the page.
    pub(crate) record: Option<usize>,
    /// How much of the page it is.
    pub(crate) kind: SetAsideKind,
}

/// Collects the issues of a page.
#[derive(Debug)]
pub(crate) struct Issues<'a> {
    page: &'a str,
    record: Option<(usize, &'a str)>,
    /// What has been found: the first [`MOST`] of it.
    pub(crate) found: Vec<Issue>,
    /// How much more there is.
    pub(crate) more: u64,
}

/// So many issues of a page are told one by one. A page may be nothing else.
pub(crate) const MOST: usize = 10_000;

impl<'a> Issues<'a> {
    pub(crate) fn of(page: &'a str) -> Self {
        Self { page, record: None, found: Vec::new(), more: 0 }
    }

    /// Says which record is read from now on: the `number`th of the page.
    pub(crate) fn begin(&mut self, number: usize, raw: &'a str) {
        self.record = Some((number, raw));
    }

    /// Says that the same record is read as by another collector of the page.
    pub(crate) fn place_as(&mut self, other: &Self) {
        self.record = other.record;
    }

    /// Notes that a field, or, where none is named, a whole record could not be read.
    pub(crate) fn add(&mut self, raw: &str, field: impl Into<String>, reason: impl Into<String>) {
        let field = field.into();
        let kind = if field.is_empty() { SetAsideKind::Record } else { SetAsideKind::Field };
        self.add_as(kind, raw, field, reason);
    }

    /// Notes that a piece of the page could not be read. A piece that was copied out of the page, so that
    /// its place is lost, stands where its record does.
    pub(crate) fn add_as(
        &mut self,
        kind: SetAsideKind,
        raw: &str,
        field: impl Into<String>,
        reason: impl Into<String>,
    ) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let piece = self.offset(raw).map(|offset| (offset, raw.len()));
        let record = self.record.and_then(|(_, record)| Some((self.offset(record)?, record.len())));
        let (offset, length) = piece.or(record).unwrap_or((0, self.page.len()));
        let issue = Issue {
            offset,
            length,
            field: field.into(),
            reason: reason.into(),
            ts: String::new(),
            // What stands after a break is of no record.
            record: self.record.map(|(number, _)| number).filter(|_| kind != SetAsideKind::Rest),
            kind,
        };
        self.found.push(issue);
    }

    /// Whether no more issues are told one by one.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// Says which message the issues from the `since`th on belong to.
    pub(crate) fn belong_to(&mut self, since: usize, ts: &str) {
        for issue in &mut self.found[since..] {
            issue.ts = ts.into();
        }
    }

    fn offset(&self, raw: &str) -> Option<usize> {
        let offset = (raw.as_ptr() as usize).checked_sub(self.page.as_ptr() as usize)?;
        (offset + raw.len() <= self.page.len()).then_some(offset)
    }
}
