//! The city and country of time zones.

use csv::ByteRecord;
use rustc_hash::FxHashMap;

use crate::error::{Error, Result};

/// The embedded table of time zones, as CSV: tz, cc, country, city, coord. `data/make_tz_country.py` makes it
/// from IANA's database.
pub const ZONES: &[u8] = include_bytes!("../../data/tz_country.csv");

/// Where a time zone is, as far as its name tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The city that the zone is named after.
    pub city: Box<[u8]>,
    /// The country's English name.
    pub country: Box<[u8]>,
    /// The country's two letters in ISO 3166.
    pub iso: Box<[u8]>,
}

/// The places of time zones, by the zone's name; a table given in place of the embedded one is read instead.
pub(super) fn places(given: Option<&[u8]>) -> Result<FxHashMap<Box<[u8]>, Place>> {
    let mut reader = csv::Reader::from_reader(given.unwrap_or(ZONES));
    let header = reader.byte_headers().map_err(|source| Error::Zones { source })?.clone();
    let position = |name: &str| header.iter().position(|column| column == name.as_bytes());
    let [zone, iso, country, city] = ["tz", "cc", "country", "city"].map(position);
    let mut places = FxHashMap::default();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|source| Error::Zones { source })? {
        let field =
            |at: Option<usize>| -> Box<[u8]> { at.and_then(|at| record.get(at)).unwrap_or_default().into() };
        places.insert(field(zone), Place { city: field(city), country: field(country), iso: field(iso) });
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(zone: &str) -> String {
        let places = places(None).expect("the embedded table");
        places.get(zone.as_bytes()).map_or_else(String::new, |place| {
            format!("{} {}", String::from_utf8_lossy(&place.iso), String::from_utf8_lossy(&place.city))
        })
    }

    #[test]
    fn old_names_lead_to_the_country_of_their_zone() {
        assert_eq!(iso("Europe/Kyiv"), "UA Kyiv");
        assert_eq!(iso("Europe/Kiev"), "UA Kiev");
        assert_eq!(iso("US/Pacific"), "US Pacific");
        assert_eq!(iso("America/Argentina/Buenos_Aires"), "AR Buenos Aires");
        assert_eq!(iso("Japan"), "JP ");
        assert_eq!(iso("Etc/UTC"), "");
    }

    #[test]
    fn another_table_can_stand_in() {
        let places = places(Some(b"cc,tz,city,country\nXX,Moon/Base,Base,Moon\n")).expect("a table");
        assert_eq!(&*places[b"Moon/Base".as_slice()].country, b"Moon");
        assert_eq!(places.len(), 1);
    }
}
