//! The conversations of which nothing is known that makes them public: told once, with what would open them.

use serde_json::{Value, json};
use slack_model::rows::Channel;

use crate::exit::Result;
use crate::output::{count, number};
use crate::pipeline::Pipeline;

/// So many channels are named to a person; `--json` has all.
const NAMED: usize = 40;

impl Pipeline<'_> {
    /// Tells which conversations are withheld since no list names them; nothing where there are none.
    pub(crate) fn tell_withheld(&self) -> Result<()> {
        let withheld = self.withheld()?;
        if withheld.is_empty() {
            return Ok(());
        }
        self.output.tell("withheld", &line(&withheld), values(&withheld))
    }
}

fn line(withheld: &[Channel]) -> String {
    let channels: Vec<&Channel> = withheld.iter().filter(|channel| channel.kind == "channel").collect();
    let of = |kinds: &[&str], name: &str| {
        let of_kind = withheld.iter().filter(|channel| kinds.contains(&channel.kind.as_str())).count();
        (of_kind > 0).then(|| count(of_kind as u64, name))
    };
    let others = [
        of(&["group"], "private channel"),
        of(&["im", "mpim"], "direct message"),
        of(&["canvas"], "canvas folder"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    let mut lines = Vec::new();
    if !channels.is_empty() {
        let mut names: Vec<&str> = channels.iter().take(NAMED).map(|channel| channel.name.as_str()).collect();
        let more = format!("{} more", number((channels.len() - names.len()) as u64));
        if channels.len() > names.len() {
            names.push(&more);
        }
        lines.push(format!(
            "{} that no list names, so that nobody knows whether they are public: {}\n\
             to show those that are public: slack-analytics merge --assume-public NAME..., then slack-analytics report",
            count(channels.len() as u64, "channel"),
            names.join(", ")
        ));
    }
    if !others.is_empty() {
        lines.push(format!("{} that no list names", others.join(", ")));
    }
    lines.join("\n")
}

fn values(withheld: &[Channel]) -> Value {
    let channels: Vec<_> = withheld
        .iter()
        .map(|channel| json!({ "id": channel.id.to_string(), "name": channel.name, "type": channel.kind }))
        .collect();
    json!({ "channels": channels, "count": withheld.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_model::{BatchId, Time};

    fn channel(id: &str, kind: &str) -> Channel {
        Channel::unlisted(id.into(), format!("name of {id}"), kind, BatchId::at(Time::EPOCH))
    }

    #[test]
    fn what_can_be_opened_is_named_and_the_rest_counted() {
        let withheld =
            [channel("X1", "channel"), channel("D1", "im"), channel("D2", "im"), channel("X2", "canvas")];
        let line = line(&withheld);
        assert!(line.contains("1 channel that no list names") && line.contains("name of X1"), "{line}");
        assert!(line.contains("--assume-public NAME"), "{line}");
        assert!(line.contains("2 direct messages, 1 canvas folder that no list names"), "{line}");
        assert!(!line.contains("name of D1"), "{line}");
        assert_eq!(values(&withheld)["count"], 4);
    }
}
