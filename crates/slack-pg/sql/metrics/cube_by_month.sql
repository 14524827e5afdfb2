-- Posts and replies in each cell of the cube month, channel, user; an empty coordinate stands for all.
WITH posts AS (
    SELECT channel, user_id, cast(replace(ts, '.', '') AS bigint) AS us,
        CASE WHEN thread_ts <> ts THEN 1 ELSE 0 END AS is_reply
    FROM mv_conversation_data
    WHERE kind = 'post'
),
by_day AS (
    SELECT channel, user_id, us - us % 86400000000 AS midnight, count(*) AS posts, sum(is_reply) AS replies
    FROM posts
    GROUP BY channel, user_id, us - us % 86400000000
),
dated AS (
    SELECT channel, user_id, date '1970-01-01' + cast(floor(midnight / 86400000000) AS int) AS day, posts, replies
    FROM by_day
),
cells AS (
    SELECT concat(
            cast(cast(extract(YEAR FROM day) AS int) AS varchar(4)), '-',
            lpad(cast(cast(extract(MONTH FROM day) AS int) AS varchar(2)), 2, '0')
        ) AS month,
        channel, user_id, posts, replies
    FROM dated
),
by_month AS (
    SELECT month, channel, user_id, sum(posts) AS posts, sum(replies) AS replies
    FROM cells
    GROUP BY month, channel, user_id
),
cube_cells AS (
    SELECT month, channel, user_id, sum(posts) AS posts, sum(replies) AS replies,
        grouping(month) + grouping(channel) + grouping(user_id) AS open_coordinates
    FROM by_month
    GROUP BY CUBE (month, channel, user_id)
)
SELECT coalesce(month, '') AS month, coalesce(channel, '') AS channel, coalesce(user_id, '') AS user_id, posts, replies
FROM cube_cells
WHERE open_coordinates < 3
UNION ALL
-- All of nothing is a cell too, for which engines differ in whether CUBE makes it.
SELECT '', '', '', coalesce(sum(posts), 0), coalesce(sum(replies), 0)
FROM by_month
