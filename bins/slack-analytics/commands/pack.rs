use std::fs::File;
use std::io;
use std::path::Path;

use clap::Args;
use serde_json::json;
use slack_model::BatchId;
use slack_model::atomic::AtomicFile;
use slack_model::batch::{BatchFolder, files_below};
use zip::write::SimpleFileOptions;

use crate::app::App;
use crate::failure::{Outcome, Result};
use crate::figures::count;
use crate::without_tokens::WithoutTokens;

/// Pack a batch into two zips, its raw pages and its tables and metrics (no batch named: the newest)
#[derive(Debug, Args)]
#[command(after_help = "\
Slack puts tokens into the addresses of files in its exports (?t=xoxe-...), with which anyone who has the zip could fetch those
files. They are removed from the raw pages in the zip, as is whatever else has the shape of a token; the data home keeps the
pages as they are. The tables are packed as they are. Only you may read the zips, until you change that (chmod).

Examples:
  slack-analytics pack
  slack-analytics pack 20240822100000")]
pub(crate) struct Pack {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: Option<BatchId>,
    /// Pack the raw pages byte for byte, with the tokens in them: for yourself, such as a backup
    #[arg(long)]
    untouched: bool,
}

/// The two zips: a name, and the folders in it.
const ZIPS: [(&str, &[&str]); 2] =
    [("raw", &["api", "export", "files", "metadata"]), ("metrics", &["csv", "metrics", "metadata"])];

/// Runs the command.
pub(crate) fn run(args: &Pack, app: &App<'_>) -> Result<Outcome> {
    let batch = match args.batch {
        Some(batch) => Some(app.home().existing_batch(batch)?),
        None => app.home().batches()?.pop(),
    };
    let Some(batch) = batch else {
        app.output.tell(
            "pack",
            "there is no batch to pack",
            json!({ "zip": null, "path": null, "files": 0, "tokens_removed": 0 }),
        )?;
        return Ok(Outcome::Done);
    };
    for (name, folders) in ZIPS {
        let path = app.home().root().join(format!("{}-{name}.zip", batch.id()));
        let Packed { files, tokens } = pack(&batch, folders, &path, args.untouched)?;
        let mut line = format!("{} -> {}", count(files, "file"), path.display());
        if tokens > 0 {
            line.push_str(&format!(
                "\n{} removed from raw pages (--untouched keeps them)",
                count(tokens, "token")
            ));
        }
        let values = json!({ "zip": name, "path": path, "files": files, "tokens_removed": tokens });
        app.output.tell("pack", &line, values)?;
    }
    Ok(Outcome::Done)
}

/// The folders with what Slack said, tokens in addresses included.
const WITH_TOKENS: [&str; 2] = ["api", "export"];

/// What is in a zip.
struct Packed {
    files: u64,
    /// How many tokens were removed.
    tokens: u64,
}

fn pack(batch: &BatchFolder, folders: &[&str], path: &Path, is_untouched: bool) -> Result<Packed> {
    let mut zip = zip::ZipWriter::new_stream(AtomicFile::create(path)?);
    let options = SimpleFileOptions::default().large_file(true);
    let (mut files, mut tokens) = (0, 0);
    for folder in folders {
        let is_cleaned = WITH_TOKENS.contains(folder) && !is_untouched;
        let below = files_below(&batch.root().join(folder))?.files;
        // What begins with a point is a rest of a run that was broken off.
        let is_rest =
            |file: &Path| file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        for file in below.into_iter().filter(|file| !is_rest(file)).map(|file| Path::new(folder).join(file)) {
            let name = format!("{}/{}", batch.id(), file.to_string_lossy().replace('\\', "/"));
            zip.start_file(name, options)?;
            let mut page = File::open(batch.root().join(&file))?;
            if is_cleaned {
                let mut cleaned = WithoutTokens::new(&mut zip);
                io::copy(&mut page, &mut cleaned)?;
                tokens += cleaned.finish()?;
            } else {
                io::copy(&mut page, &mut zip)?;
            }
            files += 1;
        }
    }
    zip.finish()?.into_inner().commit()?;
    Ok(Packed { files, tokens })
}
