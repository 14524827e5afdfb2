//! Hosted files: their bytes, each once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use sha2::{Digest, Sha256};
use slack_model::batch::{DataHome, Request, RequestStatus};
use slack_model::{Folder, Table, TableReader};
use slack_sandbox::{Sandbox, file_bytes};

use crate::support::{Home, community, rows_without, sandbox};

const ALL: [&str; 5] = ["extract", "--files", "all", "--rate", "unlimited"];

/// The rows of the newest batch's downloads.
fn downloads(home: &Home) -> Vec<Request> {
    let batch = DataHome::new(home.data("")).batches().expect("listed").pop().expect("a batch");
    let log = TableReader::open(&Folder(batch.metadata()), &Request::SCHEMA).expect("opened").expect("there");
    let rows = log.rows::<Request>().map(|row| row.expect("read"));
    rows.filter(|row| row.method == "download").collect()
}

/// The downloads that a sandbox has answered, by file id, and their bytes added up.
fn served(sandbox: &Sandbox) -> BTreeMap<String, u64> {
    let mut served = BTreeMap::new();
    for sent in sandbox.log().iter().filter(|sent| sent.method.starts_with("/files-pri/")) {
        let id = sent.method.split(['/', '-']).nth(4).expect("an id").to_owned();
        *served.entry(id).or_default() += sent.bytes as u64;
    }
    served
}

/// The SHA-256 of a file's made-up content, in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of the newest batch that have a path, with their size, path and hash.
fn placed(home: &Home) -> BTreeMap<String, (u64, String, String)> {
    home.run(0, ["transform"]);
    let batch = DataHome::new(home.data("")).batches().expect("listed").pop().expect("a batch");
    let rows = rows_without(&batch.csv().join("file_data.csv"), &[]);
    let placed = rows.into_iter().filter(|row| !row[11].is_empty());
    placed
        .map(|row| (row[0].clone(), (row[7].parse().expect("a size"), row[11].clone(), row[12].clone())))
        .collect()
}

#[test]
fn every_hosted_file_is_fetched_once_for_all_batches() {
    let sandbox = sandbox(community(20, 2_000)).start_blocking().expect("started");
    let home = Home::new();
    let told = home.run_against(&sandbox, 0, ALL);
    assert!(told.out.contains("fetched"), "{}", told.out);
    let placed = placed(&home);
    assert!(placed.len() > 10, "{placed:?}");
    for (id, (size, path, hash)) in &placed {
        let bytes = fs::read(home.data(path)).expect("there");
        assert_eq!(bytes, file_bytes(&id.as_str().into(), *size), "{path}");
        assert_eq!(*hash, sha256(&bytes));
    }
    let first = served(&sandbox);
    assert_eq!(first.keys().collect::<BTreeSet<_>>(), placed.keys().collect::<BTreeSet<_>>());
    let skipped: BTreeSet<_> = downloads(&home)
        .into_iter()
        .filter(|row| row.status == RequestStatus::Skipped)
        .map(|row| row.error)
        .collect();
    for why in ["external", "tombstone", "hidden_by_limit"] {
        assert!(skipped.contains(why), "{skipped:?}");
    }

    // Another batch fetches nothing again, and the master still says where everything is.
    home.run(0, ["merge"]);
    home.run_against(&sandbox, 0, ALL);
    assert_eq!(served(&sandbox), first);
    home.run(0, ["transform"]);
    home.run(0, ["merge"]);
    let master = rows_without(&home.data("master/csv/file_data.csv"), &[]);
    let with_path = master.iter().filter(|row| !row[11].is_empty() && !row[12].is_empty());
    assert_eq!(with_path.count(), placed.len());
}

#[test]
fn a_first_capture_without_files_leaves_none_behind_for_later() {
    let sandbox = sandbox(community(20, 900)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, ["run", "--rate", "unlimited"]);
    assert_eq!(served(&sandbox), BTreeMap::new());
    home.run_against(&sandbox, 0, ["run", "--files", "all", "--rate", "unlimited"]);
    let hosted = rows_without(&home.data("master/csv/file_data.csv"), &[]);
    let hosted: Vec<_> = hosted.iter().filter(|row| row[8] == "hosted").collect();
    assert!(!hosted.is_empty() && hosted.iter().all(|row| !row[12].is_empty()));
}

#[test]
fn files_above_the_limit_are_noted_and_left() {
    let sandbox = sandbox(community(20, 900)).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, [&ALL[..], &["--max-file-size", "0"]].concat());
    assert_eq!(served(&sandbox), BTreeMap::new());
    let rows = downloads(&home);
    let large: Vec<_> = rows.iter().filter(|row| row.error == "larger_than_the_limit").collect();
    assert!(large.len() > 10 && large.iter().all(|row| row.class == "policy"));
}

#[test]
fn the_token_does_not_follow_a_redirect_to_another_host() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/files/x", elsewhere.local_addr().expect("an address"));
    let (ask, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut connection in elsewhere.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|read| read > 0) {
                head.push(byte[0]);
            }
            let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = connection.write_all(answer);
            if ask.send(String::from_utf8_lossy(&head).to_lowercase()).is_err() {
                break;
            }
        }
    });
    let rule = format!("download:redirect={address}").parse().expect("a rule");
    let sandbox = sandbox(community(20, 900)).fault(rule).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 3, ALL);
    let heads: Vec<String> = asked.try_iter().collect();
    assert!(heads.len() > 5 && heads.iter().all(|head| head.starts_with("get /files/x")), "{heads:?}");
    assert!(heads.iter().all(|head| !head.contains("authorization") && !head.contains("xoxp")), "{heads:?}");
    assert!(downloads(&home).iter().any(|row| row.error == "http_404" && row.status == RequestStatus::Gap));

    // Unencrypted, away from this machine: nobody even goes there.
    let rule = "download:redirect=http://files.example.com/x".parse().expect("a rule");
    let sandbox = crate::support::sandbox(community(20, 900)).fault(rule).start_blocking().expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 3, ALL);
    assert!(downloads(&home).iter().any(|row| row.error == "redirected_unencrypted"));
}

#[test]
fn a_download_that_breaks_goes_on_where_it_broke() {
    let rule = "download:cut:share=0.5".parse().expect("a rule");
    let sandbox = sandbox(community(20, 900)).fault(rule).fault_seed(3).time_scale(1000.0).start_blocking();
    let sandbox = sandbox.expect("started");
    let home = Home::new();
    home.run_against(&sandbox, 0, [&ALL[..], &["--time-scale", "1000"]].concat());
    let placed = placed(&home);
    for (id, (size, path, _)) in &placed {
        assert_eq!(fs::read(home.data(path)).expect("there"), file_bytes(&id.as_str().into(), *size));
    }
    let parts = sandbox.log().iter().filter(|sent| sent.status == 206).count();
    assert!(parts > 3, "{parts} parts were asked for");
    let sent: u64 = served(&sandbox).values().sum();
    let sizes: u64 = placed.values().map(|file| file.0).sum();
    assert!(sent < sizes * 3 / 2, "{sent} bytes were sent for {sizes}");
}
