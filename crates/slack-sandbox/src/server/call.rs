use slack_model::Ts;

use super::answer::{Answer, SlackError};
use super::args::Args;
use super::auth::Access;
use super::paging::Bounds;
use crate::workspace::{Channel, ChannelKind, Message, Workspace};

/// One call of a method, as the methods see it.
pub(crate) struct Call<'a> {
    pub(crate) method: &'static str,
    pub(crate) workspace: &'a Workspace,
    pub(crate) args: &'a Args,
    pub(crate) access: &'a Access,
    /// How many users a reaction names in a page.
    pub(crate) most_reactors: usize,
}

/// A method's function.
pub(crate) type Handler = fn(&Call<'_>) -> Answer;

impl<'a> Call<'a> {
    /// The conversation that the call names, where it may be read: `right` is `read` or `history`.
    pub(crate) fn channel(&self, right: &str) -> Result<&'a Channel, SlackError> {
        let id = self.args.need("channel", "invalid_arguments")?;
        self.channel_of(id, right)
    }

    pub(crate) fn channel_of(&self, id: &str, right: &str) -> Result<&'a Channel, SlackError> {
        let channel = self.workspace.channel(id).ok_or(SlackError::code("channel_not_found"))?;
        self.access.need(&format!("{}:{right}", channel.kind.scope_family()))?;
        Ok(channel)
    }

    /// The conversations of the `types` that the call asks for.
    pub(crate) fn channels_of_types(&self) -> Result<Vec<&'a Channel>, SlackError> {
        let mut kinds = Vec::new();
        for name in self.args.list("types") {
            let all = [
                ChannelKind::Public,
                ChannelKind::Private,
                ChannelKind::GroupMessage,
                ChannelKind::DirectMessage,
            ];
            let kind = all.into_iter().find(|kind| kind.api_type() == name);
            kinds.push(kind.ok_or(SlackError::code("invalid_types"))?);
        }
        if kinds.is_empty() {
            kinds.push(ChannelKind::Public);
        }
        for kind in &kinds {
            self.access.need(&format!("{}:read", kind.scope_family()))?;
        }
        let archived = !self.args.flag("exclude_archived");
        let channels = self.workspace.visible_channels();
        Ok(channels
            .filter(|channel| kinds.contains(&channel.kind) && (archived || !channel.is_archived))
            .collect())
    }

    /// What the call's cursors are bound to.
    pub(crate) fn bounds(&self, keys: &[&str]) -> Bounds {
        Bounds::of(self.method, self.args, keys)
    }

    /// An instant that names a message; `None` where it can be none's.
    pub(crate) fn ts(&self, key: &str) -> Option<Ts> {
        Ts::parse(self.args.get(key)?.as_bytes())
    }

    /// A message's text as a page shows it.
    pub(crate) fn shown(&self, message: &'a Message) -> std::borrow::Cow<'a, str> {
        message.with_reactors(self.most_reactors)
    }
}
