use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man as Page;
use serde_json::json;
use slack_model::atomic::write_atomically;

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::figures::count;
use crate::permissions::hand_on;
use crate::settings;

/// Print the manual page, or write the pages of all commands to a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics man | man -l -
  slack-analytics man --out ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder for all pages
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Man, app: &App<'_>) -> Result<Outcome> {
    let Some(folder) = &args.out else {
        let page = page(settings::command())?;
        app.output.hand_over("man", page.trim_end(), json!({ "page": page }))?;
        return Ok(Outcome::Done);
    };
    let mut command = settings::command();
    command.build();
    let mut files = Vec::new();
    let commands = command.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    for (name, command) in std::iter::once(("slack-analytics".to_owned(), settings::command()))
        .chain(commands.map(|command| (format!("slack-analytics-{}", command.get_name()), command)))
    {
        // A page is known by a name without spaces, its synopsis shows the command as it is typed.
        let typed = name.replacen("slack-analytics-", "slack-analytics ", 1);
        let file = format!("{name}.1");
        let page = page(command.display_name(name).bin_name(typed))?;
        write_atomically(&folder.join(&file), page.as_bytes())?;
        hand_on(&folder.join(&file))?;
        files.push(file);
    }
    let line = format!("{} -> {}", count(files.len() as u64, "page"), folder.display());
    app.output.tell("man", &line, json!({ "path": folder, "files": files }))?;
    Ok(Outcome::Done)
}

fn page(command: clap::Command) -> Result<String> {
    let mut page = Vec::new();
    Page::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
