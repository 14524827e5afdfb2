use chrono::{Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use rustc_hash::FxHashMap;
use serde::Serialize;
use slack_model::{Column, Kind, RawReader, Schema, TableSource, Time};

use crate::error::Result;

/// Posts by hour of the week, in every time zone.
#[derive(Debug, Serialize)]
pub(crate) struct Hours {
    zones: Vec<&'static str>,
    /// Which grid is a zone's.
    grid_of: Vec<usize>,
    /// 168 numbers each, from Monday's first hour on.
    grids: Vec<Vec<u64>>,
    /// The zone of the report's days.
    default: usize,
}

/// What tells when posts were made: whatever else is wrong with a row does not matter.
pub(crate) const POSTS: Schema = Schema::selected(
    "conversation_data",
    &[
        Column::selected("channel", Kind::Id),
        Column::selected("ts", Kind::Ts),
        Column::selected("time", Kind::Time),
        Column::selected("kind", Kind::Text),
    ],
    &["channel", "ts"],
);

/// Minutes of a slot: the offsets of all zones since 1972 are multiples.
const SLOT: usize = 15;
const SLOTS_A_DAY: usize = 24 * 60 / SLOT;
const WEEK: usize = 7 * 24;

/// Posts in each quarter of an hour of the days from the first post's to the last one's, in UTC: slots without posts are left
/// out.
struct Quarters {
    first: NaiveDate,
    /// Slot of the day, and posts.
    days: Vec<Vec<(usize, u32)>>,
}

/// Days between two looks at a zone's offset. No zone has set its clocks twice within them since 1972.
const STEP: usize = 7;

pub(crate) fn hours(metrics: &dyn TableSource, zone: Tz) -> Result<Hours> {
    let quarters = quarters(metrics)?;
    let mut grids = Vec::<Vec<u64>>::new();
    let mut by_offsets = FxHashMap::<Vec<i32>, usize>::default();
    let mut by_grid = FxHashMap::<Vec<u64>, usize>::default();
    let zones: Vec<Tz> = TZ_VARIANTS.into_iter().filter(|one| *one == zone || is_shown(one.name())).collect();
    let mut grid_of = Vec::with_capacity(zones.len());
    for zone in &zones {
        // Some hundred names stand for a few dozen ways in which clocks were set.
        let offsets = quarters.offsets(*zone);
        let grid = *by_offsets.entry(offsets).or_insert_with_key(|offsets| {
            let grid = quarters.grid(*zone, offsets);
            *by_grid.entry(grid.clone()).or_insert_with(|| {
                grids.push(grid);
                grids.len() - 1
            })
        });
        grid_of.push(grid);
    }
    let default = zones.iter().position(|one| *one == zone).unwrap_or(0);
    Ok(Hours { zones: zones.iter().map(|zone| zone.name()).collect(), grid_of, grids, default })
}

/// Leaves out names that are there for old programs only: `EST5EDT`, `Etc/GMT+3` (whose sign is the other way round), `GB`.
fn is_shown(name: &str) -> bool {
    name == "UTC" || name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/")
}

fn quarters(metrics: &dyn TableSource) -> Result<Quarters> {
    let mut by_slot = FxHashMap::<i64, u32>::default();
    if let Some(mut table) = RawReader::open(metrics, &POSTS)? {
        while let Some(message) = table.read()? {
            if *message.field(3) != *b"post" {
                continue;
            }
            // What has no time is in no hour.
            if let Some(time) = Time::parse(&message.field(2)) {
                *by_slot.entry(time.micros().div_euclid(SLOT as i64 * 60_000_000)).or_default() += 1;
            }
        }
    }
    let day = |slot: i64| slot.div_euclid(SLOTS_A_DAY as i64);
    let first = by_slot.keys().copied().min().map_or(0, day);
    let last = by_slot.keys().copied().max().map_or(-1, day);
    let mut days = vec![Vec::new(); usize::try_from(last - first + 1).unwrap_or(0)];
    for (slot, posts) in by_slot {
        let place = (day(slot) - first) as usize;
        days[place].push((slot.rem_euclid(SLOTS_A_DAY as i64) as usize, posts));
    }
    let first = NaiveDate::default().checked_add_signed(TimeDelta::days(first)).unwrap_or_default();
    Ok(Quarters { first, days })
}

impl Quarters {
    fn midnight(&self, day: usize) -> NaiveDateTime {
        NaiveDateTime::from(self.first) + TimeDelta::days(day as i64)
    }

    /// A zone's offset at the beginning of each day of UTC, and at the end of the last, in seconds.
    fn offsets(&self, zone: Tz) -> Vec<i32> {
        let end = self.days.len();
        let mut offsets = Vec::with_capacity(end + 1);
        offsets.push(seconds(zone, self.midnight(0)));
        while offsets.len() <= end {
            let (from, before) = (offsets.len(), offsets[offsets.len() - 1]);
            let to = (from + STEP - 1).min(end);
            let after = seconds(zone, self.midnight(to));
            if before == after {
                offsets.resize(to + 1, before);
            } else {
                offsets.extend((from..=to).map(|day| seconds(zone, self.midnight(day))));
            }
        }
        offsets
    }

    /// Posts by hour of the week of a zone, whose offsets at midnights are known.
    fn grid(&self, zone: Tz, offsets: &[i32]) -> Vec<u64> {
        let mut grid = vec![0; WEEK];
        for (day, slots) in self.days.iter().enumerate() {
            let weekday = (self.first.weekday().num_days_from_monday() as usize + day) % 7;
            // Where the clock is set on a day, each slot has its own offset.
            let is_steady = offsets[day] == offsets[day + 1];
            for (slot, posts) in slots {
                let offset = if is_steady {
                    offsets[day]
                } else {
                    seconds(zone, self.midnight(day) + TimeDelta::minutes((slot * SLOT) as i64))
                };
                let minutes = (weekday * 24 * 60 + slot * SLOT) as i64 + i64::from(offset.div_euclid(60));
                grid[minutes.div_euclid(60).rem_euclid(WEEK as i64) as usize] += u64::from(*posts);
            }
        }
        grid
    }
}

/// Seconds that a zone is ahead of UTC.
fn seconds(zone: Tz, utc: NaiveDateTime) -> i32 {
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike;
    use proptest::prelude::*;
    use slack_model::MemoryTables;

    fn tables(times: &[i64]) -> MemoryTables {
        let mut csv = String::from("channel,ts,time,kind\n");
        for micros in times {
            let time = Time::from_micros(*micros).expect("a time");
            csv.push_str(&format!("C1,{},{time},post\nC1,,{time},bot\n", slack_model::Ts::from(time)));
        }
        let tables = MemoryTables::default();
        tables.insert("conversation_data", csv);
        tables
    }

    #[test]
    fn nothing_gives_empty_weeks() {
        let hours = hours(&MemoryTables::default(), Tz::UTC).expect("read");
        assert_eq!(hours.grids, [vec![0; WEEK]]);
        assert_eq!(hours.zones[hours.default], "UTC");
    }

    #[test]
    fn a_zone_s_grid_is_found_by_its_name() {
        // A Sunday evening in Berlin is a Monday morning in Tokyo.
        let hours =
            hours(&tables(&[1_709_499_600_000_000]), "Asia/Tokyo".parse().expect("a zone")).expect("read");
        let hour = |zone: &str| {
            let place = hours.zones.iter().position(|name| *name == zone).expect("the zone");
            hours.grids[hours.grid_of[place]].iter().position(|posts| *posts == 1)
        };
        assert_eq!((hour("Europe/Berlin"), hour("Asia/Tokyo")), (Some(6 * 24 + 22), Some(6)));
        assert_eq!(hours.zones[hours.default], "Asia/Tokyo");
        assert!(hours.grids.len() < hours.zones.len() / 4);
        // An old name that days were measured by is there as well.
        let old =
            super::hours(&MemoryTables::default(), "US/Eastern".parse().expect("a zone")).expect("read");
        assert_eq!(old.zones[old.default], "US/Eastern");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Every post stands in the hour that the zone's clocks showed.
        #[test]
        fn hours_are_those_of_the_zone_s_clocks(
            times in proptest::collection::vec(1_600_000_000_000_000i64..1_800_000_000_000_000, 1..40),
            zone in proptest::sample::select(vec!["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]),
        ) {
            let zone: Tz = zone.parse().expect("a zone");
            let quarters = quarters(&tables(&times)).expect("read");
            let grid = quarters.grid(zone, &quarters.offsets(zone));
            let mut expected = vec![0; WEEK];
            for micros in &times {
                let local = zone.from_utc_datetime(&chrono::DateTime::from_timestamp_micros(*micros).expect("a time").naive_utc());
                expected[(local.weekday().num_days_from_monday() * 24 + local.hour()) as usize] += 1;
            }
            prop_assert_eq!(grid, expected);
        }
    }
}
