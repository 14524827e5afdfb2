use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;
use slack_model::rows::{Window, WindowScope};
use slack_model::{BatchId, ChannelId, TableSource, Ts};

use crate::capture::Capture;
use crate::error::Result;
use crate::fault;
use crate::rows;

/// What the tables cover, and what is missing from them.
#[derive(Debug, Serialize)]
pub(crate) struct Missing {
    batches: Vec<Batch>,
    gaps: Vec<Hole>,
    last_run: Option<LastRun>,
}

#[derive(Debug, Serialize)]
struct Batch {
    batch: String,
    source: String,
    status: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    /// From where its windows begin to where they end: what it walked completely.
    oldest: Option<String>,
    latest: Option<String>,
    /// Number of requests that failed.
    gaps: u64,
    set_aside: u64,
}

#[derive(Debug, Serialize)]
struct Hole {
    batch: String,
    method: String,
    /// The channel's name; empty where it was no channel's, or one that is not shown.
    channel: String,
    /// The kind of fault.
    error: String,
    count: u64,
}

/// Gaps after which those of older captures are left out: each capture's number of them is told anyway.
const HOLES: usize = 1_000;

#[derive(Debug, Serialize)]
struct LastRun {
    batch: String,
    stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
struct Stage {
    stage: String,
    seconds: f64,
}

/// Puts together what is known of captures. `channels` holds the names of channels that may be told.
pub(crate) fn missing(
    tables: &dyn TableSource,
    captures: &[Capture],
    channels: &FxHashMap<ChannelId, String>,
) -> Result<Missing> {
    let mut covered = FxHashMap::<BatchId, (Ts, Ts)>::default();
    rows::each(tables, |window: Window| {
        // A thread's window says when its replies were read, and nothing of the time in between.
        if matches!(window.scope, WindowScope::All | WindowScope::Messages) {
            let (oldest, latest) = covered.entry(window.batch).or_insert((window.oldest, window.latest));
            (*oldest, *latest) = ((*oldest).min(window.oldest), (*latest).max(window.latest));
        }
    })?;
    let batch = |capture: &Capture| {
        let window = covered.get(&capture.batch);
        Batch {
            batch: capture.batch.to_string(),
            source: capture.source.clone(),
            status: capture.status.clone(),
            started_at: capture.started_at.clone(),
            finished_at: capture.finished_at.clone(),
            oldest: window.map(|(oldest, _)| oldest.time().to_string()),
            latest: window.map(|(_, latest)| latest.time().to_string()),
            gaps: capture.gaps.iter().map(|gap| gap.count).sum(),
            set_aside: capture.set_aside,
        }
    };
    let mut gaps = Vec::<Hole>::new();
    // Of a long history, the newest captures say what is missing now.
    for capture in captures.iter().rev() {
        let mut holes = BTreeMap::<(String, String, String), u64>::new();
        for gap in &capture.gaps {
            let channel =
                gap.channel.as_ref().and_then(|channel| channels.get(channel)).cloned().unwrap_or_default();
            // Conversations that are withheld are not told apart either.
            let (method, error) = (fault::method(&gap.method), fault::kind(&gap.error));
            *holes.entry((method, channel, error)).or_default() += gap.count;
        }
        let batch = capture.batch.to_string();
        gaps.extend(holes.into_iter().map(|((method, channel, error), count)| {
            let batch = batch.clone();
            Hole { batch, method, channel, error, count }
        }));
        if gaps.len() >= HOLES {
            break;
        }
    }
    let last_run = captures.iter().rev().find(|capture| !capture.stages.is_empty()).map(|capture| LastRun {
        batch: capture.batch.to_string(),
        stages: capture
            .stages
            .iter()
            .map(|stage| Stage { stage: stage.name.clone(), seconds: stage.seconds })
            .collect(),
    });
    Ok(Missing { batches: captures.iter().map(batch).collect(), gaps, last_run })
}
