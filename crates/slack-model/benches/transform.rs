//! Reads made-up pages into tables in memory: `cargo bench -p slack-model`.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use slack_model::batch::BatchFolder;
use slack_model::{MemoryTables, TransformOptions, transform};

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

fn bench(bencher: Bencher<'_, '_>, set: impl FnOnce(&mut TransformOptions)) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let n_bytes = write_pages(folder.path()).unwrap_or_default();
    let batch = BatchFolder::new(folder.path().into(), slack_model::BatchId::at(slack_model::Time::EPOCH));
    let mut options = TransformOptions::default();
    set(&mut options);
    bencher
        .counter(BytesCount::new(n_bytes))
        .bench(|| transform(&batch, &MemoryTables::default(), &options, &()));
}

/// 10 channels of 4 pages, each with 1,000 messages whose blocks say the text again, as Slack's do.
fn write_pages(root: &Path) -> std::io::Result<usize> {
    let mut n_bytes = 0;
    for channel in 0..10 {
        let folder = root.join(format!("api/conversations.history/C{channel}"));
        fs::create_dir_all(&folder)?;
        for page in 0..4_u32 {
            let messages: Vec<_> =
                (0..1_000).map(|number| message(1_700_000_000 - page * 1_000 - number)).collect();
            let body = format!("{{\"ok\":true,\"messages\":[{}],\"has_more\":false}}", messages.join(","));
            n_bytes += body.len();
            fs::write(folder.join(format!("{:05}.json", page + 1)), body)?;
        }
    }
    Ok(n_bytes)
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
