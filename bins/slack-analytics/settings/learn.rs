//! What commands learn of where their options came from.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory};

use super::choose::{Origin, Setting, setting};
use super::file::SettingsFile;
use super::place::placed;
use super::said::is_said;
use crate::cli::Cli;
use crate::commands::Command;
use crate::environment::Environment;
use crate::failure::Result;

/// What is known of the options beside their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learnt {
    /// The options, by id, that are on the command line.
    pub(crate) said: BTreeSet<String>,
    /// Where options are set that are not on the command line, by id.
    pub(crate) origins: BTreeMap<String, Origin>,
    /// The configuration file that was read, or that `--config` names.
    pub(crate) file: Option<PathBuf>,
    /// Every option with its place, for the command that lists them.
    pub(crate) listed: Vec<Listed>,
    /// Variables that look like options and are none.
    pub(crate) unknown: Vec<String>,
}

/// An option as it holds unless a command line says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) section: Option<String>,
    pub(crate) key: String,
    pub(crate) variable: String,
    pub(crate) setting: Setting,
    pub(crate) is_list: bool,
}

/// How the variables of options begin.
const PREFIX: &str = "SLACK_ANALYTICS_";

impl Learnt {
    pub(super) fn new(
        said: &ArgMatches,
        name: &str,
        path: Option<PathBuf>,
        file: &SettingsFile,
        environment: &Environment,
    ) -> Result<Self> {
        let cli = Cli::command();
        let command = cli.find_subcommand(name);
        let args = command.into_iter().flat_map(clap::Command::get_arguments);
        let ids = args.map(|arg| arg.get_id().as_str()).filter(|id| is_said(said, id));
        let mut learnt = Self { said: ids.map(Into::into).collect(), file: path, ..Self::default() };
        if name == "config" {
            learnt.list(file, environment)?;
        }
        Ok(learnt)
    }

    fn list(&mut self, file: &SettingsFile, environment: &Environment) -> Result<()> {
        let mut seen = BTreeSet::from([format!("{PREFIX}CONFIG")]);
        for placed in placed(&Cli::command()) {
            let variable = placed.place.variable();
            if !seen.insert(variable.clone()) {
                continue;
            }
            let default = Setting { values: placed.default_values(), origin: Origin::Default };
            let set = setting(&placed, file, |name| environment.find(name))?;
            self.listed.push(Listed {
                section: placed.place.section.clone(),
                key: placed.place.key.clone(),
                variable,
                setting: set.unwrap_or(default),
                is_list: placed.is_list(),
            });
        }
        // Within a section the order is the commands'.
        self.listed.sort_by(|one, other| one.section.cmp(&other.section));
        let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        self.unknown = names.filter(|name| name.starts_with(PREFIX) && !seen.contains(name)).collect();
        self.unknown.sort_unstable();
        Ok(())
    }
}

impl Command {
    /// Tells a command what it cannot see in its options.
    pub(super) fn learn(&mut self, learnt: Learnt) {
        match self {
            Self::Extract(args) => args.api.said = learnt.said,
            Self::Run(args) => args.api.said = learnt.said,
            Self::Load(args) => args.learnt = learnt,
            Self::Config(args) => args.learnt = learnt,
            Self::Init(args) => args.learnt = learnt,
            Self::Schedule(args) => args.learnt = learnt,
            _ => {}
        }
    }
}
