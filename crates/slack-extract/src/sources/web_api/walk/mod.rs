//! The walk through a workspace: what is asked for, in which order, and what follows from the answers.

mod app_class;
mod channels;
mod downloads;
mod endless;
mod engine;
mod estimate;
mod finder;
mod finds;
mod messages;
mod target;
mod workspace;

use tokio::sync::{mpsc, watch};

pub(super) use self::engine::{Walk, Walked};
use self::finder::{Finder, UserList};
use self::target::Target;
use super::http::SlackApi;
use crate::error::{Error, Result};

/// Why a walk stopped, and what it had walked completely by then.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) error: Error,
    pub(crate) walked: Walked,
}

impl<A: SlackApi> Walk<'_, A> {
    pub(crate) async fn run(self) -> Result<Walked, Stopped> {
        let outcome = self.walk().await;
        let walked = self.walked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        match outcome {
            Ok(()) => Ok(walked),
            Err(error) => Err(Stopped { error, walked }),
        }
    }

    async fn walk(&self) -> Result<()> {
        let (user_list, listed) = watch::channel(UserList::Pending);
        let (finder, found) = Finder::new();
        // What is named must be there before anything else is captured.
        let names_any = !self.options.channels.is_empty() || !self.options.leave.is_empty();
        let targets = if names_any { Some(self.listed().await?) } else { None };
        tokio::try_join!(
            self.workspace(),
            async {
                // The sender goes when the list ends, however it does.
                let user_list = user_list;
                let whole = self.users().await?;
                user_list.send_replace(if whole { UserList::Whole } else { UserList::Missing });
                Ok(())
            },
            self.conversations(targets, finder),
            self.finds(found, listed),
        )?;
        self.other_downloads().await
    }

    /// Everything about conversations. The finder goes when the last page is read, which ends the finds.
    async fn conversations(&self, targets: Option<Vec<Target>>, finder: Finder) -> Result<()> {
        let channels = match targets {
            Some(targets) => targets,
            None => self.listed().await?,
        };
        self.estimate(&channels);
        let (page, pages) = mpsc::unbounded_channel();
        let (cut, cuts) = mpsc::unbounded_channel();
        let (list, lists) = mpsc::unbounded_channel();
        let finder = &finder;
        tokio::try_join!(
            self.members(&channels),
            self.details(&channels, finder),
            self.pins(&channels),
            self.bookmarks(&channels),
            async {
                let list = list;
                self.files(&channels, &list).await
            },
            self.listed_downloads(lists),
            async {
                // The senders go when their last page is read, which ends the streams below.
                let page = page;
                self.histories(&channels, &page).await?;
                self.estimate_threads();
                Ok(())
            },
            async {
                let cut = cut;
                self.threads(&channels, pages, &cut, finder).await
            },
            self.reactions(&channels, cuts, finder),
        )?;
        Ok(())
    }
}
