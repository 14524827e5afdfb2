//! The report and the tables over HTTP: who may read them, and that they are those of the last run.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Home, ran};
use crate::written::Written;

const TOKEN: &str = "open-sesame-open-sesame";

/// A server that ends with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(home: &Home, options: &[&str], token: Option<&str>) -> Self {
        let mut command = home.command();
        command.args(["serve", "--port", "0"]).args(options).stdout(Stdio::piped());
        if let Some(token) = token {
            command.env("SLACK_SERVE_TOKEN", token);
        }
        let mut child = command.spawn().expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
        let url = lines.find_map(|line| {
            let line = line.expect("a line");
            Some(line.split_whitespace().find(|word| word.starts_with("http://"))?.to_owned())
        });
        Self { child, url: url.expect("an address") }
    }

    fn get(&self, path: &str) -> ureq::http::Response<ureq::Body> {
        self.ask(path, &[])
    }

    fn ask(&self, path: &str, headers: &[(&str, &str)]) -> ureq::http::Response<ureq::Body> {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let request = ureq::Agent::new_with_config(config).get(format!("{}{path}", self.url));
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .call()
            .expect("an answer")
    }

    /// A connection.
    fn connect(&self) -> TcpStream {
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        let stream = TcpStream::connect(address).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        stream
    }

    /// What comes back for some bytes until the server ends the connection.
    fn raw(&self, sent: &str) -> String {
        let mut stream = self.connect();
        // The server may have enough before it has all.
        let _ = stream.write_all(sent.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn text(&self, path: &str) -> String {
        let mut response = self.get(path);
        assert_eq!(response.status(), 200, "{path}");
        response.body_mut().with_config().limit(50_000_000).read_to_string().expect("text")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn home(posts: usize) -> Home {
    let home = Home::new();
    written(posts, &home);
    home
}

fn written(posts: usize, home: &Home) {
    Written::default().people(&["Ada", "Grace"]).channels(&["general"]).posts(posts, 60_000).into_home(home);
    home.run(0, ["metrics"]);
    home.run(0, ["graph"]);
}

#[test]
fn this_machine_reads_the_report_and_the_tables_without_addresses() {
    let home = home(30);
    let anonymous = Server::start(&home, &["--anonymous"], None);
    for path in ["tables", "tables/user_data.csv", "metrics/useractive_data.csv"] {
        assert_eq!(anonymous.get(path).status(), 404, "{path} would undo pseudonyms");
    }
    drop(anonymous);
    let server = Server::start(&home, &[], None);
    assert!(server.url.starts_with("http://127.0.0.1:"), "{}", server.url);
    assert!(server.text("").contains("\"posts\":30"));
    assert!(server.text("tables").contains("/metrics/activity_by_day.csv"));
    let days = std::fs::read_to_string(home.data("metrics/activity_by_day.csv")).expect("the table");
    assert_eq!(server.text("metrics/activity_by_day.csv"), days);
    let users = server.text("tables/user_data.csv");
    assert!(users.contains("Grace") && !users.contains("example.org"), "{users}");
    for path in [
        "tables/..%2f..%2f..%2fCargo.toml",
        "tables/nothing.csv",
        "metrics/graph.gexf",
        "pseudonyms.key",
        "metrics/..%2fmaster",
    ] {
        assert_eq!(server.get(path).status(), 404, "{path}");
    }
    // A page of another site, whose name was made to point to this machine, reads nothing.
    assert_eq!(server.ask("", &[("Host", "evil.example")]).status(), 421);
    let written =
        ureq::post(format!("{}tables", server.url)).config().http_status_as_error(false).build().send_empty();
    assert_eq!(written.expect("an answer").status(), 405);
}

#[test]
fn no_table_tells_an_address_in_a_text_or_a_name() {
    let home = home(30);
    for (table, from, to) in [
        ("message_data", "Some words", "\"Mail, please: <mailto:ada@hidden.example.org|me>\nSome words\""),
        ("user_data", ",Grace,", ",Grace grace@hidden.example.org,"),
    ] {
        let path = home.data(&format!("master/csv/{table}.csv"));
        let text = std::fs::read_to_string(&path).expect("read").replace(" that no page holds", "");
        std::fs::write(&path, text.replace(from, to)).expect("written");
    }
    home.run(0, ["metrics"]);
    home.run(0, ["graph"]);
    let server = Server::start(&home, &[], None);
    let list = server.text("tables");
    let paths: Vec<_> = list.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(paths.len() > 30, "{list}");
    let mut n_masked = 0;
    for path in paths.into_iter().filter(|path| path.ends_with(".csv")) {
        let text = server.text(path);
        assert!(!text.contains("hidden.example.org"), "{path}");
        n_masked += usize::from(text.contains("[e-mail]"));
    }
    assert!(n_masked > 3, "{n_masked}");
    let messages = server.text("tables/message_data.csv");
    let rows: Vec<_> =
        csv::Reader::from_reader(messages.as_bytes()).into_records().map(|row| row.expect("a row")).collect();
    assert!(
        rows.len() > 10 && rows.iter().all(|row| row[5].starts_with("Mail, please: <mailto:[e-mail]|me>\n"))
    );
}

#[test]
fn the_page_follows_the_master() {
    let home = home(30);
    let server = Server::start(&home, &[], None);
    assert!(server.text("").contains("\"posts\":30"));
    written(45, &home);
    let start = Instant::now();
    while !server.text("").contains("\"posts\":45") {
        assert!(start.elapsed() < Duration::from_secs(60), "the page stays as it was");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_conversation_that_is_public_no_more_leaves_the_page() {
    let home = Home::new();
    Written::default().people(&["Ada"]).channels(&["general", "rumours"]).posts(40, 60_000).into_home(&home);
    // No list names them; the operator does.
    let table = home.data("master/csv/channel_data.csv");
    let listed = std::fs::read_to_string(&table).expect("read");
    assert!(listed.contains(",public,false"), "{listed}");
    std::fs::write(&table, listed.replace(",public,false", ",public,")).expect("written");
    std::fs::create_dir_all(home.data("references")).expect("made");
    let public = home.data("references/public_channels.csv");
    std::fs::write(&public, "channel\ngeneral\nrumours\n").expect("written");
    home.run(0, ["metrics"]);
    home.run(0, ["graph"]);
    let server = Server::start(&home, &[], None);
    assert!(
        server.text("").contains("rumours") && server.text("tables/channel_data.csv").contains("rumours")
    );
    std::fs::write(&public, "channel\ngeneral\n").expect("written");
    let start = Instant::now();
    while server.text("").contains("rumours") {
        assert!(start.elapsed() < Duration::from_secs(60), "the page stays as it was");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(!server.text("tables/channel_data.csv").contains("rumours"));
    assert!(server.text("").contains("general"));
}

#[test]
fn others_need_the_token() {
    let home = home(3);
    let refused = home.run(2, ["serve", "--port", "0", "--listen", "0.0.0.0"]);
    assert!(refused.err.contains("SLACK_SERVE_TOKEN"), "{}", refused.err);
    let mut server = Server::start(&home, &["--listen", "0.0.0.0"], Some(TOKEN));
    server.url = server.url.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(server.get("").status(), 401);
    assert_eq!(server.get("tables/user_data.csv").status(), 401);
    assert_eq!(server.ask("", &[("Authorization", &format!("Bearer {TOKEN}"))]).status(), 200);
    let entered = server.get(&format!("?token={TOKEN}"));
    assert_eq!(
        (entered.status().as_u16(), entered.headers()["location"].to_str().expect("text")),
        (303, "/")
    );
    // A path with two slashes would be another host.
    for path in [
        "/evil.example/x?token=",
        "/evil.example/..?token=",
        "//evil.example?token=",
        "/\\evil.example?token=",
    ] {
        let text =
            server.raw(&format!("GET /{path}{TOKEN} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        let lines = text.lines();
        let mut to =
            lines.filter_map(|line| line.to_lowercase().strip_prefix("location: ").map(str::to_owned));
        let to = to.next();
        assert!(
            to.as_deref().is_none_or(|to| to.starts_with("/evil.example"))
                && (to.is_some() || text.contains(" 400 ")),
            "{path}: {text}"
        );
    }
    let cookie = entered.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .split(';')
        .next()
        .expect("a cookie")
        .to_owned();
    assert_eq!(server.ask("", &[("Cookie", &cookie)]).status(), 200);
}

#[test]
fn a_token_that_can_be_guessed_is_refused() {
    let home = home(3);
    for token in ["x", "open-sesame", "nineteen-letters-at"] {
        let mut command = home.command();
        let told = ran(2, command.env("SLACK_SERVE_TOKEN", token).args(["serve", "--port", "0"]));
        assert!(told.err.contains("it must have at least 20"), "{}", told.err);
    }
}

#[test]
fn half_a_request_holds_nobody_up() {
    let server = Server::start(&home(3), &["--max-connections", "4"], None);
    // More than there are places for: some send nothing, some a part of a head, one letter at a time or never more.
    let mut half_open: Vec<_> = (0..12).map(|_| server.connect()).collect();
    for stream in half_open.iter_mut().skip(6) {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: local").expect("sent");
    }
    assert_eq!(server.get("").status(), 200, "they are cut off");
    let mut rest = Vec::new();
    half_open[0].read_to_end(&mut rest).expect("the server has ended it");
}

#[test]
fn who_asks_and_takes_nothing_holds_nobody_up() {
    let server = Server::start(&home(3), &["--max-connections", "2"], None);
    let host = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let asked = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(200);
    let mut greedy: Vec<_> = (0..2).map(|_| server.connect()).collect();
    for stream in &mut greedy {
        stream.write_all(asked.as_bytes()).expect("sent");
    }
    assert_eq!(server.get("").status(), 200, "they are cut off");
}

#[test]
fn requests_have_an_end() {
    let server = Server::start(&home(3), &[], None);
    let host = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let long = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX-Long: {}\r\n\r\n", "x".repeat(200_000));
    assert!(!server.raw(&long).contains(" 200 "));
    let many = format!("GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "X-One: more\r\n".repeat(1_000));
    assert!(!server.raw(&many).contains(" 200 "));
    for body in ["Content-Length: 99999999999", "Transfer-Encoding: chunked"] {
        let answer = server.raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n{body}\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    assert_eq!(server.get("").status(), 200);
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to() {
    let mut server = Server::start(&home(3), &[], None);
    let mut half_open: Vec<_> = (0..5).map(|_| server.connect()).collect();
    half_open[0].write_all(b"GET / HTTP/1.1\r\n").expect("sent");
    assert_eq!(server.get("").status(), 200);
    let told = Command::new("kill").arg(server.child.id().to_string()).status().expect("kill runs");
    assert!(told.success());
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
}
