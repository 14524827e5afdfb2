//! A small HTTP server that answers as a test wants: oddly, slowly, or without end.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A call: the last part of its path, and its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) params: BTreeMap<String, String>,
}

impl Call {
    /// A parameter, empty where it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }
}

/// What a call is answered with.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body comes again and again, with such a pause between, until nobody reads it.
    pub(crate) again: Option<Duration>,
}

/// An answer with status 200.
pub(crate) fn ok(body: impl Into<String>) -> Reply {
    Reply { status: 200, headers: Vec::new(), body: body.into().into_bytes(), again: None }
}

/// A server, until it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
    sent: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Begins to answer.
    pub(crate) fn start(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let port = listener.local_addr().expect("an address").port();
        let server = Self { port, calls: Arc::default(), sent: Arc::default(), is_over: Arc::default() };
        let (calls, sent, is_over) =
            (Arc::clone(&server.calls), Arc::clone(&server.sent), Arc::clone(&server.is_over));
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (answer, calls, sent) = (Arc::clone(&answer), Arc::clone(&calls), Arc::clone(&sent));
                std::thread::spawn(move || {
                    // A client that goes away ends its connection.
                    let _ = serve(stream, &*answer, &calls, &sent);
                });
            }
        });
        server
    }

    /// The API's address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.port)
    }

    /// The calls of a method so far.
    pub(crate) fn calls(&self, method: &str) -> Vec<Call> {
        let calls = self.calls.lock().expect("unpoisoned");
        calls.iter().filter(|call| call.method == method).cloned().collect()
    }

    /// The bytes of bodies that were sent.
    #[allow(dead_code, reason = "not all tests count them")]
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    stream: TcpStream,
    answer: &dyn Fn(&Call) -> Reply,
    calls: &Mutex<Vec<Call>>,
    sent: &AtomicU64,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let (mut line, mut length) = (String::new(), 0);
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let call = Call {
            method: path.rsplit('/').next().unwrap_or_default().to_owned(),
            params: pairs.map(|(name, value)| (decoded(name), decoded(value))).collect(),
        };
        calls.lock().expect("unpoisoned").push(call.clone());
        let Reply { status, headers, body, again } = answer(&call);
        let mut head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n");
        match again {
            None => head.push_str(&format!("Content-Length: {}\r\n", body.len())),
            Some(_) => head.push_str("Connection: close\r\n"),
        }
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        loop {
            stream.write_all(&body)?;
            sent.fetch_add(body.len() as u64, Ordering::Relaxed);
            let Some(pause) = again else { break };
            std::thread::sleep(pause);
        }
    }
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &after[2..]),
            None => (bytes.push(if *first == b'+' { b' ' } else { *first }), rest = after),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
