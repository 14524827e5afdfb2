//! Every example runs, and does what it says.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use crate::private_postgres::TestDatabase;
use crate::support::{Home, Ran, community, files, ran, root, rows_without};
use crate::written::Written;

/// Cargo builds the examples beside the binaries, but for a single test only when it is asked to.
fn example<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Ran {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let build = ["build", "--quiet", "--locked", "--offline", "--examples"];
        ran(0, Command::new(env!("CARGO")).args(build).current_dir(root()));
    });
    let programs =
        Path::new(env!("CARGO_BIN_EXE_slack-analytics")).parent().expect("a folder").join("examples");
    let program = programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ran(0, Command::new(program).args(arguments))
}

fn export(home: &Home) -> PathBuf {
    let export = home.folder().join("export");
    community(20, 300).write_export(&export).expect("written");
    export
}

#[test]
fn every_example_is_run_here() {
    let text = include_str!("examples.rs");
    for (path, _) in
        files(&root().join("examples")).into_iter().filter(|(path, _)| path.parent() == Some(Path::new("")))
    {
        let name = path.file_stem().expect("named").to_string_lossy().into_owned();
        assert!(text.contains(&format!("example(\"{name}\"")), "{name} is not run");
    }
}

#[test]
fn from_an_export_to_graph_and_database() {
    let home = Home::new();
    let export = export(&home);
    example("import_export", [export.as_os_str(), home.data("").as_os_str()]);
    let master = home.data("master/csv");
    let metrics = home.data("metrics");
    example("measure_master", [&master, &metrics]);
    // The recipes give what the program gives.
    let program = Home::new();
    program.run(0, [OsStr::new("run"), OsStr::new("--import"), export.as_os_str()]);
    assert!(files(&master) == files(&program.data("master/csv")));
    program.run(0, ["metrics", "--timezone", "Europe/Berlin", "--skip", "conversation_data"]);
    let mut expected = files(&program.data("metrics"));
    let gexf = expected.remove(Path::new("graph.gexf")).expect("there");
    expected.remove(Path::new("conversation_data.csv")).expect("there");
    expected
        .retain(|path, _| slack_metrics::TABLES.iter().any(|table| path == Path::new(&table.file_name())));
    assert!(files(&metrics) == expected);

    let graph = home.folder().join("out.gexf");
    example("measure_network", [&master, &metrics, &graph]);
    assert!(std::fs::read(&graph).expect("written") == gexf);

    let page = home.folder().join("report.html");
    example("write_report", [&master, &metrics, &page]);
    let html = std::fs::read_to_string(&page).expect("a page");
    assert!(html.contains("\"anonymous\":true") && html.contains("Person "));

    let own = home.folder().join("own");
    example("custom_metric", [&master, &own]);
    let asked = rows_without(&own.join("questions_by_channel.csv"), &["channel", "answered"]);
    assert!(asked.concat().iter().map(|asked| asked.parse::<u64>().expect("a number")).sum::<u64>() > 0);

    let whole = home.folder().join("whole");
    let told = example("whole_pipeline", [export.as_os_str(), whole.as_os_str()]).out;
    assert!(told.contains("0 gaps") && told.contains("tables in slack.db"), "{told}");
    assert!(files(&whole.join("master/csv")) == files(&program.data("master/csv")));
    assert!(whole.join("report.html").is_file() && whole.join("slack.db").is_file());

    let database = TestDatabase::create();
    example("load_postgres", [home.data("").as_os_str(), OsStr::new(&database.url)]);
    let count: i64 =
        database.client().query_one("select count(*) from slack.edge_data", &[]).expect("counted").get(0);
    assert!(count > 0);

    let file = home.data("community.db");
    let told = example("load_sqlite", [home.data("").as_os_str(), file.as_os_str()]).out;
    assert!(told.contains("posted most"), "{told}");
}

/// The block for Rust developers, as it is printed and in its order.
#[test]
fn the_readmes_recipes_run_one_after_the_other() {
    let home = Home::new();
    let readme = std::fs::read_to_string(root().join("README.md")).expect("read");
    let (_, block) = readme.split_once("## For Rust developers").expect("the section");
    let block = block.split("\n## ").next().unwrap_or_default();
    let recipes: Vec<_> =
        block.lines().filter_map(|line| line.strip_prefix("    cargo run --example ")).collect();
    assert!(recipes.len() >= 4, "{recipes:?}");
    let slack = home.folder().join("slack");
    for recipe in recipes {
        let (name, arguments) = recipe.split_once(" -- ").expect("arguments");
        let arguments: Vec<PathBuf> = arguments
            .split_whitespace()
            .map(|argument| match argument.strip_prefix("/tmp/") {
                Some(below) => home.folder().join(below),
                None => root().join(argument),
            })
            .collect();
        example(name, &arguments);
    }
    let page = std::fs::read_to_string(slack.join("report.html")).expect("a page");
    assert!(page.contains("general"), "the page is of the sample's channels");
    assert!(std::fs::read(slack.join("graph.gexf")).expect("written").len() > 1_000);
}

#[test]
fn recipes_show_what_is_visible() {
    let home = Home::new();
    Written::default()
        .people(&["Mia", "Noor"])
        .channels(&["general", "undercover"])
        .posts(60, 4_000)
        .into_home(&home);
    let [master, metrics] = ["master/csv", "metrics"].map(|folder| home.data(folder));
    home.run(0, ["metrics"]);
    home.run(0, ["graph"]);
    let file = home.folder().join("slack.db");
    example("load_sqlite", [home.data("").as_os_str(), file.as_os_str()]);
    let channels = |file: &Path| {
        let query = "SELECT id FROM channel_data UNION SELECT channel FROM aggr_by_channel
                     UNION SELECT channel FROM message_data UNION SELECT channel FROM edge_data ORDER BY 1";
        let file = file.to_str().expect("text");
        home.run(0, ["sql", "--database", file, "--format", "csv", query]).out
    };
    assert_eq!(channels(&file).lines().skip(1).collect::<Vec<_>>(), ["C0000", "C0001"]);

    let table = master.join("channel_data.csv");
    let text = std::fs::read_to_string(&table).expect("read");
    std::fs::write(
        &table,
        text.replace("C0001,undercover,channel,public,false", "C0001,undercover,group,confidential,true"),
    )
    .expect("written");
    let [gexf, page, own, measured] =
        ["out.gexf", "report.html", "own", "measured"].map(|name| home.folder().join(name));
    let mut told = example("measure_network", [&master, &metrics, &gexf]).out;
    example("write_report", [&master, &metrics, &page]);
    told += &example("custom_metric", [&master, &own]).out;
    told += &example("measure_master", [&master, &measured]).out;
    told += &example("load_sqlite", [home.data("").as_os_str(), file.as_os_str()]).out;
    assert_eq!(channels(&file).lines().skip(1).collect::<Vec<_>>(), ["C0000"], "it was there before");
    let folders = [own, measured].map(|folder| files(&folder).into_values().collect::<Vec<_>>().concat());
    let written = [gexf, page].map(|file| std::fs::read(file).expect("written"));
    for bytes in folders.into_iter().chain(written).chain([told.into_bytes()]) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("general") || text.contains("posted most") || text.contains("C0000"));
        assert!(!text.contains("undercover") && !text.contains("C0001"));
    }
    let database = TestDatabase::create();
    example("load_postgres", [home.data("").as_os_str(), OsStr::new(&database.url)]);
    let channels = "SELECT count(*) FROM slack.channel_data";
    assert_eq!(database.client().query_one(channels, &[]).expect("counted").get::<_, i64>(0), 1);
}

#[test]
fn from_the_sandbox_to_tables() {
    let home = Home::new();
    example("extract_sandbox", [home.data("")]);
    assert!(home.batch().join("csv/message_data.csv").is_file());
}
