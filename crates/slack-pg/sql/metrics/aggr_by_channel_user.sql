-- How much each person posted in each channel.
SELECT channel, user_id, count(*) AS posts, count(*) FILTER (WHERE thread_ts <> ts) AS replies
FROM mv_conversation_data
WHERE kind = 'post'
GROUP BY channel, user_id
