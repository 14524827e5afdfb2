-- Posts on each weekday (1 is Monday) and hour, all 168.
WITH digits AS (
    SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digit (n)
),
hours AS (
    SELECT w.n AS weekday, 10 * tens.n + ones.n AS hour
    FROM digits AS w
    CROSS JOIN digits AS tens
    CROSS JOIN digits AS ones
    WHERE w.n BETWEEN 1 AND 7 AND 10 * tens.n + ones.n < 24
),
-- 1970 began on a Thursday: three days later than a week.
posts AS (
    SELECT (cast(replace(ts, '.', '') AS bigint) + 259200000000) % 604800000000 AS since_monday
    FROM mv_conversation_data
    WHERE kind = 'post'
),
counted AS (
    SELECT since_monday - since_monday % 3600000000 AS hour_start, count(*) AS posts
    FROM posts
    GROUP BY since_monday - since_monday % 3600000000
)
SELECT h.weekday, h.hour, coalesce(c.posts, 0) AS posts
FROM hours AS h
LEFT JOIN counted AS c ON c.hour_start = (h.weekday - 1) * 86400000000 + h.hour * 3600000000
