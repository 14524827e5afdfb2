//! The keys of `slack-analytics.toml`, each declared once: its type, and its default where it has one that is always the same.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::value::FromTexts;

/// Makes the types, the list of keys, and what sets a key by its name.
macro_rules! settings {
    (
        { $($(#[$doc:meta])* $key:ident: $type:ty $(= [$($default:literal),*])?,)* }
        $($(#[$about:meta])* $section:ident: $Section:ident {
            $($(#[$docs:meta])* $keys:ident: $types:ty $(= [$($defaults:literal),*])?,)*
        })*
    ) => {
        /// The whole file. A key that the file does not set is `None`.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[$doc])* pub $key: Option<$type>,)*
            $($(#[$about])* pub $section: $Section,)*
        }

        $(
            $(#[$about])*
            #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
            #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
            #[non_exhaustive]
            pub struct $Section {
                $($(#[$docs])* pub $keys: Option<$types>,)*
            }
        )*

        /// Every key, those before the first section first.
        pub(super) fn declared() -> Vec<Key> {
            vec![
                $(Key::new(None, stringify!($key), <$type>::KIND, &[$($($default),*)?]),)*
                $($(Key::new(
                    Some(stringify!($section)),
                    stringify!($keys),
                    <$types>::KIND,
                    &[$($($defaults),*)?],
                ),)*)*
            ]
        }

        impl Settings {
            /// Sets a key to values that are of its kind.
            pub(super) fn set(&mut self, key: &Key, values: &[String]) -> Result<(), String> {
                match (key.section.unwrap_or_default(), &*key.name.replace('-', "_")) {
                    $(("", stringify!($key)) => self.$key = Some(FromTexts::from_texts(values)?),)*
                    $($((stringify!($section), stringify!($keys)) => {
                        self.$section.$keys = Some(FromTexts::from_texts(values)?);
                    })*)*
                    _ => return Err("there is no such key".into()),
                }
                Ok(())
            }
        }
    };
}

settings! {
    {
        /// The data home: batches, master, metrics.
        data: PathBuf = ["./data"],
        /// Print errors only.
        quiet: bool,
    }
    /// What `run`, `extract`, `doctor` and `manifest` capture.
    capture: Capture {
        /// Types of channel to read; public by default (public, private, im, mpim).
        types: Vec<String> = ["public"],
        /// Parts to capture; `usual` is all but own-reactions; usual by default (usual, all, team, users, usergroups, emoji, memberships, members, details, messages, reactions, bots, files, pins, bookmarks, own-reactions).
        parts: Vec<String> = ["usual"],
        /// Files: none at all, their metadata, or their bytes too; metadata by default (none, metadata, all).
        files: String = ["metadata"],
        /// Workspace to read, by its id: for org-wide tokens, which read several.
        team: String,
        /// Read only these conversations, by name or id.
        channel: Vec<String>,
        /// Leave these conversations unread, by name or id, even where `channel` has them.
        leave_channel: Vec<String>,
        /// Read messages back to here only: 30d, 12h, 2w, a date or a time; further back where there would be a gap.
        since: String,
        /// Read everything again as though there were no master.
        full: bool,
        /// Threads to read replies of; changed by default (changed, all, none).
        threads: String = ["changed"],
        /// Leave the bytes of files that are larger than this, in MB; without it, a file of more than 5000 MB is a gap.
        max_file_size: u64,
        /// Scale the published rate limits: a factor, or `unlimited` for servers that have none; 1 by default.
        rate: String = ["1"],
        /// How often to try a request that fails for a passing reason; 8 by default.
        attempts: u64 = ["8"],
        /// How long to wait for an answer, to its last byte, in seconds; 60 by default.
        timeout: u64 = ["60"],
        /// Largest answer of the API to read, in MB; 32 by default.
        max_answer: u64 = ["32"],
        /// Longest time that Slack may ask a request to wait, in seconds; what takes longer is a gap; 3600 by default.
        max_wait: u64 = ["3600"],
        /// Longest time for the bytes of one file, in seconds; 3600 by default.
        file_timeout: u64 = ["3600"],
        /// Pages in a row without a new record after which a list is given up; a page that repeats others counts as ten; 100 by default.
        max_idle_pages: u32 = ["100"],
        /// Most pages of one list; 100000 by default.
        max_pages: u32 = ["100000"],
    }
    /// What `metrics` measures. `run` and `graph` use the time zone only.
    metrics: Metrics {
        /// The time zone of days, hours and months, by IANA's name; UTC by default.
        timezone: String = ["UTC"],
        /// Only these tables.
        only: Vec<String>,
        /// Not these tables.
        skip: Vec<String>,
        /// Only what was written from this time on (2024-08-22T10:00:00Z, or a date).
        since: String,
        /// Only what was written before this time.
        until: String,
        /// Only this channel's messages, by id or name.
        channel: Vec<String>,
        /// Where to write, if not to the metrics of the master or the batch.
        out: PathBuf,
        /// Threads; as many as the machine runs at once by default.
        threads: NonZeroUsize,
        /// Memory, such as 500M or 2G; what does not fit goes to temporary files.
        max_memory: String,
    }
    /// The report: what readers may see.
    report: Report {
        /// The file, with the permissions that your umask gives; report.html in the data home, or in the batch's folder, which you alone may read by default.
        out: PathBuf,
        /// What the report is called; the workspace's name by default.
        title: String,
        /// Pseudonyms for people's names.
        anonymous: bool,
        /// Take groups of fewer people together: channels, countries, cohorts, emoji.
        min_group: u64,
        /// Show private channels as well.
        include_private: bool,
        /// Show direct messages as well.
        include_dms: bool,
    }
    /// The database of `load` and `sql`: an SQLite file, or PostgreSQL.
    database: Database {
        /// The database's URL.
        postgres: String,
        /// The database's file.
        sqlite: PathBuf,
        /// The database schema that holds the tables (PostgreSQL).
        schema: String = ["slack"],
        /// Load private channels as well.
        include_private: bool,
        /// Load direct messages as well.
        include_dms: bool,
        /// Make messages searchable by words.
        search: bool,
        /// Have the database compute the metrics itself, as materialized views mv_... (PostgreSQL).
        materialize: bool,
        /// Let a role read everything but e-mail addresses and texts of private channels (PostgreSQL); made if missing. It reads names and texts in the views, where addresses are masked.
        grant_read: Vec<String>,
        /// Compare every row with the database's, also where it is known to be there.
        compare_all: bool,
        /// How the answer is written; table on a terminal, csv elsewhere by default (table, csv, json).
        format: String,
    }
    /// How long Slack's raw answers are kept: of `run` (at its end) and `prune`.
    retention: Retention {
        /// Pages to keep: `all`, those of the last `365d` (or `52w`), or those of the last `30 batches`; all by default.
        raw: String = ["all"],
    }
    /// Options of `manifest`.
    manifest: Manifest {
        /// The app's name.
        name: String = ["Slack analytics"],
        /// Give the scopes to a bot, which reads only the channels that it is invited to, in place of the user.
        bot: bool,
    }
    /// Options of `import`.
    import: Import {
        /// Raise a limit of imports: entries (files in the export), entry-bytes (of one file), total-bytes, ratio (of a zip's compression), overlaps, name-bytes, depth (of folders) or nesting (of zips).
        import_limit: Vec<String>,
    }
    /// Options of `transform`.
    transform: Transform {
        /// Threads; as many as the machine runs at once by default.
        threads: NonZeroUsize,
        /// Memory, such as 500M or 2G; what does not fit goes to temporary files.
        max_memory: String,
    }
    /// Options of `merge`.
    merge: Merge {
        /// Threads; as many as the machine runs at once by default.
        threads: NonZeroUsize,
    }
    /// Options of `graph`.
    graph: Graph {
        /// Only what was written from this time on (2024-08-22T10:00:00Z, or a date).
        since: String,
        /// Only what was written before this time.
        until: String,
        /// Only this channel's messages, by id or name.
        channel: Vec<String>,
        /// Where to write, if not to the metrics of the master or the batch.
        out: PathBuf,
        /// Only these relations (interacts, reacts, refers), each with what its weight is multiplied by, in files too; all, 1 by default.
        relations: Vec<String>,
        /// Measure channels, too, as nodes beside people.
        with_channels: bool,
        /// Tie people by the channels that they share, not by what they do to each other; channels of more people than this are left out, 200 where no number is given: memory grows with its square.
        by_channels: usize,
        /// Treat bots as people.
        with_bots: bool,
        /// Leave out edges of less weight, all relations and channels together.
        min_weight: f64 = ["0"],
        /// Only edges of more weight than chance would give, at this level of significance (disparity filter).
        backbone: f64,
        /// Files hold only who and what is measured; everybody, bots and channels by default.
        only_network: bool,
        /// Which edges are apart in files; those of a timeline, which has no channels, are by relation by default, and those of `by-channels` are one for each pair (channel, relation, nothing).
        apart: String = ["channel"],
        /// Show private channels as well.
        include_private: bool,
        /// Show direct messages as well.
        include_dms: bool,
        /// Pseudonyms for people and channels.
        anonymous: bool,
        /// Files to write (gexf, dynamic, graphml, dot, json, gephi, neo4j, svg).
        format: Vec<String> = ["gexf", "svg"],
        /// Walk shortest paths from all people, however many there are; from a sample where it takes long by default.
        exact: bool,
        /// Communities: above 1 more and smaller, below 1 fewer and larger.
        resolution: f64 = ["1"],
        /// Random seed of communities, samples and layout.
        seed: u64 = ["0"],
        /// Threads; as many as the machine runs at once by default.
        threads: NonZeroUsize,
        /// Memory, such as 500M or 2G; what does not fit goes to temporary files.
        max_memory: String,
    }
    /// Options of `serve`.
    serve: Serve {
        /// The address to listen at.
        listen: String = ["127.0.0.1"],
        /// The port; 0 for any that is free.
        port: u16 = ["8787"],
        /// Connections that are answered at the same time.
        max_connections: NonZeroUsize = ["256"],
    }
    /// Options of `schedule`.
    schedule: Schedule {
        /// The time of day, on this machine's clock.
        at: String = ["03:00"],
    }
    /// Options of `demo`.
    demo: Demo {
        /// People in the community.
        people: u32 = ["150"],
        /// Messages in the community, replies and those in channels that the demo's user may not see included.
        messages: u32 = ["8000"],
        /// The same seed gives the same community.
        seed: u64 = ["7"],
    }
    /// Options of `man`.
    man: Man {
        /// The folder for all pages.
        out: PathBuf,
    }
}
