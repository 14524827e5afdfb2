use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::BackoffBuilder;
use chrono::Utc;
use slack_model::batch::{Request, RequestStatus};
use slack_model::{Envelope, Time};

use super::archive::Archive;
use super::ask::Ask;
use super::class::{CallError, ErrorClass};
use super::http::SlackApi;
use super::limiter::Limiters;
use super::plain::FileStream;
use super::{ApiOptions, lock};
use crate::error::{Error, Result};
use crate::scopes::scope_of;
use crate::source::Gap;

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It is stored; these are its bytes.
    Stored(Vec<u8>),
    /// There is none: it is a recorded gap, or Slack has nothing of the kind.
    Gap,
    /// Its cursor has expired.
    Expired,
}

/// What a capture has come to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) stored: u64,
    pub(crate) bytes: u64,
    pub(crate) found: u64,
    pub(crate) waited: Duration,
    /// Hosted files that were fetched, and their bytes.
    pub(crate) files: u64,
    pub(crate) file_bytes: u64,
    /// Files that were left where they are, by reason.
    pub(crate) files_left: BTreeMap<String, u64>,
    /// The first gaps, how often what was one, and the number of all.
    pub(crate) gaps: Vec<Gap>,
    pub(crate) gap_kinds: BTreeMap<(String, String), u64>,
    pub(crate) n_gaps: u64,
}

/// How a method is refused.
#[derive(Debug, Default)]
struct Refusals {
    /// Why the method is not asked any more.
    closed: Option<CallError>,
    /// The objects that it was refused for.
    objects: HashSet<String>,
    /// Whether it was answered for another: then no object's refusal is the method's.
    is_answered: bool,
}

/// A refusal that may be one object's is the method's when so many objects have it, and none was answered for.
const FEW_OBJECTS: usize = 3;

/// So many gaps are told one by one; `requests.csv` has them all.
const MOST_GAPS: usize = 1_000;

/// Makes requests: waits for the method's limit, tries again what may pass, stores what comes, and writes a
/// row of `requests.csv` for each.
pub(crate) struct Caller<A> {
    api: Arc<A>,
    archive: Archive,
    limiters: Limiters,
    attempts: u64,
    timeout: Duration,
    backoff: Duration,
    time_scale: f64,
    report: Mutex<Report>,
    /// How methods are refused, by the type of conversation.
    refusals: Mutex<HashMap<(&'static str, String), Refusals>>,
}

impl<A: SlackApi> Caller<A> {
    pub(crate) fn new(api: Arc<A>, archive: Archive, options: &ApiOptions) -> Self {
        Self {
            api,
            archive,
            limiters: Limiters::new(options.rate, options.time_scale),
            attempts: options.attempts.max(1),
            timeout: options.timeout,
            backoff: options.backoff.div_f64(options.time_scale),
            time_scale: options.time_scale,
            report: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// Makes a request until it is answered, is a gap, or the run must stop. A request whose answer is stored
    /// already is not made again.
    pub(crate) async fn ask(&self, ask: &Ask<'_>) -> Result<Answer> {
        if !ask.object.is_none_or(is_plain) {
            // The object names a folder: one that leads elsewhere is no id of Slack's.
            self.gap(ask, &CallError::own("an id that is none"), &Tally::default())?;
            return Ok(Answer::Gap);
        }
        if let Some(body) = self.archive.page(ask)? {
            lock(&self.report).found += 1;
            return Ok(Answer::Stored(body));
        }
        if let Some(error) = self.closed_by(ask) {
            self.gap(ask, &error, &Tally::default())?;
            return Ok(Answer::Gap);
        }
        let mut tally = Tally::default();
        match self.persist(ask.method, &mut tally, async || self.call_once(ask).await).await {
            Ok(body) => self.store(ask, body, &tally),
            Err(error) => match error.class {
                ErrorClass::Restart => {
                    // The object is read again from its first page, and this page's place in the batch is that
                    // page's: the row says that the chain of cursors begins anew here.
                    let row = Request {
                        error: error.code,
                        class: "restart".into(),
                        ..ask.row(RequestStatus::Skipped)
                    };
                    self.archive.append(&tally.fill(row))?;
                    Ok(Answer::Expired)
                }
                ErrorClass::SkipMethod => {
                    self.refuse(ask, &error);
                    self.gap(ask, &error, &tally)?;
                    Ok(Answer::Gap)
                }
                ErrorClass::Stop => {
                    self.gap(ask, &error, &tally)?;
                    Err(Error::Refused { advice: error.token_advice(), code: error.code })
                }
                ErrorClass::SkipObject if ask.is_lookup && error.code.ends_with("_not_found") => {
                    let row = ask.row(RequestStatus::Skipped);
                    let class = error.class.as_str().into();
                    self.archive.append(&tally.fill(Request { error: error.code, class, ..row }))?;
                    Ok(Answer::Gap)
                }
                ErrorClass::Retry | ErrorClass::SkipObject => {
                    self.gap(ask, &error, &tally)?;
                    Ok(Answer::Gap)
                }
            },
        }
    }

    /// The answer to a request that is not stored: who the token is.
    pub(crate) async fn ask_aside(&self, ask: &Ask<'_>) -> Result<Vec<u8>, CallError> {
        self.persist(ask.method, &mut Tally::default(), async || self.call_once(ask).await).await
    }

    /// Tries until something comes of it, or an error that another try would not mend; each try waits for its turn
    /// under the method's limit.
    pub(crate) async fn persist<T>(
        &self,
        method: &str,
        tally: &mut Tally,
        attempt: impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let limiter = self.limiters.of(method);
        let delays = backon::ExponentialBuilder::new()
            .with_min_delay(self.backoff)
            .with_max_delay(self.backoff * 60)
            .with_jitter()
            .without_max_times();
        let mut delays = delays.build();
        loop {
            let waiting = Instant::now();
            let Some(turn) = limiter.ready().await else { return Err(CallError::own("ratelimited")) };
            tally.waited += waiting.elapsed();
            tally.attempts += 1;
            tally.requested_at = Time::from_micros(Utc::now().timestamp_micros());
            let begun = Instant::now();
            let outcome = attempt().await;
            tally.duration = begun.elapsed();
            let error = match outcome {
                Ok(answer) => {
                    if let Some(rate) = limiter.answered() {
                        tracing::debug!(method, calls_per_minute = rate, "no limit met: faster");
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            tracing::debug!(method, code = error.code, attempt = tally.attempts, "call failed");
            if error.class != ErrorClass::Retry {
                return Err(error);
            }
            let is_limit = error.code == "ratelimited";
            let told = error.retry_after.map(|wait| wait.div_f64(self.time_scale));
            if is_limit {
                let wait = told.or_else(|| delays.next()).unwrap_or(self.backoff);
                limiter.limited(turn, wait);
                tally.limited += 1;
                // A limit says when it ends: waiting for it is no failed attempt.
                if tally.limited > MOST_LIMITS {
                    return Err(error);
                }
            } else if tally.attempts - tally.limited >= self.attempts {
                return Err(error);
            } else {
                let delay = told.or_else(|| delays.next()).unwrap_or_default().max(self.backoff);
                tokio::time::sleep(delay).await;
                tally.waited += delay;
            }
        }
    }

    /// Records a gap that is no request's own: pages that keep expiring, a channel that is not there.
    pub(crate) fn give_up(&self, ask: &Ask<'_>, why: &str) -> Result<()> {
        self.gap(ask, &CallError::own(why), &Tally::default())
    }

    /// Why a method is not asked about anything any more, if it is not.
    fn closed_by(&self, ask: &Ask<'_>) -> Option<CallError> {
        let refusals = lock(&self.refusals);
        let closed = refusals.get(&(ask.method, ask.kind.to_owned()))?.closed.as_ref()?;
        Some(CallError { http_status: None, ..closed.clone() })
    }

    /// Takes note of a refusal, and closes the method where it is the method's.
    fn refuse(&self, ask: &Ask<'_>, error: &CallError) {
        let mut all = lock(&self.refusals);
        let refusals = all.entry((ask.method, ask.kind.to_owned())).or_default();
        refusals.objects.insert(ask.object.unwrap_or_default().to_owned());
        let is_everybodys = refusals.objects.len() >= FEW_OBJECTS && !refusals.is_answered;
        if error.is_of_the_token() || ask.object.is_none() || is_everybodys {
            refusals.closed = Some(error.clone());
        }
    }

    /// The last gap, as a reason.
    pub(crate) fn last_gap(&self) -> String {
        lock(&self.report).gaps.last().map(|gap| gap.why.clone()).unwrap_or_default()
    }

    /// How many files have been fetched.
    pub(crate) fn n_files(&self) -> u64 {
        lock(&self.report).files
    }

    /// The batch that answers go to.
    pub(crate) fn archive(&self) -> &Archive {
        &self.archive
    }

    /// How fast each method is asked.
    pub(crate) fn limiters(&self) -> &Limiters {
        &self.limiters
    }

    /// What the capture has come to.
    pub(crate) fn finish(self) -> Report {
        self.report.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a hosted file at a byte.
    pub(crate) async fn open_file(&self, url: &str, first: u64) -> Result<FileStream, CallError> {
        self.in_time(self.api.open_file(url, first)).await?
    }

    /// Waits for something for as long as an answer may take.
    pub(crate) async fn in_time<T>(&self, something: impl Future<Output = T>) -> Result<T, CallError> {
        let outcome = tokio::time::timeout(self.timeout, something).await;
        outcome.map_err(|_| CallError::transport("no_answer_in_time", None))
    }

    async fn call_once(&self, ask: &Ask<'_>) -> Result<Vec<u8>, CallError> {
        let body = self.in_time(self.api.call(ask.method, &ask.params)).await?;
        let body = body.map_err(|error| with_scope(error, ask))?;
        let envelope =
            Envelope::read(&body).map_err(|_| CallError::transport("answer_is_no_json", Some(200)))?;
        if envelope.ok {
            return Ok(body);
        }
        // Slack says ok or an error; an answer that says neither (an HTML page reads as `{}`) is none.
        Err(match envelope.error.filter(|error| !error.is_empty()) {
            Some(code) => with_scope(CallError { needed: envelope.needed, ..CallError::slack(code) }, ask),
            None => CallError::transport("answer_is_not_slacks", Some(200)),
        })
    }

    fn store(&self, ask: &Ask<'_>, body: Vec<u8>, tally: &Tally) -> Result<Answer> {
        let row = Request { http_status: Some(200), ..tally.fill(ask.row(RequestStatus::Ok)) };
        self.archive.store(ask, &body, row)?;
        lock(&self.refusals).entry((ask.method, ask.kind.to_owned())).or_default().is_answered = true;
        let mut report = lock(&self.report);
        report.stored += 1;
        report.bytes += body.len() as u64;
        report.waited += tally.waited;
        Ok(Answer::Stored(body))
    }

    fn gap(&self, ask: &Ask<'_>, error: &CallError, tally: &Tally) -> Result<()> {
        self.note(tally.fill(ask.row(RequestStatus::Gap)), error)
    }

    /// Writes the row of a gap, and counts it.
    pub(crate) fn note(&self, row: Request, error: &CallError) -> Result<()> {
        let row = Request {
            error: error.code.clone(),
            http_status: error.http_status.map(u64::from),
            class: error.class.as_str().into(),
            needs: error.needs(),
            ..row
        };
        self.archive.append(&row)?;
        let mut report = lock(&self.report);
        report.n_gaps += 1;
        *report.gap_kinds.entry((row.method.clone(), error.explain())).or_default() += 1;
        report.waited += Duration::from_millis(row.waited_ms);
        if report.gaps.len() < MOST_GAPS {
            let object = row.channel.map(|object| format!(" {object}")).unwrap_or_default();
            let thread = row.thread_ts.map(|thread| format!(" {thread}")).unwrap_or_default();
            let file = if row.file.is_empty() { String::new() } else { format!(" {}", row.file) };
            report
                .gaps
                .push(Gap { what: format!("{}{object}{thread}{file}", row.method), why: error.explain() });
        }
        Ok(())
    }

    /// Counts a file that is left where it is.
    pub(crate) fn count_left(&self, why: &str) {
        *lock(&self.report).files_left.entry(why.into()).or_default() += 1;
    }

    /// Writes the row of a file whose bytes have come, and counts it.
    pub(crate) fn count_file(&self, row: Request) -> Result<()> {
        self.archive.append(&row)?;
        let mut report = lock(&self.report);
        report.files += 1;
        report.file_bytes += row.bytes;
        Ok(())
    }
}

/// So often in a row a request is told to wait before it is given up.
const MOST_LIMITS: u64 = 60;

/// Whether an id is made of what ids are made of, so that it can name a folder.
pub(crate) fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Names the scope that is missing, where Slack does not.
fn with_scope(error: CallError, ask: &Ask<'_>) -> CallError {
    if error.code != "missing_scope" || error.needed.as_ref().is_some_and(|needed| !needed.is_empty()) {
        return error;
    }
    CallError { needed: scope_of(ask.method, ask.kind).map(Into::into), ..error }
}

/// What a request has cost so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    attempts: u64,
    limited: u64,
    waited: Duration,
    duration: Duration,
    requested_at: Option<Time>,
}

impl Tally {
    /// Adds what a request has cost to its row.
    pub(crate) fn fill(&self, row: Request) -> Request {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Request {
            attempts: self.attempts,
            waited_ms: millis(self.waited),
            duration_ms: millis(self.duration),
            requested_at: self.requested_at,
            ..row
        }
    }
}
