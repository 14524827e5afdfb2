//! Apache Parquet (<https://parquet.apache.org>).

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use slack_model::Time;

use super::failed;
use super::ties::Ties;
use crate::error::Result;
use crate::export::{Export, Value, ValueKind};

/// Rows that are in memory at a time.
const ROWS: usize = 1 << 17;

/// Writes an export's nodes as Parquet: `id`, `label`, then every column, typed; fields without a value are null.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_parquet_nodes(export: &Export<'_>, output: impl Write + Send) -> Result<()> {
    write_nodes(export, output).map_err(io::Error::other).map_err(failed("Parquet"))
}

/// Writes an export's edges as Parquet: `source`, `target`, `weight`, relation and channel as far as edges are apart,
/// `first_time` and `last_time` as instants in UTC, null where they are not known.
///
/// Weights are whole numbers, and those above 2^63 − 1 become that; or doubles, where they may be no whole numbers.
///
/// # Errors
///
/// Where the output cannot be written.
pub fn write_parquet_edges(export: &Export<'_>, output: impl Write + Send) -> Result<()> {
    write_edges(export, output).map_err(io::Error::other).map_err(failed("Parquet"))
}

fn write_nodes(export: &Export<'_>, output: impl Write + Send) -> ParquetResult<()> {
    let others =
        export.columns().map(|column| Column::new(column.name, column.kind.into(), Repetition::OPTIONAL));
    let columns = [
        Column::new("id", Kind::Text, Repetition::REQUIRED),
        Column::new("label", Kind::Text, Repetition::REQUIRED),
    ];
    let mut table = Table::new(columns.into_iter().chain(others).collect(), output)?;
    for (number, node) in export.nodes().enumerate() {
        let mut columns = table.columns.iter_mut();
        for (text, column) in [&node.id, &node.label].into_iter().zip(&mut columns) {
            column.push_text(Some(text.as_str().into()));
        }
        for (value, column) in export.fields(number, node).zip(&mut columns) {
            match value {
                Some(Value::Text(text)) => column.push_text(Some(text.into())),
                Some(Value::Integer(number)) => column.push_integer(Some(number)),
                Some(Value::Float(number)) => column.push_float(number),
                None => column.push_null(),
            }
        }
        table.end_row()?;
    }
    table.finish()
}

fn write_edges(export: &Export<'_>, output: impl Write + Send) -> ParquetResult<()> {
    let (edges, weight_kind) = (export.edge_kind(), export.weight_kind());
    let columns = [
        Some(Column::new("source", Kind::Text, Repetition::REQUIRED)),
        Some(Column::new("target", Kind::Text, Repetition::REQUIRED)),
        Some(Column::new("weight", weight_kind.into(), Repetition::REQUIRED)),
        edges.has_relation().then(|| Column::new("relate", Kind::Text, Repetition::OPTIONAL)),
        edges.has_channel().then(|| Column::new("channel", Kind::Text, Repetition::OPTIONAL)),
        Some(Column::new("first_time", Kind::Time, Repetition::OPTIONAL)),
        Some(Column::new("last_time", Kind::Time, Repetition::OPTIONAL)),
    ];
    let mut table = Table::new(columns.into_iter().flatten().collect(), output)?;
    // A text that is the same in many rows is copied once.
    let ids: Vec<_> = export.nodes().map(|node| ByteArray::from(node.id.as_str())).collect();
    let mut ties = Ties::new();
    for edge in export.edges() {
        let tie = ties
            .of(&edge, str::to_owned, |_| [edge.relate, edge.channel].map(|text| text.map(ByteArray::from)));
        let mut columns = table.columns.iter_mut();
        for (end, column) in [edge.source, edge.target].into_iter().zip(&mut columns) {
            column.push_text(Some(ids[end].clone()));
        }
        for column in columns.by_ref().take(1) {
            match weight_kind {
                // Beyond the largest, `as` gives the largest.
                ValueKind::Integer => column.push_integer(Some(edge.weight as i64)),
                ValueKind::Float | ValueKind::Text => column.push_float(edge.weight),
            }
        }
        for (text, column) in tie.iter().flatten().zip(&mut columns) {
            column.push_text(Some(text.clone()));
        }
        for (time, column) in [edge.first_time, edge.last_time].into_iter().zip(&mut columns) {
            column.push_integer(time.map(Time::micros));
        }
        table.end_row()?;
    }
    table.finish()
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Float,
    Time,
}

impl From<ValueKind> for Kind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Text => Self::Text,
            ValueKind::Integer => Self::Integer,
            ValueKind::Float => Self::Float,
        }
    }
}

/// The values of a column that are not written yet.
struct Column {
    name: String,
    kind: Kind,
    repetition: Repetition,
    texts: Vec<ByteArray>,
    integers: Vec<i64>,
    floats: Vec<f64>,
    /// 1 where there is a value, 0 where there is none.
    levels: Vec<i16>,
}

impl Column {
    fn new(name: &str, kind: Kind, repetition: Repetition) -> Self {
        let (texts, integers, floats, levels) = Default::default();
        Self { name: name.into(), kind, repetition, texts, integers, floats, levels }
    }

    fn as_type(&self) -> ParquetResult<Arc<Type>> {
        let (physical, logical) = match self.kind {
            Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (PhysicalType::INT64, None),
            Kind::Float => (PhysicalType::DOUBLE, None),
            Kind::Time => (PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let builder = Type::primitive_type_builder(&self.name, physical);
        Ok(Arc::new(builder.with_repetition(self.repetition).with_logical_type(logical).build()?))
    }

    fn push_text(&mut self, text: Option<ByteArray>) {
        self.levels.push(text.is_some().into());
        self.texts.extend(text);
    }

    fn push_integer(&mut self, number: Option<i64>) {
        self.levels.push(number.is_some().into());
        self.integers.extend(number);
    }

    fn push_float(&mut self, number: f64) {
        self.levels.push(1);
        self.floats.push(number);
    }

    fn push_null(&mut self) {
        self.levels.push(0);
    }

    fn clear(&mut self) {
        self.texts.clear();
        self.integers.clear();
        self.floats.clear();
        self.levels.clear();
    }
}

/// A table that is written a group of rows at a time.
struct Table<W: Write + Send> {
    columns: Vec<Column>,
    rows: usize,
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> Table<W> {
    fn new(columns: Vec<Column>, output: W) -> ParquetResult<Self> {
        let fields = columns.iter().map(Column::as_type).collect::<ParquetResult<_>>()?;
        let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
        let properties = WriterProperties::builder().set_compression(Compression::LZ4_RAW).build();
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties))?;
        Ok(Self { columns, rows: 0, writer })
    }

    fn end_row(&mut self) -> ParquetResult<()> {
        self.rows += 1;
        if self.rows == ROWS { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> ParquetResult<()> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else {
                return Err(ParquetError::General("a column is not in the schema".into()));
            };
            let levels = (column.repetition == Repetition::OPTIONAL).then_some(&column.levels[..]);
            match column.kind {
                Kind::Text => writer.typed::<ByteArrayType>().write_batch(&column.texts, levels, None)?,
                Kind::Float => writer.typed::<DoubleType>().write_batch(&column.floats, levels, None)?,
                Kind::Integer | Kind::Time => {
                    writer.typed::<Int64Type>().write_batch(&column.integers, levels, None)?
                }
            };
            writer.close()?;
            column.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    fn finish(mut self) -> ParquetResult<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.finish()?;
        Ok(self.writer.inner_mut().flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edges, NodeValues, SocialGraph};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use slack_model::MemoryTables;

    fn rows(file: Vec<u8>) -> Vec<String> {
        let reader = SerializedFileReader::new(bytes::Bytes::from(file)).expect("a file");
        let rows = reader.get_row_iter(None).expect("rows");
        rows.map(|row| row.expect("a row").to_string()).collect()
    }

    #[test]
    fn rows_are_read_back() {
        let tables = MemoryTables::default();
        tables.insert("node_data", "Id,Label,type\nU1,\"a\"\"\u{0}\n שלום\",user\nU2,,user\n");
        tables.insert(
            "edge_data",
            "Source,Target,Type,Weight,relate,channel,first_time,last_time\n\
             U1,U2,Directed,3,reacts,C1,1970-01-01T00:00:05.000000Z,\n",
        );
        let graph = SocialGraph::read(&tables).expect("sound");
        let export = Export::new(&graph).with_column("core", NodeValues::Integer(vec![None, Some(-3)]));
        let mut file = Vec::new();
        write_parquet_nodes(&export, &mut file).expect("a Vec takes everything");
        let nothing = "type: \"user\", name: null, iso: null, country: null, city: null, \
             channel_type: null, channel_class: null";
        assert_eq!(
            rows(file),
            [
                format!("{{id: \"U1\", label: \"a\"\0\n שלום\", {nothing}, core: null}}"),
                format!("{{id: \"U2\", label: \"\", {nothing}, core: -3}}"),
            ]
        );
        let mut file = Vec::new();
        write_parquet_edges(&export.with_edges(Edges::ByRelation), &mut file)
            .expect("a Vec takes everything");
        assert_eq!(
            rows(file),
            ["{source: \"U1\", target: \"U2\", weight: 3, relate: \"reacts\", \
              first_time: 1970-01-01 00:00:05.000000 +00:00, last_time: null}"]
        );
        let half = std::collections::BTreeMap::from([("reacts".to_owned(), 0.5)]);
        let mut file = Vec::new();
        write_parquet_edges(&Export::new(&graph).with_relations(&half), &mut file)
            .expect("a Vec takes everything");
        assert!(rows(file)[0].contains("weight: 1.5,"));
        let mut file = Vec::new();
        write_parquet_edges(&Export::new(&SocialGraph::default()), &mut file)
            .expect("a Vec takes everything");
        assert_eq!(rows(file), [""; 0]);
    }
}
