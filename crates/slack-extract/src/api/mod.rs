//! The Web API: every read that a token allows, each answer stored as it came.

mod caller;
mod class;
mod http;
mod limiter;
mod options;
mod token;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use slack_model::batch::{DataHome, Metadata};
use slack_model::{BatchId, ChannelId, Progress, Ts};

use self::caller::Caller;
pub use self::class::{CallError, ErrorClass};
pub use self::http::{HttpSlackApi, Params, SlackApi};
pub use self::limiter::Rate;
pub use self::options::{ApiOptions, ChannelType, FileBytes, Part, Threads};
pub use self::token::Token;
use self::walk::Walk;
use crate::error::{Error, Result};
use crate::source::{Capture, Source, describe};

/// The Web API as a source: users, channels, members, history, replies, reactions, files, groups, team.
#[derive(Debug)]
pub struct WebApi<A> {
    api: Arc<A>,
    options: ApiOptions,
}

impl WebApi<HttpSlackApi> {
    /// Slack's API at an address, `https://slack.com/api` mostly, with a token.
    pub fn new(url: &str, token: Token, options: ApiOptions) -> Result<Self> {
        Ok(Self::with(HttpSlackApi::new(url, token)?, options))
    }
}

impl<A: SlackApi> WebApi<A> {
    /// The API as a function, for tests and other transports.
    pub fn with(api: A, options: ApiOptions) -> Self {
        Self { api: Arc::new(api), options }
    }

    /// Captures what there is into a new batch, as [`Source::capture`] does, on the caller's runtime.
    pub async fn capture_async(&self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let mut started_at = Utc::now();
        while home.batch(BatchId::from(started_at)).root().exists() {
            // Batches are named by the second, so the next second makes another.
            tokio::time::sleep(Duration::from_millis(100)).await;
            started_at = Utc::now();
        }
        let id = BatchId::from(started_at);
        let batch = home.batch(id);
        let mut metadata = Metadata::default();
        describe(&batch, &mut metadata, "api", "running", started_at)?;
        // Everything is read as it stood at this moment, so that pages do not shift under the walk.
        let latest = Ts::from_micros(started_at.timestamp_micros()).unwrap_or_else(|| id.time().into());
        let caller = Caller::new(Arc::clone(&self.api), batch.clone(), &self.options)?;
        let outcome = Walk::new(&caller, &self.options, latest, progress).run().await;
        let (report, team) = caller.finish();
        if let Some((id, name)) = team {
            metadata.set("team_id", id);
            metadata.set("team_name", name);
        }
        let windows = match &outcome {
            Ok(windows) => windows.as_slice(),
            Err(stopped) => stopped.windows.as_slice(),
        };
        for (channel, oldest, latest) in windows {
            metadata.set_window(channel, *oldest, *latest);
        }
        let status = match &outcome {
            Err(_) => "failed",
            Ok(_) if report.gaps.is_empty() => "complete",
            Ok(_) => "partial",
        };
        describe(&batch, &mut metadata, "api", status, started_at)?;
        match outcome {
            Err(stopped) => Err(stopped.error),
            Ok(_) => Ok(Capture {
                batch,
                was_there: false,
                stored: report.stored,
                bytes: report.bytes,
                waited: report.waited,
                gaps: report.gaps,
            }),
        }
    }
}

impl<A: SlackApi> Source for WebApi<A> {
    /// Runs [`WebApi::capture_async`] on a runtime of its own; inside another one, call that instead.
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(Error::Network)?.block_on(self.capture_async(home, progress))
    }
}

/// A channel and the stretch of time in which its history was walked completely.
pub(crate) type WalkedWindow = (ChannelId, Ts, Ts);
