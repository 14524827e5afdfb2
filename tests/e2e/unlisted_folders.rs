//! Exports without lists: a folder that turns out to be a channel stands once, under the channel's id.

use std::fs;
use std::path::Path;

use slack_model::ChannelId;

use crate::support::{Home, rows_without};

/// A channel's id, its name, and its messages: second and text.
type ExportedChannel<'e> = (&'e str, &'e str, &'e [(u32, &'e str)]);

/// Writes an export: its channels, each with its messages, with or without the list of channels.
fn export(folder: &Path, has_list: bool, channels: &[ExportedChannel<'_>]) {
    fs::create_dir_all(folder).expect("made");
    let users = r#"[{"id":"UMARA","name":"mara","profile":{}}]"#;
    fs::write(folder.join("users.json"), users).expect("written");
    let list: Vec<_> = channels
        .iter()
        .map(|(id, name, _)| format!(r#"{{"id":"{id}","name":"{name}","members":["UMARA"]}}"#))
        .collect();
    let list = if has_list { list.join(",") } else { String::new() };
    fs::write(folder.join("channels.json"), format!("[{list}]")).expect("written");
    for (_, name, messages) in channels {
        let messages: Vec<_> = messages
            .iter()
            .map(|(second, text)| {
                format!(
                    r#"{{"type":"message","user":"UMARA","ts":"17000000{second:02}.000200","text":"{text}"}}"#
                )
            })
            .collect();
        fs::create_dir_all(folder.join(name)).expect("made");
        let day = folder.join(name).join("2023-11-14.json");
        fs::write(day, format!("[{}]", messages.join(","))).expect("written");
    }
}

fn messages(home: &Home) -> Vec<(String, String)> {
    let rows = rows_without(&home.data("master/csv/message_data.csv"), &[]);
    rows.into_iter().map(|row| (row[0].clone(), row[13].clone())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(channel, text)| (channel.to_string(), text.to_string())).collect()
}

#[test]
fn a_folder_is_joined_by_its_messages_or_by_the_operator() {
    let home = Home::new();
    let (bare, listed) = (home.folder().join("bare"), home.folder().join("listed"));
    export(&bare, false, &[("", "garden", &[(1, "tulips"), (2, "roses")]), ("", "cellar", &[(3, "wine")])]);
    export(
        &listed,
        true,
        &[("CGARDEN", "garden", &[(2, "roses"), (4, "lilies")]), ("CVAULT", "vault", &[(5, "gold")])],
    );
    let (garden, cellar) = (ChannelId::of_folder("garden"), ChannelId::of_folder("cellar"));
    for export in [&bare, &listed] {
        home.run(0, ["import".as_ref(), export.as_os_str()]);
    }
    home.run(0, ["transform"]);
    let merged = home.run(0, ["merge"]).out;
    assert!(
        merged.contains("folder garden is channel CGARDEN: joined, both hold the same message"),
        "{merged}"
    );
    let expected = pairs(&[
        ("CGARDEN", "tulips"),
        ("CGARDEN", "roses"),
        ("CGARDEN", "lilies"),
        ("CVAULT", "gold"),
        (cellar.as_str(), "wine"),
    ]);
    assert_eq!(messages(&home), expected);

    // Nothing proves that the cellar is the vault. The operator says so, by names; no batch is needed.
    let references = home.data("references");
    fs::create_dir_all(&references).expect("made");
    fs::write(references.join("channel_alias.csv"), "channel,alias\n#vault,cellar\n").expect("written");
    let joined = home.run(0, ["--json", "merge"]).json();
    let told = &joined["stages"][0]["joined"][0];
    assert_eq!(
        (&told["name"], &told["channel"], &told["reason"]),
        (&"cellar".into(), &"CVAULT".into(), &"operator".into())
    );
    let expected = pairs(&[
        ("CGARDEN", "tulips"),
        ("CGARDEN", "roses"),
        ("CGARDEN", "lilies"),
        ("CVAULT", "wine"),
        ("CVAULT", "gold"),
    ]);
    assert_eq!(messages(&home), expected);
    let channels = rows_without(&home.data("master/csv/channel_data.csv"), &[]);
    assert_eq!(channels.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["CGARDEN", "CVAULT"]);
    let aliases =
        rows_without(&home.data("master/csv/channel_alias_data.csv"), &["first_batch", "last_batch"]);
    let mut expected = [
        [garden.as_str(), "CGARDEN", "messages"].map(str::to_owned).to_vec(),
        [cellar.as_str(), "CVAULT", "operator"].map(str::to_owned).to_vec(),
    ];
    expected.sort();
    assert_eq!(aliases, expected);
    let again = home.run(0, ["merge"]).out;
    assert!(again.contains("nothing to do"), "{again}");
    // A rebuild finds the same, and misses no row that once stood under the folder's own id.
    home.run(0, ["merge", "--rebuild"]);
    assert_eq!(messages(&home).len(), 5);

    fs::write(references.join("channel_alias.csv"), "channel,alias\nnowhere,cellar\n").expect("written");
    let refused = home.run(2, ["merge"]).err;
    assert!(refused.contains("channel_alias.csv") && refused.contains("channel not found"), "{refused}");
}
