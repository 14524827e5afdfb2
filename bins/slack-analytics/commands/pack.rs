use std::fs::File;
use std::io;
use std::path::Path;

use clap::Args;
use serde_json::json;
use slack_model::BatchId;
use slack_model::atomic::AtomicFile;
use slack_model::batch::{BatchFolder, files_below};
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
        pipeline.output.tell(
            "pack",
            "there is no batch to pack",
            json!({ "zip": null, "path": null, "files": 0 }),
        )?;
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
        let below = files_below(&batch.root().join(folder))?.files;
        // What begins with a point is a rest of a run that was broken off.
        let is_rest =
            |file: &Path| file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        for file in below.into_iter().filter(|file| !is_rest(file)).map(|file| Path::new(folder).join(file)) {
            let name = format!("{}/{}", batch.id(), file.to_string_lossy().replace('\\', "/"));
            zip.start_file(name, options)?;
            io::copy(&mut File::open(batch.root().join(&file))?, &mut zip)?;
            files += 1;
        }
    }
    zip.finish()?.into_inner().commit()?;
    Ok(files)
}
