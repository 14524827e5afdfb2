//! Many batches are merged by a process that may have few files open.

use std::fs;
use std::path::Path;

use crate::support::{Home, community, files, ran, sandbox};

/// So many files a process may have open on some systems, if nobody asks for more.
const FILES: u32 = 256;

const BATCHES: usize = 80;

/// A captured batch's tables, as other batches might have seen them: each misses another message.
fn write_batches(home: &Home, captured: &Path) -> Vec<String> {
    let tables = files(captured);
    let id = captured.parent().and_then(Path::file_name).expect("a batch").to_string_lossy();
    let batches = (0..BATCHES).map(|number| format!("202401010{:05}", number / 60 * 100 + number % 60));
    batches
        .enumerate()
        .map(|(number, batch)| {
            let folder = home.data(&batch).join("csv");
            fs::create_dir_all(&folder).expect("made");
            for (name, csv) in &tables {
                let is_of_messages = name == Path::new("message_data.csv");
                let mut reader = csv::Reader::from_reader(&csv[..]);
                let mut writer = csv::Writer::from_path(folder.join(name)).expect("created");
                writer.write_record(reader.headers().expect("read")).expect("written");
                for (at, row) in reader.records().enumerate() {
                    if !(is_of_messages && at == number) {
                        let row = row.expect("read");
                        let fields = row.iter().map(|field| if field == id { &batch } else { field });
                        writer.write_record(fields).expect("written");
                    }
                }
                writer.flush().expect("written");
            }
            batch
        })
        .collect()
}

#[test]
fn few_open_files_do_for_many_batches() {
    let source = Home::new();
    let sandbox = sandbox(community(20, 300)).start_blocking().expect("started");
    source.run_against(&sandbox, 0, ["extract", "--rate", "unlimited"]);
    source.run(0, ["transform"]);
    let captured = source.batch().join("csv");

    let (together, one_by_one) = (Home::new(), Home::new());
    write_batches(&together, &captured);
    // More threads than tables: the number of processors must not decide how many files are open.
    ran(0, together.command_of_files(FILES).args(["merge", "--threads", "32"]));

    for batch in write_batches(&one_by_one, &captured) {
        one_by_one.run(0, ["merge", batch.as_str()]);
    }
    let master = files(&together.data("master/csv"));
    assert!(master == files(&one_by_one.data("master/csv")));
    assert!(master.keys().eq(files(&captured).keys()), "{:?}", master.keys());
}
