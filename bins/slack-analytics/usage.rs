//! What is wrong with the command line, told to programs too.

use clap::CommandFactory;
use clap::error::{Error, ErrorKind};
use serde_json::json;

use crate::cli::Cli;
use crate::output::print_exactly;
use crate::redact::{redact, redact_json};

/// Ends the program on arguments that make no command: with help, where that was asked for, or with exit code 2.
pub(crate) fn end(error: &Error) -> ! {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let wants_json =
        arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json");
    if wants_json && error.use_stderr() {
        // Where nobody reads the object, the error below says the same.
        let _ = print_exactly(&format!("{}\n", redact_json(object(error, &arguments))));
    }
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        anstream::eprint!("{}", redact(&text));
    } else {
        anstream::print!("{}", redact(&text));
    }
    std::process::exit(error.exit_code())
}

/// The object that a failed command prints.
fn object(error: &Error, arguments: &[String]) -> serde_json::Value {
    let commands = Cli::command();
    let command = arguments.iter().find(|argument| commands.find_subcommand(argument).is_some());
    let text = error.render().to_string();
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a command is missing".to_owned(),
        _ => {
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let message = text.split("\n\nUsage:").next().unwrap_or_default();
            let message = message.split("\n\nFor more information").next().unwrap_or_default();
            message.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    let hint = command.map_or("see `slack-analytics --help`".to_owned(), |command| {
        format!("see `slack-analytics {command} --help`")
    });
    json!({ "command": command, "status": "failed", "stages": [], "error": message, "hint": hint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn a_wrong_argument_is_told_in_one_line() {
        let arguments = ["--json", "graph", "--no-such-option"].map(str::to_owned);
        let error = Cli::try_parse_from(
            ["slack-analytics"].iter().copied().chain(arguments.iter().map(String::as_str)),
        );
        let object = object(&error.expect_err("there is none"), &arguments);
        assert_eq!((&object["command"], &object["status"]), (&json!("graph"), &json!("failed")));
        let message = object["error"].as_str().expect("a text");
        assert!(
            message.starts_with("unexpected argument '--no-such-option'") && !message.contains('\n'),
            "{message}"
        );
        assert_eq!(object["hint"], "see `slack-analytics graph --help`");
    }
}
