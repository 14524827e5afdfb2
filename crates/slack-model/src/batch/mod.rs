//! Where things lie: the data home, its batches, and what a batch says about itself.

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
