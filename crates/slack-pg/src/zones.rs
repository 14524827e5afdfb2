//! The table of time zones: read from CSV, and put into the database.

use std::collections::BTreeMap;

use postgres::GenericClient;

use crate::error::{Error, Result};

const TABLE: &str = "zone_data";

/// What is told of a zone beside its name, in the order of the table's columns.
const COLUMNS: [&str; 4] = ["cc", "country", "city", "coord"];

/// Zones by name, with the values of [`COLUMNS`].
pub(crate) type Zones = BTreeMap<String, [String; COLUMNS.len()]>;

/// Reads zones from CSV with a header; a column that it lacks is empty, and the last row of a zone counts.
pub(crate) fn read(csv: &[u8]) -> Result<Zones> {
    let failed = |source| Error::Zones { source };
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().map_err(failed)?.clone();
    let position = |name: &str| header.iter().position(|column| column == name);
    let name = position("tz").ok_or_else(|| Error::NoColumn { table: TABLE, column: "tz".into() })?;
    let positions = COLUMNS.map(position);
    let mut zones = Zones::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        // Who has no zone is nowhere, whatever a row without a name says.
        let zone = field(Some(name));
        if !zone.is_empty() {
            zones.insert(zone, positions.map(field));
        }
    }
    Ok(zones)
}

/// Makes the table hold these zones and no others. Rows that stay as they are are not touched.
pub(crate) fn put(client: &mut impl GenericClient, zones: &Zones) -> Result<()> {
    let names: Vec<_> = zones.keys().collect();
    let [cc, country, city, coord] =
        [0, 1, 2, 3].map(|at| zones.values().map(|values| &values[at]).collect::<Vec<_>>());
    client
        .execute("DELETE FROM zone_data WHERE tz <> ALL ($1::text[])", &[&names])
        .map_err(Error::table(TABLE))?;
    client
        .execute(
            "INSERT INTO zone_data AS kept (tz, cc, country, city, coord)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
             ON CONFLICT (tz) DO UPDATE
             SET cc = excluded.cc, country = excluded.country, city = excluded.city, coord = excluded.coord
             WHERE ROW(kept.cc, kept.country, kept.city, kept.coord)
                IS DISTINCT FROM ROW(excluded.cc, excluded.country, excluded.city, excluded.coord)",
            &[&names, &cc, &country, &city, &coord],
        )
        .map_err(Error::table(TABLE))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_the_last_row_counts() {
        let zones = read(b"cc,tz,city\nXX,Moon/Base,Old\nYY,,Nowhere\nXX,Moon/Base,Base\n").expect("zones");
        assert_eq!(zones.len(), 1);
        assert_eq!(zones["Moon/Base"], ["XX", "", "Base", ""]);
    }

    #[test]
    fn a_table_without_names_or_with_torn_rows_is_refused() {
        let error = read(b"cc,city\nXX,Base\n").expect_err("no names");
        assert_eq!(error.to_string(), "zone_data has no column tz");
        assert!(matches!(read(b"tz,cc\nMoon/Base\n"), Err(Error::Zones { .. })));
        assert!(matches!(read(b"tz,cc\n\xff,XX\n"), Err(Error::Zones { .. })));
    }
}
