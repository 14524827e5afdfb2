use super::Channel;
use crate::workspace::UserNo;

/// A user who posted in a channel, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Poster {
    /// Who.
    pub user: UserNo,
    /// Number of posts, replies too.
    pub posts: u64,
    /// Number of posts that are replies.
    pub replies: u64,
}

pub(super) fn posters(channel: &Channel<'_>) -> Vec<Poster> {
    let mut posts: Vec<_> =
        channel.posts().filter_map(|post| Some((post.user()?, post.is_reply()))).collect();
    posts.sort_unstable();
    posts
        .chunk_by(|left, right| left.0 == right.0)
        .map(|posts| Poster {
            user: posts[0].0,
            posts: posts.len() as u64,
            // False sorts before true.
            replies: (posts.len() - posts.partition_point(|(_, is_reply)| !is_reply)) as u64,
        })
        .collect()
}
