use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use backon::BackoffBuilder;
use chrono::Utc;
use slack_model::atomic::write_atomically;
use slack_model::batch::{BatchFolder, Request, RequestLog, RequestStatus};
use slack_model::{Envelope, Time, Ts};

use super::ApiOptions;
use super::class::{CallError, ErrorClass};
use super::http::SlackApi;
use super::limiter::Limiters;
use crate::error::{Error, Result};
use crate::source::Gap;

/// A request: what to ask, and where its answer goes.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'static str,
    /// The id of the channel, or other object, that is asked for.
    pub(crate) object: Option<&'a str>,
    /// The type of the conversation asked for: what a token may read differs from type to type.
    pub(crate) kind: &'a str,
    pub(crate) thread: Option<Ts>,
    pub(crate) page: u32,
    pub(crate) params: Vec<(&'static str, String)>,
}

impl<'a> Ask<'a> {
    /// A request for the first page of a method that asks for no object.
    pub(crate) fn of(method: &'static str) -> Self {
        Self { method, object: None, kind: "", thread: None, page: 1, params: Vec::new() }
    }

    pub(crate) fn about(mut self, parameter: &'static str, object: &'a str) -> Self {
        self.object = Some(object);
        self.with(parameter, object)
    }

    pub(crate) fn with(mut self, parameter: &'static str, value: impl ToString) -> Self {
        self.params.push((parameter, value.to_string()));
        self
    }
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It is stored; these are its bytes.
    Stored(Vec<u8>),
    /// It is a recorded gap.
    Gap,
    /// Its cursor has expired.
    Expired,
}

/// What a capture has come to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) stored: u64,
    pub(crate) bytes: u64,
    pub(crate) waited: Duration,
    pub(crate) gaps: Vec<Gap>,
    team: Option<(String, String)>,
}

/// Makes requests: waits for the method's limit, tries again what may pass, stores what comes, and writes a
/// row of `requests.csv` for each.
pub(crate) struct Caller<A> {
    api: Arc<A>,
    batch: BatchFolder,
    limiters: Limiters,
    attempts: u64,
    timeout: Duration,
    backoff: Duration,
    log: Mutex<RequestLog>,
    report: Mutex<Report>,
    /// Methods that this token cannot use, and for which type of conversation.
    closed: Mutex<HashSet<(&'static str, String)>>,
}

impl<A: SlackApi> Caller<A> {
    pub(crate) fn new(api: Arc<A>, batch: BatchFolder, options: &ApiOptions) -> Result<Self> {
        let log = RequestLog::open(&batch.metadata())?;
        Ok(Self {
            api,
            batch,
            limiters: Limiters::new(options.rate),
            attempts: options.attempts.max(1),
            timeout: options.timeout,
            backoff: options.backoff,
            log: Mutex::new(log),
            report: Mutex::default(),
            closed: Mutex::default(),
        })
    }

    /// Makes a request until it is answered, is a gap, or the run must stop.
    pub(crate) async fn ask(&self, ask: &Ask<'_>) -> Result<Answer> {
        if lock(&self.closed).contains(&(ask.method, ask.kind.to_owned())) {
            return self.skip(ask);
        }
        if !ask.object.is_none_or(is_plain) {
            // The object names a folder: one that leads elsewhere is no id of Slack's.
            self.gap(ask, &CallError::slack("an id that is none"), &Tally::default())?;
            return Ok(Answer::Gap);
        }
        let limiter = self.limiters.of(ask.method);
        let mut tally = Tally::default();
        let delays = backon::ExponentialBuilder::new()
            .with_min_delay(self.backoff)
            .with_max_delay(self.backoff * 60)
            .with_jitter()
            .without_max_times();
        let mut delays = delays.build();
        loop {
            let waiting = Instant::now();
            limiter.ready().await;
            tally.waited += waiting.elapsed();
            tally.attempts += 1;
            tally.requested_at = Time::from_micros(Utc::now().timestamp_micros());
            let begun = Instant::now();
            let outcome = self.call_once(ask).await;
            tally.duration = begun.elapsed();
            let error = match outcome {
                Ok(body) => return self.store(ask, body, &tally),
                Err(error) => error,
            };
            tracing::debug!(method = ask.method, code = error.code, attempt = tally.attempts, "call failed");
            match error.class {
                ErrorClass::Retry => {
                    let delay =
                        error.retry_after.or_else(|| delays.next()).unwrap_or_default().max(self.backoff);
                    if error.code == "ratelimited" && tally.limited < MOST_LIMITS {
                        // A limit says when it ends: waiting for it is no failed attempt.
                        limiter.block(delay);
                        tally.limited += 1;
                    } else if error.code == "ratelimited" || tally.attempts - tally.limited >= self.attempts {
                        self.gap(ask, &error, &tally)?;
                        return Ok(Answer::Gap);
                    } else {
                        tokio::time::sleep(delay).await;
                        tally.waited += delay;
                    }
                }
                ErrorClass::Restart => return Ok(Answer::Expired),
                ErrorClass::SkipMethod => {
                    lock(&self.closed).insert((ask.method, ask.kind.to_owned()));
                    self.gap(ask, &error, &tally)?;
                    return Ok(Answer::Gap);
                }
                ErrorClass::SkipObject => {
                    self.gap(ask, &error, &tally)?;
                    return Ok(Answer::Gap);
                }
                ErrorClass::Stop => {
                    self.gap(ask, &error, &tally)?;
                    return Err(Error::Refused { advice: error.token_advice(), code: error.code });
                }
            }
        }
    }

    /// Records a gap that is no request's own: pages that keep expiring, a channel that is not there.
    pub(crate) fn give_up(&self, ask: &Ask<'_>, why: &str) -> Result<()> {
        self.gap(ask, &CallError::slack(why), &Tally::default())
    }

    /// The last gap, as a reason.
    pub(crate) fn last_gap(&self) -> String {
        lock(&self.report).gaps.last().map(|gap| gap.why.clone()).unwrap_or_default()
    }

    /// Notes the workspace.
    pub(crate) fn set_team(&self, id: String, name: String) {
        lock(&self.report).team = Some((id, name));
    }

    /// The batch that answers go to.
    pub(crate) fn batch(&self) -> &BatchFolder {
        &self.batch
    }

    /// What the capture has come to, and the workspace.
    pub(crate) fn finish(self) -> (Report, Option<(String, String)>) {
        let mut report = self.report.into_inner().unwrap_or_else(PoisonError::into_inner);
        let team = report.team.take();
        (report, team)
    }

    async fn call_once(&self, ask: &Ask<'_>) -> Result<Vec<u8>, CallError> {
        let call = tokio::time::timeout(self.timeout, self.api.call(ask.method, &ask.params));
        let body = call.await.map_err(|_| CallError::transport("no_answer_in_time", None))??;
        let envelope =
            Envelope::read(&body).map_err(|_| CallError::transport("answer_is_no_json", Some(200)))?;
        if envelope.ok {
            return Ok(body);
        }
        // Slack says ok or an error; an answer that says neither (an HTML page reads as `{}`) is none.
        Err(match envelope.error.filter(|error| !error.is_empty()) {
            Some(code) => CallError { needed: envelope.needed, ..CallError::slack(code) },
            None => CallError::transport("answer_is_not_slacks", Some(200)),
        })
    }

    fn store(&self, ask: &Ask<'_>, body: Vec<u8>, tally: &Tally) -> Result<Answer> {
        let file = BatchFolder::page(ask.method, ask.object, ask.thread, ask.page);
        write_atomically(&self.batch.root().join(&file), &body)?;
        let file = file.to_string_lossy().replace('\\', "/");
        let row = self.row(ask, RequestStatus::Ok, tally);
        let row = Request { file, http_status: Some(200), bytes: body.len() as u64, ..row };
        lock(&self.log).append(&row)?;
        let mut report = lock(&self.report);
        report.stored += 1;
        report.bytes += row.bytes;
        report.waited += tally.waited;
        Ok(Answer::Stored(body))
    }

    fn gap(&self, ask: &Ask<'_>, error: &CallError, tally: &Tally) -> Result<()> {
        let why = error.explain();
        let row = self.row(ask, RequestStatus::Gap, tally);
        let row = Request {
            error: error.code.clone(),
            http_status: error.http_status.map(u64::from),
            class: error.class.as_str().into(),
            needs: error.needs(),
            ..row
        };
        lock(&self.log).append(&row)?;
        let thread = ask.thread.map(|thread| format!(" {thread}")).unwrap_or_default();
        let object = ask.object.map(|object| format!(" {object}")).unwrap_or_default();
        lock(&self.report).gaps.push(Gap { what: format!("{}{object}{thread}", ask.method), why });
        Ok(())
    }

    fn skip(&self, ask: &Ask<'_>) -> Result<Answer> {
        let row = self.row(ask, RequestStatus::Skipped, &Tally::default());
        let row = Request { error: "the method is closed to this token".into(), ..row };
        lock(&self.log).append(&row)?;
        Ok(Answer::Gap)
    }

    fn row(&self, ask: &Ask<'_>, status: RequestStatus, tally: &Tally) -> Request {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Request {
            channel: ask.object.map(Into::into),
            thread_ts: ask.thread,
            page: Some(u64::from(ask.page)),
            attempts: tally.attempts,
            waited_ms: millis(tally.waited),
            duration_ms: millis(tally.duration),
            requested_at: tally.requested_at,
            ..Request::new(ask.method, status)
        }
    }
}

/// So often in a row a request is told to wait before it is given up.
const MOST_LIMITS: u64 = 60;

/// Whether an id is made of what ids are made of, so that it can name a folder.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// What a request has cost so far.
#[derive(Debug, Default)]
struct Tally {
    attempts: u64,
    limited: u64,
    waited: Duration,
    duration: Duration,
    requested_at: Option<Time>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
