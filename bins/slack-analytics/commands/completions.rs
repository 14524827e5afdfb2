use clap::Args;
use clap_complete::{Shell, generate};
use serde_json::json;

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::settings;

/// Print the script that completes commands and options in a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics completions bash > ~/.local/share/bash-completion/completions/slack-analytics
  slack-analytics completions zsh > \"${fpath[1]}/_slack-analytics\"
  slack-analytics completions fish > ~/.config/fish/completions/slack-analytics.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Completions, app: &App<'_>) -> Result<Outcome> {
    let mut script = Vec::new();
    generate(args.shell, &mut settings::command(), "slack-analytics", &mut script);
    let script = String::from_utf8_lossy(&script);
    let values = json!({ "shell": args.shell.to_string(), "script": script });
    app.output.hand_over("completions", script.trim_end(), values)?;
    Ok(Outcome::Done)
}
