//! The questions, on a terminal.

use dialoguer::{Confirm, Input, MultiSelect, Select};

use super::values;
use crate::failure::{Failure, Result};
use crate::settings::{Chosen, Place, Placed, check_for_file};

/// Asks for what most people choose, where it is not chosen yet. An answer that is the default sets nothing.
pub(super) fn ask(all: &[Placed], chosen: &mut Chosen) -> Result<()> {
    let mut asking = Asking { all, chosen };
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
    all: &'a [Placed],
    chosen: &'a mut Chosen,
}

impl Asking<'_> {
    /// The option, where there is one and nothing is chosen.
    fn open(&self, section: &str, key: &str) -> Option<Placed> {
        let place = Place { section: Some(section.into()), key: key.into() };
        let placed = self.all.iter().find(|placed| placed.place == place)?;
        (!self.chosen.contains_key(&place)).then(|| placed.clone())
    }

    fn types(&mut self) -> Result<()> {
        let Some(placed) = self.open("capture", "types") else { return Ok(()) };
        let items = ["public channels", "private channels", "direct messages", "group messages"];
        let prompt = "Conversations to read (space chooses, enter ends)";
        let picked =
            MultiSelect::new().with_prompt(prompt).items(items).defaults(&[true, false, false, false]);
        let picked = picked.interact().map_err(failed)?;
        if !picked.is_empty() && picked != [0] {
            let names = ["public", "private", "im", "mpim"];
            let values = picked.into_iter().map(|at| names[at].to_owned()).collect();
            self.chosen.insert(placed.place, values);
        }
        Ok(())
    }

    fn text(&mut self, section: &str, key: &str, prompt: &str) -> Result<()> {
        let Some(placed) = self.open(section, key) else { return Ok(()) };
        let check = |text: &String| check_for_file(&placed, &values(&placed, text));
        let input = Input::new().with_prompt(prompt).allow_empty(true).validate_with(check);
        let text: String = input.interact_text().map_err(failed)?;
        let values = values(&placed, &text);
        if !values.is_empty() {
            self.chosen.insert(placed.place, values);
        }
        Ok(())
    }

    fn one_of(&mut self, section: &str, key: &str, prompt: &str, items: &[(&str, &str)]) -> Result<()> {
        let Some(placed) = self.open(section, key) else { return Ok(()) };
        let told: Vec<_> = items.iter().map(|(_, told)| told).collect();
        let picked = Select::new().with_prompt(prompt).items(told).default(0).interact().map_err(failed)?;
        if picked != 0 {
            self.chosen.insert(placed.place, vec![items[picked].0.to_owned()]);
        }
        Ok(())
    }

    fn flag(&mut self, section: &str, key: &str, prompt: &str) -> Result<()> {
        let Some(placed) = self.open(section, key) else { return Ok(()) };
        if Confirm::new().with_prompt(prompt).default(false).interact().map_err(failed)? {
            self.chosen.insert(placed.place, vec!["true".into()]);
        }
        Ok(())
    }
}

fn failed(error: dialoguer::Error) -> Failure {
    format!("the questions were broken off: {error}").into()
}
