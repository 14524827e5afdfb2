use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::settings::{Learnt, Listed, Origin, has_password, quoted};

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
    pub(crate) learnt: Learnt,
}

/// Runs the command.
pub(crate) fn run(args: &Config, app: &App<'_>) -> Result<Outcome> {
    let Learnt { file, listed, unknown, .. } = &args.learnt;
    let mut text = match file {
        Some(file) => format!("# from {} and the environment\n", file.display()),
        None => "# from the environment: there is no slack-analytics.toml here\n".to_owned(),
    };
    let mut section = None;
    for option in listed {
        if option.section != section {
            section.clone_from(&option.section);
            text.push_str(&format!("\n[{}]\n", option.section.as_deref().unwrap_or_default()));
        }
        text.push_str(&line(option));
    }
    for name in unknown {
        text.push_str(&format!("\n# {name} is set, and no option has this name"));
    }
    let values: Vec<Value> = listed.iter().map(values).collect();
    let values = json!({ "file": file, "options": values, "unknown_variables": unknown });
    app.output.hand_over("config", text.trim_end(), values)?;
    Ok(Outcome::Done)
}

/// An option as a line of the file would have it, or as a comment where nothing is set; then where it stands.
fn line(option: &Listed) -> String {
    let Listed { key, setting, .. } = option;
    let begin = if setting.origin == Origin::Default { "# " } else { "" };
    let value = shown(option);
    let set = format!("{begin}{key} = {value}");
    format!("{:<47} # {}\n", set.trim_end(), setting.origin)
}

fn shown(option: &Listed) -> String {
    let values = option.setting.values.iter().map(|value| quoted(&without_password(value)));
    let values: Vec<_> = values.collect();
    if option.is_list { format!("[{}]", values.join(", ")) } else { values.concat() }
}

fn without_password(value: &str) -> String {
    if has_password(value) { "(not shown: it holds a password)".into() } else { value.into() }
}

fn values(option: &Listed) -> Value {
    let Listed { section, key, variable, setting, is_list } = option;
    let mut all: Vec<Value> = setting.values.iter().map(|value| without_password(value).into()).collect();
    let value = if *is_list { all.into() } else { all.pop().unwrap_or_default() };
    let origin = match &setting.origin {
        Origin::Default => json!({ "kind": "default" }),
        Origin::File(path, line) => json!({ "kind": "file", "path": path, "line": line }),
        Origin::Variable(name) => json!({ "kind": "environment", "variable": name }),
        Origin::VariableIn(name, path) => json!({ "kind": "environment", "variable": name, "path": path }),
    };
    json!({ "section": section, "key": key, "variable": variable, "value": value, "origin": origin })
}
