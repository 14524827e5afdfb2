use std::borrow::Cow;

/// Why a call went wrong, as Slack's body says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlackError {
    pub(crate) code: Cow<'static, str>,
    /// The scope that was missing, and those that the token has.
    pub(crate) scope: Option<(String, String)>,
}

/// A method's answer: the body's text.
pub(crate) type Answer = Result<String, SlackError>;

impl SlackError {
    pub(crate) fn code(code: impl Into<Cow<'static, str>>) -> Self {
        Self { code: code.into(), scope: None }
    }

    pub(crate) fn body(&self) -> String {
        let object = crate::json::Object::new().raw("ok", "false").text("error", &self.code);
        match &self.scope {
            Some((needed, provided)) => object.text("needed", needed).text("provided", provided).end(),
            None => object.end(),
        }
    }
}
