//! Whether the data home can take a capture.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use slack_extract::{Check, unfinished};
use slack_merge::merged_batches;

use crate::error::{Error, Result};
use crate::figures::grouped;
use crate::pipeline::Pipeline;

/// Less than this is little, in bytes.
const LITTLE_SPACE: u64 = 1_000_000_000;

/// Looks at the data home. `team` is the workspace of the token that is to be captured with.
pub fn check_home(pipeline: &Pipeline<'_>, team: Option<&str>) -> Vec<Check> {
    let folder = existing(pipeline.home().root());
    let is_in_use = pipeline.home().is_locked();
    let mut checks = vec![if is_in_use {
        let what = format!("{} is in use by another run", pipeline.home().root().display());
        Check::problem("data home", what, "wait until that is done")
    } else {
        check_writable(pipeline.home().root(), &folder)
    }];
    checks.extend(pipeline.home().format().err().map(|error| unreadable(&error.into())));
    checks.extend(free_space(&folder).map(check_space));
    checks.extend(check_team(pipeline, team).unwrap_or_else(|failure| Some(unreadable(&failure))));
    // A capture that is under way is not broken off.
    if !is_in_use {
        checks.extend(check_unfinished(pipeline).unwrap_or_else(|failure| Some(unreadable(&failure))));
    }
    checks
}

/// The folder itself, or the nearest one above it that there is.
fn existing(home: &Path) -> PathBuf {
    let above = home.ancestors().find(|folder| folder.is_dir());
    above.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn check_writable(home: &Path, folder: &Path) -> Check {
    if home.exists() && !home.is_dir() {
        let what = format!("{} is no folder", home.display());
        return Check::problem("data home", what, "name another one with --data");
    }
    let trial = folder.join(format!(".doctor-{}", std::process::id()));
    let written = File::create_new(&trial).and_then(|_| fs::remove_file(&trial));
    match written {
        Ok(()) if home.is_dir() => Check::ok("data home", format!("{} can be written to", home.display())),
        Ok(()) => Check::ok("data home", format!("{} will be made", home.display())),
        Err(error) => {
            let what = format!("nothing can be written to {}: {error}", folder.display());
            Check::problem("data home", what, "name another one with --data")
        }
    }
}

fn check_space(bytes: u64) -> Check {
    let what = format!("{} MB are free", grouped(bytes / 1_000_000));
    if bytes < LITTLE_SPACE {
        Check::warning("disk", what, "make room, or name another data home with --data")
    } else {
        Check::ok("disk", what)
    }
}

/// The bytes that are free to this user on a folder's disk, where the system tells.
#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

/// Whether the master is of the token's workspace; nothing where there is no master, or no token.
fn check_team(pipeline: &Pipeline<'_>, team: Option<&str>) -> Result<Option<Check>> {
    let Some(team) = team else { return Ok(None) };
    let batches = merged_batches(&pipeline.home().master_csv())?;
    let mut teams: Vec<String> =
        batches.into_iter().filter_map(|batch| Some(batch.team_id?.to_string())).collect();
    teams.sort_unstable();
    teams.dedup();
    if teams.is_empty() {
        return Ok(None);
    }
    if teams.iter().any(|known| known == team) {
        return Ok(Some(Check::ok("workspace", format!("the master is of {team} too"))));
    }
    let what = format!("the token is of {team}, the master of {}", teams.join(", "));
    Ok(Some(Check::problem("workspace", what, "give each workspace a data home of its own (--data)")))
}

fn check_unfinished(pipeline: &Pipeline<'_>) -> Result<Option<Check>> {
    let Some(batch) = unfinished(pipeline.home())? else { return Ok(None) };
    let what = format!("batch {} was broken off; the next run goes on with it", batch.id());
    Ok(Some(Check::ok("capture", what)))
}

fn unreadable(failure: &Error) -> Check {
    let causes = std::iter::successors(Some(failure as &dyn std::error::Error), |error| error.source());
    let what: Vec<_> = causes.map(ToString::to_string).collect();
    Check::problem("data home", what.join(": "), "see slack-analytics verify")
}
