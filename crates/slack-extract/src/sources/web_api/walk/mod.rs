//! The walk through a workspace: what is asked for, in which order, and what follows from the answers.

mod channels;
mod downloads;
mod endless;
mod estimate;
mod finds;
mod messages;
mod workspace;

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use futures_util::{Stream, StreamExt};
use slack_model::{ChannelId, Envelope, Progress, Step, Ts, UserId};
use tokio::sync::{mpsc, watch};

use self::channels::Target;
use self::endless::EndlessWatch;
use self::finds::{Find, Finder};
use self::messages::SmallClass;
use super::ask::Ask;
use super::download::Downloads;
use super::http::SlackApi;
use super::options::Part;
use crate::error::{Error, Result};
use crate::sources::web_api::caller::Answer;
use crate::sources::web_api::caller::Caller;
use crate::sources::web_api::known::Known;
use crate::sources::web_api::lock::lock;
use crate::sources::web_api::options::ApiOptions;

/// The methods that an org-wide token must tell the workspace.
const TEAM_METHODS: [&str; 8] = [
    "conversations.list",
    "users.list",
    "users.conversations",
    "usergroups.list",
    "usergroups.users.list",
    "files.list",
    "reactions.list",
    "bots.info",
];

/// How often an object whose cursor expires is begun.
const ATTEMPTS: u32 = 3;

/// How often in a row the same cursor may come: a page that Slack could not fill may be asked for again.
const SAME_CURSORS: u32 = 3;

/// The `limit` of lists where a large page fails.
const SMALL_LIST: &str = "20";

/// What was walked completely.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Channels, and from where on their histories were read.
    pub(crate) histories: Vec<(ChannelId, Ts)>,
    /// Channels, and from where on their lists of files were read, by this capture and those that it goes on from.
    pub(crate) file_lists: Vec<(ChannelId, Ts)>,
}

/// Why a walk stopped, and what it had walked completely by then.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) error: Error,
    pub(crate) walked: Walked,
}

/// Walks through everything that the options ask for. Methods run side by side, each at its own limit.
///
/// The walk goes the same way whether it is new or goes on: a request whose answer is in the batch already is
/// answered from there. What is still to be asked follows from the pages, so no list of it is kept in memory.
pub(crate) struct Walk<'a, A> {
    caller: &'a Caller<A>,
    options: &'a ApiOptions,
    known: &'a Known,
    latest: Ts,
    /// Where files' bytes go, if they are wanted.
    downloads: Option<Downloads<'a, A>>,
    progress: &'a dyn Progress,
    walked: Mutex<Walked>,
    /// The threads to read that pages have shown.
    threads_shown: AtomicU64,
    /// The threads that are being read: two pages may show the same one.
    under_way: Mutex<HashSet<(u32, Ts)>>,
    /// The users that the list holds, as digests.
    listed_users: Mutex<HashSet<u64>>,
    /// Whether the app turned out to be of the class that gets 15 objects a page.
    small_class: Mutex<SmallClass>,
}

/// How the list of users ended: only then strangers can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UserList {
    Pending,
    Whole,
    Missing,
}

impl<'a, A: SlackApi> Walk<'a, A> {
    pub(crate) fn new(
        caller: &'a Caller<A>,
        options: &'a ApiOptions,
        known: &'a Known,
        latest: Ts,
        downloads: Option<Downloads<'a, A>>,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            caller,
            options,
            known,
            latest,
            downloads,
            progress,
            walked: Mutex::default(),
            threads_shown: AtomicU64::default(),
            under_way: Mutex::default(),
            listed_users: Mutex::default(),
            small_class: Mutex::default(),
        }
    }

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

    /// Does something to each item, several at a time, until all are done or one fails. `task` is the method.
    async fn each<I, F: Future<Output = Result<()>>>(
        &self,
        task: &str,
        items: impl Stream<Item = I>,
        total: Option<u64>,
        work: impl FnMut(I) -> F,
    ) -> Result<()> {
        let mut running = std::pin::pin!(items.map(work).buffer_unordered(self.options.parallel.max(1)));
        let mut done = 0;
        while let Some(finished) = running.next().await {
            finished?;
            done += 1;
            self.progress.report(Step::new(task, done, total));
        }
        Ok(())
    }

    /// The same for channels.
    async fn each_channel<'c, F: Future<Output = Result<()>>>(
        &self,
        method: &str,
        channels: &'c [Target],
        work: impl FnMut(&'c Target) -> F,
    ) -> Result<()> {
        let channels = futures_util::stream::iter(channels);
        let total = channels.size_hint().0 as u64;
        self.each(method, channels, Some(total), work).await
    }

    /// Reads an object's pages to the last one, and shows `each` of them with its number. Returns whether all
    /// were read.
    ///
    /// Pages may be short, or empty, in the middle: only the lack of a cursor ends them. Where a cursor expires,
    /// the object is read again from its first page. Those pages follow upon the ones before, since nothing that Slack
    /// answered is thrown away, and since the last page alone then tells how to go on; what an earlier run stored from
    /// there on belongs to the cursor that has expired, and is set aside.
    async fn pages(&self, ask: Ask<'_>, mut each: impl FnMut(u32, &[u8])) -> Result<bool> {
        let ask = self.of_team(ask);
        let (mut cursor, mut begun) = (None::<String>, 1);
        let mut watch = EndlessWatch::new(self.options);
        let mut page = 1;
        loop {
            let mut next = ask.page(page);
            if let Some(cursor) = &cursor {
                next = next.with("cursor", cursor);
            }
            let body = match self.caller.ask(&next).await? {
                Answer::Stored(body) => body,
                Answer::Gap => return Ok(false),
                Answer::Expired if begun < ATTEMPTS && cursor.is_some() => {
                    self.caller.archive().set_aside_from(&next)?;
                    begun += 1;
                    cursor = None;
                    // What was read before comes again.
                    watch = EndlessWatch::new(self.options);
                    continue;
                }
                Answer::Expired => {
                    self.caller.give_up(&next, "invalid_cursor")?;
                    return Ok(false);
                }
            };
            each(page, &body);
            if next.object.is_none() {
                self.progress.report(Step::new(next.method, u64::from(page), None));
            }
            let envelope = Envelope::read(&body).unwrap_or_default();
            let Some(following) = envelope.next_cursor() else {
                if envelope.has_more {
                    self.caller.give_up(&next, "more_without_a_cursor")?;
                }
                return Ok(!envelope.has_more);
            };
            if let Some(why) = watch.turn(page, &body, following) {
                self.caller.give_up(&next, why)?;
                return Ok(false);
            }
            cursor = Some(following.to_owned());
            page += 1;
        }
    }

    /// A request with the workspace that it is about, where that was named: an org-wide token reads several.
    fn of_team<'q>(&self, ask: Ask<'q>) -> Ask<'q> {
        match &self.options.team {
            Some(team) if ask.method == "team.info" => ask.with("team", team),
            Some(team) if TEAM_METHODS.contains(&ask.method) => ask.with("team_id", team),
            _ => ask,
        }
    }

    fn add_window(&self, channel: &ChannelId, oldest: Option<Ts>) {
        let oldest = oldest.or(Ts::from_micros(0)).unwrap_or(self.latest);
        lock(&self.walked).histories.push((channel.clone(), oldest));
    }

    fn find_users(&self, finder: &Finder, users: impl IntoIterator<Item = UserId>) {
        if self.options.has(Part::Users) {
            users.into_iter().for_each(|user| finder.add(Find::User(user)));
        }
    }
}
