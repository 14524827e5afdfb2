-- How much was written in each thread that has a reply, by how many users, and for how long. Rows of every kind count,
-- the thread's first message among them where it carries the thread's timestamp.
WITH messages AS (
    SELECT channel, thread_ts, ts, user_id, cast(replace(ts, '.', '') AS bigint) AS us
    FROM mv_conversation_data
    WHERE thread_ts IS NOT NULL
)
SELECT channel, thread_ts, count(*) AS messages, count(DISTINCT user_id) AS users, max(us) AS last_message,
    max(us) - min(us) AS duration_s
FROM messages
GROUP BY channel, thread_ts
HAVING count(*) FILTER (WHERE thread_ts <> ts) > 0
