-- How evenly and how steadily a channel's posts come: the least number of people who together wrote half of them
-- (CHAOSS, Contributor Absence Factor), the Gini coefficient of posts per person, and the burstiness of the gaps
-- between posts, (sigma - mu) / (sigma + mu), from two gaps up (Goh and Barabási 2008).
WITH posters AS (
    SELECT channel, posts,
        row_number() OVER (PARTITION BY channel ORDER BY posts NULLS LAST, user_id NULLS LAST) AS place,
        count(*) OVER (PARTITION BY channel) AS people,
        sum(posts) OVER (PARTITION BY channel) AS total,
        sum(posts) OVER (
            PARTITION BY channel ORDER BY posts DESC NULLS LAST, user_id DESC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) - posts AS by_more_active
    FROM mv_aggr_by_channel_user
),
evenness AS (
    SELECT channel, total, people, count(*) FILTER (WHERE 2 * by_more_active < total) AS absence_factor,
        sum((2 * place - people - 1) * posts) AS inequality
    FROM posters
    GROUP BY channel, total, people
),
posts AS (
    SELECT channel, cast(replace(ts, '.', '') AS bigint) AS us
    FROM mv_conversation_data
    WHERE kind = 'post'
),
gaps AS (
    SELECT channel, us - lag(us) OVER (PARTITION BY channel ORDER BY us NULLS LAST) AS gap
    FROM posts
),
steadiness AS (
    SELECT channel, count(gap) AS gaps, stddev_pop(gap) AS deviation, avg(gap) AS mean
    FROM gaps
    GROUP BY channel
)
SELECT e.channel, e.total AS posts, e.people, e.absence_factor,
    round(e.inequality * 1e0 / (e.people * e.total), 6) AS gini,
    CASE
        WHEN s.gaps > 1 AND s.deviation + s.mean > 0
        THEN round((s.deviation - s.mean) * 1e0 / (s.deviation + s.mean), 6)
    END AS burstiness
FROM evenness AS e
JOIN steadiness AS s ON s.channel = e.channel
