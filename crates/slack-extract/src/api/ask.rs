use slack_model::Ts;
use slack_model::batch::{BatchFolder, Request, RequestStatus};

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
    /// Whether it asks who or what an id stands for that a message names: an answer that nobody does is one.
    pub(crate) is_lookup: bool,
}

impl<'a> Ask<'a> {
    /// A request for the first page of a method that asks for no object.
    pub(crate) fn of(method: &'static str) -> Self {
        Self { method, object: None, kind: "", thread: None, page: 1, params: Vec::new(), is_lookup: false }
    }

    pub(crate) fn about(mut self, parameter: &'static str, object: &'a str) -> Self {
        self.object = Some(object);
        self.with(parameter, object)
    }

    pub(crate) fn with(mut self, parameter: &'static str, value: impl ToString) -> Self {
        self.params.push((parameter, value.to_string()));
        self
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
