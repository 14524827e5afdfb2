//! The Web API: every read that a token allows, each answer stored as it came.

mod api_request;
mod archive;
pub(crate) mod baseline;
mod caller;
pub(crate) mod class;
mod download;
pub(crate) mod http;
mod limiter;
mod lock;
pub(crate) mod methods;
pub(crate) mod object_id;
pub(crate) mod options;
pub(crate) mod plain;
pub(crate) mod resume;
mod safe_name;
mod tally;
pub(crate) mod team;
pub(crate) mod token;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use slack_model::batch::{BatchWriter, DataHome, Metadata};
use slack_model::{BatchId, Progress, Time, Ts};

use self::api_request::ApiRequest;
use self::archive::Archive;
use self::baseline::Baseline;
use self::caller::Caller;
use self::class::ErrorClass;
use self::download::Downloads;
use self::http::{HttpSlackApi, SlackApi};
use self::options::{ApiOptions, FileBytes, Part};
use self::token::Token;
use self::walk::Walk;
use crate::error::{Error, Result};
use slack_model::batch::{Capture, Source};

/// The Web API as a source: users, channels, members, history, replies, reactions, files, groups, team, ...
///
/// With a master in the data home a capture is a refresh: what the master holds already and Slack shows unchanged
/// is not asked for again.
#[derive(Debug)]
pub struct WebApi<A> {
    api: Arc<A>,
    options: ApiOptions,
    resumed: Option<BatchId>,
}

impl WebApi<HttpSlackApi> {
    /// Slack's API at an address, `https://slack.com/api` mostly, with a token.
    pub fn new(url: &str, token: Token, options: ApiOptions) -> Result<Self> {
        Ok(Self::with(HttpSlackApi::new(url, token, options.max_answer)?, options))
    }
}

impl<A: SlackApi> WebApi<A> {
    /// The API as a function, for tests and other transports.
    pub fn with(api: A, options: ApiOptions) -> Self {
        Self { api: Arc::new(api), options, resumed: None }
    }

    /// Goes on with a batch whose capture was broken off, in place of a new one. What to capture is what that
    /// capture was asked for; only the pace, the time-outs and the number of tries are this one's.
    ///
    /// What is in the batch is not asked for again, and the moment up to which messages are read stays.
    #[must_use]
    pub fn resuming(mut self, batch: BatchId) -> Self {
        self.resumed = Some(batch);
        self
    }

    /// Captures what there is into a new batch, as [`Source::capture`] does, on the caller's runtime.
    pub async fn capture_async(&self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let (writer, options) = match self.resumed {
            Some(batch) => self.go_on(home, batch)?,
            None => (self.begin(home).await?, self.options.clone()),
        };
        // Everything is read as it stood at this moment, so that pages do not shift under the walk.
        let latest = Ts::from_micros(writer.started_at().timestamp_micros());
        let latest = latest.unwrap_or_else(|| writer.batch().id().time().into());
        let archive = Archive::open(writer, self.resumed.is_some())?;
        let caller = Caller::new(Arc::clone(&self.api), archive, &options);
        let writer = caller.archive().writer();
        let outcome = self.walk(home, &caller, &options, latest, progress).await;
        // What is captured is on the disk before the metadata claims it.
        let synced = writer.sync();
        let outcome = match outcome {
            Err(stopped) if stopped.error.is_refusal() && self.resumed.is_none() => {
                let root = writer.batch().root();
                std::fs::remove_dir_all(root).map_err(|error| Error::io("remove", root, error))?;
                return Err(stopped.error);
            }
            outcome => outcome,
        };
        let walked = match &outcome {
            Ok(walked) => walked,
            Err(stopped) => &stopped.walked,
        };
        for (channel, oldest) in &walked.histories {
            writer.metadata().set_window(channel, *oldest, latest);
        }
        for (channel, oldest) in &walked.file_lists {
            writer.metadata().set_files_listed(channel, *oldest, latest);
        }
        writer.set_status(match &outcome {
            Err(_) => "failed",
            Ok(_) if caller.n_gaps() == 0 => "complete",
            Ok(_) => "partial",
        })?;
        outcome.map_err(|stopped| stopped.error)?;
        synced?;
        Ok(caller.finish())
    }

    async fn walk(
        &self,
        home: &DataHome,
        caller: &Caller<A>,
        options: &ApiOptions,
        latest: Ts,
        progress: &dyn Progress,
    ) -> Result<walk::Walked, walk::Stopped> {
        let prepared = async {
            self.check_token(caller, &baseline::teams(&home.master_csv())?, options.team.as_deref()).await?;
            let captured = caller.archive().batch().id();
            let mut others = home.batches()?;
            others.retain(|batch| batch.id() != captured);
            let downloads = match options.files {
                FileBytes::Download { limit } if options.has(Part::Files) => {
                    Some(Downloads::open(caller, &others, limit, options.file_timeout)?)
                }
                _ => None,
            };
            if options.full {
                return Ok((Baseline::default(), downloads));
            }
            others.retain(|batch| batch.id() < captured);
            others.reverse();
            Ok((Baseline::read(&home.master_csv(), &others, Some(captured))?, downloads))
        };
        let prepared: Result<_> = prepared.await;
        let (known, downloads) =
            prepared.map_err(|error| walk::Stopped { error, walked: walk::Walked::default() })?;
        Walk::new(caller, options, &known, latest, downloads, progress).run().await
    }

    /// Tries the token before anything else: a wrong one, or a wrong address, must cost one call, and one of
    /// another workspace must not add to this data home.
    async fn check_token(
        &self,
        caller: &Caller<A>,
        teams: &BTreeSet<String>,
        named: Option<&str>,
    ) -> Result<()> {
        let ask = ApiRequest::of(methods::AUTH_TEST);
        let body = if self.resumed.is_some() {
            match caller.ask_aside(&ask).await {
                Ok(body) => body,
                Err(error) if error.class == ErrorClass::Stop => {
                    let advice = error.token_advice();
                    return Err(Error::Refused { advice, code: error.code, reason: error.detail });
                }
                Err(error) => return Err(Error::Unreachable { reason: error.explain() }),
            }
        } else {
            match caller.ask(&ask).await? {
                caller::Answer::Stored(body) => body,
                _ => return Err(Error::Unreachable { reason: caller.last_gap() }),
            }
        };
        let Some((team, name)) = team::read_team(&body, named, caller).await? else {
            return Ok(());
        };
        let writer = caller.archive().writer();
        let batch_team = writer.metadata().get("team_id").to_owned();
        let others = teams.iter().map(String::as_str);
        let others = others.chain([batch_team.as_str()].into_iter().filter(|id| !id.is_empty()));
        let others: Vec<&str> = others.collect();
        if !others.is_empty() && !others.contains(&team.as_str()) {
            return Err(Error::OtherTeam { token: team, home: others[0].to_owned() });
        }
        // The pages on the disk tell again how far a capture came that goes on; they may have changed.
        writer.metadata().forget_channels();
        writer.metadata().set("team_id", team);
        writer.metadata().set("team_name", caller.cleared(&name));
        Ok(writer.set_status("running")?)
    }

    /// A new batch.
    async fn begin(&self, home: &DataHome) -> Result<BatchWriter> {
        let mut started_at = Utc::now();
        while home.batch(BatchId::from(started_at)).root().exists() {
            // Batches are named by the second, so the next second makes another.
            tokio::time::sleep(Duration::from_millis(100)).await;
            started_at = Utc::now();
        }
        let mut metadata = Metadata::default();
        resume::write_options(&mut metadata, &self.options);
        Ok(BatchWriter::begin(home, "api", started_at, metadata)?)
    }

    /// A batch that is there, with what it was asked to hold.
    fn go_on(&self, home: &DataHome, id: BatchId) -> Result<(BatchWriter, ApiOptions)> {
        let batch = home.existing_batch(id)?;
        let metadata = Metadata::read(&batch.metadata())?;
        if metadata.get("source") != "api" || !resume::is_unfinished(&metadata) {
            return Err(Error::Finished { batch: id });
        }
        let started_at = Time::parse(metadata.get("started_at").as_bytes());
        let started_at = started_at.and_then(|time| DateTime::from_timestamp_micros(time.micros()));
        let Some(started_at) = started_at else { return Err(Error::Finished { batch: id }) };
        let options = resume::read_options(&metadata, self.options.clone());
        Ok((BatchWriter::open(batch, "api", started_at, metadata)?, options))
    }
}

impl<A: SlackApi> Source for WebApi<A> {
    type Error = Error;

    /// Runs [`WebApi::capture_async`] on a runtime of its own; inside another one, call that instead.
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(Error::Network)?.block_on(self.capture_async(home, progress))
    }
}
