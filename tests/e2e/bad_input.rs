//! Bad input, refused tokens, full disks: a clear error or a recorded gap, and what was captured stays.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use slack_sandbox::Fault;

use crate::support::{Home, Ran, community, files, sandbox};

fn made_up_export(folder: &Path) -> PathBuf {
    let export = folder.join("export");
    community(30, 800).write_export(&export).expect("written");
    export
}

fn zipped(export: &Path, zip: &Path) {
    let mut writer = zip::ZipWriter::new(File::create(zip).expect("created"));
    for (name, bytes) in files(export) {
        writer.start_file(name.to_string_lossy(), zip::write::SimpleFileOptions::default()).expect("begun");
        writer.write_all(&bytes).expect("written");
    }
    writer.finish().expect("finished");
}

fn import(home: &Home, code: i32, path: &Path) -> Ran {
    home.run(code, [OsStr::new("import"), path.as_os_str()])
}

fn requests(home: &Home) -> String {
    fs::read_to_string(home.batch().join("metadata/requests.csv")).expect("read")
}

fn set_aside(home: &Home) -> String {
    fs::read_to_string(home.batch().join("metadata/set_aside.csv")).expect("read")
}

#[test]
fn a_zip_is_as_good_as_its_folder() {
    let home = Home::new();
    let export = made_up_export(home.folder());
    let zip = home.folder().join("export.zip");
    zipped(&export, &zip);
    import(&home, 0, &zip);
    assert!(files(&export) == files(&home.batch().join("export")));
}

#[test]
fn a_truncated_zip_gives_what_stands_before_the_break() {
    let home = Home::new();
    let export = made_up_export(home.folder());
    let zip = home.folder().join("export.zip");
    zipped(&export, &zip);
    let bytes = fs::read(&zip).expect("read");
    fs::write(&zip, &bytes[..bytes.len() * 6 / 10]).expect("cut");
    let ran = import(&home, 3, &zip);
    assert!(ran.out.contains("export.zip from its break on"), "{}", ran.out);
    let (whole, kept) = (files(&export), files(&home.batch().join("export")));
    assert!(kept.len() > whole.len() / 4 && kept.len() < whole.len(), "{} of {}", kept.len(), whole.len());
    assert!(kept.iter().all(|(name, bytes)| whole[name] == *bytes), "a file is not what it was");
    assert!(requests(&home).contains("gap"));
    home.run(0, ["transform"]);
    home.run(0, ["merge"]);
}

#[test]
fn what_is_no_export_is_refused_and_leaves_nothing() {
    let home = Home::new();
    let nothing = home.folder().join("nothing");
    fs::create_dir(&nothing).expect("made");
    let ran = import(&home, 1, &nothing);
    assert!(ran.err.contains("is no Slack export"), "{}", ran.err);
    let zip = home.folder().join("no.zip");
    fs::write(&zip, "this is no zip").expect("written");
    assert!(import(&home, 1, &zip).err.contains("no.zip as a zip: it is not a zip file"));
    assert!(import(&home, 1, Path::new("missing")).err.contains("missing"));
    assert_eq!(files(&home.data("")).keys().collect::<Vec<_>>(), [".lock", "format.toml"].map(Path::new));
}

#[test]
fn a_day_file_that_is_cut_costs_only_what_is_missing() {
    let home = Home::new();
    let export = made_up_export(home.folder());
    let (name, bytes) = files(&export)
        .into_iter()
        .filter(|(name, _)| name.starts_with("general"))
        .max_by_key(|(_, bytes)| bytes.len())
        .expect("days");
    fs::write(export.join(&name), &bytes[..bytes.len() / 2]).expect("cut");
    import(&home, 0, &export);
    let ran = home.run(3, ["transform"]);
    assert!(ran.out.contains("1 record could not be read"), "{}", ran.out);
    let set_aside = set_aside(&home);
    assert!(
        set_aside.contains(&*name.to_string_lossy()) && set_aside.contains("cannot be read on"),
        "{set_aside}"
    );
    home.run(0, ["merge"]);
    home.run(0, ["metrics"]);
}

#[test]
fn a_page_that_is_unreadable_costs_only_itself() {
    let sandbox = sandbox(community(20, 400)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["extract", "--rate", "unlimited"]);
    let api = home.batch().join("api");
    let history: Vec<_> = files(&api.join("conversations.history")).into_keys().collect();
    let page = api.join("conversations.history").join(&history[0]);
    fs::write(&page, [0xff, 0xfe, b'<', b'h', b't']).expect("written");
    let members: Vec<_> = files(&api.join("conversations.members")).into_keys().collect();
    let page = api.join("conversations.members").join(&members[0]);
    // A folder in a file's place cannot be read by anyone, root included.
    fs::remove_file(&page).expect("removed");
    fs::create_dir(&page).expect("made");
    home.run(3, ["transform"]);
    let set_aside = set_aside(&home);
    assert!(set_aside.contains("not UTF-8") && set_aside.contains("the file cannot be read"), "{set_aside}");
    home.run(0, ["merge"]);
}

#[test]
fn a_wrong_token_is_refused_and_said() {
    let sandbox = sandbox(community(5, 20)).start_blocking().expect("started");
    let home = Home::new();
    let mut command = home.command();
    command.env("SLACK_API_URL", sandbox.url()).env("SLACK_USER_TOKEN", "a-wrong-secret");
    let ran = crate::support::ran(1, command.arg("run"));
    assert!(ran.err.contains("invalid_auth"), "{}", ran.err);
    assert!(!ran.err.contains("wrong-secret"));
    assert_eq!(sandbox.log().len(), 1, "a wrong token costs one call");
    let metadata = fs::read_to_string(home.batch().join("metadata/metadata.csv")).expect("read");
    assert!(metadata.contains("status,failed"), "{metadata}");
    // A batch in which nothing was captured stands in nobody's way.
    home.run(0, ["transform"]);
    home.run(0, ["status"]);
}

#[test]
fn what_passes_by_itself_costs_nothing() {
    let mut builder = sandbox(community(20, 400));
    for fault in [
        Fault::RateLimited { retry_after: 1 },
        Fault::Status(503),
        Fault::Html,
        Fault::HalfBody,
        Fault::CutConnection,
    ] {
        builder = builder.first_answers("conversations.history", 1, fault);
    }
    let sandbox = builder.start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    let tries: u64 = csv::Reader::from_path(home.batch().join("metadata/requests.csv"))
        .expect("opened")
        .into_records()
        .map(|record| record.expect("read"))
        .filter(|record| &record[0] == "conversations.history")
        .map(|record| record[8].parse::<u64>().expect("attempts") - 1)
        .sum();
    // Calls that are under way together meet the same 429.
    assert!((5..=8).contains(&tries), "each fault costs one more try: {tries}");
    assert_eq!(sandbox.violations(), 0);
}

#[test]
fn a_channel_that_may_not_be_read_is_a_gap() {
    let workspace = community(20, 400);
    let channel = workspace.visible_channels().next().expect("a channel").id.clone();
    let sandbox = sandbox(workspace)
        .channel_error(channel.as_str(), "not_in_channel")
        .start_blocking()
        .expect("started");
    let home = Home::new();
    let ran = home.run_against(&sandbox, 3, ["run", "--rate", "unlimited"]);
    assert!(ran.out.contains("not_in_channel: join the channel"), "{}", ran.out);
    let gaps: Vec<_> =
        requests(&home).lines().filter(|line| line.contains(",gap,")).map(str::to_owned).collect();
    assert!(gaps.iter().all(|gap| gap.contains(channel.as_str())) && !gaps.is_empty(), "{gaps:?}");
    assert!(home.data("metrics/graph.gexf").is_file(), "the rest goes on");
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let home = Home::new();
    let mut command = home.command();
    // Port 9 of this machine: nobody listens there.
    command.env("SLACK_API_URL", "http://127.0.0.1:9/api").env("SLACK_USER_TOKEN", "xoxp-any");
    command.args(["extract", "--rate", "unlimited", "--attempts", "2"]);
    let ran = crate::support::ran(1, &mut command);
    assert!(
        ran.err.contains("the API cannot be used: auth.test says connection_failed (Connection refused"),
        "{}",
        ran.err
    );
}

/// A file system of a megabyte, gone with the value.
struct SmallDisk<'h>(&'h Path);

impl<'h> SmallDisk<'h> {
    fn mount(at: &'h Path) -> Option<Self> {
        fs::create_dir_all(at).expect("made");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(at).output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("skipped: only root may mount a small disk");
        }
        mounted.then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_what_was_captured_stays() {
    let home = Home::new();
    let data = home.data("");
    let Some(_disk) = SmallDisk::mount(&data) else { return };
    let export = made_up_export(home.folder());
    fs::write(export.join("general/large.bin"), vec![7; 2 << 20]).expect("written");
    let ran = import(&home, 1, &export);
    assert!(ran.err.contains("No space left on device"), "{}", ran.err);
    assert_eq!(
        files(&data).keys().collect::<Vec<_>>(),
        [".lock", "format.toml"].map(Path::new),
        "a failed import leaves nothing"
    );

    let sandbox = sandbox(community(150, 8_000)).start_blocking().expect("started");
    let ran = home.run_against(&sandbox, 1, ["extract", "--rate", "unlimited"]);
    assert!(ran.err.contains("No space left on device"), "{}", ran.err);
    let stored = files(&home.batch().join("api"));
    assert!(!stored.is_empty());
    let whole = |bytes: &Vec<u8>| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    assert!(stored.values().all(whole), "a page is cut");
}
