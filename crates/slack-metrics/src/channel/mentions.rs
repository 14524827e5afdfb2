//! References in texts: `<@U…>`, `<#C…|name>`, `<!here>`, `<https://…|label>`.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::Channel;
use crate::workspace::{NodeNo, UserNo, Workspace};

/// What a reference refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MentionKind {
    /// `<@U…>`
    User,
    /// `<#C…>`
    Channel,
    /// `<!subteam^S…>`
    Usergroup,
    /// `<!here>`, `<!channel>`, `<!date^…>` and the like.
    Special,
    /// `<mailto:…>`
    Email,
    /// `<scheme:…>`
    Link,
}

impl MentionKind {
    /// The kind's name in tag_data.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Channel => "channel",
            Self::Usergroup => "usergroup",
            Self::Special => "special",
            Self::Email => "email",
            Self::Link => "link",
        }
    }
}

/// A reference in a post's text.
#[derive(Debug, Clone)]
pub struct Mention {
    pub(super) message: u32,
    position: u32,
    kind: MentionKind,
    /// In the message's text.
    name: Range<u32>,
    label: Range<u32>,
    user: Option<UserNo>,
    node: Option<NodeNo>,
}

impl Mention {
    /// Where the reference stands among those of its post, from 0.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// What it refers to.
    pub fn kind(&self) -> MentionKind {
        self.kind
    }

    /// The listed user that is mentioned.
    pub fn user(&self) -> Option<UserNo> {
        self.user
    }

    /// The listed user or channel that is mentioned, as a node of the graph.
    pub fn node(&self) -> Option<NodeNo> {
        self.node
    }

    /// Whom or what it names: an id, a word, an address; `text` is that of its post.
    pub fn name<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        decoded(part(text, &self.name))
    }

    /// The label that the author's client gave it, empty where there is none; `text` is that of its post.
    pub fn label<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        decoded(part(text, &self.label))
    }
}

/// The references in a channel's posts.
pub(super) fn mentions(channel: &Channel<'_>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for (message, post) in (0..).zip(channel.messages()).filter(|(_, message)| message.is_post()) {
        let text = channel.text(post);
        let found = (0..).zip(references(text));
        mentions.extend(
            found.map(|(position, inside)| mention_of(text, inside, message, position, channel.workspace())),
        );
    }
    mentions
}

fn mention_of(
    text: &[u8],
    inside: Range<usize>,
    message: u32,
    position: u32,
    workspace: &Workspace,
) -> Mention {
    let content = &text[inside.clone()];
    let bar = memchr(b'|', content).unwrap_or(content.len());
    let (kind, name) = classify(&content[..bar]);
    let name = name.start + inside.start..name.end + inside.start;
    let label = (inside.start + bar + 1).min(inside.end)..inside.end;
    let id = decoded(&text[name.clone()]);
    let user = || workspace.find_user(&id).filter(|user| workspace.user(*user).is_some());
    let channel = || workspace.find_channel(&id).and_then(|channel| workspace.channel_node(channel));
    let user = matches!(kind, MentionKind::User | MentionKind::Channel).then(user).flatten();
    let node = match kind {
        MentionKind::User | MentionKind::Channel => {
            user.and_then(|user| workspace.user_node(user)).or_else(channel)
        }
        _ => None,
    };
    let short = |range: Range<usize>| range.start as u32..range.end as u32;
    Mention {
        message,
        position,
        kind,
        name: short(name),
        label: short(label),
        user: user.filter(|_| kind == MentionKind::User),
        node,
    }
}

/// The insides of what stands between `<` and `>`, where it is a reference.
fn references(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let mut opened = None;
    std::iter::from_fn(move || {
        while let Some(found) = memchr2(b'<', b'>', text.get(at..)?) {
            let here = at + found;
            at = here + 1;
            if text[here] == b'<' {
                opened = Some(at);
            } else if let Some(start) = opened.take()
                && is_reference(&text[start..here])
            {
                return Some(start..here);
            }
        }
        None
    })
}

fn is_reference(inside: &[u8]) -> bool {
    match inside {
        [b'@' | b'#' | b'!', ..] => true,
        [first, rest @ ..] if first.is_ascii_alphabetic() => {
            let scheme = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'));
            rest.get(scheme.count()) == Some(&b':')
        }
        _ => false,
    }
}

/// The kind of a reference without its label, and where its name stands in it.
fn classify(body: &[u8]) -> (MentionKind, Range<usize>) {
    const USERGROUP: &[u8] = b"!subteam^";
    const EMAIL: &[u8] = b"mailto:";
    match body {
        [b'@', ..] => (MentionKind::User, 1..body.len()),
        [b'#', ..] => (MentionKind::Channel, 1..body.len()),
        [b'!', special @ ..] => {
            if body.starts_with(USERGROUP) {
                return (MentionKind::Usergroup, USERGROUP.len()..body.len());
            }
            let end = memchr(b'^', special).unwrap_or(special.len());
            (MentionKind::Special, 1..1 + end)
        }
        _ if body.get(..EMAIL.len()).is_some_and(|start| start.eq_ignore_ascii_case(EMAIL)) => {
            (MentionKind::Email, EMAIL.len()..body.len())
        }
        _ => (MentionKind::Link, 0..body.len()),
    }
}

fn part<'t>(text: &'t [u8], range: &Range<u32>) -> &'t [u8] {
    text.get(range.start as usize..range.end as usize).unwrap_or_default()
}

/// Decodes the three entities that Slack's markup knows.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    const ENTITIES: [(&[u8], u8); 3] = [(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&amp;", b'&')];
    if memchr(b'&', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest) {
        decoded.extend_from_slice(&rest[..at]);
        let entity = ENTITIES.iter().find(|(entity, _)| rest[at..].starts_with(entity));
        decoded.push(entity.map_or(b'&', |(_, character)| *character));
        rest = &rest[at + entity.map_or(1, |(entity, _)| entity.len())..];
    }
    decoded.extend_from_slice(rest);
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_what_slack_marks() {
        let found = |text: &str| -> Vec<String> {
            references(text.as_bytes()).map(|inside| text[inside].to_owned()).collect()
        };
        assert_eq!(found("hi <@U1> and <#C1|dev>, <!here>"), ["@U1", "#C1|dev", "!here"]);
        assert_eq!(
            found("<https://a.b|l> <mailto:a@b|c> <x> <a b:c> <1:2>"),
            ["https://a.b|l", "mailto:a@b|c"]
        );
        assert_eq!(found("<> <@> < @U1> <<@U2>> <a<!b>"), ["@", "@U2", "!b"]);
        assert_eq!(found("a > b < c"), [""; 0]);
        assert_eq!(found("<@U1\nx>"), ["@U1\nx"]);
    }

    #[test]
    fn kinds_follow_the_first_characters() {
        let check = |body: &str, kind, name: &str| {
            let (found, range) = classify(body.as_bytes());
            assert_eq!((found, &body[range]), (kind, name), "{body}");
        };
        check("@U1", MentionKind::User, "U1");
        check("@", MentionKind::User, "");
        check("#C1", MentionKind::Channel, "C1");
        check("!subteam^S1", MentionKind::Usergroup, "S1");
        check("!date^123^{date}", MentionKind::Special, "date");
        check("!^x", MentionKind::Special, "");
        check("MailTo:a@b", MentionKind::Email, "a@b");
        check("https://a.b/c", MentionKind::Link, "https://a.b/c");
    }

    #[test]
    fn entities_are_decoded_once() {
        let check = |text: &str, wanted: &str| {
            assert_eq!(String::from_utf8_lossy(&decoded(text.as_bytes())), wanted);
        };
        check("a&amp;b&lt;c&gt;", "a&b<c>");
        check("&amp;lt;", "&lt;");
        check("&&lt;&nbsp;&", "&<&nbsp;&");
    }
}
