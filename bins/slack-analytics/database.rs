//! The database, as PostgreSQL's own programs find it.

use std::env;
use std::path::PathBuf;

use slack_pg::{ConnectOptions, RootCertificates};

use crate::environment::Environment;
use crate::exit::Result;

/// The address that the environment names, where no argument does: empty where PostgreSQL's own variables say it
/// all, `None` where none does.
pub(crate) fn address(environment: &Environment) -> Option<String> {
    let named = ["SLACK_POSTGRES_URL", "DATABASE_URL"].into_iter().find_map(|name| environment.get(name));
    let in_parts = ["PGHOST", "PGDATABASE"].into_iter().any(|name| environment.get(name).is_some());
    named.or_else(|| in_parts.then(String::new))
}

/// What holds where the address is silent: libpq's variables, and its files in the home folder.
pub(crate) fn options(environment: &Environment) -> Result<ConnectOptions> {
    let mut options = ConnectOptions::default();
    options.host = environment.get("PGHOST");
    options.port = environment.get("PGPORT");
    options.user = environment.get("PGUSER");
    options.database = environment.get("PGDATABASE");
    options.password = environment.get("PGPASSWORD");
    options.passfile = environment.get("PGPASSFILE").map(PathBuf::from).or_else(default_passfile);
    options.ssl_mode = environment.get("PGSSLMODE").map(|mode| mode.parse()).transpose()?;
    let roots = environment.get("PGSSLROOTCERT").map(|roots| RootCertificates::from(&*roots));
    options.ssl_root_cert = roots.or_else(|| {
        let file = settings_folder()?.join("root.crt");
        file.is_file().then_some(RootCertificates::File(file))
    });
    Ok(options)
}

#[cfg(not(windows))]
fn default_passfile() -> Option<PathBuf> {
    Some(env::home_dir()?.join(".pgpass"))
}

#[cfg(windows)]
fn default_passfile() -> Option<PathBuf> {
    Some(settings_folder()?.join("pgpass.conf"))
}

#[cfg(not(windows))]
fn settings_folder() -> Option<PathBuf> {
    Some(env::home_dir()?.join(".postgresql"))
}

#[cfg(windows)]
fn settings_folder() -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("APPDATA")?).join("postgresql"))
}
