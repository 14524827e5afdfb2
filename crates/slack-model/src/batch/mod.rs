//! Where things lie: the data home, its batches, and what a batch says about itself.
//!
//! # The layout of a batch, for those who write one
//!
//! A data home is a folder. Each batch in it is a folder named by a UTC second, `YYYYMMDDHHMMSS`
//! ([`BatchId`](crate::BatchId)); a second that is taken is no longer free, and the next one is used.
//! [`BatchWriter`] keeps to everything below. Who writes without it must hold the data home's [lock](DataHome::lock), must
//! write each file under a name that begins with a dot, sync it and rename it, and must write a page before its row of the
//! log.
//!
//! | path below the batch's folder | written by | what it holds |
//! |---|---|---|
//! | `api/<method>/...` | the source | Slack's answers, one file a request, byte for byte: see *Pages* |
//! | `export/...` | the source | an official export as Slack made it, byte for byte |
//! | `files/<file id>/<name>` | the source | the bytes of hosted files, listed in `metadata/files.csv` ([`HostedFile`]) |
//! | `metadata/metadata.csv` | the source | what the batch says about itself: see *Metadata* ([`Metadata`]) |
//! | `metadata/requests.csv` | the source | a row for each request, and for each gap ([`Request`]) |
//! | `metadata/set_aside.csv`, `metadata/not_read.csv` | transform | records and files that could not be read |
//! | `metadata/run.csv` | the pipeline | the stages of the last run ([`RunStage`]) |
//! | `csv/` | transform | the batch's tables; never written by a source |
//! | `metrics/` | metrics | what was computed of the batch alone |
//!
//! A batch needs `api/` or `export/`; it may have both. Everything else may be missing: without a log nothing is known of
//! gaps, and without metadata the batch has no source, no workspace and no windows.
//!
//! # Pages
//!
//! A page is a UTF-8 file with one JSON object, as the method answers: `{"ok": true, ...}`. Its path holds the keys of its
//! request, as [`BatchFolder::page`] makes it. Pages are numbered from 00001 with five digits, and are read in the order of
//! their names. Transform reads these methods:
//!
//! | path below `api/` | the list in the page | becomes |
//! |---|---|---|
//! | `users.list/00001.json` | `members` | users |
//! | `users.info/<user>/00001.json` | `user` | one user |
//! | `conversations.list/<type>/00001.json` | `channels` | channels; the type is `public_channel`, `private_channel`, `mpim` or `im` |
//! | `conversations.info/<channel>/00001.json` | `channel` | one channel |
//! | `conversations.members/<channel>/00001.json` | `members` | memberships |
//! | `conversations.history/<channel>/00001.json` | `messages` | messages, their reactions, mentions, links and files |
//! | `conversations.replies/<channel>/<thread_ts>-00001.json` | `messages` | replies; the thread's first message may be among them |
//! | `reactions.get/<channel>/<ts>-00001.json` | `message` | all reactions to a message that names only some |
//! | `files.list/<channel>/00001.json` | `files` | files shared in that channel; those of other channels are ignored |
//! | `usergroups.list/00001.json` | `usergroups` | user groups |
//! | `usergroups.users.list/<group>/00001.json` | `users` | members of a group |
//! | `team.info/00001.json` | `team` | the workspace's id and name |
//!
//! Lists of conversations lie in a folder of their type: one directly in `conversations.list/` is not read. A channel is
//! public only where a list of public channels, its own record or the operator names it so. Messages
//! of a channel that no list has are read all the same, as those of a private channel. Of a message that comes twice the
//! later page is used, in the order of the table. What is ignored: pages of other methods (they stay for later versions),
//! files that do not end with `.json` or that begin with a dot, and pages that lie at another depth than the table shows.
//! Nothing of that is an error. A record that cannot be read is set aside with its place, and the rest of its page is read.
//!
//! Below `export/` every file is looked at: those that no table is made of are listed in `metadata/not_read.csv`.
//!
//! # Metadata
//!
//! `metadata/metadata.csv` has the columns `key` and `value`. None is required by transform; these are used:
//!
//! | key | value | what it does |
//! |---|---|---|
//! | `batch` | the batch's id | names the batch where its folder was renamed by hand; for people |
//! | `tool_version` | a version | for people |
//! | `source` | a word, such as `api`, `export` or the name of a source | shown with the batch; batches of `api` can be resumed |
//! | `status` | `running`, `failed`, `partial` or `complete` | `running` and `failed` are unfinished captures, whose raw pages are never removed; nor are those of a batch without a status |
//! | `team_id`, `team_name` | Slack's id and name of the workspace | batches of different workspaces are not merged |
//! | `started_at`, `finished_at` | RFC 3339 | how long the capture took; `finished_at` is empty while it runs |
//! | `window.<channel>` | two timestamps, oldest and latest, with a space between them | the channel's history was read completely between them: what is missing there was deleted |
//! | `files.<channel>` | the same | the channel's list of files was read completely between them |
//! | `taken_at` | RFC 3339 | when an export was taken, where that is known |
//! | `lists_until` | a batch id | until when an export's lists hold, where its batch is named after an earlier second |
//! | `pruned_at` | RFC 3339 | when the raw pages were removed |
//!
//! A window is a claim: merge treats a message that lies in a window and is not in the batch as deleted. A source that is not
//! sure writes no window. Other keys are kept and ignored; a source's own best begin with its name and a dot.

mod files;
mod folder;
mod format;
mod home;
mod hosted;
mod links;
mod log;
mod metadata;
mod requests;
mod run;
mod source;
mod writer;

pub use self::files::{FilesBelow, files_below};
pub use self::folder::BatchFolder;
pub use self::home::{DataHome, HomeLock};
pub use self::hosted::HostedFile;
pub use self::log::RowLog;
pub use self::metadata::Metadata;
pub use self::requests::{Request, RequestStatus};
pub use self::run::RunStage;
pub use self::source::{Calls, Capture, Gap, Source};
pub use self::writer::BatchWriter;
