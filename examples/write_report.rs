//! Writes the page that says what is happening in a workspace's public channels, with pseudonyms for names.
//!
//!     cargo run --example write_report -- /tmp/slack/master/csv /tmp/slack/metrics /tmp/slack/report.html

mod visible;

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use slack_report::{PseudonymKey, Report, ReportOptions};

use self::visible::visible;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(tables), Some(metrics), Some(page)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("want the folder of tables, the folder of metrics, and the page's file".into());
    };
    let mut options = ReportOptions::default();
    // A key of your own, kept somewhere safe, keeps pseudonyms the same from report to report.
    options.pseudonyms = Some(PseudonymKey::new([7; 32]));
    options.min_group = 5;
    let visible = visible(&tables)?;
    options.left_out = visible.withheld.channels.len() as u64;
    // Tables that are not there, such as those of the network, leave their sections out.
    let metrics = visible.metrics(metrics, &[])?;
    let report = Report::read(&visible.tables, &metrics, &options)?;
    report.write_html(File::create(page)?)?;
    Ok(())
}
