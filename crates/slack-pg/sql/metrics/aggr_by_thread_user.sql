-- How much each user wrote in each thread that has a reply. Rows of every kind count.
SELECT m.channel, m.thread_ts, m.user_id, count(*) AS messages
FROM mv_conversation_data AS m
JOIN mv_aggr_by_thread AS t ON t.channel = m.channel AND t.thread_ts = m.thread_ts
WHERE m.user_id IS NOT NULL
GROUP BY m.channel, m.thread_ts, m.user_id
