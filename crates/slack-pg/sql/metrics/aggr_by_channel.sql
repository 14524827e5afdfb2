-- What happened in each listed channel. Threads are those with a reply by a person.
WITH posted AS (
    SELECT channel, sum(posts) AS posts, sum(replies) AS replies, count(*) AS users
    FROM mv_aggr_by_channel_user
    GROUP BY channel
),
times AS (
    SELECT channel, min(cast(replace(ts, '.', '') AS bigint)) AS earliest,
        max(cast(replace(ts, '.', '') AS bigint)) AS latest
    FROM mv_conversation_data
    WHERE kind = 'post'
    GROUP BY channel
),
threads AS (
    SELECT channel, count(*) AS threads
    FROM (
        SELECT DISTINCT channel, thread_ts
        FROM mv_conversation_data
        WHERE kind = 'post' AND thread_ts <> ts
    ) AS t
    GROUP BY channel
),
reacted AS (
    SELECT r.channel, count(*) AS reactions
    FROM reaction_data AS r
    JOIN mv_conversation_data AS m ON m.channel = r.channel AND m.ts = r.ts
    GROUP BY r.channel
)
SELECT c.id AS channel, c.name, c.type, coalesce(p.posts, 0) AS posts, coalesce(p.replies, 0) AS replies,
    coalesce(t.threads, 0) AS threads, coalesce(p.users, 0) AS users, coalesce(r.reactions, 0) AS reactions,
    s.earliest AS first_post, s.latest AS last_post
FROM channel_data AS c
LEFT JOIN posted AS p ON p.channel = c.id
LEFT JOIN times AS s ON s.channel = c.id
LEFT JOIN threads AS t ON t.channel = c.id
LEFT JOIN reacted AS r ON r.channel = c.id
