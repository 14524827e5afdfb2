//! Who belongs together.

mod continuity;
mod leiden;
pub(crate) mod level;
mod modularity;
mod moving;
mod refinement;
mod rows;

pub use self::continuity::{MIN_JACCARD, continuity};
pub use self::leiden::{CommunityOptions, communities};
pub use self::modularity::{directed_modularity, modularity};
pub use self::rows::community_rows;
