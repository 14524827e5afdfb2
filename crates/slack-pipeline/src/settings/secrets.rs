//! What must not stand in a file of settings, and must not be shown.

/// Refuses what must not stand in a file that people show each other.
pub(super) fn refuse_secret(key: &str, value: &str) -> Result<(), String> {
    let key = key.to_lowercase();
    if ["token", "secret", "api-key", "api_key"].iter().any(|word| key.contains(word))
        || slack_model::redact::token(value.as_bytes()).is_some()
    {
        return Err(
            "a token does not belong here: set SLACK_USER_TOKEN (or SLACK_ACCESS_TOKEN) in the environment \
                    or in a .env file"
                .into(),
        );
    }
    if key.contains("password") || has_password(value) {
        return Err("a password does not belong here: set PGPASSWORD, or SLACK_POSTGRES_URL with it, in the environment \
                    or in a .env file"
            .into());
    }
    Ok(())
}

/// Whether a value is a database's URL, or a list of its parameters, with a password.
#[must_use]
pub fn has_password(value: &str) -> bool {
    let in_authority = value.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    in_authority || value.to_lowercase().contains("password=")
}

/// The passwords in a database's address, as they are written there and, where they are percent-encoded, as they are meant.
#[must_use]
pub fn passwords(url: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The last @ before the host: a password that nobody percent-encoded may hold others, and a / or ?.
    if let Some((_, rest)) = url.split_once("://")
        && let Some((user, _)) = rest.rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        found.push(password.to_owned());
    }
    let parameters = url.split_once('?').map(|(_, parameters)| parameters).unwrap_or_default().split('&');
    let written = parameters.chain(url.split_whitespace()).filter_map(|word| word.strip_prefix("password="));
    found.extend(written.map(|password| password.trim_matches('\'').to_owned()));
    let decoded: Vec<_> = found.iter().filter_map(|password| decoded(password)).collect();
    found.extend(decoded);
    found
}

/// A text without its percent-encoding; `None` where it has none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|decoded| decoded != text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_addresses_are_known() {
        assert_eq!(passwords("postgres://me:s%40c@db:5432/slack"), ["s%40c", "s@c"]);
        assert_eq!(passwords("postgres://me:a@b/c?d@db/slack?sslmode=require"), ["a@b/c?d"]);
        assert_eq!(passwords("postgres://db/slack?user=me&password=hush"), ["hush"]);
        assert_eq!(passwords("host=db password='hush'"), ["hush"]);
        assert_eq!(passwords("postgres://me@db/slack"), [""; 0]);
    }
}
