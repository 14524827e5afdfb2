//! Extracts a made-up community over HTTP: the sandbox plays Slack, on this machine and in this process.
//!
//! ```sh
//! cargo run --example extract_sandbox -- DATA_HOME
//! ```
//!
//! With `https://slack.com/api`, a token of one's own and the rate of the default options, the same lines
//! extract a real workspace.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;

use slack_extract::{ApiOptions, ChannelType, Rate, Source, Token, WebApi};
use slack_model::batch::DataHome;
use slack_model::{Folder, TransformOptions, transform};
use slack_sandbox::{CommunityOptions, Sandbox, Workspace};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [home] = arguments.as_slice() else {
        return Err("usage: extract_sandbox DATA_HOME".into());
    };
    let home = DataHome::new(home);
    let _lock = home.lock("extract_sandbox")?;

    let mut community = CommunityOptions::default();
    (community.people, community.channels, community.messages) = (20, 6, 500);
    let sandbox = Sandbox::builder(Workspace::generate(&community)).rate_limits(false).start_blocking()?;
    println!("the sandbox listens on {}", sandbox.url());

    let mut options = ApiOptions::default();
    options.types = vec![ChannelType::Public, ChannelType::Private, ChannelType::Im, ChannelType::Mpim];
    options.rate = Rate::Unlimited;
    let token = Token::new(sandbox.token()).ok_or("the sandbox has no token")?;
    let capture = WebApi::new(&sandbox.url(), token, options)?.capture(&home, &())?;
    println!("batch {}: {} answers, {} bytes", capture.batch.id(), capture.stored, capture.bytes);
    for gap in &capture.gaps {
        println!("gap: {}: {}", gap.what, gap.why);
    }

    let tables = transform(&capture.batch, &Folder(capture.batch.csv()), &TransformOptions::default(), &())?;
    for (table, rows) in &tables.rows {
        println!("{table}: {rows} rows");
    }
    Ok(())
}
