use slack_model::{ChannelId, Time};

use crate::sources::web_api::api_request::ApiRequest;

/// A conversation to read.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: ChannelId,
    /// Slack's name for its type.
    pub(super) kind: &'static str,
    /// The number of its members, where the list says so.
    pub(super) members: u64,
    /// When it was changed itself, where the list says so.
    pub(super) updated: Option<Time>,
}

impl Target {
    pub(super) fn ask(&self, method: &'static str) -> ApiRequest<'_> {
        ApiRequest { kind: self.kind, ..ApiRequest::of(method).about(self.id.as_str()) }
    }
}
