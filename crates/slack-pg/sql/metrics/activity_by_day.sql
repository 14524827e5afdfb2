-- What happened on each day from the first post to the last, and how many people took part. A person counts among
-- those of 7 (28) days from a day with a post on, until 7 (28) days have passed or the next such day comes, which
-- counts anew: so the people of a window are a running sum of those who come less those who go.
WITH messages AS (
    SELECT channel, ts, user_id, kind, us - us % 86400000000 AS midnight,
        CASE WHEN thread_ts <> ts THEN 1 ELSE 0 END AS is_reply
    FROM (
        SELECT channel, ts, thread_ts, user_id, kind, cast(replace(ts, '.', '') AS bigint) AS us
        FROM mv_conversation_data
    ) AS m
),
person_days AS (
    SELECT user_id, midnight, count(*) AS posts, sum(is_reply) AS replies,
        lag(midnight) OVER (PARTITION BY user_id ORDER BY midnight NULLS LAST) AS day_before,
        lead(midnight) OVER (PARTITION BY user_id ORDER BY midnight NULLS LAST) AS day_after
    FROM messages
    WHERE kind = 'post'
    GROUP BY user_id, midnight
),
posted AS (
    SELECT midnight, sum(posts) AS posts, sum(replies) AS replies, count(*) AS people,
        count(*) FILTER (WHERE day_before IS NULL) AS new_posters
    FROM person_days
    GROUP BY midnight
),
reacting_days AS (
    SELECT r.user_id, m.midnight, count(*) AS reactions
    FROM reaction_data AS r
    JOIN messages AS m ON m.channel = r.channel AND m.ts = r.ts
    GROUP BY r.user_id, m.midnight
),
reacted AS (
    SELECT r.midnight, sum(r.reactions) AS reactions, count(*) FILTER (WHERE p.user_id IS NULL) AS only_reacted
    FROM reacting_days AS r
    LEFT JOIN person_days AS p ON p.user_id = r.user_id AND p.midnight = r.midnight
    GROUP BY r.midnight
),
changes AS (
    SELECT midnight, 1 AS in_7_days, 1 AS in_28_days
    FROM person_days
    UNION ALL
    SELECT least(midnight + 7 * 86400000000, day_after), -1, 0
    FROM person_days
    UNION ALL
    SELECT least(midnight + 28 * 86400000000, day_after), 0, -1
    FROM person_days
),
changed AS (
    SELECT midnight, sum(in_7_days) AS in_7_days, sum(in_28_days) AS in_28_days
    FROM changes
    GROUP BY midnight
),
span AS (
    SELECT min(midnight) AS earliest, max(midnight) AS latest
    FROM posted
),
digits AS (
    SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digit (n)
),
thousand AS (
    SELECT 100 * hundreds.n + 10 * tens.n + ones.n AS n
    FROM digits AS hundreds
    CROSS JOIN digits AS tens
    CROSS JOIN digits AS ones
),
-- Ten millennia of days hold every timestamp; only as many thousands as the span needs are spread out.
thousands AS (
    SELECT s.latest, s.earliest + (1000 * t.n + d.n * 1000000) * 86400000000 AS begins
    FROM span AS s
    CROSS JOIN digits AS d
    CROSS JOIN thousand AS t
    WHERE s.earliest + (1000 * t.n + d.n * 1000000) * 86400000000 <= s.latest
),
calendar AS (
    SELECT b.begins + t.n * 86400000000 AS midnight
    FROM thousands AS b
    CROSS JOIN thousand AS t
    WHERE b.begins + t.n * 86400000000 <= b.latest
),
days AS (
    SELECT c.midnight, coalesce(p.posts, 0) AS posts, coalesce(p.replies, 0) AS replies,
        coalesce(r.reactions, 0) AS reactions, coalesce(p.people, 0) AS people,
        coalesce(p.people, 0) + coalesce(r.only_reacted, 0) AS active, coalesce(p.new_posters, 0) AS new_posters,
        sum(coalesce(g.in_7_days, 0)) OVER (
            ORDER BY c.midnight NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS people_7d,
        sum(coalesce(g.in_28_days, 0)) OVER (
            ORDER BY c.midnight NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS people_28d
    FROM calendar AS c
    LEFT JOIN posted AS p ON p.midnight = c.midnight
    LEFT JOIN reacted AS r ON r.midnight = c.midnight
    LEFT JOIN changed AS g ON g.midnight = c.midnight
)
SELECT date '1970-01-01' + cast(floor(midnight / 86400000000) AS int) AS date, posts, replies, reactions, people,
    active, new_posters, people_7d, people_28d,
    CASE WHEN people_28d > 0 THEN round(people * 1e0 / people_28d, 6) END AS stickiness
FROM days
