-- How soon the threads of each channel are answered by another person: nearest-rank percentiles of the time to the
-- first response (CHAOSS, Time to First Response).
WITH waits AS (
    SELECT d.channel, d.thread_ts,
        min(cast(replace(r.ts, '.', '') AS bigint)) - cast(replace(d.thread_ts, '.', '') AS bigint) AS wait
    FROM mv_response_data AS d
    LEFT JOIN mv_conversation_data AS r
        ON r.channel = d.channel AND r.thread_ts = d.thread_ts AND r.user_id = d.responder AND r.kind = 'post'
    GROUP BY d.channel, d.thread_ts
)
SELECT channel, count(*) AS threads, count(wait) AS answered,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY wait NULLS LAST) AS median_response_s,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY wait NULLS LAST) AS p90_response_s
FROM waits
GROUP BY channel
