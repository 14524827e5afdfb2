//! The format of a data home: what a later version made is neither read nor changed.

use std::fs;

use crate::support::{Home, community, files};

const FILE: &str = "format.toml";

#[test]
fn a_data_home_of_a_later_version_is_refused_and_left_as_it_is() {
    let home = Home::new();
    community(6, 40).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    home.run(0, ["load"]);
    let text = fs::read_to_string(home.data(FILE)).expect("every new data home has a format");
    assert!(text.contains("\nformat = 1\n"), "{text}");
    fs::write(
        home.data(FILE),
        text.replace("format = 1", "format = 7").replace("written_by = \"", "written_by = \"9."),
    )
    .expect("written");
    let before = files(&home.data(""));
    for arguments in [
        &["run", "--import", "export"][..],
        &["import", "export"],
        &["transform"],
        &["merge"],
        &["metrics"],
        &["graph"],
        &["report"],
        &["load"],
        &["pack"],
        &["prune"],
        &["status"],
        &["verify"],
        &["sql", "SELECT 1"],
        &["serve", "--port", "0"],
    ] {
        let told = home.run(1, arguments);
        assert!(
            told.err.contains("has format 7, written by slack-analytics 9.")
                && told.err.contains("hint: install that version"),
            "{arguments:?}: {}",
            told.err
        );
    }
    assert!(home.run(1, ["doctor"]).out.contains("has format 7"));
    assert_eq!(files(&home.data("")), before);
    fs::write(home.data(FILE), "no format").expect("written");
    assert!(home.run(1, ["status"]).err.contains("format.toml: expected a line such as `format = 1`"));
}

#[test]
fn an_older_data_home_gets_its_format_at_the_first_command_that_writes() {
    let home = Home::new();
    community(6, 40).write_export(&home.folder().join("export")).expect("written");
    home.run(0, ["run", "--import", "export"]);
    fs::remove_file(home.data(FILE)).expect("removed");
    home.run(0, ["status"]);
    assert!(!home.data(FILE).exists(), "reading changes nothing");
    home.run(0, ["metrics"]);
    assert!(home.data(FILE).exists());
}
