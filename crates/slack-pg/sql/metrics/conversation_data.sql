-- Every message and reply, with its author's name and place, its kind, and the gaps before it: since the row before in
-- the channel, in the thread, and since the author's post before in any channel. A reply that was also sent to the
-- channel is in both base tables and counts once.
WITH messages AS (
    SELECT channel, type, subtype, ts, thread_ts, user_id, bot_id, text
    FROM message_data
    UNION ALL
    SELECT reply.channel, reply.type, reply.subtype, reply.ts, reply.thread_ts, reply.user_id, reply.bot_id,
        reply.text
    FROM thread_data AS reply
    WHERE NOT EXISTS (
        SELECT 1
        FROM message_data AS message
        WHERE message.channel = reply.channel AND message.ts = reply.ts
    )
),
classified AS (
    SELECT m.channel, m.type, m.subtype, m.ts, nullif(m.thread_ts, '') AS thread_ts,
        cast(replace(m.ts, '.', '') AS bigint) AS us, nullif(m.user_id, '') AS user_id, m.text,
        u.name, u.real_name, z.city, z.country, z.cc,
        CASE
            WHEN m.subtype IN ('channel_join', 'group_join') THEN 'join'
            WHEN m.subtype IN ('channel_leave', 'group_leave') THEN 'leave'
            WHEN m.bot_id <> '' OR m.subtype = 'bot_message' OR m.user_id = 'USLACKBOT' OR u.is_bot THEN 'bot'
            WHEN m.subtype IN ('', 'thread_broadcast', 'file_share', 'me_message') AND m.user_id <> '' THEN 'post'
            ELSE 'system'
        END AS kind
    FROM messages AS m
    LEFT JOIN user_data AS u ON u.id = m.user_id
    LEFT JOIN zone_data AS z ON z.tz = u.tz
)
SELECT channel, type, subtype, ts, thread_ts, us AS time, kind, user_id, name, real_name, text, city, country,
    cc AS iso,
    us - lag(us) OVER (PARTITION BY channel ORDER BY us NULLS LAST) AS channel_gap_s,
    CASE
        WHEN thread_ts IS NOT NULL
        THEN us - lag(us) OVER (PARTITION BY channel, thread_ts ORDER BY us NULLS LAST)
    END AS thread_gap_s,
    CASE
        WHEN kind = 'post'
        THEN us - lag(us) OVER (PARTITION BY user_id, kind ORDER BY us NULLS LAST, channel NULLS LAST)
    END AS user_gap_s
FROM classified
