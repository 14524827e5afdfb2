-- How often who acts on whom or what in each month, in all channels together; what acts are, edge_data says.
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
by_day AS (
    SELECT source, target, relate, us - us % 86400000000 AS midnight, count(*) AS weight
    FROM (
        SELECT source, target, relate, cast(replace(ts, '.', '') AS bigint) AS us
        FROM acts
        WHERE source <> target
    ) AS a
    GROUP BY source, target, relate, us - us % 86400000000
),
dated AS (
    SELECT d.source, d.target, d.relate, date '1970-01-01' + cast(floor(d.midnight / 86400000000) AS int) AS day,
        d.weight
    FROM by_day AS d
    JOIN nodes AS s ON s.id = d.source
    JOIN nodes AS t ON t.id = d.target
),
edges AS (
    SELECT source, target, relate, weight,
        concat(
            cast(cast(extract(YEAR FROM day) AS int) AS varchar(4)), '-',
            lpad(cast(cast(extract(MONTH FROM day) AS int) AS varchar(2)), 2, '0')
        ) AS month
    FROM dated
)
SELECT source AS Source, target AS Target, relate, month, sum(weight) AS Weight
FROM edges
GROUP BY source, target, relate, month
