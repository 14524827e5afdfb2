//! What a transformation writes is sorted by its key, whatever the texts: a merge reads nothing else.

use std::fs;
use std::path::Path;

use slack_model::batch::BatchFolder;
use slack_model::rows::TABLES;
use slack_model::{AscendingKeys, MemoryTables, RawReader, TransformOptions, transform};

/// A thread's first message whose text was changed between two pages, without a word of an edit.
fn write_pages(root: &Path, before: &str, after: &str) {
    let pages = [("history", "00001", before), ("replies", "1600000000.000001-00001", after)];
    for (method, page, text) in pages {
        let folder = root.join(format!("api/conversations.{method}/C1"));
        fs::create_dir_all(&folder).expect("made");
        let message = serde_json::json!({
            "type": "message", "ts": "1600000000.000001", "thread_ts": "1600000000.000001", "text": text,
        });
        let body = serde_json::json!({ "ok": true, "messages": [message] });
        fs::write(folder.join(format!("{page}.json")), body.to_string()).expect("written");
    }
}

#[test]
fn texts_are_in_order_whatever_they_begin_with() {
    let beginnings = ["b", "\u{feff}b", "\"b", ",b", "", " b", "c", "é", "\u{feff}\"b", "\nb", "#b"];
    for before in beginnings {
        for after in beginnings {
            let folder = tempfile::tempdir().expect("a folder");
            write_pages(folder.path(), before, after);
            let batch = BatchFolder::new(folder.path().into(), "20240301120000".parse().expect("a batch"));
            let tables = MemoryTables::default();
            let summary = transform(&batch, &tables, &TransformOptions::default(), &()).expect("transformed");
            let texts = if before == after { 1 } else { 2 };
            assert_eq!(summary.rows["message_revision_data"], texts, "{before:?}, {after:?}");
            for schema in TABLES {
                let Some(mut reader) = RawReader::open(&tables, schema).expect("opened") else { continue };
                let mut keys = AscendingKeys::of(schema);
                while let Some(record) = reader.read().expect("read") {
                    assert!(keys.ascend_to(&record), "{}: {before:?}, {after:?}", schema.name);
                }
            }
        }
    }
}
