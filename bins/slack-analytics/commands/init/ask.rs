//! The questions, on a terminal.

use clap::CommandFactory;
use dialoguer::{Confirm, Input, MultiSelect, Select};
use slack_pipeline::settings::Key;

use crate::cli::Cli;
use crate::failure::{Failure, Result};
use crate::settings::{Chosen, placed};

/// Asks for what most people choose, where it is not chosen yet. An answer that is the default sets nothing.
pub(super) fn ask(chosen: &mut Chosen) -> Result<()> {
    let mut asking = Asking { chosen };
    asking.types()?;
    asking.text("capture", "channel", "Channels to read (names or ids, with commas; none: all)")?;
    asking.text("capture", "leave-channel", "Channels to leave unread")?;
    asking.text("capture", "since", "How far to look back (30d, 12w, a date; none: all that Slack shows)")?;
    let files = [("metadata", "what Slack says of them"), ("all", "their bytes too"), ("none", "nothing")];
    asking.one_of("capture", "files", "Hosted files", &files)?;
    asking.text("metrics", "timezone", "Time zone of days and hours, such as Europe/Berlin (none: UTC)")?;
    asking.text("database", "postgres", "PostgreSQL's URL without its password (none: an SQLite file)")?;
    asking.text("retention", "raw", "Slack's raw answers to keep (365d, `30 batches`; none: all)")?;
    asking.flag("report", "anonymous", "Pseudonyms for people in the report?")?;
    asking.flag("report", "include-private", "Private channels in the report?")?;
    asking.flag("report", "include-dms", "Direct messages in the report?")
}

struct Asking<'a> {
    chosen: &'a mut Chosen,
}

impl Asking<'_> {
    /// The key, where nothing is chosen.
    fn open(&self, section: &str, name: &str) -> Option<&'static Key> {
        Key::find(Some(section), name).filter(|key| !self.chosen.contains_key(key))
    }

    fn types(&mut self) -> Result<()> {
        let Some(key) = self.open("capture", "types") else { return Ok(()) };
        let items = ["public channels", "private channels", "direct messages", "group messages"];
        let prompt = "Conversations to read (space chooses, enter ends)";
        let picked =
            MultiSelect::new().with_prompt(prompt).items(items).defaults(&[true, false, false, false]);
        let picked = picked.interact().map_err(failed)?;
        if !picked.is_empty() && picked != [0] {
            let names = ["public", "private", "im", "mpim"];
            let values = picked.into_iter().map(|at| names[at].to_owned()).collect();
            self.chosen.insert(key, values);
        }
        Ok(())
    }

    fn text(&mut self, section: &str, name: &str, prompt: &str) -> Result<()> {
        let Some(key) = self.open(section, name) else { return Ok(()) };
        let all = placed(&Cli::command());
        let check = |text: &String| {
            let values = key.split(text.trim());
            key.check_secrets(&values)?;
            all.iter().find(|placed| placed.key == key).map_or(Ok(()), |placed| placed.check(&values))
        };
        let input = Input::new().with_prompt(prompt).allow_empty(true).validate_with(check);
        let text: String = input.interact_text().map_err(failed)?;
        let values = key.split(text.trim());
        if !values.is_empty() {
            self.chosen.insert(key, values);
        }
        Ok(())
    }

    fn one_of(&mut self, section: &str, name: &str, prompt: &str, items: &[(&str, &str)]) -> Result<()> {
        let Some(key) = self.open(section, name) else { return Ok(()) };
        let told: Vec<_> = items.iter().map(|(_, told)| told).collect();
        let picked = Select::new().with_prompt(prompt).items(told).default(0).interact().map_err(failed)?;
        if picked != 0 {
            self.chosen.insert(key, vec![items[picked].0.to_owned()]);
        }
        Ok(())
    }

    fn flag(&mut self, section: &str, name: &str, prompt: &str) -> Result<()> {
        let Some(key) = self.open(section, name) else { return Ok(()) };
        if Confirm::new().with_prompt(prompt).default(false).interact().map_err(failed)? {
            self.chosen.insert(key, vec!["true".into()]);
        }
        Ok(())
    }
}

fn failed(error: dialoguer::Error) -> Failure {
    format!("the questions were broken off: {error}").into()
}
