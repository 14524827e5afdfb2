-- Who posted most in each channel; all of them where several did.
WITH posters AS (
    SELECT channel, user_id, posts, max(posts) OVER (PARTITION BY channel) AS most
    FROM mv_aggr_by_channel_user
)
SELECT p.channel AS channel_id, c.name AS channel_name, p.user_id,
    CASE WHEN u.real_name <> '' THEN u.real_name ELSE u.name END AS user_name, p.posts
FROM posters AS p
LEFT JOIN channel_data AS c ON c.id = p.channel
LEFT JOIN user_data AS u ON u.id = p.user_id
WHERE p.posts = p.most
