//! The server: what an answer depends on, step by step.

mod answer;
mod args;
mod auth;
mod blocks;
mod call;
mod control;
mod download;
mod fault_spec;
mod faults;
mod limits;
mod log;
mod methods;
mod paging;
mod reply;
mod router;
mod shared;

pub(crate) use self::auth::Access;
pub use self::faults::{Fault, FaultRule};
pub use self::log::Sent;
pub(crate) use self::router::router;
pub(crate) use self::shared::{Settings, Shared};
