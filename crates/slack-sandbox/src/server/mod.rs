//! The server: what an answer depends on, step by step.

mod answer;
mod args;
mod auth;
mod call;
mod download;
mod faults;
mod limits;
mod log;
mod methods;
mod paging;
mod router;

pub(crate) use self::auth::Access;
pub(crate) use self::faults::Faults;
pub use self::faults::{Fault, FaultRule};
pub(crate) use self::limits::Limits;
pub(crate) use self::log::Log;
pub use self::log::Sent;
pub(crate) use self::router::{Settings, Shared, router};
