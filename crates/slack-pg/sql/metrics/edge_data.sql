-- Who acts on whom or what, how often, and when first and last. A reply interacts with the author of the thread's first
-- message, or with the channel where that is unknown, any other post with its channel; who reacts reacts to the author;
-- a post refers to the users and channels that it mentions. Both ends are listed, and differ.
WITH acts AS (
    SELECT p.user_id AS source, 'interacts' AS relate, p.channel, p.ts,
        CASE WHEN p.thread_ts <> p.ts THEN coalesce(o.user_id, p.channel) ELSE p.channel END AS target
    FROM mv_conversation_data AS p
    LEFT JOIN mv_conversation_data AS o ON o.channel = p.channel AND o.ts = p.thread_ts
    WHERE p.kind = 'post'
    UNION ALL
    SELECT r.user_id, 'reacts', r.channel, r.ts, m.user_id
    FROM reaction_data AS r
    JOIN mv_conversation_data AS m ON m.channel = r.channel AND m.ts = r.ts
    UNION ALL
    SELECT user_id, 'refers', channel, ts, tag
    FROM tag_data
    WHERE type IN ('user', 'channel')
),
nodes AS (
    SELECT id FROM user_data
    UNION
    SELECT id FROM channel_data
),
edges AS (
    SELECT source, target, relate, channel, count(*) AS weight, min(cast(replace(ts, '.', '') AS bigint)) AS earliest,
        max(cast(replace(ts, '.', '') AS bigint)) AS latest
    FROM acts
    WHERE source <> target
    GROUP BY source, target, relate, channel
)
SELECT e.source AS Source, e.target AS Target, 'Directed' AS Type, e.weight AS Weight, e.relate, e.channel,
    e.earliest AS first_time, e.latest AS last_time
FROM edges AS e
JOIN nodes AS s ON s.id = e.source
JOIN nodes AS t ON t.id = e.target
