//! Where options came from, for the commands that need to know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{ArgMatches, Command as Clap, CommandFactory};
use slack_pipeline::settings::{Environment, Origin, Setting, SettingsFile, keys};

use super::choose::setting;
use super::place::placed;
use super::said::is_said;
use crate::cli::Cli;
use crate::commands::Command;
use crate::failure::Result;

/// What is known of the options beside their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct OptionSources {
    /// The options, by id, that are on the command line.
    pub(crate) said: BTreeSet<String>,
    /// Where options are set that are not on the command line, by id.
    pub(crate) origins: BTreeMap<String, Origin>,
    /// The configuration file that was read, or that `--config` names.
    pub(crate) file: Option<PathBuf>,
    /// Every key, for the command that lists them.
    pub(crate) listed: Vec<Setting>,
    /// Variables that look like options and are none.
    pub(crate) unknown: Vec<String>,
}

impl OptionSources {
    pub(super) fn new(
        said: &ArgMatches,
        name: &str,
        path: Option<PathBuf>,
        file: &SettingsFile,
        environment: &Environment,
    ) -> Result<Self> {
        let cli = Cli::command();
        let args = cli.find_subcommand(name).into_iter().flat_map(Clap::get_arguments);
        let ids = args.map(|arg| arg.get_id().as_str()).filter(|id| is_said(said, id));
        let mut sources = Self { said: ids.map(Into::into).collect(), file: path, ..Self::default() };
        if name == "config" {
            let all = placed(&cli);
            for key in keys() {
                let placed = all.iter().find(|placed| placed.key == key);
                let set = placed.map(|placed| setting(placed, file, environment)).transpose()?.flatten();
                sources.listed.push(set.unwrap_or_else(|| Setting::default_of(key)));
            }
            // Within a section the order is the file's.
            sources.listed.sort_by_key(|setting| setting.key.section);
            sources.unknown = environment.unknown();
        }
        Ok(sources)
    }
}

impl Command {
    /// Tells a command what it cannot see in its options.
    pub(super) fn take_sources(&mut self, sources: OptionSources) {
        match self {
            Self::Extract(args) => args.api.said = sources.said,
            Self::Run(args) => args.api.said = sources.said,
            Self::Load(args) => args.sources = sources,
            Self::Config(args) => args.sources = sources,
            Self::Init(args) => args.sources = sources,
            Self::Schedule(args) => args.sources = sources,
            _ => {}
        }
    }
}
