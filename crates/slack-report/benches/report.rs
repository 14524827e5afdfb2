//! How long a page takes, of the tables of a folder: `REPORT_TABLES` and `REPORT_METRICS` say where they are.

use std::path::PathBuf;

use slack_model::Folder;
use slack_report::{Report, ReportOptions};

fn main() {
    divan::main();
}

fn folders() -> Option<(Folder, Folder)> {
    let folder = |name| std::env::var_os(name).map(|path| Folder(PathBuf::from(path)));
    Some((folder("REPORT_TABLES")?, folder("REPORT_METRICS")?))
}

#[divan::bench(sample_count = 5)]
fn read_and_write(bencher: divan::Bencher<'_, '_>) {
    let Some((tables, metrics)) = folders() else { return };
    bencher.bench_local(|| {
        let report = Report::read(&tables, &metrics, &ReportOptions::default()).expect("tables");
        report.write_html(std::io::sink()).expect("a sink takes all");
    });
}
