//! Tables that are read while they are written: the graph is built from the pass that measures it.

use std::collections::BTreeMap;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use slack_model::{DerivedFolder, Schema, TableSink, TableSource};

/// A folder that tables are written to, with a tap on some of them.
pub(crate) struct TappedFolder {
    folder: DerivedFolder,
    taps: Mutex<BTreeMap<&'static str, PipeWriter>>,
}

/// What comes out of the taps. Each table can be opened once, in the order in which it is written.
pub(crate) struct Taps(Mutex<BTreeMap<&'static str, PipeReader>>);

/// Puts taps on tables of a folder.
pub(crate) fn tapped(folder: PathBuf, tables: &[Schema]) -> io::Result<(TappedFolder, Taps)> {
    let (mut ins, mut outs) = (BTreeMap::new(), BTreeMap::new());
    for table in tables {
        let (out, into) = io::pipe()?;
        ins.insert(table.name, into);
        outs.insert(table.name, out);
    }
    Ok((TappedFolder { folder: DerivedFolder(folder), taps: Mutex::new(ins) }, Taps(Mutex::new(outs))))
}

impl TableSource for Taps {
    fn open(&self, schema: &Schema) -> slack_model::Result<Option<Box<dyn Read + Send>>> {
        let tap = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(schema.name);
        Ok(tap.map(|tap| Box::new(tap) as _))
    }
}

impl TableSink for TappedFolder {
    type Output = TappedFile;

    fn create(&self, schema: &Schema) -> slack_model::Result<TappedFile> {
        let tap = self.taps.lock().unwrap_or_else(PoisonError::into_inner).remove(schema.name);
        Ok(TappedFile { file: self.folder.create(schema)?, tap })
    }

    fn finish(&self, schema: &Schema, output: TappedFile) -> slack_model::Result<()> {
        let TappedFile { file, tap } = output;
        // Whoever reads has all of it only now.
        drop(tap);
        self.folder.finish(schema, file)
    }
}

/// A table's file, and the tap on it.
pub(crate) struct TappedFile {
    file: slack_model::atomic::AtomicFile,
    tap: Option<PipeWriter>,
}

impl Write for TappedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        // Who stopped reading says why; the table is written all the same.
        self.tap = self.tap.take().filter(|mut tap| tap.write_all(bytes).is_ok());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::rows::Node;
    use slack_model::{Table, TableReader, TableWriter};

    fn node(id: &str) -> Node {
        Node {
            id: id.into(),
            label: String::new(),
            kind: "user".into(),
            name: String::new(),
            iso: String::new(),
            country: String::new(),
            city: String::new(),
            channel_type: String::new(),
            channel_class: String::new(),
        }
    }

    #[test]
    fn a_table_is_read_while_it_is_written_and_a_deaf_reader_costs_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("node_data.csv");
        for listens in [true, false] {
            let (sink, taps) = tapped(folder.path().into(), &[Node::SCHEMA]).expect("pipes");
            let read = std::thread::scope(|scope| {
                let reader = scope.spawn(|| {
                    let table = TableReader::open(&taps, &Node::SCHEMA).expect("a header").expect("a tap");
                    if listens {
                        table.rows::<Node>().map(|row| row.expect("a node").id).collect()
                    } else {
                        Vec::new()
                    }
                });
                let output = sink.create(&Node::SCHEMA).expect("a file");
                let mut writer = TableWriter::new(output, &Node::SCHEMA).expect("a header");
                for number in 10_000..20_000 {
                    writer.write_row(&node(&format!("U{number}"))).expect("written");
                }
                sink.finish(&Node::SCHEMA, writer.finish().expect("written").0).expect("complete");
                reader.join().expect("no panic")
            });
            assert_eq!(read.len(), if listens { 10_000 } else { 0 });
            assert_eq!(std::fs::read_to_string(&path).expect("read").lines().count(), 10_001);
        }
    }
}
