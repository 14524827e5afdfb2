//! A metric of one's own, measured in the same pass as the built-in ones: are questions answered?
//!
//! ```sh
//! cargo run --example custom_metric -- MASTER_CSV OUT
//! ```
//!
//! `OUT` gets `questions_by_channel.csv` beside the built-in tables.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod visible;

use std::error::Error;
use std::path::Path;

use slack_metrics::{Channel, Message, Metric, MetricOptions, Rows, Thread, measure_with};
use slack_model::{ChannelId, Folder, Table, TableReader};

use self::visible::visible;

slack_model::table! {
    /// The questions of a channel.
    struct Questions in "questions_by_channel" by (channel) {
        /// The channel.
        open channel: ChannelId,
        /// Posts outside of threads, or opening one, that ask something.
        open asked: u64,
        /// Those that another person replied to.
        open answered: u64,
    }
}

struct QuestionsByChannel;

impl Metric for QuestionsByChannel {
    // A row needs one channel only, so nothing is kept.
    type Accumulator = ();
    type Row<'r> = Questions;

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) {
        let asks = |post: &&Message| !post.is_reply() && is_question(channel.text(post));
        let asked = channel.posts().filter(asks).count() as u64;
        let is_answered = |thread: &Thread<'_>| {
            thread.opening_post().filter(asks).is_some_and(|question| {
                thread.messages().any(|reply| reply.is_post() && reply.user() != question.user())
            })
        };
        let answered = channel.threads().filter(is_answered).count() as u64;
        if asked > 0 {
            let channel = String::from_utf8_lossy(channel.id()).into_owned().into();
            rows.write(&Questions { channel, asked, answered });
        }
    }
}

/// Whether a word ends in a question mark. In Slack's markup a link ends in `>`, so none counts.
fn is_question(text: &[u8]) -> bool {
    text.split(u8::is_ascii_whitespace).any(|word| word.ends_with(b"?"))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [master, out] = arguments.as_slice() else {
        return Err("usage: custom_metric MASTER_CSV OUT".into());
    };
    if !Path::new(master).is_dir() {
        return Err(format!("{master} is no folder").into());
    }
    let (visible, out) = (visible(Path::new(master))?, Folder(out.into()));
    let summary =
        measure_with(&visible.tables, &out, &MetricOptions::default(), &(), &[&QuestionsByChannel])?;
    println!("{} tables of {} posts", summary.tables.len(), summary.posts);

    if let Some(table) = TableReader::open(&out, &Questions::SCHEMA)? {
        for row in table.rows() {
            let Questions { channel, asked, answered } = row?;
            println!("{channel}: {answered} of {asked} questions answered");
        }
    }
    Ok(())
}
