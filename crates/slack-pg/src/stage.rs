use std::io::{self, Read, Write};

use csv::{ByteRecord, Reader, ReaderBuilder};
use postgres::{CopyInWriter, GenericClient};
use slack_model::{Progress, Step};

use crate::catalog::{TargetColumn, TargetTable};
use crate::error::{Error, Result};
use crate::identifier::quote_list;

/// Rows between two reports of progress.
const REPORT_EVERY: u64 = 1 << 16;

/// Bytes that are sent at once.
const BUFFER: usize = 1 << 16;

/// What arrived in a staging table.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    pub(crate) rows: u64,
    pub(crate) nul_characters: u64,
    /// Columns of the input that the database has no place for.
    pub(crate) unknown_columns: Vec<String>,
    /// The columns that input and database share.
    pub(crate) columns: Vec<String>,
}

/// Copies a table's CSV into its staging table, columns by name, without checking any constraint.
///
/// PostgreSQL's texts cannot hold the NUL character: it is removed and counted.
pub(crate) fn stage(
    client: &mut impl GenericClient,
    table: &TargetTable,
    input: Option<Box<dyn Read + Send>>,
    progress: &dyn Progress,
) -> Result<Staged> {
    let failed = || Error::table(table.name);
    let names = quote_list(table.columns.iter().map(|column| column.name.as_str()));
    client
        .batch_execute(&format!(
            "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {names} FROM {} WITH NO DATA",
            table.staging(),
            table.qualified(),
        ))
        .map_err(failed())?;
    let Some(input) = input else {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        return Ok(Staged { columns, ..Staged::default() });
    };

    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 17).from_reader(input);
    let header = reader.byte_headers().map_err(unreadable(table))?.clone();
    let (places, columns) = match_columns(table, &header)?;
    let mut staged = Staged {
        unknown_columns: unknown_columns(table, &header),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
        ..Staged::default()
    };
    let mut output = client.copy_in(&copy_statement(table, &columns)).map_err(failed())?;
    let sent = send_records(table, &mut reader, &mut output, &places, &mut staged, progress)?;
    // A broken stream only says that it is closed: the server's reason comes at the end.
    output.finish().map_err(failed())?;
    sent.map_err(|source| Error::Stream { table: table.name, source })?;
    progress.report(Step::new(table.name, staged.rows, Some(staged.rows)));
    Ok(staged)
}

/// Removes the staging table, so that an embedder's transaction can load once more.
pub(crate) fn unstage(client: &mut impl GenericClient, table: &TargetTable) -> Result<()> {
    client.batch_execute(&format!("DROP TABLE {}", table.staging())).map_err(Error::table(table.name))
}

/// Sends header and records; the inner result says whether the server took them.
fn send_records(
    table: &TargetTable,
    reader: &mut Reader<Box<dyn Read + Send>>,
    output: &mut CopyInWriter<'_>,
    places: &[usize],
    staged: &mut Staged,
    progress: &dyn Progress,
) -> Result<io::Result<()>> {
    let mut buffer = Vec::with_capacity(2 * BUFFER);
    encode_record(staged.columns.iter().map(String::as_bytes), &mut buffer);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable(table))? {
        staged.nul_characters += encode_record(places.iter().map(|place| &record[*place]), &mut buffer);
        staged.rows += 1;
        if staged.rows.is_multiple_of(REPORT_EVERY) {
            progress.report(Step::new(table.name, staged.rows, None));
        }
        if buffer.len() >= BUFFER {
            if let Err(error) = output.write_all(&buffer) {
                return Ok(Err(error));
            }
            buffer.clear();
        }
    }
    Ok(output.write_all(&buffer))
}

/// Appends a line of CSV; returns the number of NUL characters left out.
///
/// Every field is quoted, so that none is taken for the end of the data (`\.`): COPY's options, and not the
/// quotes, say which column's empty fields are null.
fn encode_record<'a>(fields: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) -> u64 {
    let mut nul_characters = 0;
    for (at, field) in fields.enumerate() {
        out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
        for &byte in field {
            match byte {
                0 => nul_characters += 1,
                b'"' => out.extend_from_slice(b"\"\""),
                _ => out.push(byte),
            }
        }
        out.push(b'"');
    }
    out.push(b'\n');
    nul_characters
}

/// The columns that header and table share, and where in the header they stand.
fn match_columns<'a>(
    table: &'a TargetTable,
    header: &ByteRecord,
) -> Result<(Vec<usize>, Vec<&'a TargetColumn>)> {
    let mut places = Vec::new();
    let mut columns = Vec::new();
    for column in &table.columns {
        if let Some(place) = header.iter().position(|name| name == column.name.as_bytes()) {
            places.push(place);
            columns.push(column);
        } else if table.is_key(&column.name) {
            return Err(Error::NoColumn { table: table.name, column: column.name.clone() });
        }
    }
    Ok((places, columns))
}

fn unknown_columns(table: &TargetTable, header: &ByteRecord) -> Vec<String> {
    let is_known = |name: &[u8]| table.columns.iter().any(|column| column.name.as_bytes() == name);
    let unknown = header.iter().filter(|name| !is_known(name));
    unknown.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

fn copy_statement(table: &TargetTable, columns: &[&TargetColumn]) -> String {
    let names = |keeps_empty: bool| {
        let of_kind = columns.iter().filter(|column| column.keeps_empty == keeps_empty);
        quote_list(of_kind.map(|column| column.name.as_str()))
    };
    let (texts, others) = (names(true), names(false));
    let mut options = String::from("FORMAT csv, HEADER true");
    if !texts.is_empty() {
        options.push_str(&format!(", FORCE_NOT_NULL ({texts})"));
    }
    if !others.is_empty() {
        options.push_str(&format!(", FORCE_NULL ({others})"));
    }
    let all = quote_list(columns.iter().map(|column| column.name.as_str()));
    format!("COPY {} ({all}) FROM STDIN (ENCODING 'UTF8', {options})", table.staging())
}

fn unreadable(table: &TargetTable) -> impl Fn(csv::Error) -> Error {
    let table = table.name;
    move |error| Error::Read { table, source: slack_model::Error::csv(&format!("{table}.csv"), error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_quoted_and_nul_is_counted() {
        let mut out = Vec::new();
        let fields: [&[u8]; 4] = [b"\\.", b"", b"a\0\0b", b"say \"hi\"\n"];
        assert_eq!(encode_record(fields.into_iter(), &mut out), 2);
        assert_eq!(out, b"\"\\.\",\"\",\"ab\",\"say \"\"hi\"\"\n\"\n");
    }
}
