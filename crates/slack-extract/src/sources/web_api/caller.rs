use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::BackoffBuilder;
use chrono::Utc;
use slack_model::batch::{Request, RequestStatus};
use slack_model::{Envelope, Time, Ts};

use super::api_request::ApiRequest;
use super::archive::Archive;
use super::class::{CallError, ErrorClass, cleared};
use super::http::SlackApi;
use super::limiter::Limiters;
use super::object_id::{is_plain, shown_id};
use super::plain::FileStream;
use super::tally::Tally;
use crate::error::{Error, Result};
use crate::hash::digest;
use crate::scopes::scope_of;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::options::ApiOptions;
use slack_model::batch::{Capture, Gap};

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

/// So many gaps are told one by one, and so many kinds of them; `requests.csv` has them all.
const MOST_GAPS: usize = 1_000;
const MOST_KINDS: usize = 1_000;

/// The number of a page that no thread has: what is missing of it lies on no page.
const MISSING_PAGE: u32 = 99_999;

/// After so many failures of the server, a smaller page is asked for.
const FAILURES_OF_LARGE: u32 = 3;

/// Makes requests: waits for the method's limit, tries again what may pass, stores what comes, and writes a
/// row of `requests.csv` for each.
pub(crate) struct Caller<A> {
    api: Arc<A>,
    archive: Archive,
    limiters: Limiters,
    attempts: u64,
    timeout: Duration,
    backoff: Duration,
    max_wait: Duration,
    time_scale: f64,
    /// The requests that are made with small pages, as digests: large ones failed.
    small: Mutex<HashSet<u64>>,
    report: Mutex<Capture>,
    /// How methods are refused, by the type of conversation.
    refusals: Mutex<HashMap<(&'static str, String), Refusals>>,
}

impl<A: SlackApi> Caller<A> {
    pub(crate) fn new(api: Arc<A>, archive: Archive, options: &ApiOptions) -> Self {
        let mut report = Capture::new(archive.batch().clone());
        report.is_resumed = archive.is_resumed();
        Self {
            api,
            archive,
            limiters: Limiters::new(
                options.rate,
                options.time_scale,
                scaled(options.max_wait, options.time_scale),
            ),
            attempts: options.attempts.max(1),
            timeout: options.timeout,
            backoff: scaled(options.backoff, options.time_scale),
            max_wait: scaled(options.max_wait, options.time_scale),
            small: Mutex::default(),
            time_scale: options.time_scale,
            report: Mutex::new(report),
            refusals: Mutex::default(),
        }
    }

    /// Makes a request until it is answered, is a gap, or the run must stop. A request whose answer is stored
    /// already is not made again.
    pub(crate) async fn ask(&self, ask: &ApiRequest<'_>) -> Result<Answer> {
        if let Some(object) = ask.object.filter(|object| !is_plain(object)) {
            // The object names a folder: an id that leads elsewhere, or is too long for a file system, cannot be Slack's.
            self.give_up_id(ask, object)?;
            return Ok(Answer::Gap);
        }
        if self.archive.is_gone(ask.method, ask.object, ask.thread) {
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
        match self.call(ask, &mut tally).await {
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
                    Err(Error::Refused {
                        advice: error.token_advice(),
                        code: error.code,
                        reason: error.detail,
                    })
                }
                ErrorClass::Gone => {
                    let row = tally.fill(ask.row(RequestStatus::Gone));
                    let http_status = error.http_status.map(u64::from);
                    let (class, needs) = (error.class.as_str().into(), error.needs_with_detail());
                    *lock(&self.report).gone.entry(error.code.clone()).or_default() += 1;
                    self.archive.append_gone(&Request {
                        error: error.code,
                        http_status,
                        class,
                        needs,
                        ..row
                    })?;
                    Ok(Answer::Gap)
                }
                ErrorClass::Retry | ErrorClass::SkipObject => {
                    self.gap(ask, &error, &tally)?;
                    Ok(Answer::Gap)
                }
            },
        }
    }

    /// The answer to a request that is not stored: the token's identity, lists that are read for an error message.
    pub(crate) async fn ask_aside(&self, ask: &ApiRequest<'_>) -> Result<Vec<u8>, CallError> {
        self.persist(ask.method, &mut Tally::default(), async || self.call_once(ask, false).await).await
    }

    /// Calls until something comes of it. Where an answer is too large, or the server keeps failing over it, smaller pages
    /// are asked for: Slack fails on large pages of long threads.
    async fn call(&self, ask: &ApiRequest<'_>, tally: &mut Tally) -> Result<Vec<u8>, CallError> {
        let chain = digest((ask.method, ask.object, ask.thread.map(Ts::micros)));
        let failures = Cell::new(if lock(&self.small).contains(&chain) { FAILURES_OF_LARGE } else { 0 });
        let attempt = async || {
            let is_small = ask.small.is_some() && failures.get() >= FAILURES_OF_LARGE;
            match self.call_once(ask, is_small).await {
                Err(error) if ask.small.is_some() && !is_small && error.is_of_size() => {
                    let is_too_large = error.code == CallError::TOO_LARGE;
                    failures.set(if is_too_large { FAILURES_OF_LARGE } else { failures.get() + 1 });
                    Err(CallError { class: ErrorClass::Retry, ..error })
                }
                Ok(body) if is_small => {
                    lock(&self.small).insert(chain);
                    Ok(body)
                }
                outcome => outcome,
            }
        };
        self.persist(ask.method, tally, attempt).await
    }

    /// Tries until something comes of it, or an error that another try would not mend; each try waits for its turn
    /// under the method's limit.
    pub(crate) async fn persist<T>(
        &self,
        method: &str,
        tally: &mut Tally,
        attempt: impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let outcome = self.try_until(method, tally, attempt).await;
        let mut report = lock(&self.report);
        report.waited += tally.waited;
        report.backed_off += tally.backed_off;
        outcome
    }

    async fn try_until<T>(
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
            let turn = limiter.ready().await;
            tally.waited += waiting.elapsed();
            let turn = turn.map_err(|wait| self.too_long(wait))?;
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
            let told = error.retry_after.map(|wait| scaled(wait, self.time_scale));
            if let Some(wait) = told {
                // All that the server asks this request to wait counts: it may ask again and again.
                tally.told = tally.told.saturating_add(wait);
                if tally.told > self.max_wait {
                    limiter.block(wait);
                    return Err(CallError { http_status: error.http_status, ..self.too_long(tally.told) });
                }
            }
            if is_limit {
                // A server that asks to wait for no time at all is not asked without a pause.
                let wait = told.or_else(|| delays.next()).unwrap_or_default().max(self.backoff);
                limiter.limited(turn, wait);
                tally.limited += 1;
                // A limit says when it ends: waiting for it is no failed attempt.
                if tally.limited > MOST_LIMITS {
                    return Err(error);
                }
            } else if tally.attempts - tally.limited >= self.attempts {
                return Err(error);
            } else {
                told.into_iter().for_each(|wait| limiter.block(wait));
                let delay = told.or_else(|| delays.next()).unwrap_or_default().max(self.backoff);
                tokio::time::sleep(delay).await;
                tally.backed_off += delay;
            }
        }
    }

    /// Slack asks to wait for longer than the limit.
    fn too_long(&self, wait: Duration) -> CallError {
        let seconds = |time: Duration| (time.as_secs_f64() * self.time_scale).ceil();
        let detail = format!("{:.0} seconds; the limit is {:.0}", seconds(wait), seconds(self.max_wait));
        CallError::transport(CallError::TOO_LONG, None).with_detail(detail)
    }

    /// Records a gap that is no request's own: pages that keep expiring, a channel that is not there.
    pub(crate) fn give_up(&self, ask: &ApiRequest<'_>, why: &str) -> Result<()> {
        self.gap(ask, &CallError::own(why), &Tally::default())
    }

    /// Records that a thread has fewer replies than it announces: so many of so many are missing.
    pub(crate) fn give_up_replies(
        &self,
        ask: &ApiRequest<'_>,
        (missing, announced): (u64, u64),
    ) -> Result<()> {
        let error = CallError::own("fewer_replies_than_announced");
        let error = error.with_detail(format!("{missing} of {announced} are missing"));
        // The pages that there are have rows of their own: the row is about the one that should follow.
        self.gap(&ask.page(MISSING_PAGE), &error, &Tally::default())
    }

    /// Records that a list holds an id that cannot be one. It is told in a form that fits into a line of the log.
    pub(crate) fn give_up_id(&self, ask: &ApiRequest<'_>, id: &str) -> Result<()> {
        let shown = shown_id(&self.api.redact(id));
        let ask = ApiRequest { object: Some(&shown), ..ask.clone() };
        self.gap(
            &ask,
            &CallError::own("odd_id").with_detail(format!("{} bytes", id.len())),
            &Tally::default(),
        )
    }

    /// Why a method is not asked about anything any more, if it is not.
    fn closed_by(&self, ask: &ApiRequest<'_>) -> Option<CallError> {
        let refusals = lock(&self.refusals);
        let closed = refusals.get(&(ask.method, ask.kind.to_owned()))?.closed.as_ref()?;
        Some(CallError { http_status: None, ..closed.clone() })
    }

    /// Takes note of a refusal, and closes the method where it is the method's.
    fn refuse(&self, ask: &ApiRequest<'_>, error: &CallError) {
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

    /// Whether this capture was told that what an id stands for is gone.
    pub(crate) fn is_gone(&self, method: &str, id: &str) -> bool {
        self.archive.is_gone(method, Some(id), None)
    }

    /// A short text from outside, such as a name, without secrets and without what cannot be printed.
    pub(crate) fn cleared(&self, text: &str) -> String {
        cleared(text, |text| self.api.redact(text))
    }

    /// How many files have been fetched.
    pub(crate) fn n_files(&self) -> u64 {
        lock(&self.report).files
    }

    /// The number of gaps so far.
    pub(crate) fn n_gaps(&self) -> u64 {
        lock(&self.report).n_gaps
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
    pub(crate) fn finish(self) -> Capture {
        let mut capture = self.report.into_inner().unwrap_or_else(PoisonError::into_inner);
        capture.calls = self.limiters.calls();
        capture
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

    async fn call_once(&self, ask: &ApiRequest<'_>, is_small: bool) -> Result<Vec<u8>, CallError> {
        let body = self.in_time(self.api.call(ask.method, &ask.params(is_small))).await?;
        let body = body.map_err(|error| with_scope(of_method(error, ask.method), ask))?;
        let envelope =
            Envelope::read(&body).map_err(|_| CallError::transport("answer_is_no_json", Some(200)))?;
        if envelope.ok {
            return Ok(body);
        }
        // Slack says ok or an error; an answer that says neither (an HTML page reads as `{}`) is none.
        Err(match envelope.error.as_deref().unwrap_or_default() {
            "" => CallError::transport("answer_is_not_slacks", Some(200)),
            _ => with_scope(CallError::answer(ask.method, &envelope, |text| self.api.redact(text)), ask),
        })
    }

    fn store(&self, ask: &ApiRequest<'_>, body: Vec<u8>, tally: &Tally) -> Result<Answer> {
        let row = Request { http_status: Some(200), ..tally.fill(ask.row(RequestStatus::Ok)) };
        self.archive.store(ask, &body, row)?;
        lock(&self.refusals).entry((ask.method, ask.kind.to_owned())).or_default().is_answered = true;
        let mut report = lock(&self.report);
        report.stored += 1;
        report.bytes += body.len() as u64;
        Ok(Answer::Stored(body))
    }

    fn gap(&self, ask: &ApiRequest<'_>, error: &CallError, tally: &Tally) -> Result<()> {
        self.note(tally.fill(ask.row(RequestStatus::Gap)), error)
    }

    /// Writes the row of a gap, and counts it.
    pub(crate) fn note(&self, row: Request, error: &CallError) -> Result<()> {
        let row = Request {
            error: error.code.clone(),
            http_status: error.http_status.map(u64::from),
            class: error.class.as_str().into(),
            needs: error.needs_with_detail(),
            ..row
        };
        self.archive.append(&row)?;
        let mut report = lock(&self.report);
        report.n_gaps += 1;
        // A server may say something else each time.
        let is_new = report.gap_kinds.len() < MOST_KINDS;
        let kind = (row.method.clone(), if is_new { error.explain() } else { error.code.clone() });
        *report.gap_kinds.entry(kind).or_default() += 1;
        if report.gaps.len() < MOST_GAPS {
            let object = row.channel.map(|object| format!(" {object}")).unwrap_or_default();
            let thread = row.thread_ts.map(|thread| format!(" {thread}")).unwrap_or_default();
            let file = if row.file.is_empty() { String::new() } else { format!(" {}", row.file) };
            report.gaps.push(Gap::new(format!("{}{object}{thread}{file}", row.method), error.explain()));
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

/// A time by a clock that runs faster.
fn scaled(time: Duration, time_scale: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() / time_scale).unwrap_or(Duration::MAX)
}

/// The error of an API that only knows codes, as the answer of a method.
fn of_method(error: CallError, method: &str) -> CallError {
    match error.class {
        ErrorClass::SkipObject => CallError { class: ErrorClass::of_answer(method, &error.code), ..error },
        _ => error,
    }
}

/// Names the scope that is missing, where Slack does not.
fn with_scope(error: CallError, ask: &ApiRequest<'_>) -> CallError {
    if error.code != "missing_scope" || error.needed.as_ref().is_some_and(|needed| !needed.is_empty()) {
        return error;
    }
    CallError { needed: scope_of(ask.method, ask.kind).map(Into::into), ..error }
}
