//! One self-contained HTML page that says what is happening in a Slack workspace.
//!
//! [`Report::read`] puts together what the page shows, from the metric tables and a few of the tables they were measured
//! from; [`Report::write_html`] writes the page. It needs no network and holds neither e-mail addresses nor texts of
//! messages. [`ReportOptions`] makes people pseudonymous and folds small groups; leaving out conversations is for whoever
//! measures ([`slack_model::leave_out`]), since counts would tell of them otherwise.
//!
//! ```
//! use slack_model::MemoryTables;
//! use slack_report::{Report, ReportOptions};
//!
//! let (tables, metrics) = (MemoryTables::default(), MemoryTables::default());
//! metrics.insert(
//!     "activity_by_day",
//!     "date,posts,replies,reactions,people,active,new_posters,people_7d,people_28d,stickiness\n\
//!      2024-03-01,3,1,0,2,2,2,2,2,1.000000\n",
//! );
//! let report = Report::read(&tables, &metrics, &ReportOptions::default())?;
//! let mut page = Vec::new();
//! report.write_html(&mut page)?;
//! assert!(String::from_utf8_lossy(&page).contains("2024-03-01"));
//! # Ok::<(), slack_report::Error>(())
//! ```

mod calendar;
mod capture;
mod error;
mod fault;
mod fold;
mod options;
mod page;
mod people;
mod pseudonym;
mod report;
mod rows;
mod sections;

pub use self::capture::{Capture, Gap, Stage};
pub use self::error::{Error, Result};
pub use self::options::ReportOptions;
pub use self::people::unknown_person;
pub use self::pseudonym::PseudonymKey;
pub use self::report::Report;
pub use self::rows::READS;
