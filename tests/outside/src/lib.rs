//! What an embedder writes: a source of batches, a metric, and a store.

use std::collections::BTreeMap;

use slack_metrics::{Accumulator as _, Channel, Metric, Rows};
use slack_model::batch::{
    BatchFolder, BatchWriter, Capture, DataHome, Metadata, Request, RequestStatus, Source,
};
use slack_model::{Fraction, Progress, RawReader};
use slack_store::{Input, LoadSummary, Store, TableLoad};

/// Words of a channel that nobody else must see.
pub const SECRET: &str = "the treasure is under the oak";

/// A source that knows one channel by heart, and gives it in Slack's own form.
pub struct Diary;

impl Source for Diary {
    type Error = slack_model::Error;

    fn capture(&mut self, home: &DataHome, _: &dyn Progress) -> Result<Capture, Self::Error> {
        let writer = BatchWriter::begin(home, "diary", chrono::Utc::now(), Metadata::default())?;
        let mut capture = Capture::new(writer.batch().clone());
        let messages = format!(
            r#"{{"ok":true,"has_more":false,"messages":[
                {{"type":"message","user":"U2","text":"Where?","ts":"1600000100.000200"}},
                {{"type":"message","user":"U1","text":"{SECRET}","ts":"1600000000.000100"}}]}}"#
        );
        let pages = [
            (
                "users.list",
                None,
                r#"{"ok":true,"members":[{"id":"U1","name":"ada"},{"id":"U2","name":"bob"}]}"#,
            ),
            (
                // Lists of channels are asked for by type: one of public channels makes them public.
                "conversations.list",
                Some("public_channel"),
                r#"{"ok":true,"channels":[{"id":"C1","name":"general","is_channel":true,"is_private":false}]}"#,
            ),
            ("conversations.history", Some("C1"), messages.as_str()),
        ];
        for (method, object, page) in pages {
            let mut row = Request::new(method, RequestStatus::Ok);
            row.channel = object.filter(|_| method == "conversations.history").map(Into::into);
            let file = BatchFolder::page(method, object, None, 1);
            writer.store_page(&file.to_string_lossy().replace('\\', "/"), page.as_bytes(), row)?;
            capture.stored += 1;
        }
        writer.finish("complete")?;
        Ok(capture)
    }
}

slack_model::table! {
    /// How much of a channel ends in a question mark.
    pub struct QuestionRow in "questions_by_channel" by (channel) {
        /// The channel.
        open channel: slack_model::ChannelId,
        /// Number of posts.
        open posts: u64,
        /// The share of them that ask, from 0 to 1.
        open asking: Option<Fraction>,
        /// The first post's text.
        private first_text: String,
    }
}

/// A metric whose table has a column that nobody but the owner may see.
pub struct Questions;

impl Metric for Questions {
    type Row<'r> = QuestionRow;
    type Accumulator = u64;

    fn channel(&self, channel: &Channel<'_>, rows: &mut Rows<'_, Self>) -> u64 {
        let posts = channel.posts().count() as u64;
        let asking = channel.posts().filter(|post| channel.text(post).ends_with(b"?")).count();
        let text = channel.posts().next().map(|post| channel.text(post)).unwrap_or_default();
        rows.write(&QuestionRow {
            channel: String::from_utf8_lossy(channel.id()).into_owned().into(),
            posts,
            asking: Fraction::of(asking as f64 / posts as f64),
            first_text: String::from_utf8_lossy(text).into_owned(),
        });
        let mut seen = 0;
        seen.merge(posts);
        seen
    }
}

/// A store that counts rows, and keeps nothing else.
#[derive(Debug, Default)]
pub struct Counter(pub BTreeMap<&'static str, u64>);

impl Store for Counter {
    type Error = slack_model::Error;

    fn load(&mut self, input: &Input<'_>, _: &dyn Progress) -> Result<LoadSummary, Self::Error> {
        let mut summary = LoadSummary::default();
        for job in input.jobs() {
            let mut load = TableLoad::of(job.schema.name);
            if let Some(mut rows) = RawReader::open(job.source, &job.schema)? {
                while rows.read()?.is_some() {
                    load.rows += 1;
                }
            }
            self.0.insert(job.schema.name, load.rows);
            summary.tables.push(load);
        }
        Ok(summary)
    }
}
