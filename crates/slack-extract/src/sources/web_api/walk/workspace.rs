//! What belongs to the workspace as a whole.

use slack_model::{listed_usergroups, listed_users};

use super::engine::Walk;
use crate::error::Result;
use crate::hash::digest;
use crate::sources::web_api::api_request::ApiRequest;
use crate::sources::web_api::caller::Answer;
use crate::sources::web_api::http::SlackApi;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::methods::{
    EMOJI_LIST, REACTIONS_LIST, TEAM_INFO, TEAM_PROFILE_GET, USERGROUPS_LIST, USERGROUPS_USERS_LIST,
    USERS_CONVERSATIONS, USERS_LIST,
};
use crate::sources::web_api::options::Part;

impl<A: SlackApi> Walk<'_, A> {
    /// The workspace, its groups, its emoji, and where the token's user is and reacted. Methods run side by side.
    pub(super) async fn workspace(&self) -> Result<()> {
        tokio::try_join!(
            self.once(Part::Team, ApiRequest::of(TEAM_INFO)),
            self.once(Part::Team, ApiRequest::of(TEAM_PROFILE_GET)),
            self.once(Part::Emoji, ApiRequest::of(EMOJI_LIST)),
            self.usergroups(),
            self.memberships(),
            self.own_reactions(),
        )?;
        Ok(())
    }

    /// The list of users. Returns whether it was read to its end.
    pub(super) async fn users(&self) -> Result<bool> {
        if !self.options.has(Part::Users) {
            return Ok(false);
        }
        self.pages(ApiRequest::of(USERS_LIST), |_, body| {
            lock(&self.listed_users)
                .extend(listed_users(body).iter().map(|id| digest(id.as_str().as_bytes())));
        })
        .await
    }

    async fn once(&self, part: Part, ask: ApiRequest<'_>) -> Result<()> {
        if self.options.has(part) {
            self.caller.ask(&self.of_team(ask)).await?;
        }
        Ok(())
    }

    async fn usergroups(&self) -> Result<()> {
        if !self.options.has(Part::Usergroups) {
            return Ok(());
        }
        let ask = ApiRequest::of(USERGROUPS_LIST).with("include_users", true).with("include_disabled", true);
        let Answer::Stored(body) = self.caller.ask(&self.of_team(ask)).await? else { return Ok(()) };
        for (group, members_named) in listed_usergroups(&body) {
            if !members_named {
                let ask = ApiRequest::of(USERGROUPS_USERS_LIST).about(group.as_str());
                self.caller.ask(&self.of_team(ask.with("include_disabled", true))).await?;
            }
        }
        Ok(())
    }

    async fn memberships(&self) -> Result<()> {
        if !self.options.has(Part::Memberships) {
            return Ok(());
        }
        let types: Vec<&str> = self.options.types.iter().map(|kind| kind.as_str()).collect();
        let ask = ApiRequest::of(USERS_CONVERSATIONS).with("types", types.join(","));
        self.pages(ask, |_, _| {}).await.map(drop)
    }

    async fn own_reactions(&self) -> Result<()> {
        if !self.options.has(Part::OwnReactions) {
            return Ok(());
        }
        let ask = ApiRequest::of(REACTIONS_LIST).with("full", true);
        self.pages(ask, |_, _| {}).await.map(drop)
    }
}
