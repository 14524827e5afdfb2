//! The Web API: every read that a token allows, each answer stored as it came.

mod archive;
mod ask;
mod caller;
pub(crate) mod class;
mod download;
pub(crate) mod http;
pub(crate) mod known;
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
use slack_model::batch::{BatchFolder, DataHome, Metadata};
use slack_model::{BatchId, Progress, Time, Ts};

use self::archive::Archive;
use self::ask::Ask;
use self::caller::Caller;
use self::class::ErrorClass;
use self::download::Downloads;
use self::http::{HttpSlackApi, SlackApi};
use self::known::Known;
use self::options::{ApiOptions, FileBytes, Part};
use self::token::Token;
use self::walk::Walk;
use crate::error::{Error, Result};
use crate::source::{Capture, Source, describe};

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

/// A batch that a capture writes, and when it began.
struct Begun {
    batch: BatchFolder,
    metadata: Metadata,
    started_at: DateTime<Utc>,
    /// Everything is read as it stood at this moment, so that pages do not shift under the walk.
    latest: Ts,
    options: ApiOptions,
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
        let mut begun = match self.resumed {
            Some(batch) => self.go_on(home, batch)?,
            None => self.begin(home).await?,
        };
        let archive = Archive::open(begun.batch.clone(), self.resumed.is_some())?;
        let caller = Caller::new(Arc::clone(&self.api), archive, &begun.options);
        let outcome = self.walk(home, &caller, &mut begun, progress).await;
        // What is captured is on the disk before the metadata claims it.
        let synced = caller.archive().sync();
        let calls = caller.limiters().calls();
        let report = caller.finish();
        let outcome = match outcome {
            Err(stopped) if stopped.error.is_refusal() && self.resumed.is_none() => {
                let root = begun.batch.root();
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
            begun.metadata.set_window(channel, *oldest, begun.latest);
        }
        for (channel, oldest) in &walked.file_lists {
            begun.metadata.set_files_listed(channel, *oldest, begun.latest);
        }
        let status = match &outcome {
            Err(_) => "failed",
            Ok(_) if report.n_gaps == 0 => "complete",
            Ok(_) => "partial",
        };
        describe(&begun.batch, &mut begun.metadata, "api", status, begun.started_at)?;
        match outcome {
            Err(stopped) => Err(stopped.error),
            Ok(_) => synced.map(|()| Capture {
                batch: begun.batch,
                was_there: false,
                is_resumed: self.resumed.is_some(),
                stored: report.stored,
                found: report.found,
                bytes: report.bytes,
                files: report.files,
                file_bytes: report.file_bytes,
                files_left: report.files_left,
                waited: report.waited,
                backed_off: report.backed_off,
                gone: report.gone,
                calls,
                gaps: report.gaps,
                gap_kinds: report.gap_kinds,
                n_gaps: report.n_gaps,
            }),
        }
    }

    async fn walk(
        &self,
        home: &DataHome,
        caller: &Caller<A>,
        begun: &mut Begun,
        progress: &dyn Progress,
    ) -> Result<walk::Walked, walk::Stopped> {
        let prepared = async {
            self.check_token(caller, &known::teams(&home.master_csv())?, begun).await?;
            let captured = begun.batch.id();
            let mut others = home.batches()?;
            others.retain(|batch| batch.id() != captured);
            let downloads = match begun.options.files {
                FileBytes::Download { limit } if begun.options.has(Part::Files) => {
                    Some(Downloads::open(caller, &others, limit, begun.options.file_timeout)?)
                }
                _ => None,
            };
            if begun.options.full {
                return Ok((Known::default(), downloads));
            }
            others.retain(|batch| batch.id() < captured);
            others.reverse();
            Ok((Known::read(&home.master_csv(), &others, Some(captured))?, downloads))
        };
        let prepared: Result<_> = prepared.await;
        let (known, downloads) =
            prepared.map_err(|error| walk::Stopped { error, walked: walk::Walked::default() })?;
        Walk::new(caller, &begun.options, &known, begun.latest, downloads, progress).run().await
    }

    /// Tries the token before anything else: a wrong one, or a wrong address, must cost one call, and one of
    /// another workspace must not add to this data home.
    async fn check_token(
        &self,
        caller: &Caller<A>,
        teams: &BTreeSet<String>,
        begun: &mut Begun,
    ) -> Result<()> {
        let ask = Ask::of("auth.test");
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
        let Some((team, name)) = team::read_team(&body, begun.options.team.as_deref(), caller).await? else {
            return Ok(());
        };
        let batch_team = begun.metadata.get("team_id");
        let others = teams.iter().map(String::as_str);
        let others = others.chain([batch_team].into_iter().filter(|id| !id.is_empty()));
        let others: Vec<&str> = others.collect();
        if !others.is_empty() && !others.contains(&team.as_str()) {
            return Err(Error::OtherTeam { token: team, home: others[0].to_owned() });
        }
        // The pages on the disk tell again how far a capture came that goes on; they may have changed.
        begun.metadata.forget_channels();
        begun.metadata.set("team_id", team);
        begun.metadata.set("team_name", caller.cleared(&name));
        describe(&begun.batch, &mut begun.metadata, "api", "running", begun.started_at)
    }

    /// A new batch.
    async fn begin(&self, home: &DataHome) -> Result<Begun> {
        let mut started_at = Utc::now();
        while home.batch(BatchId::from(started_at)).root().exists() {
            // Batches are named by the second, so the next second makes another.
            tokio::time::sleep(Duration::from_millis(100)).await;
            started_at = Utc::now();
        }
        let batch = home.batch(BatchId::from(started_at));
        let mut metadata = Metadata::default();
        resume::write_options(&mut metadata, &self.options);
        describe(&batch, &mut metadata, "api", "running", started_at)?;
        Ok(self.begun(batch, metadata, started_at, self.options.clone()))
    }

    /// A batch that is there, with what it was asked to hold.
    fn go_on(&self, home: &DataHome, id: BatchId) -> Result<Begun> {
        let batch = home.existing_batch(id)?;
        let mut metadata = Metadata::read(&batch.metadata())?;
        if metadata.get("source") != "api" || !resume::is_unfinished(&metadata) {
            return Err(Error::Finished { batch: id });
        }
        let started_at = Time::parse(metadata.get("started_at").as_bytes());
        let started_at = started_at.and_then(|time| DateTime::from_timestamp_micros(time.micros()));
        let Some(started_at) = started_at else { return Err(Error::Finished { batch: id }) };
        let options = resume::read_options(&metadata, self.options.clone());
        describe(&batch, &mut metadata, "api", "running", started_at)?;
        Ok(self.begun(batch, metadata, started_at, options))
    }

    fn begun(
        &self,
        batch: BatchFolder,
        metadata: Metadata,
        started_at: DateTime<Utc>,
        options: ApiOptions,
    ) -> Begun {
        let latest = Ts::from_micros(started_at.timestamp_micros());
        let latest = latest.unwrap_or_else(|| batch.id().time().into());
        Begun { batch, metadata, started_at, latest, options }
    }
}

impl<A: SlackApi> Source for WebApi<A> {
    /// Runs [`WebApi::capture_async`] on a runtime of its own; inside another one, call that instead.
    fn capture(&mut self, home: &DataHome, progress: &dyn Progress) -> Result<Capture> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(Error::Network)?.block_on(self.capture_async(home, progress))
    }
}
