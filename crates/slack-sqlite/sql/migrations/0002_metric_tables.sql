-- The metric tables. They have no foreign keys: each load replaces them by what the metrics stage wrote, which may
-- have measured one batch only. Seconds are REAL: up to 272 years of them, rounded to six decimals, are those of the file.

CREATE TABLE conversation_data (
    -- Every message and reply, with its author, place and the time since the one before
    channel TEXT NOT NULL, -- The conversation
    type TEXT NOT NULL DEFAULT '', -- Slack's type: message
    subtype TEXT NOT NULL DEFAULT '', -- Slack's subtype, empty for an ordinary message
    ts TEXT NOT NULL, -- The message's timestamp: with the channel, its identity
    thread_ts TEXT, -- The timestamp of the thread's first message, where there is a thread
    time TEXT, -- The instant of ts
    kind TEXT NOT NULL DEFAULT '', -- post (by a person), join, leave, bot or system
    user_id TEXT, -- The author
    name TEXT NOT NULL DEFAULT '', -- The author's login name
    real_name TEXT NOT NULL DEFAULT '', -- The author's full name
    text TEXT NOT NULL DEFAULT '', -- The text in Slack's markup
    city TEXT NOT NULL DEFAULT '', -- The author's city, from the time zone
    country TEXT NOT NULL DEFAULT '', -- The author's country, from the time zone
    iso TEXT NOT NULL DEFAULT '', -- The author's country, two letters of ISO 3166
    channel_gap_s REAL, -- Seconds since the message before in the channel
    thread_gap_s REAL, -- Seconds since the message before in the thread
    user_gap_s REAL, -- Seconds since the author's post before, anywhere
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_data (
    -- References in the texts of posts: users, channels, groups, addresses and links
    channel TEXT NOT NULL, -- The conversation
    ts TEXT NOT NULL, -- The message
    position INTEGER NOT NULL, -- The reference's number in the text, from 0
    user_id TEXT, -- The author
    type TEXT NOT NULL DEFAULT '', -- user, channel, usergroup, special, email or link
    tag TEXT NOT NULL DEFAULT '', -- The id, word, address or link that is referred to
    label TEXT NOT NULL DEFAULT '', -- What a reader sees for it
    PRIMARY KEY (channel, ts, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE useractive_data (
    -- What each user did: posts, replies and reactions, and when
    user_id TEXT NOT NULL, -- The user
    name TEXT NOT NULL DEFAULT '', -- The login name
    invite_date TEXT, -- The earlier of join_date and the first batch that listed the user
    join_date TEXT, -- The earlier of the first join message and the first post
    message_count INTEGER, -- Number of posts
    first_message_date TEXT, -- The first post
    last_message_date TEXT, -- The last post
    reaction_count INTEGER, -- Number of reactions given
    first_reaction_date TEXT, -- The first message reacted to, by the message's time
    last_reaction_date TEXT, -- The last message reacted to, by the message's time
    reply_count INTEGER, -- Number of posts that are replies
    channel_count INTEGER, -- Number of channels posted in
    active_days INTEGER, -- Number of days with a post
    reactions_received INTEGER, -- Number of reactions to the user's messages
    mentions_received INTEGER, -- Number of references to the user
    PRIMARY KEY (user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aggr_by_channel (
    -- Counts for each channel
    channel TEXT NOT NULL, -- The conversation
    name TEXT NOT NULL DEFAULT '', -- Its name
    type TEXT NOT NULL DEFAULT '', -- channel, group, mpim or im
    posts INTEGER, -- Number of posts
    replies INTEGER, -- Number of posts that are replies
    threads INTEGER, -- Number of threads with a reply
    users INTEGER, -- Number of people who posted
    reactions INTEGER, -- Number of reactions
    first_post TEXT, -- The first post
    last_post TEXT, -- The last post
    PRIMARY KEY (channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE aggr_by_channel_user (
    -- Counts for each channel and person who posted in it
    channel TEXT NOT NULL, -- The conversation
    user_id TEXT NOT NULL, -- The author
    posts INTEGER, -- Number of posts
    replies INTEGER, -- Number of posts that are replies
    PRIMARY KEY (channel, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE number_channel_user (
    -- Number of people who posted in each channel
    channel TEXT NOT NULL, -- The conversation
    users INTEGER, -- Number of people who posted
    PRIMARY KEY (channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE max_by_channel_user (
    -- Who posted most in each channel, all of a tie
    channel_id TEXT NOT NULL, -- The conversation
    channel_name TEXT NOT NULL DEFAULT '', -- Its name
    user_id TEXT NOT NULL, -- The author
    user_name TEXT NOT NULL DEFAULT '', -- The author's full name, else the login name
    posts INTEGER, -- Number of posts
    PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aggr_by_thread (
    -- Counts for each thread that has a reply
    channel TEXT NOT NULL, -- The conversation
    thread_ts TEXT NOT NULL, -- The timestamp of the thread's first message
    messages INTEGER, -- Number of messages, the first one included
    users INTEGER, -- Number of authors
    last_message TEXT, -- The last message
    duration_s REAL, -- Seconds from the first message to the last
    PRIMARY KEY (channel, thread_ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE aggr_by_thread_user (
    -- Counts for each thread that has a reply and each of its authors
    channel TEXT NOT NULL, -- The conversation
    thread_ts TEXT NOT NULL, -- The timestamp of the thread's first message
    user_id TEXT NOT NULL, -- The author
    messages INTEGER, -- Number of messages
    PRIMARY KEY (channel, thread_ts, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cube_by_month (
    -- Posts for each cell of the cube month, channel, user; an empty month, channel or user stands for all of them
    month TEXT NOT NULL DEFAULT '', -- The month as YYYY-MM; empty for all
    channel TEXT NOT NULL DEFAULT '', -- The conversation; empty for all
    user_id TEXT NOT NULL DEFAULT '', -- The author; empty for all
    posts INTEGER, -- Number of posts
    replies INTEGER, -- Number of posts that are replies
    PRIMARY KEY (month, channel, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE response_data (
    -- Threads opened by a post and replied to by a post: how soon another person answered
    channel TEXT NOT NULL, -- The conversation
    thread_ts TEXT NOT NULL, -- The timestamp of the opening post
    user_id TEXT, -- Who opened the thread
    first_response TEXT, -- The first reply by another person
    responder TEXT, -- Who gave it
    response_s REAL, -- Seconds from the opening post to the first response
    responders INTEGER, -- Number of other people who replied
    replies INTEGER, -- Number of posts that are replies
    PRIMARY KEY (channel, thread_ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE response_by_channel (
    -- How soon threads are answered in each channel
    channel TEXT NOT NULL, -- The conversation
    threads INTEGER, -- Number of threads opened by a post and replied to by a post
    answered INTEGER, -- Number of those that another person answered
    median_response_s REAL, -- Median of the seconds to the first response, nearest rank
    p90_response_s REAL, -- 90th percentile of the seconds to the first response, nearest rank
    PRIMARY KEY (channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_by_day (
    -- Activity on each day from the first post to the last
    date TEXT NOT NULL, -- The day
    posts INTEGER, -- Number of posts
    replies INTEGER, -- Number of posts that are replies
    reactions INTEGER, -- Number of reactions to the day's messages
    people INTEGER, -- Number of people who posted
    active INTEGER, -- Number of people who posted or reacted to a message of that day
    new_posters INTEGER, -- Number of people who posted for the first time
    people_7d INTEGER, -- Number of people who posted in the 7 days that end with the day
    people_28d INTEGER, -- Number of people who posted in the 28 days that end with the day
    stickiness REAL, -- people / people_28d
    PRIMARY KEY (date)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_by_hour (
    -- Posts on each weekday and hour, all 168
    weekday INTEGER NOT NULL, -- 1 is Monday
    hour INTEGER NOT NULL, -- The hour, 0 to 23
    posts INTEGER, -- Number of posts
    PRIMARY KEY (weekday, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE retention_by_cohort (
    -- How many of those who first posted in a month posted in a later one
    cohort TEXT NOT NULL, -- The month of the first post as YYYY-MM
    months_since INTEGER NOT NULL, -- Months since then
    people INTEGER, -- Number of people of the cohort who posted in that month
    cohort_size INTEGER, -- Number of people of the cohort
    PRIMARY KEY (cohort, months_since)
) STRICT, WITHOUT ROWID;

CREATE TABLE health_by_channel (
    -- How evenly and how steadily each channel is used
    channel TEXT NOT NULL, -- The conversation
    posts INTEGER, -- Number of posts
    people INTEGER, -- Number of people who posted
    absence_factor INTEGER, -- Least number of people who together wrote half of the posts (CHAOSS)
    gini REAL, -- Gini coefficient of posts per person
    burstiness REAL, -- (sigma - mu) / (sigma + mu) of the gaps between posts (Goh and Barabási 2008)
    PRIMARY KEY (channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE emoji_data (
    -- Use of each emoji in reactions
    reaction TEXT NOT NULL, -- The emoji's name, with its skin tone
    count INTEGER, -- Number of reactions
    users INTEGER, -- Number of people who used it
    messages INTEGER, -- Number of messages that got it
    PRIMARY KEY (reaction)
) STRICT, WITHOUT ROWID;

CREATE TABLE node_data (
    -- Nodes of the graph: users and channels
    "Id" TEXT NOT NULL, -- The user's or channel's id
    "Label" TEXT NOT NULL DEFAULT '', -- The name to draw
    type TEXT NOT NULL DEFAULT '', -- user or channel
    name TEXT NOT NULL DEFAULT '', -- The user's full name, or the channel's name
    iso TEXT NOT NULL DEFAULT '', -- The user's country, two letters of ISO 3166
    country TEXT NOT NULL DEFAULT '', -- The user's country
    city TEXT NOT NULL DEFAULT '', -- The user's city, from the time zone
    channel_type TEXT NOT NULL DEFAULT '', -- The channel's type
    channel_class TEXT NOT NULL DEFAULT '', -- The channel's class
    PRIMARY KEY ("Id")
) STRICT, WITHOUT ROWID;

CREATE TABLE edge_data (
    -- Weighted, directed edges of the graph
    "Source" TEXT NOT NULL, -- Who acts
    "Target" TEXT NOT NULL, -- On whom or what
    "Type" TEXT NOT NULL DEFAULT '', -- Directed
    "Weight" INTEGER, -- How often
    relate TEXT NOT NULL, -- interacts, reacts or refers
    channel TEXT NOT NULL, -- The channel in which it happened
    first_time TEXT, -- The first time
    last_time TEXT, -- The last time
    PRIMARY KEY ("Source", "Target", relate, channel)
) STRICT, WITHOUT ROWID;
