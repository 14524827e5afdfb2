-- How often each emoji was reacted with, by how many users, to how many messages.
WITH reactions AS (
    SELECT r.reaction, r.channel, r.ts, r.user_id
    FROM reaction_data AS r
    JOIN mv_conversation_data AS m ON m.channel = r.channel AND m.ts = r.ts
)
SELECT reaction, count(*) AS count, count(DISTINCT user_id) AS users,
    count(DISTINCT concat(channel, ' ', ts)) AS messages
FROM reactions
GROUP BY reaction
