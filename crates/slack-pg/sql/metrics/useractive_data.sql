-- What each listed user wrote, reacted and received, and since when. A reaction counts at the time of its message.
WITH messages AS (
    SELECT channel, ts, user_id, kind, cast(replace(ts, '.', '') AS bigint) AS us,
        CASE WHEN thread_ts <> ts THEN 1 ELSE 0 END AS is_reply
    FROM mv_conversation_data
),
days AS (
    SELECT user_id, channel, us - us % 86400000000 AS midnight, count(*) AS posts, sum(is_reply) AS replies,
        min(us) AS earliest, max(us) AS latest
    FROM messages
    WHERE kind = 'post'
    GROUP BY user_id, channel, us - us % 86400000000
),
posted AS (
    SELECT user_id, sum(posts) AS posts, sum(replies) AS replies, min(earliest) AS earliest, max(latest) AS latest,
        count(DISTINCT channel) AS channels, count(DISTINCT midnight) AS active_days
    FROM days
    GROUP BY user_id
),
joined AS (
    SELECT user_id, min(us) AS earliest
    FROM messages
    WHERE kind = 'join'
    GROUP BY user_id
),
reactions AS (
    SELECT r.user_id, m.user_id AS author, m.us
    FROM reaction_data AS r
    JOIN messages AS m ON m.channel = r.channel AND m.ts = r.ts
),
reacted AS (
    SELECT user_id, count(*) AS reactions, min(us) AS earliest, max(us) AS latest
    FROM reactions
    GROUP BY user_id
),
received AS (
    SELECT author AS user_id, count(*) AS reactions
    FROM reactions
    GROUP BY author
),
mentioned AS (
    SELECT tag AS user_id, count(*) AS mentions
    FROM tag_data
    WHERE type = 'user'
    GROUP BY tag
),
-- A batch is named after a second: YYYYMMDDHHMMSS. Years begin in March here, so that leap days end them.
batches AS (
    SELECT id, cast(substr(first_batch, 1, 4) AS int) AS year, cast(substr(first_batch, 5, 2) AS int) AS month,
        cast(substr(first_batch, 7, 2) AS int) AS day, cast(substr(first_batch, 9, 2) AS int) AS hour,
        cast(substr(first_batch, 11, 2) AS int) AS minute, cast(substr(first_batch, 13, 2) AS int) AS second
    FROM user_data
    WHERE length(first_batch) = 14 AND translate(first_batch, '0123456789', '') = ''
),
years AS (
    SELECT id, CASE WHEN month > 2 THEN year ELSE year - 1 END AS year,
        CASE WHEN month > 2 THEN month - 3 ELSE month + 9 END AS month,
        day, hour * 3600 + minute * 60 + second AS seconds
    FROM batches
),
listed AS (
    SELECT id AS user_id,
        (86400 * cast(
            365 * year + floor(year / 4) - floor(year / 100) + floor(year / 400) + floor((153 * month + 2) / 5) + day
            - 719469 AS bigint
        ) + seconds) * 1000000 AS seen
    FROM years
)
SELECT u.id AS user_id, u.name,
    least(l.seen, j.earliest, p.earliest) AS invite_date,
    least(j.earliest, p.earliest) AS join_date,
    coalesce(p.posts, 0) AS message_count, p.earliest AS first_message_date, p.latest AS last_message_date,
    coalesce(a.reactions, 0) AS reaction_count, a.earliest AS first_reaction_date, a.latest AS last_reaction_date,
    coalesce(p.replies, 0) AS reply_count, coalesce(p.channels, 0) AS channel_count,
    coalesce(p.active_days, 0) AS active_days, coalesce(r.reactions, 0) AS reactions_received,
    coalesce(m.mentions, 0) AS mentions_received
FROM user_data AS u
LEFT JOIN posted AS p ON p.user_id = u.id
LEFT JOIN joined AS j ON j.user_id = u.id
LEFT JOIN reacted AS a ON a.user_id = u.id
LEFT JOIN received AS r ON r.user_id = u.id
LEFT JOIN mentioned AS m ON m.user_id = u.id
LEFT JOIN listed AS l ON l.user_id = u.id
