//! The database, as PostgreSQL's own programs find it.

use std::env;
use std::path::PathBuf;

use slack_pg::{ConnectOptions, RootCertificates};
use slack_pipeline::settings::{Environment, Place};

use crate::failure::Result;

/// A database's address.
pub(crate) struct Address {
    /// A URL or parameters; empty where PostgreSQL's own variables set it all.
    pub(crate) text: String,
    /// Where it is set.
    pub(crate) origin: String,
    /// Whether that is a file, which the user need not know of.
    pub(crate) is_from_file: bool,
}

/// The address that the environment names, where no argument does; `None` where nothing does.
pub(crate) fn address(environment: &Environment) -> Option<Address> {
    let named = ["SLACK_POSTGRES_URL", "DATABASE_URL"].into_iter();
    let named = named.filter_map(|name| Some((name, environment.find(name)?)));
    let in_parts = ["PGHOST", "PGDATABASE"].into_iter();
    let in_parts = in_parts.filter_map(|name| Some((name, (String::new(), environment.find(name)?.1))));
    let (name, (text, place)) = named.chain(in_parts).next()?;
    Some(Address { text, origin: format!("{name} in {place}"), is_from_file: place != Place::Environment })
}

/// PostgreSQL's own variables that a `.env` file sets, with the file.
pub(crate) fn parts_in_files(environment: &Environment) -> Vec<String> {
    let names = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"].into_iter();
    let places = names.filter_map(|name| Some((name, environment.find(name)?.1)));
    let in_files = places.filter(|(_, place)| *place != Place::Environment);
    in_files.map(|(name, place)| format!("{name} in {place}")).collect()
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
