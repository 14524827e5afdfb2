use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use slack_model::BatchId;
use slack_model::atomic::AtomicFile;
use slack_model::batch::BatchFolder;
use zip::write::SimpleFileOptions;

use crate::exit::{Outcome, Result};
use crate::output::count;
use crate::pipeline::Pipeline;

/// Pack a batch into two zips, its raw pages and its tables and metrics (no batch named: the newest)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slack-analytics pack
  slack-analytics pack 20240822100000")]
pub(crate) struct Pack {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
}

/// The two zips: a name, and the folders in it.
const ZIPS: [(&str, &[&str]); 2] =
    [("raw", &["api", "export", "files", "metadata"]), ("metrics", &["csv", "metrics", "metadata"])];

/// Runs the command.
pub(crate) fn run(args: &Pack, pipeline: &Pipeline<'_>) -> Result<Outcome> {
    let batch = match args.batch {
        Some(batch) => Some(pipeline.home.existing_batch(batch)?),
        None => pipeline.home.batches()?.pop(),
    };
    let Some(batch) = batch else {
        pipeline.output.tell("pack", "there is no batch to pack", json!({ "zips": [] }))?;
        return Ok(Outcome::Done);
    };
    for (name, folders) in ZIPS {
        let path = pipeline.home.root().join(format!("{}-{name}.zip", batch.id()));
        let files = pack(&batch, folders, &path)?;
        let line = format!("{} -> {}", count(files, "file"), path.display());
        pipeline.output.tell("pack", &line, json!({ "zip": name, "path": path, "files": files }))?;
    }
    Ok(Outcome::Done)
}

fn pack(batch: &BatchFolder, folders: &[&str], path: &Path) -> Result<u64> {
    let mut zip = zip::ZipWriter::new_stream(AtomicFile::create(path)?);
    let options = SimpleFileOptions::default().large_file(true);
    let mut files = 0;
    for folder in folders {
        for file in files_below(batch.root(), Path::new(folder))? {
            let name = format!("{}/{}", batch.id(), file.to_string_lossy().replace('\\', "/"));
            zip.start_file(name, options)?;
            io::copy(&mut File::open(batch.root().join(&file))?, &mut zip)?;
            files += 1;
        }
    }
    zip.finish()?.into_inner().commit()?;
    Ok(files)
}

/// The files below a folder of the batch, by path; none where there is no such folder.
fn files_below(root: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(inner) = open.pop() {
        if !root.join(&inner).is_dir() {
            continue;
        }
        for entry in fs::read_dir(root.join(&inner))? {
            let entry = entry?;
            let path = inner.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
