mod ask;

use std::fs;
use std::io::{IsTerminal, stderr, stdin};
use std::path::{Path, PathBuf, absolute};

use clap::Args;
use serde_json::json;
use slack_model::atomic::write_atomically;
use slack_pipeline::settings::{FILE, Key, SettingsFile};

use super::{Command, manifest};
use crate::app::App;
use crate::failure::{Outcome, Result, Usage};
use crate::permissions::hand_on;
use crate::settings::{self, Chosen, OptionSources, checked, template};

/// Ask what is needed, and write a commented slack-analytics.toml
#[derive(Debug, Args)]
#[command(after_help = "\
Every option of every command has a line in the file, as a comment where nothing is chosen. After it, the manifest of a
Slack app that may read what was chosen is printed, and what to do next. --config names another file.

Examples:
  slack-analytics init
  slack-analytics init --yes --set capture.types=public,private --set metrics.timezone=Europe/Berlin
  slack-analytics init --yes --set capture.leave-channel=random --set retention.raw=365d > manifest.json")]
pub(crate) struct Init {
    /// Ask nothing: take the defaults, and what --set says
    #[arg(long, short)]
    yes: bool,
    /// Replace the file that is there
    #[arg(long)]
    force: bool,
    /// Set an option by its place in the file (repeat for more)
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    #[arg(skip)]
    pub(crate) sources: OptionSources,
}

/// Runs the command.
pub(crate) fn run(args: &Init, app: &App<'_>) -> Result<Outcome> {
    let path = args.sources.file.clone().unwrap_or_else(|| PathBuf::from(FILE));
    let is_there = path.try_exists()?;
    if is_there && !args.force {
        let why = format!(
            "{} is there already: --force replaces it, `slack-analytics config` shows it",
            path.display()
        );
        return Err(Usage(why).into());
    }
    let mut chosen = Chosen::new();
    for setting in &args.set {
        let (key, values) = read_setting(setting)?;
        chosen.insert(key, values);
    }
    if !args.yes && stdin().is_terminal() && stderr().is_terminal() {
        ask::ask(&mut chosen)?;
    }
    let text = template(&chosen);
    // Nothing is written that the next command would refuse.
    checked(SettingsFile::parse(&path, &text)?)?;
    write_atomically(&path, text.as_bytes())?;
    // It holds no secret, and a service may run as another user.
    hand_on(&path)?;
    let line = format!("{} {}", if is_there { "replaced" } else { "wrote" }, path.display());
    app.output.advise(&line);
    print_manifest(&path, app)?;
    app.output.keep("init", json!({ "path": path, "replaced": is_there, "set": chosen.len() }));
    let shows_private = chosen.iter().any(|(key, values)| {
        key.name.starts_with("include-") && values.iter().any(|value| value == "true")
    });
    app.output.advise(&next(&path, app.home().root(), shows_private)?);
    Ok(Outcome::Done)
}

/// Reads `capture.since=30d`, or `quiet=true`.
fn read_setting(setting: &str) -> Result<(&'static Key, Vec<String>)> {
    let Some((name, value)) = setting.split_once('=') else {
        return Err(Usage(format!("--set {setting}: want SECTION.KEY=VALUE, as in capture.since=30d")).into());
    };
    let key = match name.split_once('.') {
        Some((section, key)) => Key::find(Some(section), key),
        None => Key::find(None, name),
    };
    let Some(key) = key else {
        return Err(Usage(format!(
            "--set {name}: the file has no such option (init writes all that there are)"
        ))
        .into());
    };
    Ok((key, key.split(value.trim())))
}

/// Prints the manifest of an app for what the file says.
fn print_manifest(path: &Path, app: &App<'_>) -> Result<()> {
    let arguments =
        ["slack-analytics".into(), "--config".into(), path.as_os_str().to_owned(), "manifest".into()];
    match settings::parse(arguments)?.command {
        Command::Manifest(args) => manifest::run(&args, app).map(drop),
        _ => Ok(()),
    }
}

/// What to do next.
fn next(path: &Path, home: &Path, shows_private: bool) -> Result<String> {
    let config = absolute(path)?;
    let folder = config.parent().unwrap_or(Path::new("/"));
    let env = folder.join(".env");
    let mut text = format!(
        "The token goes into {} (readable by you alone: chmod 600), never into {}. Then: slack-analytics {}run",
        env.display(),
        path.display(),
        // Private conversations are shown because of a file that is named, not of one that is found.
        if shows_private { format!("--config {} ", path.display()) } else { String::new() }
    );
    let open = not_ignored(folder, &[&env, &absolute(home)?])?;
    if !open.is_empty() {
        text.push_str(&format!(
            "\nThis is a Git repository: put {} into its .gitignore first, so that no token and no message is committed.",
            open.join(" and ")
        ));
    }
    Ok(text)
}

/// Those of the paths in a folder's Git repository that no `.gitignore` of it names as a whole, by their names.
fn not_ignored(folder: &Path, paths: &[&Path]) -> Result<Vec<String>> {
    let Some(repository) = folder.ancestors().find(|above| above.join(".git").exists()) else {
        return Ok(Vec::new());
    };
    let mut open = Vec::new();
    for path in paths {
        let path: PathBuf = path.components().filter(|part| *part != std::path::Component::CurDir).collect();
        let Ok(below) = path.strip_prefix(repository) else { continue };
        let mut is_named = false;
        for above in path.ancestors().skip(1).take_while(|above| above.starts_with(repository)) {
            let patterns = fs::read_to_string(above.join(".gitignore")).unwrap_or_default();
            let here = path.strip_prefix(above).unwrap_or(&path).to_string_lossy().into_owned();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            is_named |= patterns.lines().map(str::trim).any(|pattern| {
                let pattern = pattern.trim_end_matches('/');
                pattern.trim_start_matches('/') == here || pattern == name
            });
        }
        if !is_named {
            open.push(below.display().to_string());
        }
    }
    Ok(open)
}
