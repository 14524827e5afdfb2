-- The listed users and channels as nodes of a graph.
SELECT u.id AS Id, u.name AS Label, 'user' AS type, u.real_name AS name, coalesce(z.cc, '') AS iso,
    coalesce(z.country, '') AS country, coalesce(z.city, '') AS city, '' AS channel_type, '' AS channel_class
FROM user_data AS u
LEFT JOIN zone_data AS z ON z.tz = u.tz
UNION ALL
SELECT id, name, 'channel', name, '', '', '', type, class
FROM channel_data
