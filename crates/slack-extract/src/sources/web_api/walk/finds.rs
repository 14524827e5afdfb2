//! What messages name and no list holds: bots, strangers from other workspaces, files that only `files.info`
//! shows.

use futures_util::StreamExt;
use slack_model::UserId;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::engine::Walk;
use super::finder::{Lookup, UserList};
use crate::error::Result;
use crate::hash::digest;
use crate::sources::web_api::api_request::ApiRequest;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{BOTS_INFO, FILES_INFO, USERS_INFO};
use crate::sources::web_api::options::Part;

impl<A: SlackApi> Walk<'_, A> {
    /// Asks for what was found. Users wait until the list of users has ended: before that nobody is a stranger.
    pub(super) async fn finds(
        &self,
        found: mpsc::UnboundedReceiver<Lookup>,
        mut user_list: watch::Receiver<UserList>,
    ) -> Result<()> {
        let (user, users) = mpsc::unbounded_channel();
        let (bot, bots) = mpsc::unbounded_channel();
        let (file, files) = mpsc::unbounded_channel();
        tokio::try_join!(
            async move {
                // The senders go when nothing more is found, which ends the streams below.
                let mut found = found;
                while let Some(find) = found.recv().await {
                    // The receivers live as long as this walk.
                    let _ = match find {
                        Lookup::User(id) => user.send(id.to_string()),
                        Lookup::Bot(id) => bot.send(id.to_string()),
                        Lookup::File(id) => file.send(id.to_string()),
                    };
                }
                Ok(())
            },
            async {
                // An error means that the list was given up, with the run.
                let ended = user_list.wait_for(|list| *list != UserList::Pending).await;
                let is_whole = ended.is_ok_and(|list| *list == UserList::Whole);
                let is_stranger = |id: &String| is_whole && self.is_stranger(&UserId::from(id.as_str()));
                self.infos(USERS_INFO, users, is_stranger).await
            },
            self.infos(BOTS_INFO, bots, |id| {
                self.options.has(Part::Bots) && !self.was_asked(BOTS_INFO, id)
            }),
            self.infos(FILES_INFO, files, |id| {
                // Whoever wants a file's bytes needs its address, which an earlier batch did not need to keep.
                let lacks_bytes = self.downloads.as_ref().is_some_and(|downloads| !downloads.holds(id));
                let is_missing = self.is_gone(FILES_INFO, id);
                let is_new = !self.was_asked(FILES_INFO, id);
                self.options.has(Part::Files) && (is_new || lacks_bytes && !is_missing)
            }),
        )?;
        Ok(())
    }

    /// Asks a method about each id that is wanted.
    async fn infos(
        &self,
        method: &'static str,
        ids: mpsc::UnboundedReceiver<String>,
        is_wanted: impl Fn(&String) -> bool,
    ) -> Result<()> {
        let is_wanted = &is_wanted;
        let wanted = UnboundedReceiverStream::new(ids).filter(|id| std::future::ready(is_wanted(id)));
        self.each(method, wanted, None, |id| async move {
            let ask = self.of_team(ApiRequest::of(method).about(&id));
            self.caller.ask(&ask).await.map(drop)
        })
        .await
    }

    /// Whether nobody has told who a user is.
    fn is_stranger(&self, user: &UserId) -> bool {
        let is_listed = lock(&self.listed_users).contains(&digest(user.as_str().as_bytes()));
        !is_listed && !self.known.has_user(user) && !self.was_asked(USERS_INFO, user.as_str())
    }

    /// Whether an earlier batch has an answer about an id, or was told that it is gone.
    fn was_asked(&self, method: &str, id: &str) -> bool {
        self.known.asked().lookup(method, id).is_some() || self.is_gone(method, id)
    }

    /// Whether an earlier batch was told that what an id stands for is gone.
    pub(super) fn is_gone(&self, method: &str, id: &str) -> bool {
        let asked = self.known.asked();
        asked.gone(method, id, None).is_some() || asked.is_missing(method, id)
    }
}
