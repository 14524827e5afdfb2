use slack_model::Ts;
use slack_model::batch::{BatchFolder, Request, RequestStatus};

use super::methods;

/// A request: what to ask, and where its answer goes.
#[derive(Debug, Clone)]
pub(crate) struct ApiRequest<'a> {
    pub(crate) method: &'static str,
    /// The id of the channel, or other object, that is asked for.
    pub(crate) object: Option<&'a str>,
    /// The type of the conversation asked for: what a token may read differs from type to type.
    pub(crate) kind: &'a str,
    pub(crate) thread: Option<Ts>,
    pub(crate) page: u32,
    pub(crate) params: Vec<(&'static str, String)>,
    /// The `limit` to ask with where an answer is too large, or the server fails over it; the same where there is no
    /// smaller one.
    pub(crate) small: Option<&'static str>,
}

impl<'a> ApiRequest<'a> {
    /// A request for the first page of a method that asks for no object.
    pub(crate) fn of(method: &'static str) -> Self {
        let known = methods::method(method);
        let small = known.page.and_then(|page| page.small);
        Self { method, object: None, kind: "", thread: None, page: 1, params: known.params(), small }
    }

    /// The same about an object.
    pub(crate) fn about(mut self, object: &'a str) -> Self {
        self.object = Some(object);
        self.params.insert(0, (methods::method(self.method).object, object.into()));
        self
    }

    pub(crate) fn with(mut self, parameter: &'static str, value: impl ToString) -> Self {
        self.params.push((parameter, value.to_string()));
        self
    }

    /// Its parameters, for a small page where that is wanted.
    pub(crate) fn params(&self, is_small: bool) -> Vec<(&'static str, String)> {
        let mut params = self.params.clone();
        let limit = params.iter_mut().find(|(name, _)| *name == "limit");
        if let (true, Some(small), Some((_, limit))) = (is_small, self.small, limit) {
            *limit = small.into();
        }
        params
    }

    /// The request for another page.
    pub(crate) fn page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// Where its answer lies, below the batch's folder, with `/` between the folders.
    pub(crate) fn file(&self) -> String {
        let file = BatchFolder::page(self.method, self.object, self.thread, self.page);
        file.to_string_lossy().replace('\\', "/")
    }

    /// Its row of the log.
    pub(crate) fn row(&self, status: RequestStatus) -> Request {
        Request {
            channel: self.object.map(Into::into),
            thread_ts: self.thread,
            page: Some(u64::from(self.page)),
            ..Request::new(self.method, status)
        }
    }
}
