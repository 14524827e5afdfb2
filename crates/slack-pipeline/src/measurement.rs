//! What the tables in a metrics folder were measured with: `measured.csv`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use slack_metrics::{MetricOptions, TABLES};
use slack_model::Time;

use crate::error::Result;

/// The file in a metrics folder: keys and values. `timezone`, `since`, `until` and `channels` are those of the last
/// measurement of all tables; a table that was measured otherwise since has keys of its own, as in
/// `activity_by_day.timezone`. Nothing else is in it, so that the same options give the same bytes.
pub(crate) const FILE: &str = "measured.csv";

/// The options, each as a text that is empty where there is none.
type Options = BTreeMap<String, String>;

/// What the tables of a folder were measured with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measurement {
    all: Options,
    /// By table, where it differs.
    apart: BTreeMap<String, Options>,
}

/// The table that is measured with the graph only.
const OF_GRAPH: &str = "edge_by_month";

/// The zone of who asks for none.
const UTC: &str = "UTC";

impl Measurement {
    /// Reads the file of a metrics folder; empty where it is not there.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let mut measured = Self::default();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(measured),
            Err(error) => return Err(slack_model::Error::io("read", &path, error).into()),
        };
        for row in csv::Reader::from_reader(&*text).deserialize::<(String, String)>() {
            let (key, value) = row?;
            match key.split_once('.') {
                Some((table, key)) => {
                    measured.apart.entry(table.into()).or_default().insert(key.into(), value)
                }
                None => measured.all.insert(key, value),
            };
        }
        Ok(measured)
    }

    /// The same after a measurement of these tables.
    #[must_use]
    pub fn and<'t>(mut self, options: &MetricOptions, tables: impl Iterator<Item = &'t str>) -> Self {
        let now = texts(options);
        let tables: Vec<&str> = tables.collect();
        if self.all.is_empty() || TABLES.iter().all(|table| tables.contains(&table.name)) {
            self.apart.retain(|table, options| !tables.contains(&table.as_str()) && *options != now);
            // The graph's own table is not among them, and stays what it was.
            if !tables.contains(&OF_GRAPH) && !self.all.is_empty() && self.all != now {
                self.apart.entry(OF_GRAPH.into()).or_insert(self.all);
            }
            return Self { all: now, apart: self.apart };
        }
        for table in tables {
            if now == self.all {
                self.apart.remove(table);
            } else {
                self.apart.insert(table.into(), now.clone());
            }
        }
        self
    }

    /// Writes the file into a metrics folder, all or nothing.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["key", "value"])?;
        for (key, value) in &self.all {
            writer.write_record([key, value])?;
        }
        for (table, options) in &self.apart {
            for (key, value) in options {
                writer.write_record([&format!("{table}.{key}"), value])?;
            }
        }
        let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(slack_model::atomic::write_atomically(&folder.join(FILE), &bytes)?)
    }

    /// Chooses what the whole was measured with: time zone, time, channels.
    pub fn choose(&self, options: &mut MetricOptions) {
        let value = |key: &str| self.all.get(key).map(String::as_str).unwrap_or_default();
        options.timezone = self.timezone();
        options.since = Time::parse(value("since").as_bytes());
        options.until = Time::parse(value("until").as_bytes());
        options.channels = value("channels").split_whitespace().map(Into::into).collect();
    }

    /// Whether all tables were measured with these options.
    pub fn is_of(&self, options: &MetricOptions) -> bool {
        self.all == texts(options) && self.apart.is_empty()
    }

    /// The time zone of the whole, if not UTC.
    pub fn timezone(&self) -> Option<String> {
        self.all.get("timezone").filter(|zone| *zone != UTC).cloned()
    }
}

fn texts(options: &MetricOptions) -> Options {
    let channels: Vec<_> = options.channels.iter().map(|channel| channel.as_str()).collect();
    let time = |time: Option<slack_model::Time>| time.map(|time| time.to_string()).unwrap_or_default();
    let texts = [
        ("channels", channels.join(" ")),
        ("since", time(options.since)),
        ("timezone", options.timezone.clone().unwrap_or_else(|| UTC.into())),
        ("until", time(options.until)),
    ];
    texts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(zone: Option<&str>) -> MetricOptions {
        let mut options = MetricOptions::default();
        options.timezone = zone.map(Into::into);
        options
    }

    #[test]
    fn a_table_that_is_measured_otherwise_stands_apart() {
        let all = || TABLES.iter().map(|table| table.name);
        let berlin = Measurement::default().and(&zone(Some("Europe/Berlin")), all());
        assert_eq!(berlin.timezone().as_deref(), Some("Europe/Berlin"));
        let mixed = berlin.clone().and(&zone(None), ["activity_by_day"].into_iter());
        assert_eq!(mixed.timezone().as_deref(), Some("Europe/Berlin"));
        assert_eq!(mixed.apart["activity_by_day"]["timezone"], "UTC");
        let again = mixed.clone().and(&zone(Some("Europe/Berlin")), ["activity_by_day"].into_iter());
        assert_eq!(again, berlin);
        let utc = mixed.and(&zone(None), all());
        assert_eq!(utc.timezone(), None);
        let zones: Vec<_> =
            utc.apart.iter().map(|(table, set)| (table.as_str(), &*set["timezone"])).collect();
        assert_eq!(zones, [("edge_by_month", "Europe/Berlin")], "nothing has measured it anew");
        let whole = utc.and(&zone(None), all().chain(["edge_by_month"]));
        assert!(whole.apart.is_empty(), "{whole:?}");
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("measured-{}", std::process::id()));
        let mut options = zone(None);
        options.channels = vec!["C1".into(), "C2".into()];
        let measured = Measurement::default()
            .and(&options, std::iter::empty())
            .and(&zone(Some("Asia/Tokyo")), ["x"].into_iter());
        measured.write(&folder).expect("written");
        let text = fs::read_to_string(folder.join(FILE)).expect("read");
        assert!(text.starts_with("key,value\nchannels,C1 C2\nsince,\ntimezone,UTC\nuntil,\n"), "{text}");
        assert_eq!(Measurement::read(&folder).expect("read"), measured);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
