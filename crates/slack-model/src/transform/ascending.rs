use crate::error::{Error, Result};
use crate::ids::ChannelId;
use crate::ts::Ts;

/// Watches that messages come in the order of the key that all of their tables begin with, each once.
///
/// The rows are encoded already, so that their writers know no keys.
#[derive(Debug, Default)]
pub(super) struct Ascending {
    channel: Option<ChannelId>,
    /// The message before, in its channel.
    ts: Option<i64>,
}

impl Ascending {
    /// Goes on with a channel, which must come after the one before.
    pub(super) fn begin(&mut self, table: &'static str, channel: &ChannelId) -> Result<()> {
        if self.channel.as_ref().is_some_and(|last| last >= channel) {
            return Err(Error::Unsorted { table, key: channel.to_string() });
        }
        (self.channel, self.ts) = (Some(channel.clone()), None);
        Ok(())
    }

    /// Goes on with a message, which must come after the one before.
    pub(super) fn message(&mut self, table: &'static str, ts: i64) -> Result<()> {
        if self.ts.is_some_and(|last| last >= ts) {
            return Err(self.unsorted(table, ts));
        }
        self.ts = Some(ts);
        Ok(())
    }

    /// What to say where a message's rows are out of order in a table.
    pub(super) fn unsorted(&self, table: &'static str, ts: i64) -> Error {
        let channel = self.channel.as_ref().map_or("", ChannelId::as_str);
        let key = match Ts::from_micros(ts) {
            Some(ts) => format!("{channel}, {ts}"),
            None => format!("{channel}, {ts} µs"),
        };
        Error::Unsorted { table, key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_in_order_pass() {
        let mut keys = Ascending::default();
        assert!(keys.begin("t", &"C1".into()).is_ok());
        assert!(keys.message("t", 5).is_ok() && keys.message("t", 6).is_ok());
        for ts in [6, 5] {
            assert!(matches!(keys.message("t", ts), Err(Error::Unsorted { table: "t", .. })));
        }
        for channel in ["C1", "C0"] {
            assert!(matches!(keys.begin("t", &channel.into()), Err(Error::Unsorted { table: "t", .. })));
        }
        assert!(keys.begin("t", &"C2".into()).is_ok() && keys.message("t", 5).is_ok());
        assert_eq!(
            keys.unsorted("t", 1_600_000_000_000_005).to_string(),
            "t: the row of key (C2, 1600000000.000005) is out of order or there twice"
        );
    }
}
