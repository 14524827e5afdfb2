//! Captures a Slack workspace as a batch: what Slack answered or exported, byte for byte.
//!
//! A [`Source`] fills a batch of a data home. There are two: [`OfficialExport`], a folder or zip that Slack
//! made, and [`WebApi`], which asks the API for everything that a token may read. Only this crate knows
//! the network.
//!
//! ```no_run
//! use slack_extract::{OfficialExport, Source};
//! use slack_model::batch::DataHome;
//!
//! let mut export = OfficialExport::new("export.zip");
//! let capture = export.capture(&DataHome::new("data"), &())?;
//! println!("batch {}, {} gaps", capture.batch.id(), capture.gaps.len());
//! # Ok::<(), slack_extract::Error>(())
//! ```

mod doctor;
mod error;
mod hash;
mod manifest;
mod prune;
mod scopes;
mod sources;
mod verify;

pub use self::doctor::{Check, Examination, Health, check_token, examine, examine_async};
pub use self::error::{Error, Result};
pub use self::manifest::{APP_NAME_LENGTH, app_manifest};
pub use self::prune::{Pruned, is_finished, prunable, prune};
pub use self::scopes::{NeededScope, needed_scopes};
pub use self::sources::official_export::OfficialExport;
pub use self::sources::official_export::limits::{ImportLimit, ImportLimits, LimitMet};
pub use self::sources::web_api::WebApi;
pub use self::sources::web_api::class::{CallError, ErrorClass};
pub use self::sources::web_api::http::{HttpSlackApi, Params, SlackApi};
pub use self::sources::web_api::options::{
    ApiOptions, ChannelType, FileBytes, MAX_FILE, Part, Rate, Threads,
};
pub use self::sources::web_api::plain::{FileStream, Greeting};
pub use self::sources::web_api::resume::unfinished;
pub use self::sources::web_api::token::{Token, TokenKind};
pub use self::verify::{ChannelCoverage, Finding, FindingKind, KnownGap, Verification, verify};
pub use slack_model::batch::{BatchWriter, Calls, Capture, Gap, Source};
