//! A Slack Web API server on loopback.
//!
//! * [`Workspace`] is what is served: a community made up from a seed, or any official export. Records are kept
//!   as JSON texts and answered as they are. [`Workspace::advance`] lets time pass in it, and [`Changes`] says
//!   what happened.
//! * [`Sandbox`] serves it as Slack does: tokens, scopes, cursors, rate limits, errors. [`Sandbox::builder`]
//!   sets it up, [`Fault`]s included, and how fast time passes.
//! * [`Sent`] is the server's record of an answer, with its hash, so that a test can tell whether every byte
//!   arrived.
//!
//! ```
//! use slack_sandbox::{CommunityOptions, Sandbox, Workspace};
//!
//! let mut options = CommunityOptions::default();
//! (options.people, options.channels, options.messages) = (12, 4, 60);
//! let sandbox = Sandbox::builder(Workspace::generate(&options)).rate_limits(false).start_blocking()?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! assert!(sandbox.log().is_empty());
//! # Ok::<(), slack_sandbox::Error>(())
//! ```

mod builder;
mod dice;
mod error;
mod fields;
mod json;
mod sandbox;
mod server;
mod workspace;

pub use self::builder::SandboxBuilder;
pub use self::error::{Error, Result};
pub use self::sandbox::Sandbox;
pub use self::server::{Fault, FaultRule, Sent};
pub use self::workspace::{
    Bot, Changes, Channel, ChannelKind, CommunityOptions, File, Joined, Message, PlayOptions, Reacted, Spot,
    Team, User, Usergroup, Workspace, file_bytes,
};
