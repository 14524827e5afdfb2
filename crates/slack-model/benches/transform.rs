//! Reads made-up pages into tables that are thrown away: `cargo bench -p slack-model`. With `SLACK_BENCH_BATCH=<folder>` it reads
//! a batch's pages of history instead.
//!
//! `bare_scan` is what the machine can do: it reads the same files and scans them as JSON, and keeps nothing.

use std::fs::{self, File};
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use divan::Bencher;
use divan::counter::BytesCount;
use serde::de::IgnoredAny;
use slack_model::batch::BatchFolder;
use slack_model::{Schema, TableSink, TransformOptions, transform};

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn history(bencher: Bencher<'_, '_>, threads: usize) {
    bench(bencher, |options| options.threads = NonZeroUsize::new(threads));
}

#[divan::bench(sample_count = 10)]
fn history_in_a_megabyte(bencher: Bencher<'_, '_>) {
    bench(bencher, |options| options.max_memory = Some(1 << 20));
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn bare_scan(bencher: Bencher<'_, '_>, threads: usize) {
    let Some(pages) = Pages::find() else { return };
    bencher.counter(BytesCount::new(pages.n_bytes)).bench(|| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut bytes = Vec::new();
                    while let Some(path) = pages.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        bytes.clear();
                        let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
                        let text = read.ok().and_then(|_| std::str::from_utf8(&bytes).ok());
                        divan::black_box(text.map(serde_json::from_str::<IgnoredAny>).is_some());
                    }
                });
            }
        });
    });
}

fn bench(bencher: Bencher<'_, '_>, set: impl FnOnce(&mut TransformOptions)) {
    let Some(pages) = Pages::find() else { return };
    let batch = BatchFolder::new(pages.root, slack_model::BatchId::at(slack_model::Time::EPOCH));
    let mut options = TransformOptions::default();
    set(&mut options);
    bencher.counter(BytesCount::new(pages.n_bytes)).bench(|| transform(&batch, &Nowhere, &options, &()));
}

/// Takes tables and keeps nothing of them: what a disk costs is not what is measured.
struct Nowhere;

impl TableSink for Nowhere {
    type Output = std::io::Sink;

    fn create(&self, _: &Schema) -> slack_model::Result<std::io::Sink> {
        Ok(std::io::sink())
    }

    fn finish(&self, _: &Schema, _: std::io::Sink) -> slack_model::Result<()> {
        Ok(())
    }
}

/// A batch's pages of history.
struct Pages {
    root: PathBuf,
    files: Vec<PathBuf>,
    n_bytes: usize,
    _made: Option<tempfile::TempDir>,
}

impl Pages {
    fn find() -> Option<Self> {
        let given = std::env::var_os("SLACK_BENCH_BATCH").map(PathBuf::from);
        let made = if given.is_none() { Some(tempfile::tempdir().ok()?) } else { None };
        let root = given.or_else(|| Some(made.as_ref()?.path().into()))?;
        if made.is_some() {
            write_pages(&root).ok()?;
        }
        let (mut files, mut n_bytes) = (Vec::new(), 0);
        for channel in fs::read_dir(root.join("api/conversations.history")).ok()?.flatten() {
            for page in fs::read_dir(channel.path()).ok()?.flatten() {
                n_bytes += page.metadata().map_or(0, |metadata| metadata.len() as usize);
                files.push(page.path());
            }
        }
        Some(Self { root, files, n_bytes, _made: made })
    }
}

/// 10 channels of 4 pages, each with 1,000 messages whose blocks say the text again, as Slack's do.
fn write_pages(root: &Path) -> std::io::Result<()> {
    for channel in 0..10 {
        let folder = root.join(format!("api/conversations.history/C{channel}"));
        fs::create_dir_all(&folder)?;
        for page in 0..4_u32 {
            let messages: Vec<_> =
                (0..1_000).map(|number| message(1_700_000_000 - page * 1_000 - number)).collect();
            let body = format!("{{\"ok\":true,\"messages\":[{}],\"has_more\":false}}", messages.join(","));
            fs::write(folder.join(format!("{:05}.json", page + 1)), body)?;
        }
    }
    Ok(())
}

fn message(seconds: u32) -> String {
    let (user, text) = (
        seconds % 997,
        format!("ship it <@U{:04}>, \\\"today\\\", see <https:\\/\\/example.org|this>", seconds % 991),
    );
    let reactions = if seconds.is_multiple_of(8) {
        r#","reactions":[{"name":"+1","users":["U1","U2"],"count":2}]"#
    } else {
        ""
    };
    format!(
        r#"{{"user":"U{user:04}","type":"message","ts":"{seconds}.000100","client_msg_id":"00000000-0000-4000-8000-{seconds:012}","text":"{text}","team":"T1","blocks":[{{"type":"rich_text","block_id":"abcde","elements":[{{"type":"rich_text_section","elements":[{{"type":"text","text":"{text}"}}]}}]}}]{reactions}}}"#
    )
}
