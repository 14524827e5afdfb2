-- Which batch a row's values come from, until when a channel was confidential, and how often Slack counts an emoji. SQLite puts a new column before the comment
-- of the one that was the last, hence comments of the other kind.

ALTER TABLE user_data ADD COLUMN
    values_batch TEXT /* The batch that the row's values come from; null where that is last_batch */;
ALTER TABLE message_data ADD COLUMN
    text_batch TEXT /* The batch that the text and edited_ts come from; null where that is last_batch */;
ALTER TABLE thread_data ADD COLUMN
    text_batch TEXT /* The batch that the text and edited_ts come from; null where that is last_batch */;
ALTER TABLE reaction_data ADD COLUMN
    count INTEGER /* How many people used this emoji on the message, as Slack counts: it may name fewer */;
ALTER TABLE channel_data ADD COLUMN
    confidential_at TEXT /* The last second at which a list said that it is not public; null where that is last_batch, or never was */;
