-- Of the people whose first post fell in a month, how many posted so many months later.
WITH midnights AS (
    SELECT user_id, us - us % 86400000000 AS midnight
    FROM (
        SELECT user_id, cast(replace(ts, '.', '') AS bigint) AS us
        FROM mv_conversation_data
        WHERE kind = 'post'
    ) AS p
    GROUP BY user_id, us - us % 86400000000
),
days AS (
    SELECT user_id, date '1970-01-01' + cast(floor(midnight / 86400000000) AS int) AS day
    FROM midnights
),
parts AS (
    SELECT user_id, cast(extract(YEAR FROM day) AS int) AS year, cast(extract(MONTH FROM day) AS int) AS month
    FROM days
),
months AS (
    SELECT user_id, 12 * year + month AS month_number,
        concat(cast(year AS varchar(4)), '-', lpad(cast(month AS varchar(2)), 2, '0')) AS month_name
    FROM parts
    GROUP BY user_id, year, month
),
cohorts AS (
    SELECT user_id, month_number, min(month_number) OVER (PARTITION BY user_id) AS first_number,
        min(month_name) OVER (PARTITION BY user_id) AS cohort
    FROM months
),
people AS (
    SELECT cohort, month_number - first_number AS months_since, count(*) AS people
    FROM cohorts
    GROUP BY cohort, month_number - first_number
)
-- Everybody of a cohort posted in its month.
SELECT cohort, months_since, people, max(people) OVER (PARTITION BY cohort) AS cohort_size
FROM people
