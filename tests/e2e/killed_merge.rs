//! Merges that are killed at any moment leave the old master or the new one, to the byte.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use slack_model::batch::DataHome;

use crate::support::{Home, Numbers, files};

/// So many merges are killed.
const KILLS: u32 = 100;

const FIRST: &str = "20240101000000";
const SECOND: &str = "20240201000000";

/// A batch's tables: the messages of seven channels, every so many of them edited, and a window over all of them.
fn write_batch(home: &Home, batch: &str, messages: impl Iterator<Item = u64>, edited: u64) {
    let mut table =
        "channel,type,subtype,ts,thread_ts,time,reply_count,reply_users_count,latest_reply,user_id,\
                     bot_id,username,edited_ts,text,deleted_batch,first_batch,last_batch\n"
            .to_owned();
    let mut revisions = "channel,ts,edited_ts,batch,text\n".to_owned();
    let (mut windows, mut last) = ("channel,oldest,latest,scope,thread_ts,batch\n".to_owned(), u64::MAX);
    for number in messages {
        let (channel, ts) = (number / 1_000, format!("{}.000000", 1_700_000_000 + number));
        let text =
            if number % edited == 0 { "\"edited,\nand not short\"" } else { "as it was and not short" };
        let row = format!(",,U{},,,,{text},,{batch},{batch}\n", number % 97);
        // Writing to a String cannot fail.
        let _ = write!(table, "C{channel},message,,{ts},,,,{row}");
        let _ = writeln!(revisions, "C{channel},{ts},,{batch},{text}");
        if channel != last {
            let _ = writeln!(windows, "C{channel},1600000000.000000,1800000000.000000,all,,{batch}");
            last = channel;
        }
    }
    let about = format!("batch,source,status,team_id,team_name\n{batch},api,complete,,\n");
    let folder = home.data(batch).join("csv");
    fs::create_dir_all(&folder).expect("made");
    let replies = "channel,type,subtype,ts,thread_ts,time,user_id,bot_id,username,edited_ts,text,deleted_batch,\
                   first_batch,last_batch\n";
    let tables = [
        ("message_data", table.as_str()),
        ("thread_data", replies),
        ("message_revision_data", revisions.as_str()),
        ("window_data", windows.as_str()),
        ("batch_data", about.as_str()),
    ];
    for (name, csv) in tables {
        fs::write(folder.join(name).with_extension("csv"), csv).expect("written");
    }
}

/// Puts a master where another one is or was.
fn restore(tables: &BTreeMap<PathBuf, Vec<u8>>, master: &Path) {
    // What killed merges left beside it stays: the next one has to cope with it.
    let _ = fs::remove_dir_all(master);
    fs::create_dir_all(master).expect("made");
    for (name, bytes) in tables {
        fs::write(master.join(name), bytes).expect("written");
    }
}

#[test]
fn a_killed_merge_leaves_the_old_master_or_the_new_one() {
    let home = Home::new();
    let master = DataHome::new(home.data("")).master_csv();
    write_batch(&home, FIRST, 0..7_000, u64::MAX);
    home.run(0, ["merge", FIRST]);
    let old = files(&master);
    write_batch(&home, SECOND, (0..8_000).filter(|number| number % 50 != 7), 40);
    let begun = Instant::now();
    home.run(0, ["merge", SECOND]);
    let length = begun.elapsed();
    let new = files(&master);
    assert!(
        ["message_data.csv", "message_revision_data.csv", "window_data.csv", "batch_data.csv"]
            .iter()
            .all(|name| old[Path::new(name)] != new[Path::new(name)])
    );

    let mut numbers = Numbers(11);
    let (mut n_new, mut n_begun) = (0, 0);
    for kill in 0..KILLS {
        restore(&old, &master);
        let mut command = home.command();
        command.args(["merge", SECOND]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("started");
        // Each hundredth of the merge has its kill.
        let part = length / KILLS;
        std::thread::sleep(part * kill + Duration::from_micros(numbers.below(part.as_micros() as u64 + 1)));
        child.kill().expect("killed");
        child.wait().expect("ended");
        n_begun += u32::from(master.with_file_name(".csv.next").exists());
        let now = files(&master);
        assert!(now == old || now == new, "kill {kill}: {:?}", now.keys());
        n_new += u32::from(now == new);

        home.run(0, ["merge", SECOND]);
        assert!(files(&master) == new, "kill {kill}");
        let beside: Vec<_> = fs::read_dir(home.data("master")).expect("listed").collect();
        assert_eq!(beside.len(), 1, "{beside:?}");
    }
    assert!(n_begun > 0, "no merge was killed while it wrote");
    eprintln!(
        "{KILLS} kills of merges of {length:?} each: {n_begun} while they wrote, {n_new} when it was done"
    );
}
