-- Which batch a row's values come from, until when a channel was confidential, and how often Slack counts an emoji.

ALTER TABLE user_data ADD COLUMN values_batch text COLLATE "C";
COMMENT ON COLUMN user_data.values_batch IS 'The batch that the row''s values come from; null where that is last_batch';
ALTER TABLE message_data ADD COLUMN text_batch text COLLATE "C";
COMMENT ON COLUMN message_data.text_batch IS 'The batch that the text and edited_ts come from; null where that is last_batch';
ALTER TABLE thread_data ADD COLUMN text_batch text COLLATE "C";
COMMENT ON COLUMN thread_data.text_batch IS 'The batch that the text and edited_ts come from; null where that is last_batch';
ALTER TABLE reaction_data ADD COLUMN count bigint;
COMMENT ON COLUMN reaction_data.count IS 'How many people used this emoji on the message, as Slack counts: it may name fewer';
ALTER TABLE channel_data ADD COLUMN confidential_at text COLLATE "C";
COMMENT ON COLUMN channel_data.confidential_at IS 'The last second at which a list said that it is not public; null where that is last_batch, or never was';
