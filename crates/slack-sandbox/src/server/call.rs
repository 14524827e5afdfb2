use slack_model::Ts;

use super::answer::{Answer, SlackError};
use super::args::Args;
use super::auth::Access;
use super::methods::Method;
use super::paging::{Bounds, page, with_cursor};
use super::shared::Settings;
use crate::json::{Object, array};
use crate::workspace::{Channel, ChannelKind, Message, Workspace};

/// One call of a method, as the methods see it.
pub(crate) struct Call<'a> {
    pub(crate) method: &'static Method,
    pub(crate) workspace: &'a Workspace,
    pub(crate) args: &'a Args,
    pub(crate) settings: &'a Settings,
}

/// A method's function.
pub(crate) type Handler = fn(&Call<'_>) -> Answer;

/// How many objects apps of the small class get at once.
const SMALL_CLASS_PAGE: usize = 15;

const DAY: i64 = 86_400_000_000;

impl<'a> Call<'a> {
    /// The token and what it may read.
    pub(crate) fn access(&self) -> &'a Access {
        &self.settings.access
    }

    /// The conversation that the call names, where it may be read: `right` is `read` or `history`.
    pub(crate) fn channel(&self, right: &str) -> Result<&'a Channel, SlackError> {
        let id = self.args.need("channel", "invalid_arguments")?;
        self.channel_of(id, right)
    }

    pub(crate) fn channel_of(&self, id: &str, right: &str) -> Result<&'a Channel, SlackError> {
        let channel = self.workspace.channel(id).ok_or(SlackError::code("channel_not_found"))?;
        self.access().need(&format!("{}:{right}", channel.kind.scope_family()))?;
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
            self.access().need(&format!("{}:read", kind.scope_family()))?;
        }
        let archived = !self.args.flag("exclude_archived");
        let channels = self.workspace.visible_channels();
        Ok(channels
            .filter(|channel| kinds.contains(&channel.kind) && (archived || !channel.is_archived))
            .collect())
    }

    /// Answers the call's page of a list, in JSON by `json`, under the key that the method's table names.
    pub(crate) fn listed<'l, T, J: AsRef<str>>(&self, list: &'l [T], json: impl FnMut(&'l T) -> J) -> Answer {
        let limit = self.args.limit(100, 999)?;
        let (shown, next) = page(list, &self.bounds(), self.args, limit)?;
        let key = self.method.list.map_or("items", |list| list.key);
        Ok(with_cursor(Object::ok().raw(key, &array(shown.iter().map(json))), &next).end())
    }

    /// Which user the call is about: its `user`, else the token's.
    pub(crate) fn user(&self) -> Result<&'a str, SlackError> {
        let user = self.args.get("user").unwrap_or(self.workspace.owner.as_str());
        let is_known = self.workspace.users.iter().any(|known| known.id.as_str() == user);
        is_known.then_some(user).ok_or(SlackError::code("user_not_found"))
    }

    /// What the call's cursors are bound to.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds::of(self.method.name, self.args, self.method.list.map_or(&[], |list| list.bounds))
    }

    /// The size of a page of messages: where the app is of the small class never more than its bound, and no
    /// error says so.
    pub(crate) fn messages_limit(&self, default: usize, most: usize) -> Result<usize, SlackError> {
        let limit = self.args.limit(default, most)?;
        Ok(if self.settings.small_class { limit.min(SMALL_CLASS_PAGE) } else { limit })
    }

    /// The first microsecond that may be seen: 0 without a horizon.
    pub(crate) fn horizon(&self) -> i64 {
        let first = |days: u32| self.workspace.clock.micros() - i64::from(days) * DAY;
        self.settings.horizon.map_or(0, first).max(0)
    }

    /// An instant that names a message; `None` where it can be none's.
    pub(crate) fn ts(&self, key: &str) -> Option<Ts> {
        Ts::parse(self.args.get(key)?.as_bytes())
    }

    /// A message's text as a page shows it.
    pub(crate) fn shown<'m>(&self, message: &'m Message) -> std::borrow::Cow<'m, str> {
        message.with_reactors(self.settings.most_reactors)
    }
}
