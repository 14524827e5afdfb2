-- How soon each thread that a post opened and a post replied to was answered by another person, and by whom
-- (CHAOSS, Time to First Response).
WITH posts AS (
    SELECT channel, ts, thread_ts, user_id, cast(replace(ts, '.', '') AS bigint) AS us
    FROM mv_conversation_data
    WHERE kind = 'post' AND thread_ts IS NOT NULL
),
replies AS (
    SELECT r.channel, r.thread_ts, o.user_id AS opener, o.us AS opened, r.user_id AS replier, r.us,
        r.user_id <> o.user_id AS by_other
    FROM posts AS r
    JOIN posts AS o ON o.channel = r.channel AND o.ts = r.thread_ts AND o.thread_ts = o.ts
    WHERE r.thread_ts <> r.ts
),
ranked AS (
    SELECT channel, thread_ts, opener, opened, replier, us, by_other,
        row_number() OVER (PARTITION BY channel, thread_ts, by_other ORDER BY us NULLS LAST) AS place
    FROM replies
)
SELECT channel, thread_ts, opener AS user_id,
    min(us) FILTER (WHERE by_other) AS first_response,
    max(replier) FILTER (WHERE by_other AND place = 1) AS responder,
    min(us) FILTER (WHERE by_other) - opened AS response_s,
    count(DISTINCT replier) FILTER (WHERE by_other) AS responders,
    count(*) AS replies
FROM ranked
GROUP BY channel, thread_ts, opener, opened
