//! Addresses as libpq takes them, cut into parameters.
//!
//! `postgres`' own parser knows neither `sslrootcert` nor all values of `sslmode`, and keeps what it has read
//! to itself. Nothing here quotes the text: where a password is not percent-encoded, any piece may be a part
//! of it.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use crate::error::{Error, Result};

/// Parameters that are used here.
const OWN: [&str; 9] =
    ["user", "password", "dbname", "host", "hostaddr", "port", "sslmode", "sslrootcert", "passfile"];

/// Parameters that `postgres::Config` understands.
const PASSED_ON: [&str; 12] = [
    "options",
    "application_name",
    "sslnegotiation",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// Parameters of libpq's that cannot be met, which the error may therefore name.
const UNMET: [&str; 25] = [
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "keepalives_count",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "replication",
    "require_auth",
    "requirepeer",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslpassword",
    "sslsni",
];

/// What an address says. It has no `Debug`, since it holds the password.
#[derive(Default)]
pub(super) struct Parameters(BTreeMap<&'static str, String>);

impl Parameters {
    /// Reads a URL or `key=value` pairs; an empty text says nothing.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut parameters = Self::default();
        match text.split_once("://") {
            Some(("postgres" | "postgresql", rest)) => parameters.read_url(rest)?,
            Some((scheme, _)) if !scheme.contains('=') => return Err(Error::InvalidUrl),
            _ => parameters.read_pairs(text)?,
        }
        Ok(parameters)
    }

    /// The value of a parameter, which is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What is not used here, one text of a pair for each.
    pub(super) fn passed_on(&self) -> impl Iterator<Item = (&'static str, String)> {
        let rest = PASSED_ON.iter().filter_map(|name| Some((*name, self.get(name)?)));
        rest.map(|(name, value)| {
            let quoted = value.replace('\\', r"\\").replace('\'', r"\'");
            (name, format!("{name}='{quoted}'"))
        })
    }

    fn set(&mut self, name: &str, value: String) -> Result<()> {
        if let Some(name) = UNMET.iter().find(|unmet| **unmet == name) {
            return Err(Error::Parameter { name, advice: "this program cannot do it: leave it out" });
        }
        let name = OWN.iter().chain(&PASSED_ON).find(|known| **known == name).ok_or(Error::InvalidUrl)?;
        // As with libpq, the last value counts, and an empty one means the default.
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name, value);
        }
        Ok(())
    }

    fn read_url(&mut self, text: &str) -> Result<()> {
        let (mut rest, query) = match text.find(['@', '/']) {
            // A password may hold a question mark, unlike what follows it.
            Some(end) if text[end..].starts_with('@') => {
                let (credentials, rest) = (&text[..end], &text[end + 1..]);
                let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
                self.set("user", decode(user)?)?;
                self.set("password", decode(password)?)?;
                split_query(rest)
            }
            _ => split_query(text),
        };
        if let Some((hosts, database)) = rest.split_once('/') {
            self.set("dbname", decode(part_of_no_password(database)?)?)?;
            rest = hosts;
        }
        self.read_hosts(part_of_no_password(rest)?)?;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(Error::InvalidUrl)?;
            match (&*decode(name)?, decode(value)?) {
                // What JDBC writes, and libpq takes in URLs.
                ("ssl", value) if value == "true" => self.set("sslmode", "require".into())?,
                (name, value) => self.set(name, value)?,
            }
        }
        Ok(())
    }

    fn read_hosts(&mut self, text: &str) -> Result<()> {
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for server in text.split(',') {
            let (host, port) = match server.strip_prefix('[').map(|rest| rest.split_once(']')) {
                Some(Some((host, port))) => (host, port),
                Some(None) => return Err(Error::InvalidUrl),
                None => server.split_at(server.find(':').unwrap_or(server.len())),
            };
            let port = port.strip_prefix(':').or(port.is_empty().then_some("")).ok_or(Error::InvalidUrl)?;
            let is_port = port.is_empty() || port.parse::<u16>().is_ok();
            ports.push(is_port.then_some(port).ok_or(Error::InvalidUrl)?);
            hosts.push(decode(host)?);
        }
        if hosts.iter().any(|host| !host.is_empty()) {
            self.set("host", hosts.join(","))?;
        }
        if ports.iter().any(|port| !port.is_empty()) {
            self.set("port", ports.join(","))?;
        }
        Ok(())
    }

    fn read_pairs(&mut self, text: &str) -> Result<()> {
        let mut rest = text.chars().peekable();
        loop {
            skip_spaces(&mut rest);
            if rest.peek().is_none() {
                return Ok(());
            }
            let mut name = String::new();
            while let Some(character) = rest.next_if(|next| *next != '=' && !next.is_whitespace()) {
                name.push(character);
            }
            skip_spaces(&mut rest);
            rest.next_if_eq(&'=').ok_or(Error::InvalidUrl)?;
            skip_spaces(&mut rest);
            let value = read_value(&mut rest)?;
            self.set(&name, value)?;
        }
    }
}

fn skip_spaces(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|next| next.is_whitespace()).is_some() {}
}

/// A value up to the next space, or between single quotes; a backslash takes the next character as it is.
fn read_value(rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    let is_quoted = rest.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match rest.next_if(|next| is_quoted || !next.is_whitespace()) {
            Some('\'') if is_quoted => return Ok(value),
            Some('\\') => value.extend(rest.next()),
            Some(character) => value.push(character),
            None if is_quoted => return Err(Error::InvalidUrl),
            None => return Ok(value),
        }
    }
}

fn split_query(text: &str) -> (&str, &str) {
    text.split_once('?').unwrap_or((text, ""))
}

/// A piece of a URL without an `@`: there, it is a sign of a password with an `@` or `/` that is not encoded.
fn part_of_no_password(text: &str) -> Result<&str> {
    if text.contains('@') { Err(Error::InvalidUrl) } else { Ok(text) }
}

/// Reads percent-encoding, strictly as libpq: a `%` that begins no code is rather a mistake than a `%`.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next(), rest.next()].map(|digit| char::from(digit?).to_digit(16));
            let [Some(high), Some(low)] = digits else { return Err(Error::InvalidUrl) };
            match u8::try_from(high * 16 + low) {
                // PostgreSQL's protocol ends texts with a NUL.
                Ok(0) | Err(_) => return Err(Error::InvalidUrl),
                Ok(byte) => byte,
            }
        } else {
            byte
        });
    }
    String::from_utf8(bytes).map_err(|_| Error::InvalidUrl)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Asserts what an address says, as `name=value` in the order of names.
    fn check(address: &str, expected: &[&str]) {
        let parameters = Parameters::parse(address);
        let parameters = parameters.unwrap_or_else(|error| panic!("{address}: {error}")).0;
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(parameters, expected, "{address}");
    }

    #[test]
    fn urls_are_read_as_libpq_reads_them() {
        check("postgres://", &[]);
        check("postgresql://localhost", &["host=localhost"]);
        check("postgres://ann@db:6432/slack", &["dbname=slack", "host=db", "port=6432", "user=ann"]);
        check("postgres://ann:p%40s%2Fs@db/", &["host=db", "password=p@s/s", "user=ann"]);
        check("postgres://ann:what?@db", &["host=db", "password=what?", "user=ann"]);
        check("postgres://:pass@/slack", &["dbname=slack", "password=pass"]);
        check("postgres://[::1]:6432,[fe80::2]/a", &["dbname=a", "host=::1,fe80::2", "port=6432,"]);
        check(
            "postgres://a:1,b:2?target_session_attrs=any",
            &["host=a,b", "port=1,2", "target_session_attrs=any"],
        );
        check(
            "postgres:///slack?host=/run/pg&user=a%40b&sslmode=verify-ca",
            &["dbname=slack", "host=/run/pg", "sslmode=verify-ca", "user=a@b"],
        );
        check(
            "postgres://%2Frun%2Fpg/slack?sslrootcert=/etc/my%20ca.pem&password=x&",
            &["dbname=slack", "host=/run/pg", "password=x", "sslrootcert=/etc/my ca.pem"],
        );
        check("postgres://db/?ssl=true", &["host=db", "sslmode=require"]);
        check("postgres://one/?host=two&sslmode=&port=", &["host=two"]);
    }

    #[test]
    fn pairs_are_read_as_libpq_reads_them() {
        check("", &[]);
        check("  host = db  port=6432 ", &["host=db", "port=6432"]);
        check(r"password='it\'s a \\' user=a\ b passfile=''", &[r"password=it's a \", "user=a b"]);
        check("host=a host=b sslmode=allow", &["host=b", "sslmode=allow"]);
        check("password=postgres://x host=db", &["host=db", "password=postgres://x"]);
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_quoted() {
        for address in [
            "localhost:5432",
            "mysql://ann:hush@localhost/slack",
            "mysql://ann:hush@localhost/slack?user=hush",
            "postgres://ann@localhost/slack?hush=1",
            "postgres://ann@localhost/slack?hush",
            "postgres://ann:hush@localhost:port/slack",
            "postgres://ann:hu@sh@localhost/slack",
            "postgres://ann:5/hush@localhost/slack",
            "postgres://ann:100%hush@localhost/slack",
            "postgres://ann:%ff@localhost/slack",
            "postgres://ann:%00@localhost/slack",
            "postgres://[::1/slack",
            "postgres://[::1]hush/slack",
            "host",
            "=hush",
            "password='hush",
        ] {
            let Err(error) = Parameters::parse(address) else { panic!("read {address}") };
            let shown = format!("{error} {error:?}");
            assert!(matches!(error, Error::InvalidUrl), "{address}: {shown}");
            assert!(!shown.contains("hush"), "{shown}");
        }
        let Err(error) = Parameters::parse("postgres://db/?sslcert=hush") else { panic!("read") };
        assert_eq!(error.to_string(), "sslcert cannot be used (this program cannot do it: leave it out)");
    }

    #[test]
    fn what_is_passed_on_means_the_same_there() {
        let parameters =
            Parameters::parse(r"application_name='it\'s \\' host=db keepalives=0").expect("read");
        let texts: Vec<_> = parameters.passed_on().map(|(_, text)| text).collect();
        let config: postgres::Config = texts.join(" ").parse().expect("read again");
        assert_eq!(config.get_application_name(), Some(r"it's \"));
        assert!(!config.get_keepalives());
        assert!(config.get_hosts().is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>(), noise in "[a-z@:/?#%=&,'\\\\\\[\\] ]*") {
            for text in [text, noise] {
                let _ = Parameters::parse(&text).is_ok();
                let _ = Parameters::parse(&format!("postgres://{text}")).is_ok();
            }
        }

        #[test]
        fn what_is_encoded_comes_back(user in "[^\0]+", password in "[^\0]+", database in "[^\0]+") {
            let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
            let url = format!("postgres://{}:{}@db/{}", encode(&user), encode(&password), encode(&database));
            let quote = |text: &str| text.replace('\\', r"\\").replace('\'', r"\'");
            let pairs = format!(
                "user='{}' password='{}' dbname='{}'", quote(&user), quote(&password), quote(&database),
            );
            for address in [url, pairs] {
                let parameters = Parameters::parse(&address).expect("an address");
                prop_assert_eq!(parameters.get("user"), Some(&*user));
                prop_assert_eq!(parameters.get("password"), Some(&*password));
                prop_assert_eq!(parameters.get("dbname"), Some(&*database));
            }
        }
    }
}
