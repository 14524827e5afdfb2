-- Views of what people do: how threads are answered, activity, who mentions and who answers whom. They count the base
-- tables, so that they work where no metrics are loaded; v_mentions, v_references and v_edges alone read metric tables.
-- Days and months are UTC. Posts and replies are as in v_messages. Percentiles are of the nearest rank.

CREATE VIEW v_threads AS
-- Threads that have a reply, of people or bots
SELECT
    t.channel, -- The conversation
    c.name AS channel_name, -- Its name
    t.thread_ts, -- The timestamp of the first message
    o.time AS started, -- When it was sent; null where it is not known
    o.user_id AS opener, -- Who sent it
    coalesce(u.label, nullif(o.username, ''), o.bot_id) AS opener_name, -- That user's name
    o.text, -- Its text
    t.replies, -- Number of replies
    t.people, -- Number of users who wrote in it, the opener included
    t.last_activity -- The last message
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
LEFT JOIN message_data o ON o.channel = t.channel AND o.ts = t.thread_ts
LEFT JOIN v_users u ON u.id = o.user_id
WHERE t.replies > 0;

CREATE VIEW v_response_times AS
-- Threads that a person opened and a person replied to: how soon another person answered
SELECT
    t.channel, -- The conversation
    c.name AS channel_name, -- Its name
    t.thread_ts, -- The timestamp of the opening post
    t.opened, -- When the thread was opened
    t.opener, -- Who opened it
    o.label AS opener_name, -- That user's name
    t.first_response, -- The first reply by another person; null where there is none
    t.responder, -- Who gave it
    r.label AS responder_name, -- That user's name
    (CAST(replace(t.first_response_ts, '.', '') AS INTEGER) - CAST(replace(t.thread_ts, '.', '') AS INTEGER)) / 1e6
        AS response_s, -- Seconds from the opening post to it
    t.responders, -- Number of other people who replied
    t.replies -- Number of replies by people, the opener included
FROM (
    SELECT
        channel,
        thread_ts,
        opened,
        opener,
        max(time) FILTER (WHERE nth = 1 AND is_other) AS first_response,
        max(ts) FILTER (WHERE nth = 1 AND is_other) AS first_response_ts,
        max(user_id) FILTER (WHERE nth = 1 AND is_other) AS responder,
        count(DISTINCT user_id) FILTER (WHERE is_other) AS responders,
        count(*) AS replies
    FROM (
        SELECT
            opening.channel,
            opening.ts AS thread_ts,
            opening.time AS opened,
            opening.user_id AS opener,
            reply.ts,
            reply.time,
            reply.user_id,
            reply.user_id <> opening.user_id AS is_other,
            row_number() OVER (
                PARTITION BY opening.channel, opening.ts
                ORDER BY reply.user_id = opening.user_id, reply.time, reply.ts
            ) AS nth
        FROM v_messages opening
        JOIN v_messages reply ON reply.channel = opening.channel AND reply.thread_ts = opening.ts
        WHERE opening.is_post AND opening.thread_ts = opening.ts AND reply.is_post AND reply.is_reply
    ) answer
    GROUP BY channel, thread_ts, opened, opener
) t
LEFT JOIN channel_data c ON c.id = t.channel
LEFT JOIN v_users o ON o.id = t.opener
LEFT JOIN v_users r ON r.id = t.responder;

CREATE VIEW v_response_by_channel AS
-- How soon threads are answered in each channel
SELECT
    channel, -- The conversation
    channel_name, -- Its name
    count(*) AS threads, -- Number of threads that a person opened and a person replied to
    count(response_s) AS answered, -- Number of those that another person answered
    -- Median of the seconds to the first answer, nearest rank
    min(response_s) FILTER (WHERE 2 * nth >= n) AS median_response_s,
    -- 90th percentile of the seconds to the first answer, nearest rank
    min(response_s) FILTER (WHERE 10 * nth >= 9 * n) AS p90_response_s
FROM (
    SELECT
        channel,
        channel_name,
        response_s,
        row_number() OVER (PARTITION BY channel ORDER BY response_s NULLS LAST) AS nth,
        count(response_s) OVER (PARTITION BY channel) AS n
    FROM v_response_times
) response
GROUP BY channel, channel_name;

CREATE VIEW v_daily_activity AS
-- Activity on each day that has any
SELECT
    date, -- The day, UTC
    count(*) FILTER (WHERE is_post) AS posts, -- Number of posts
    count(*) FILTER (WHERE is_post AND is_reply) AS replies, -- Number of posts that are replies
    count(*) FILTER (WHERE NOT is_post) AS reactions, -- Number of reactions to the day's messages
    count(DISTINCT user_id) FILTER (WHERE is_post) AS people, -- Number of people who posted
    count(DISTINCT user_id) AS active, -- Number of users who posted or reacted to a message of that day
    count(DISTINCT channel) FILTER (WHERE is_post) AS channels -- Number of channels with a post
FROM (
    SELECT substr(time, 1, 10) AS date, channel, user_id, 1 AS is_post, is_reply
    FROM v_messages
    WHERE is_post
    UNION ALL
    SELECT substr(time, 1, 10), channel, user_id, 0, 0
    FROM v_reactions
    WHERE time IS NOT NULL
) deed
GROUP BY date;

CREATE VIEW v_channel_activity AS
-- What happened in each channel, also in those where nothing did
SELECT
    c.id AS channel, -- The conversation
    c.name AS channel_name, -- Its name
    c.type, -- channel, group, mpim or im
    c.class, -- public, or confidential
    coalesce(p.posts, 0) AS posts, -- Number of posts
    coalesce(p.replies, 0) AS replies, -- Number of posts that are replies
    coalesce(p.people, 0) AS people, -- Number of people who posted
    coalesce(r.reactions, 0) AS reactions, -- Number of reactions
    p.first_post, -- The first post
    p.last_post -- The last post
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

CREATE VIEW v_top_posters AS
-- Who posts how much: of all time, and by month
SELECT
    p.month, -- The month as YYYY-MM, UTC; null for all time
    -- Place by posts, 1 for the most, the same for equals
    rank() OVER (PARTITION BY p.month ORDER BY p.posts DESC) AS rank,
    p.user_id, -- The person
    u.label AS user_name, -- The person's name
    p.posts, -- Number of posts
    p.replies, -- Number of posts that are replies
    p.channels -- Number of channels posted in
FROM (
    SELECT
        NULL AS month,
        user_id,
        count(*) AS posts,
        count(*) FILTER (WHERE is_reply) AS replies,
        count(DISTINCT channel) AS channels
    FROM v_messages
    WHERE is_post
    GROUP BY user_id
    UNION ALL
    SELECT
        substr(time, 1, 7),
        user_id,
        count(*),
        count(*) FILTER (WHERE is_reply),
        count(DISTINCT channel)
    FROM v_messages
    WHERE is_post
    GROUP BY substr(time, 1, 7), user_id
) p
LEFT JOIN v_users u ON u.id = p.user_id;

CREATE VIEW v_newcomers AS
-- The first post of each person, and the first answer to it: the next reply by another person in its thread
SELECT
    f.user_id, -- The person
    f.author AS user_name, -- The person's name
    f.time AS first_post, -- When the person first posted
    f.channel, -- In which conversation
    f.channel_name, -- Its name
    f.ts, -- The post's timestamp
    f.is_reply, -- Whether the post was a reply in a thread
    f.text, -- Its text
    a.time AS answered, -- When it was answered; null where nobody did
    a.user_id AS answered_by, -- By whom
    u.label AS answered_by_name, -- That user's name
    -- Seconds from the post to the answer
    (CAST(replace(a.ts, '.', '') AS INTEGER) - CAST(replace(f.ts, '.', '') AS INTEGER)) / 1e6 AS answer_s
FROM (
    SELECT
        user_id,
        author,
        time,
        channel,
        channel_name,
        ts,
        thread_ts,
        is_reply,
        text,
        row_number() OVER (PARTITION BY user_id ORDER BY time, channel) AS nth
    FROM v_messages
    WHERE is_post
) f
-- Every reply stands in thread_data, and is looked up there.
LEFT JOIN thread_data a ON a.channel = f.channel AND a.ts = (
    SELECT r.ts
    FROM thread_data r
    LEFT JOIN v_users b ON b.id = r.user_id
    WHERE r.channel = f.channel AND r.thread_ts = coalesce(f.thread_ts, f.ts) AND r.thread_ts <> r.ts
        AND r.user_id <> f.user_id AND r.bot_id IS NULL AND b.is_bot IS NOT TRUE
        AND r.subtype IN ('', 'thread_broadcast', 'file_share', 'me_message') AND r.time > f.time
    ORDER BY r.time
    LIMIT 1
)
LEFT JOIN v_users u ON u.id = a.user_id
WHERE f.nth = 1;

CREATE VIEW v_references AS
-- References in the texts of posts: users, channels, groups, addresses and links
SELECT
    t.channel, -- The conversation
    c.name AS channel_name, -- Its name
    t.ts, -- The message's timestamp
    t.position, -- The reference's number in the text, from 0
    t.user_id, -- The author
    u.label AS user_name, -- The author's name
    t.type, -- user, channel, usergroup, special, email or link
    t.tag, -- What is referred to
    t.label -- What is shown for it
FROM tag_data t
LEFT JOIN channel_data c ON c.id = t.channel
LEFT JOIN v_users u ON u.id = t.user_id;

CREATE VIEW v_mentions AS
-- Who mentions whom
SELECT
    t.user_id, -- Who mentions
    u.label AS user_name, -- That user's name
    t.tag AS mentioned, -- Who is mentioned
    p.label AS mentioned_name, -- That user's name; null where the user is not known
    count(*) AS mentions, -- How often
    count(DISTINCT t.channel) AS channels, -- In how many channels
    min(iif(m.ts IS NOT NULL, m.time, r.time)) AS first_time, -- The first time
    max(iif(m.ts IS NOT NULL, m.time, r.time)) AS last_time -- The last time
FROM tag_data t
LEFT JOIN message_data m ON m.channel = t.channel AND m.ts = t.ts
LEFT JOIN thread_data r ON r.channel = t.channel AND r.ts = t.ts
LEFT JOIN v_users u ON u.id = t.user_id
LEFT JOIN v_users p ON p.id = t.tag
WHERE t.type = 'user'
GROUP BY t.user_id, u.label, t.tag, p.label;

CREATE VIEW v_edges AS
-- Edges of the graph, with the names of their ends
SELECT
    e."Source" AS source, -- Who acts
    s."Label" AS source_label, -- The name to draw
    e."Target" AS target, -- On whom or what
    t."Label" AS target_label, -- The name to draw
    t.type AS target_type, -- user or channel
    e.relate, -- interacts, reacts or refers
    e."Weight" AS weight, -- How often
    e.channel, -- The channel in which it happened
    c.name AS channel_name, -- Its name
    e.first_time, -- The first time
    e.last_time -- The last time
FROM edge_data e
LEFT JOIN node_data s ON s."Id" = e."Source"
LEFT JOIN node_data t ON t."Id" = e."Target"
LEFT JOIN channel_data c ON c.id = e.channel;
