use super::answer::SlackError;

/// The arguments of a call, from the query and the form.
#[derive(Debug, Default, Clone)]
pub(crate) struct Args(Vec<(String, String)>);

impl Args {
    /// Reads the query and, of a form, the body. The token among them is given apart.
    pub(crate) fn read(query: &str, form: &[u8]) -> (Self, Option<String>) {
        let mut token = None;
        let mut args = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form)) {
            if key == "token" {
                token = Some(value.into_owned());
            } else {
                args.push((key.into_owned(), value.into_owned()));
            }
        }
        (Self(args), token)
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// An argument's text; `None` where it is missing or empty.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let pair = self.0.iter().rev().find(|(name, _)| name == key)?;
        Some(pair.1.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn need(&self, key: &str, error: &'static str) -> Result<&str, SlackError> {
        self.get(key).ok_or_else(|| SlackError::code(error))
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("1" | "true" | "True"))
    }

    /// The size of a page: 0 is the default, as it is to Slack.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, SlackError> {
        match self.get("limit").map(str::parse::<usize>) {
            None | Some(Ok(0)) => Ok(default),
            Some(Ok(limit)) if limit <= most => Ok(limit),
            Some(_) => Err(SlackError::code("invalid_limit")),
        }
    }

    /// An instant in microseconds: seconds, with up to six decimals.
    pub(crate) fn micros(&self, key: &str, error: &'static str) -> Result<Option<i64>, SlackError> {
        let Some(text) = self.get(key) else { return Ok(None) };
        let (seconds, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if seconds.is_empty()
            || seconds.len() > 12
            || decimals.len() > 6
            || !digits(seconds)
            || !digits(decimals)
        {
            return Err(SlackError::code(error));
        }
        format!("{seconds}{decimals:0<6}").parse().map(Some).map_err(|_| SlackError::code(error))
    }

    /// A list by commas.
    pub(crate) fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.get(key).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_from_query_and_form_without_the_token() {
        let (args, token) = Args::read("limit=5&token=xoxp-1&name=a%20b", b"limit=7&flag=1&empty=");
        assert_eq!(token.as_deref(), Some("xoxp-1"));
        assert_eq!((args.get("limit"), args.get("name"), args.get("empty")), (Some("7"), Some("a b"), None));
        assert!(args.flag("flag") && !args.flag("limit") && args.get("token").is_none());
    }

    #[test]
    fn limits_and_instants_are_checked() {
        let read = |query: &str| Args::read(query, b"").0;
        assert_eq!(read("").limit(100, 999), Ok(100));
        assert_eq!(read("limit=0").limit(100, 999), Ok(100));
        assert_eq!(read("limit=999").limit(100, 999), Ok(999));
        for bad in ["limit=1000", "limit=-1", "limit=x"] {
            assert_eq!(read(bad).limit(100, 999).expect_err(bad).code, "invalid_limit");
        }
        let oldest = |query: &str| read(query).micros("oldest", "invalid_ts_oldest");
        assert_eq!(oldest("oldest=1600000000.0001"), Ok(Some(1_600_000_000_000_100)));
        assert_eq!(oldest("oldest=0"), Ok(Some(0)));
        assert_eq!(oldest(""), Ok(None));
        for bad in ["oldest=x", "oldest=-1", "oldest=1.1234567", "oldest=."] {
            assert!(oldest(bad).is_err(), "{bad}");
        }
    }
}
