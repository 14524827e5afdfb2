-- Views of what people do: how threads are answered, activity, who mentions and who answers whom. They count the base
-- tables, so that they work where no metrics are loaded; v_mentions, v_references and v_edges alone read metric tables.
-- Days and months are UTC. Posts and replies are as in v_messages.

CREATE VIEW v_threads AS
SELECT
    t.channel,
    c.name AS channel_name,
    t.thread_ts,
    o.time AS started,
    o.user_id AS opener,
    o.author AS opener_name,
    o.text,
    t.replies,
    t.people,
    t.last_activity
FROM (
    SELECT
        channel,
        thread_ts,
        count(*) FILTER (WHERE is_reply) AS replies,
        count(DISTINCT user_id) AS people,
        max(time) AS last_activity
    FROM v_messages
    WHERE thread_ts IS NOT NULL
    GROUP BY channel, thread_ts
) t
LEFT JOIN channel_data c ON c.id = t.channel
LEFT JOIN v_messages o ON o.channel = t.channel AND o.ts = t.thread_ts
WHERE t.replies > 0;
COMMENT ON VIEW v_threads IS 'Threads that have a reply, of people or bots';
COMMENT ON COLUMN v_threads.channel IS 'The conversation';
COMMENT ON COLUMN v_threads.channel_name IS 'Its name';
COMMENT ON COLUMN v_threads.thread_ts IS 'The timestamp of the first message';
COMMENT ON COLUMN v_threads.started IS 'When it was sent; null where it is not known';
COMMENT ON COLUMN v_threads.opener IS 'Who sent it';
COMMENT ON COLUMN v_threads.opener_name IS 'That user''s name';
COMMENT ON COLUMN v_threads.text IS 'Its text; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_threads.replies IS 'Number of replies';
COMMENT ON COLUMN v_threads.people IS 'Number of users who wrote in it, the opener included';
COMMENT ON COLUMN v_threads.last_activity IS 'The last message';

CREATE VIEW v_response_times AS
SELECT
    t.channel,
    c.name AS channel_name,
    t.thread_ts,
    t.opened,
    t.opener,
    o.label AS opener_name,
    t.first_response,
    t.responder,
    r.label AS responder_name,
    t.first_response_ts::numeric - t.thread_ts::numeric AS response_s,
    t.responders,
    t.replies
FROM (
    SELECT
        opening.channel,
        opening.ts AS thread_ts,
        opening.time AS opened,
        opening.user_id AS opener,
        min(reply.time) FILTER (WHERE reply.user_id <> opening.user_id) AS first_response,
        (array_agg(reply.ts ORDER BY reply.time) FILTER (WHERE reply.user_id <> opening.user_id))[1]
            AS first_response_ts,
        (array_agg(reply.user_id ORDER BY reply.time) FILTER (WHERE reply.user_id <> opening.user_id))[1]
            AS responder,
        count(DISTINCT reply.user_id) FILTER (WHERE reply.user_id <> opening.user_id) AS responders,
        count(*) AS replies
    FROM v_messages opening
    JOIN v_messages reply ON reply.channel = opening.channel AND reply.thread_ts = opening.ts
    WHERE opening.is_post AND opening.thread_ts = opening.ts AND reply.is_post AND reply.is_reply
    GROUP BY opening.channel, opening.ts, opening.time, opening.user_id
) t
LEFT JOIN channel_data c ON c.id = t.channel
LEFT JOIN v_users o ON o.id = t.opener
LEFT JOIN v_users r ON r.id = t.responder;
COMMENT ON VIEW v_response_times IS 'Threads that a person opened and a person replied to: how soon another person answered';
COMMENT ON COLUMN v_response_times.channel IS 'The conversation';
COMMENT ON COLUMN v_response_times.channel_name IS 'Its name';
COMMENT ON COLUMN v_response_times.thread_ts IS 'The timestamp of the opening post';
COMMENT ON COLUMN v_response_times.opened IS 'When the thread was opened';
COMMENT ON COLUMN v_response_times.opener IS 'Who opened it';
COMMENT ON COLUMN v_response_times.opener_name IS 'That user''s name';
COMMENT ON COLUMN v_response_times.first_response IS 'The first reply by another person; null where there is none';
COMMENT ON COLUMN v_response_times.responder IS 'Who gave it';
COMMENT ON COLUMN v_response_times.responder_name IS 'That user''s name';
COMMENT ON COLUMN v_response_times.response_s IS 'Seconds from the opening post to it';
COMMENT ON COLUMN v_response_times.responders IS 'Number of other people who replied';
COMMENT ON COLUMN v_response_times.replies IS 'Number of replies by people, the opener included';

CREATE VIEW v_response_by_channel AS
SELECT
    channel,
    channel_name,
    count(*) AS threads,
    count(response_s) AS answered,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY response_s) AS median_response_s,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY response_s) AS p90_response_s
FROM v_response_times
GROUP BY channel, channel_name;
COMMENT ON VIEW v_response_by_channel IS 'How soon threads are answered in each channel';
COMMENT ON COLUMN v_response_by_channel.channel IS 'The conversation';
COMMENT ON COLUMN v_response_by_channel.channel_name IS 'Its name';
COMMENT ON COLUMN v_response_by_channel.threads IS 'Number of threads that a person opened and a person replied to';
COMMENT ON COLUMN v_response_by_channel.answered IS 'Number of those that another person answered';
COMMENT ON COLUMN v_response_by_channel.median_response_s IS 'Median of the seconds to the first answer, nearest rank';
COMMENT ON COLUMN v_response_by_channel.p90_response_s IS '90th percentile of the seconds to the first answer, nearest rank';

CREATE VIEW v_daily_activity AS
SELECT
    date,
    count(*) FILTER (WHERE is_post) AS posts,
    count(*) FILTER (WHERE is_post AND is_reply) AS replies,
    count(*) FILTER (WHERE NOT is_post) AS reactions,
    count(DISTINCT user_id) FILTER (WHERE is_post) AS people,
    count(DISTINCT user_id) AS active,
    count(DISTINCT channel) FILTER (WHERE is_post) AS channels
FROM (
    SELECT (time AT TIME ZONE 'UTC')::date AS date, channel, user_id, true AS is_post, is_reply
    FROM v_messages
    WHERE is_post
    UNION ALL
    SELECT (time AT TIME ZONE 'UTC')::date, channel, user_id, false, false
    FROM v_reactions
    WHERE time IS NOT NULL
) deed
GROUP BY date;
COMMENT ON VIEW v_daily_activity IS 'Activity on each day that has any';
COMMENT ON COLUMN v_daily_activity.date IS 'The day, UTC';
COMMENT ON COLUMN v_daily_activity.posts IS 'Number of posts';
COMMENT ON COLUMN v_daily_activity.replies IS 'Number of posts that are replies';
COMMENT ON COLUMN v_daily_activity.reactions IS 'Number of reactions to the day''s messages';
COMMENT ON COLUMN v_daily_activity.people IS 'Number of people who posted';
COMMENT ON COLUMN v_daily_activity.active IS 'Number of users who posted or reacted to a message of that day';
COMMENT ON COLUMN v_daily_activity.channels IS 'Number of channels with a post';

CREATE VIEW v_channel_activity AS
SELECT
    c.id AS channel,
    c.name AS channel_name,
    c.type,
    c.class,
    coalesce(p.posts, 0) AS posts,
    coalesce(p.replies, 0) AS replies,
    coalesce(p.people, 0) AS people,
    coalesce(r.reactions, 0) AS reactions,
    p.first_post,
    p.last_post
FROM channel_data c
LEFT JOIN (
    SELECT
        channel,
        count(*) AS posts,
        count(*) FILTER (WHERE is_reply) AS replies,
        count(DISTINCT user_id) AS people,
        min(time) AS first_post,
        max(time) AS last_post
    FROM v_messages
    WHERE is_post
    GROUP BY channel
) p ON p.channel = c.id
LEFT JOIN (
    SELECT channel, count(*) AS reactions FROM reaction_data GROUP BY channel
) r ON r.channel = c.id;
COMMENT ON VIEW v_channel_activity IS 'What happened in each channel, also in those where nothing did';
COMMENT ON COLUMN v_channel_activity.channel IS 'The conversation';
COMMENT ON COLUMN v_channel_activity.channel_name IS 'Its name';
COMMENT ON COLUMN v_channel_activity.type IS 'channel, group, mpim or im';
COMMENT ON COLUMN v_channel_activity.class IS 'public, or confidential';
COMMENT ON COLUMN v_channel_activity.posts IS 'Number of posts';
COMMENT ON COLUMN v_channel_activity.replies IS 'Number of posts that are replies';
COMMENT ON COLUMN v_channel_activity.people IS 'Number of people who posted';
COMMENT ON COLUMN v_channel_activity.reactions IS 'Number of reactions';
COMMENT ON COLUMN v_channel_activity.first_post IS 'The first post';
COMMENT ON COLUMN v_channel_activity.last_post IS 'The last post';

CREATE VIEW v_top_posters AS
SELECT
    p.month,
    rank() OVER (PARTITION BY p.month ORDER BY p.posts DESC) AS rank,
    p.user_id,
    u.label AS user_name,
    p.posts,
    p.replies,
    p.channels
FROM (
    SELECT
        month,
        user_id,
        count(*) AS posts,
        count(*) FILTER (WHERE is_reply) AS replies,
        count(DISTINCT channel) AS channels
    FROM (
        SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM') AS month, user_id, channel, is_reply
        FROM v_messages
        WHERE is_post
    ) post
    GROUP BY GROUPING SETS ((user_id), (month, user_id))
) p
LEFT JOIN v_users u ON u.id = p.user_id;
COMMENT ON VIEW v_top_posters IS 'Who posts how much: of all time, and by month';
COMMENT ON COLUMN v_top_posters.month IS 'The month as YYYY-MM, UTC; null for all time';
COMMENT ON COLUMN v_top_posters.rank IS 'Place by posts, 1 for the most, the same for equals';
COMMENT ON COLUMN v_top_posters.user_id IS 'The person';
COMMENT ON COLUMN v_top_posters.user_name IS 'The person''s name';
COMMENT ON COLUMN v_top_posters.posts IS 'Number of posts';
COMMENT ON COLUMN v_top_posters.replies IS 'Number of posts that are replies';
COMMENT ON COLUMN v_top_posters.channels IS 'Number of channels posted in';

CREATE VIEW v_newcomers AS
SELECT
    f.user_id,
    f.author AS user_name,
    f.time AS first_post,
    f.channel,
    f.channel_name,
    f.ts,
    f.is_reply,
    f.text,
    a.time AS answered,
    a.user_id AS answered_by,
    a.author AS answered_by_name,
    a.ts::numeric - f.ts::numeric AS answer_s
FROM (
    SELECT DISTINCT ON (user_id) user_id, author, time, channel, channel_name, ts, thread_ts, is_reply, text
    FROM v_messages
    WHERE is_post
    ORDER BY user_id, time, channel
) f
LEFT JOIN LATERAL (
    SELECT r.time, r.user_id, r.author, r.ts
    FROM v_messages r
    WHERE r.channel = f.channel AND r.thread_ts = coalesce(f.thread_ts, f.ts)
        AND r.is_reply AND r.is_post AND r.user_id <> f.user_id AND r.time > f.time
    ORDER BY r.time
    LIMIT 1
) a ON true;
COMMENT ON VIEW v_newcomers IS 'The first post of each person, and the first answer to it: the next reply by another person in its thread';
COMMENT ON COLUMN v_newcomers.user_id IS 'The person';
COMMENT ON COLUMN v_newcomers.user_name IS 'The person''s name';
COMMENT ON COLUMN v_newcomers.first_post IS 'When the person first posted';
COMMENT ON COLUMN v_newcomers.channel IS 'In which conversation';
COMMENT ON COLUMN v_newcomers.channel_name IS 'Its name';
COMMENT ON COLUMN v_newcomers.ts IS 'The post''s timestamp';
COMMENT ON COLUMN v_newcomers.is_reply IS 'Whether the post was a reply in a thread';
COMMENT ON COLUMN v_newcomers.text IS 'Its text; null where the channel is not public, for readers who may not see private texts';
COMMENT ON COLUMN v_newcomers.answered IS 'When it was answered; null where nobody did';
COMMENT ON COLUMN v_newcomers.answered_by IS 'By whom';
COMMENT ON COLUMN v_newcomers.answered_by_name IS 'That user''s name';
COMMENT ON COLUMN v_newcomers.answer_s IS 'Seconds from the post to the answer';

-- A label is part of the text where its author wrote one.
CREATE VIEW v_references AS
SELECT
    t.channel,
    c.name AS channel_name,
    t.ts,
    t.position,
    t.user_id,
    u.label AS user_name,
    t.type,
    CASE
        WHEN t.type = 'email' AND NOT (SELECT emails FROM v_reader) THEN NULL
        WHEN t.type NOT IN ('link', 'email') OR c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN t.tag
    END AS tag,
    CASE
        WHEN t.type = 'email' AND NOT (SELECT emails FROM v_reader) THEN NULL
        WHEN c.class = 'public' OR (SELECT private_texts FROM v_reader) THEN t.label
    END AS label
FROM tag_data t
LEFT JOIN channel_data c ON c.id = t.channel
LEFT JOIN v_users u ON u.id = t.user_id;
COMMENT ON VIEW v_references IS 'References in the texts of posts: users, channels, groups, addresses and links';
COMMENT ON COLUMN v_references.channel IS 'The conversation';
COMMENT ON COLUMN v_references.channel_name IS 'Its name';
COMMENT ON COLUMN v_references.ts IS 'The message''s timestamp';
COMMENT ON COLUMN v_references.position IS 'The reference''s number in the text, from 0';
COMMENT ON COLUMN v_references.user_id IS 'The author';
COMMENT ON COLUMN v_references.user_name IS 'The author''s name';
COMMENT ON COLUMN v_references.type IS 'user, channel, usergroup, special, email or link';
COMMENT ON COLUMN v_references.tag IS 'What is referred to; null for an e-mail address or a private channel''s link, for readers who may not see such';
COMMENT ON COLUMN v_references.label IS 'What is shown for it; null where the tag is, and in channels that are not public, for readers who may not see private texts';

CREATE VIEW v_mentions AS
SELECT
    t.user_id,
    u.label AS user_name,
    t.tag AS mentioned,
    p.label AS mentioned_name,
    count(*) AS mentions,
    count(DISTINCT t.channel) AS channels,
    min(m.time) AS first_time,
    max(m.time) AS last_time
FROM tag_data t
LEFT JOIN v_messages m ON m.channel = t.channel AND m.ts = t.ts
LEFT JOIN v_users u ON u.id = t.user_id
LEFT JOIN v_users p ON p.id = t.tag
WHERE t.type = 'user'
GROUP BY t.user_id, u.label, t.tag, p.label;
COMMENT ON VIEW v_mentions IS 'Who mentions whom';
COMMENT ON COLUMN v_mentions.user_id IS 'Who mentions';
COMMENT ON COLUMN v_mentions.user_name IS 'That user''s name';
COMMENT ON COLUMN v_mentions.mentioned IS 'Who is mentioned';
COMMENT ON COLUMN v_mentions.mentioned_name IS 'That user''s name; null where the user is not known';
COMMENT ON COLUMN v_mentions.mentions IS 'How often';
COMMENT ON COLUMN v_mentions.channels IS 'In how many channels';
COMMENT ON COLUMN v_mentions.first_time IS 'The first time';
COMMENT ON COLUMN v_mentions.last_time IS 'The last time';

CREATE VIEW v_edges AS
SELECT
    e."Source" AS source,
    s."Label" AS source_label,
    e."Target" AS target,
    t."Label" AS target_label,
    t.type AS target_type,
    e.relate,
    e."Weight" AS weight,
    e.channel,
    c.name AS channel_name,
    e.first_time,
    e.last_time
FROM edge_data e
LEFT JOIN node_data s ON s."Id" = e."Source"
LEFT JOIN node_data t ON t."Id" = e."Target"
LEFT JOIN channel_data c ON c.id = e.channel;
COMMENT ON VIEW v_edges IS 'Edges of the graph, with the names of their ends';
COMMENT ON COLUMN v_edges.source IS 'Who acts';
COMMENT ON COLUMN v_edges.source_label IS 'The name to draw';
COMMENT ON COLUMN v_edges.target IS 'On whom or what';
COMMENT ON COLUMN v_edges.target_label IS 'The name to draw';
COMMENT ON COLUMN v_edges.target_type IS 'user or channel';
COMMENT ON COLUMN v_edges.relate IS 'interacts, reacts or refers';
COMMENT ON COLUMN v_edges.weight IS 'How often';
COMMENT ON COLUMN v_edges.channel IS 'The channel in which it happened';
COMMENT ON COLUMN v_edges.channel_name IS 'Its name';
COMMENT ON COLUMN v_edges.first_time IS 'The first time';
COMMENT ON COLUMN v_edges.last_time IS 'The last time';
