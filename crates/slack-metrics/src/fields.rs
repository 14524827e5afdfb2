//! Texts as fields of CSV.

use slack_model::{Line, Text, Value as _};

/// A text as a field of CSV: what stands in many rows alike is looked at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct EncodedText(Box<[u8]>);

impl EncodedText {
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut line = Line::default();
        Text::from(text).write(&mut line);
        Self(line.into_buffer().into())
    }

    /// The field.
    #[inline]
    pub(crate) fn field(&self) -> Text<'_> {
        Text::ready(&self.0)
    }
}
