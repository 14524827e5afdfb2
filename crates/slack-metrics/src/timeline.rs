//! Everything that the first pass learnt about the rows, in the order of the channels.

use crate::gaps::{TableRows, measure_gaps};
use crate::names::Names;
use crate::survey::{ChannelRows, MessageSurvey, ReactionRows, Stretch, Survey};

/// The rows of all channels: where they lie, and what is known of each.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) messages: TableRows,
    pub(crate) replies: TableRows,
    /// By the channels' numbers.
    pub(crate) channels: Vec<ChannelPlace>,
    pub(crate) reactions: ReactionRows,
}

/// Where a channel's rows lie in each of the tables.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelPlace {
    pub(crate) messages: Stretch,
    pub(crate) replies: Stretch,
    pub(crate) reactions: Stretch,
    /// Bytes of the messages' texts.
    pub(crate) texts: u64,
}

impl ChannelPlace {
    /// Bytes of the channel's rows.
    pub(crate) fn bytes(&self) -> u64 {
        let length = |stretch: &Stretch| stretch.bytes.end - stretch.bytes.start;
        length(&self.messages) + length(&self.replies) + length(&self.reactions)
    }

    /// Number of rows of messages and replies.
    pub(crate) fn rows(&self) -> usize {
        self.messages.rows.len() + self.replies.rows.len()
    }
}

impl Timeline {
    /// Finds each channel's rows in each of the tables.
    pub(crate) fn places(survey: &Survey, channels: &Names) -> Vec<ChannelPlace> {
        let mut places = vec![ChannelPlace::default(); channels.len()];
        let mut put = |rows: &[ChannelRows], stretch: fn(&mut ChannelPlace) -> &mut Stretch| {
            for channel in rows {
                if let Some(rank) = channels.rank(&channel.id) {
                    *stretch(&mut places[rank as usize]) = channel.stretch.clone();
                }
            }
        };
        put(&survey.messages.walked.channels, |place| &mut place.messages);
        put(&survey.replies.walked.channels, |place| &mut place.replies);
        // Reactions in channels that are neither listed nor hold a message are to messages that are not there.
        put(&survey.reactions.walked.channels, |place| &mut place.reactions);
        let length = |table: &MessageSurvey, stretch: &Stretch| -> u64 {
            table.rows.text_lengths[stretch.rows.clone()].iter().map(|length| u64::from(*length)).sum()
        };
        for place in &mut places {
            place.texts = length(&survey.messages, &place.messages) + length(&survey.replies, &place.replies);
        }
        places
    }

    /// Takes over the rows that the survey found; numbers are ranks by now. Intermediate results may take `room` bytes.
    pub(crate) fn of(
        mut messages: TableRows,
        mut replies: TableRows,
        reactions: ReactionRows,
        channels: Vec<ChannelPlace>,
        n_users: usize,
        room: usize,
        threads: usize,
    ) -> Self {
        let rows: Vec<_> =
            channels.iter().map(|place| [place.messages.rows.clone(), place.replies.rows.clone()]).collect();
        measure_gaps(&mut messages, &mut replies, &rows, n_users, room, threads);
        Self { messages, replies, reactions, channels }
    }

    /// Number of rows of messages and replies; a reply that was also sent to its channel counts twice.
    pub(crate) fn len(&self) -> usize {
        self.messages.len() + self.replies.len()
    }
}
