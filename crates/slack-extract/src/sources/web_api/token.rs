use std::fmt;

/// On whose behalf an app's token reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// The user's who installs the app (`xoxp-…`): it reads what they may read, every public channel among it.
    #[default]
    User,
    /// The app's own bot user's (`xoxb-…`): it reads the channels that it was invited to.
    Bot,
}

/// A Slack token. It is never shown: not by `Debug`, not in an error, not in a batch.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The variables that may hold a token, the first that does counts.
    pub const VARIABLES: [&str; 2] = ["SLACK_USER_TOKEN", "SLACK_ACCESS_TOKEN"];

    /// Takes a token; `None` where there is nothing in it.
    pub fn new(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        (!secret.is_empty()).then(|| Self(secret.into()))
    }

    /// Looks for a token in variables, as the environment or a `.env` file gives them: the user token
    /// (`SLACK_USER_TOKEN`), which reads more, before the access token (`SLACK_ACCESS_TOKEN`).
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        Self::VARIABLES.into_iter().find_map(|name| Self::new(&variable(name)?))
    }

    /// On whose behalf it reads, by how it begins: `xoxp-` or `xoxb-`, after `xoxe.` where it is one that expires.
    pub fn kind(&self) -> Option<TokenKind> {
        let token = self.0.strip_prefix("xoxe.").unwrap_or(&self.0);
        match token.get(..5)? {
            "xoxp-" => Some(TokenKind::User),
            "xoxb-" => Some(TokenKind::Bot),
            _ => None,
        }
    }

    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_token_goes_first_and_no_token_shows() {
        let variables = |name: &str| match name {
            "SLACK_USER_TOKEN" => Some("user-secret ".to_owned()),
            "SLACK_ACCESS_TOKEN" => Some("bot-secret".to_owned()),
            _ => None,
        };
        let token = Token::from_variables(variables).expect("a token");
        assert_eq!(token.secret(), "user-secret");
        assert!(!format!("{token:?}").contains("secret"));
        let empty = |name: &str| (name == "SLACK_USER_TOKEN").then(String::new);
        assert!(Token::from_variables(empty).is_none());
    }
}
