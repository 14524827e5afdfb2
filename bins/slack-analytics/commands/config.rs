use clap::Args;
use serde_json::{Value, json};
use slack_pipeline::settings::{Kind, Origin, Setting, has_password};

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::settings::OptionSources;

/// Print every option as the configuration file and the environment set it, and where
#[derive(Debug, Args)]
#[command(after_help = "\
What a command line says counts before the environment, which counts before the file. `init` writes a file; another than
./slack-analytics.toml is named by --config or SLACK_ANALYTICS_CONFIG. An option without a value is as its command's --help
says.

Examples:
  slack-analytics config
  slack-analytics --config /etc/slack-analytics.toml config --json")]
pub(crate) struct Config {
    #[arg(skip)]
    pub(crate) sources: OptionSources,
}

/// Runs the command.
pub(crate) fn run(args: &Config, app: &App<'_>) -> Result<Outcome> {
    let OptionSources { file, listed, unknown, .. } = &args.sources;
    let mut text = match file {
        Some(file) => format!("# from {} and the environment\n", file.display()),
        None => "# from the environment: there is no slack-analytics.toml here\n".to_owned(),
    };
    let mut section = None;
    for setting in listed {
        if setting.key.section != section {
            section = setting.key.section;
            text.push_str(&format!("\n[{}]\n", section.unwrap_or_default()));
        }
        text.push_str(&line(setting));
    }
    for name in unknown {
        text.push_str(&format!("\n# {name} is set, and no option has this name"));
    }
    let values: Vec<Value> = listed.iter().map(value).collect();
    let values = json!({ "file": file, "options": values, "unknown_variables": unknown });
    app.output.hand_over("config", text.trim_end(), values)?;
    Ok(Outcome::Done)
}

/// A key as a line of the file would have it, or as a comment where nothing is set; then where it stands.
fn line(Setting { key, values, origin, .. }: &Setting) -> String {
    let begin = if *origin == Origin::Default { "# " } else { "" };
    let set = format!("{begin}{} = {}", key.name, key.write(&without_passwords(values)));
    format!("{:<47} # {origin}\n", set.trim_end())
}

fn without_passwords(values: &[String]) -> Vec<String> {
    let shown = |value: &String| {
        if has_password(value) { "(not shown: it holds a password)".into() } else { value.clone() }
    };
    values.iter().map(shown).collect()
}

fn value(Setting { key, values, origin, .. }: &Setting) -> Value {
    let mut values = without_passwords(values);
    let value: Value = if key.kind == Kind::List { values.into() } else { values.pop().into() };
    json!({ "section": key.section, "key": key.name, "variable": key.variable(), "value": value, "origin": origin })
}
