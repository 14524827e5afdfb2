-- How many people posted in each channel that has posts.
SELECT channel, count(*) AS users
FROM mv_aggr_by_channel_user
GROUP BY channel
