//! Neither threads nor memory change a byte of what a transformation writes, and nothing is left beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use slack_model::batch::BatchFolder;
use slack_model::{TransformOptions, transform_folder};

/// Pages of five channels: messages in several pages, threads, edits, reactions, odd records, files, members.
fn make_batch(root: &Path) {
    let put = |path: String, body: String| {
        let path = root.join("api").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, body).expect("written");
    };
    for channel in 0..5_u64 {
        let members: Vec<_> = (0..40).map(|user| format!("\"U{:03}\"", (user * 7 + channel) % 53)).collect();
        for page in 1..=2 {
            put(
                format!("conversations.members/C{channel}/{page:05}.json"),
                format!("{{\"members\":[{}]}}", members.join(",")),
            );
        }
        // Threads whose pages are larger than most.
        for thread in 0..3 * channel {
            let ts = format!("{}.000007", 1_610_000_000 + thread * 1_000);
            let more = format!(",\"thread_ts\":\"{ts}\"");
            let replies: Vec<_> = (0..300)
                .map(|number| {
                    message(&format!("{}.000007", 1_610_000_000 + thread * 1_000 + number), number, &more)
                })
                .collect();
            put(
                format!("conversations.replies/C{channel}/{ts}-00001.json"),
                format!("{{\"messages\":[{}],\"has_more\":false}}", replies.join(",")),
            );
        }
        let n_pages = 1 + channel * 3;
        for page in 1..=n_pages {
            let mut messages = Vec::new();
            for number in 0..30 {
                let ts = format!("{}.{:06}", 1_600_000_000 - page * 1_000 - number, number % 3);
                messages.push(message(&ts, number + page + channel, ""));
                if number % 10 == 0 {
                    let thread = format!(",\"thread_ts\":\"{ts}\"");
                    let reply = format!("{}.{number:06}", 1_600_000_000 + page * 1_000 + number);
                    let parent = format!("{thread},\"reply_count\":1,\"latest_reply\":\"{reply}\"");
                    let replies = [message(&ts, number, &parent), message(&reply, number + 1, &thread)];
                    put(
                        format!("conversations.replies/C{channel}/{ts}-00001.json"),
                        format!("{{\"messages\":[{}],\"has_more\":false}}", replies.join(",")),
                    );
                }
            }
            if page == 2 {
                messages.push("{\"ts\":\"none\"}".into());
                messages.push("{\"ts\":\"1600000000.000009\",\"text\":7,\"user\":\"U7\"}".into());
            }
            let cursor = if page < n_pages { "more" } else { "" };
            put(
                format!("conversations.history/C{channel}/{page:05}.json"),
                format!(
                    "{{\"messages\":[{}],\"response_metadata\":{{\"next_cursor\":\"{cursor}\"}}}}",
                    messages.join(",")
                ),
            );
        }
    }
}

fn message(ts: &str, number: u64, more: &str) -> String {
    let mut extra = more.to_owned();
    if number.is_multiple_of(4) {
        let _ = write!(
            extra,
            r#","reactions":[{{"name":"a,b","users":["U{0:03}","U001"]}},{{"name":"+1","users":["U{0:03}"]}}]"#,
            number % 50
        );
    }
    if number.is_multiple_of(5) {
        let _ = write!(extra, r#","files":[{{"id":"F{}","name":"a, \"b\""}}]"#, number % 11);
    }
    if number.is_multiple_of(3) {
        let _ = write!(extra, r#","edited":{{"ts":"{}.000000"}}"#, 1_600_000_000 + number);
    }
    format!(
        r#"{{"type":"message","ts":"{ts}","user":"U{:03}","text":"text \"{number}\",\nmore"{extra}}}"#,
        number % 60
    )
}

/// All files of the batch but its pages.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("listed") {
            let path = entry.expect("listed").path();
            if path.is_dir() && path != root.join("api") {
                folders.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).expect("read"));
            }
        }
    }
    found
}

#[test]
fn threads_and_memory_change_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    make_batch(folder.path());
    let batch = BatchFolder::new(folder.path().into(), "20240301120000".parse().expect("a batch"));
    let mut first = None;
    for threads in [1, 2, 5] {
        for max_memory in [None, Some(1), Some(20_000), Some(200_000), Some(3 << 20)] {
            let mut options = TransformOptions::default();
            options.threads = NonZeroUsize::new(threads);
            options.max_memory = max_memory;
            let summary = transform_folder(&batch, &options, &()).expect("transformed");
            assert!(summary.rows["message_data"] > 500 && summary.rows["file_data"] > 20, "{summary:?}");
            assert!(summary.set_aside > 3 && summary.rows["thread_data"] > 50, "{summary:?}");
            let made = (summary, files(folder.path()));
            assert!(made.1.keys().all(|name| name.starts_with("csv/") || name.starts_with("metadata/")));
            assert_eq!(first.get_or_insert_with(|| made.clone()), &made, "{threads}, {max_memory:?}");
        }
    }
}

#[test]
fn nothing_is_left_where_a_table_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    make_batch(folder.path());
    fs::write(folder.path().join("metadata"), "a file where a folder should be").expect("written");
    let batch = BatchFolder::new(folder.path().into(), "20240301120000".parse().expect("a batch"));
    let mut options = TransformOptions::default();
    options.max_memory = Some(1);
    transform_folder(&batch, &options, &()).expect_err("no metadata can be written");
    let left: Vec<_> = files(folder.path()).into_keys().collect();
    assert_eq!(left, ["metadata"]);
    assert!(!folder.path().join(".transform.spill").exists());
}
