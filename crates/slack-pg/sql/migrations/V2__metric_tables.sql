-- The metric tables. They have no foreign keys: each load replaces them by what the metrics stage wrote, which may
-- have measured one batch only.

CREATE TABLE conversation_data (
    channel text COLLATE "C" NOT NULL,
    type text NOT NULL DEFAULT '',
    subtype text NOT NULL DEFAULT '',
    ts text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C",
    time timestamptz,
    kind text NOT NULL DEFAULT '',
    user_id text COLLATE "C",
    name text NOT NULL DEFAULT '',
    real_name text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    iso text NOT NULL DEFAULT '',
    channel_gap_s numeric,
    thread_gap_s numeric,
    user_gap_s numeric,
    PRIMARY KEY (channel, ts)
);
COMMENT ON TABLE conversation_data IS 'Every message and reply, with its author, place and the time since the one before';
COMMENT ON COLUMN conversation_data.channel IS 'The conversation';
COMMENT ON COLUMN conversation_data.type IS 'Slack''s type: message';
COMMENT ON COLUMN conversation_data.subtype IS 'Slack''s subtype, empty for an ordinary message';
COMMENT ON COLUMN conversation_data.ts IS 'The message''s timestamp: with the channel, its identity';
COMMENT ON COLUMN conversation_data.thread_ts IS 'The timestamp of the thread''s first message, where there is a thread';
COMMENT ON COLUMN conversation_data.time IS 'The instant of ts';
COMMENT ON COLUMN conversation_data.kind IS 'post (by a person), join, leave, bot or system';
COMMENT ON COLUMN conversation_data.user_id IS 'The author';
COMMENT ON COLUMN conversation_data.name IS 'The author''s login name';
COMMENT ON COLUMN conversation_data.real_name IS 'The author''s full name';
COMMENT ON COLUMN conversation_data.text IS 'The text in Slack''s markup';
COMMENT ON COLUMN conversation_data.city IS 'The author''s city, from the time zone';
COMMENT ON COLUMN conversation_data.country IS 'The author''s country, from the time zone';
COMMENT ON COLUMN conversation_data.iso IS 'The author''s country, two letters of ISO 3166';
COMMENT ON COLUMN conversation_data.channel_gap_s IS 'Seconds since the message before in the channel';
COMMENT ON COLUMN conversation_data.thread_gap_s IS 'Seconds since the message before in the thread';
COMMENT ON COLUMN conversation_data.user_gap_s IS 'Seconds since the author''s post before, anywhere';

CREATE TABLE tag_data (
    channel text COLLATE "C" NOT NULL,
    ts text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    user_id text COLLATE "C",
    type text NOT NULL DEFAULT '',
    tag text NOT NULL DEFAULT '',
    label text NOT NULL DEFAULT '',
    PRIMARY KEY (channel, ts, position)
);
COMMENT ON TABLE tag_data IS 'References in the texts of posts: users, channels, groups, addresses and links';
COMMENT ON COLUMN tag_data.channel IS 'The conversation';
COMMENT ON COLUMN tag_data.ts IS 'The message';
COMMENT ON COLUMN tag_data.position IS 'The reference''s number in the text, from 0';
COMMENT ON COLUMN tag_data.user_id IS 'The author';
COMMENT ON COLUMN tag_data.type IS 'user, channel, usergroup, special, email or link';
COMMENT ON COLUMN tag_data.tag IS 'The id, word, address or link that is referred to';
COMMENT ON COLUMN tag_data.label IS 'What a reader sees for it';

CREATE TABLE useractive_data (
    user_id text COLLATE "C" NOT NULL,
    name text NOT NULL DEFAULT '',
    invite_date timestamptz,
    join_date timestamptz,
    message_count bigint,
    first_message_date timestamptz,
    last_message_date timestamptz,
    reaction_count bigint,
    first_reaction_date timestamptz,
    last_reaction_date timestamptz,
    reply_count bigint,
    channel_count bigint,
    active_days bigint,
    reactions_received bigint,
    mentions_received bigint,
    PRIMARY KEY (user_id)
);
COMMENT ON TABLE useractive_data IS 'What each user did: posts, replies and reactions, and when';
COMMENT ON COLUMN useractive_data.user_id IS 'The user';
COMMENT ON COLUMN useractive_data.name IS 'The login name';
COMMENT ON COLUMN useractive_data.invite_date IS 'The earlier of join_date and the first batch that listed the user';
COMMENT ON COLUMN useractive_data.join_date IS 'The earlier of the first join message and the first post';
COMMENT ON COLUMN useractive_data.message_count IS 'Number of posts';
COMMENT ON COLUMN useractive_data.first_message_date IS 'The first post';
COMMENT ON COLUMN useractive_data.last_message_date IS 'The last post';
COMMENT ON COLUMN useractive_data.reaction_count IS 'Number of reactions given';
COMMENT ON COLUMN useractive_data.first_reaction_date IS 'The first message reacted to, by the message''s time';
COMMENT ON COLUMN useractive_data.last_reaction_date IS 'The last message reacted to, by the message''s time';
COMMENT ON COLUMN useractive_data.reply_count IS 'Number of posts that are replies';
COMMENT ON COLUMN useractive_data.channel_count IS 'Number of channels posted in';
COMMENT ON COLUMN useractive_data.active_days IS 'Number of days with a post';
COMMENT ON COLUMN useractive_data.reactions_received IS 'Number of reactions to the user''s messages';
COMMENT ON COLUMN useractive_data.mentions_received IS 'Number of references to the user';

CREATE TABLE aggr_by_channel (
    channel text COLLATE "C" NOT NULL,
    name text NOT NULL DEFAULT '',
    type text NOT NULL DEFAULT '',
    posts bigint,
    replies bigint,
    threads bigint,
    users bigint,
    reactions bigint,
    first_post timestamptz,
    last_post timestamptz,
    PRIMARY KEY (channel)
);
COMMENT ON TABLE aggr_by_channel IS 'Counts for each channel';
COMMENT ON COLUMN aggr_by_channel.channel IS 'The conversation';
COMMENT ON COLUMN aggr_by_channel.name IS 'Its name';
COMMENT ON COLUMN aggr_by_channel.type IS 'channel, group, mpim or im';
COMMENT ON COLUMN aggr_by_channel.posts IS 'Number of posts';
COMMENT ON COLUMN aggr_by_channel.replies IS 'Number of posts that are replies';
COMMENT ON COLUMN aggr_by_channel.threads IS 'Number of threads with a reply';
COMMENT ON COLUMN aggr_by_channel.users IS 'Number of people who posted';
COMMENT ON COLUMN aggr_by_channel.reactions IS 'Number of reactions';
COMMENT ON COLUMN aggr_by_channel.first_post IS 'The first post';
COMMENT ON COLUMN aggr_by_channel.last_post IS 'The last post';

CREATE TABLE aggr_by_channel_user (
    channel text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    posts bigint,
    replies bigint,
    PRIMARY KEY (channel, user_id)
);
COMMENT ON TABLE aggr_by_channel_user IS 'Counts for each channel and person who posted in it';
COMMENT ON COLUMN aggr_by_channel_user.channel IS 'The conversation';
COMMENT ON COLUMN aggr_by_channel_user.user_id IS 'The author';
COMMENT ON COLUMN aggr_by_channel_user.posts IS 'Number of posts';
COMMENT ON COLUMN aggr_by_channel_user.replies IS 'Number of posts that are replies';

CREATE TABLE number_channel_user (
    channel text COLLATE "C" NOT NULL,
    users bigint,
    PRIMARY KEY (channel)
);
COMMENT ON TABLE number_channel_user IS 'Number of people who posted in each channel';
COMMENT ON COLUMN number_channel_user.channel IS 'The conversation';
COMMENT ON COLUMN number_channel_user.users IS 'Number of people who posted';

CREATE TABLE max_by_channel_user (
    channel_id text COLLATE "C" NOT NULL,
    channel_name text NOT NULL DEFAULT '',
    user_id text COLLATE "C" NOT NULL,
    user_name text NOT NULL DEFAULT '',
    posts bigint,
    PRIMARY KEY (channel_id, user_id)
);
COMMENT ON TABLE max_by_channel_user IS 'Who posted most in each channel, all of a tie';
COMMENT ON COLUMN max_by_channel_user.channel_id IS 'The conversation';
COMMENT ON COLUMN max_by_channel_user.channel_name IS 'Its name';
COMMENT ON COLUMN max_by_channel_user.user_id IS 'The author';
COMMENT ON COLUMN max_by_channel_user.user_name IS 'The author''s full name, else the login name';
COMMENT ON COLUMN max_by_channel_user.posts IS 'Number of posts';

CREATE TABLE aggr_by_thread (
    channel text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C" NOT NULL,
    messages bigint,
    users bigint,
    last_message timestamptz,
    duration_s numeric,
    PRIMARY KEY (channel, thread_ts)
);
COMMENT ON TABLE aggr_by_thread IS 'Counts for each thread that has a reply';
COMMENT ON COLUMN aggr_by_thread.channel IS 'The conversation';
COMMENT ON COLUMN aggr_by_thread.thread_ts IS 'The timestamp of the thread''s first message';
COMMENT ON COLUMN aggr_by_thread.messages IS 'Number of messages, the first one included';
COMMENT ON COLUMN aggr_by_thread.users IS 'Number of authors';
COMMENT ON COLUMN aggr_by_thread.last_message IS 'The last message';
COMMENT ON COLUMN aggr_by_thread.duration_s IS 'Seconds from the first message to the last';

CREATE TABLE aggr_by_thread_user (
    channel text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    messages bigint,
    PRIMARY KEY (channel, thread_ts, user_id)
);
COMMENT ON TABLE aggr_by_thread_user IS 'Counts for each thread that has a reply and each of its authors';
COMMENT ON COLUMN aggr_by_thread_user.channel IS 'The conversation';
COMMENT ON COLUMN aggr_by_thread_user.thread_ts IS 'The timestamp of the thread''s first message';
COMMENT ON COLUMN aggr_by_thread_user.user_id IS 'The author';
COMMENT ON COLUMN aggr_by_thread_user.messages IS 'Number of messages';

CREATE TABLE cube_by_month (
    month text COLLATE "C" NOT NULL DEFAULT '',
    channel text COLLATE "C" NOT NULL DEFAULT '',
    user_id text COLLATE "C" NOT NULL DEFAULT '',
    posts bigint,
    replies bigint,
    PRIMARY KEY (month, channel, user_id)
);
COMMENT ON TABLE cube_by_month IS 'Posts for each cell of the cube month, channel, user; an empty month, channel or user stands for all of them';
COMMENT ON COLUMN cube_by_month.month IS 'The month as YYYY-MM; empty for all';
COMMENT ON COLUMN cube_by_month.channel IS 'The conversation; empty for all';
COMMENT ON COLUMN cube_by_month.user_id IS 'The author; empty for all';
COMMENT ON COLUMN cube_by_month.posts IS 'Number of posts';
COMMENT ON COLUMN cube_by_month.replies IS 'Number of posts that are replies';

CREATE TABLE response_data (
    channel text COLLATE "C" NOT NULL,
    thread_ts text COLLATE "C" NOT NULL,
    user_id text COLLATE "C",
    first_response timestamptz,
    responder text COLLATE "C",
    response_s numeric,
    responders bigint,
    replies bigint,
    PRIMARY KEY (channel, thread_ts)
);
COMMENT ON TABLE response_data IS 'Threads opened by a post and replied to by a post: how soon another person answered';
COMMENT ON COLUMN response_data.channel IS 'The conversation';
COMMENT ON COLUMN response_data.thread_ts IS 'The timestamp of the opening post';
COMMENT ON COLUMN response_data.user_id IS 'Who opened the thread';
COMMENT ON COLUMN response_data.first_response IS 'The first reply by another person';
COMMENT ON COLUMN response_data.responder IS 'Who gave it';
COMMENT ON COLUMN response_data.response_s IS 'Seconds from the opening post to the first response';
COMMENT ON COLUMN response_data.responders IS 'Number of other people who replied';
COMMENT ON COLUMN response_data.replies IS 'Number of posts that are replies';

CREATE TABLE response_by_channel (
    channel text COLLATE "C" NOT NULL,
    threads bigint,
    answered bigint,
    median_response_s numeric,
    p90_response_s numeric,
    PRIMARY KEY (channel)
);
COMMENT ON TABLE response_by_channel IS 'How soon threads are answered in each channel';
COMMENT ON COLUMN response_by_channel.channel IS 'The conversation';
COMMENT ON COLUMN response_by_channel.threads IS 'Number of threads opened by a post and replied to by a post';
COMMENT ON COLUMN response_by_channel.answered IS 'Number of those that another person answered';
COMMENT ON COLUMN response_by_channel.median_response_s IS 'Median of the seconds to the first response, nearest rank';
COMMENT ON COLUMN response_by_channel.p90_response_s IS '90th percentile of the seconds to the first response, nearest rank';

CREATE TABLE activity_by_day (
    date date NOT NULL,
    posts bigint,
    replies bigint,
    reactions bigint,
    people bigint,
    active bigint,
    new_posters bigint,
    people_7d bigint,
    people_28d bigint,
    stickiness double precision,
    PRIMARY KEY (date)
);
COMMENT ON TABLE activity_by_day IS 'Activity on each day from the first post to the last';
COMMENT ON COLUMN activity_by_day.date IS 'The day';
COMMENT ON COLUMN activity_by_day.posts IS 'Number of posts';
COMMENT ON COLUMN activity_by_day.replies IS 'Number of posts that are replies';
COMMENT ON COLUMN activity_by_day.reactions IS 'Number of reactions to the day''s messages';
COMMENT ON COLUMN activity_by_day.people IS 'Number of people who posted';
COMMENT ON COLUMN activity_by_day.active IS 'Number of people who posted or reacted to a message of that day';
COMMENT ON COLUMN activity_by_day.new_posters IS 'Number of people who posted for the first time';
COMMENT ON COLUMN activity_by_day.people_7d IS 'Number of people who posted in the 7 days that end with the day';
COMMENT ON COLUMN activity_by_day.people_28d IS 'Number of people who posted in the 28 days that end with the day';
COMMENT ON COLUMN activity_by_day.stickiness IS 'people / people_28d';

CREATE TABLE activity_by_hour (
    weekday smallint NOT NULL,
    hour smallint NOT NULL,
    posts bigint,
    PRIMARY KEY (weekday, hour)
);
COMMENT ON TABLE activity_by_hour IS 'Posts on each weekday and hour, all 168';
COMMENT ON COLUMN activity_by_hour.weekday IS '1 is Monday';
COMMENT ON COLUMN activity_by_hour.hour IS 'The hour, 0 to 23';
COMMENT ON COLUMN activity_by_hour.posts IS 'Number of posts';

CREATE TABLE retention_by_cohort (
    cohort text COLLATE "C" NOT NULL,
    months_since bigint NOT NULL,
    people bigint,
    cohort_size bigint,
    PRIMARY KEY (cohort, months_since)
);
COMMENT ON TABLE retention_by_cohort IS 'How many of those who first posted in a month posted in a later one';
COMMENT ON COLUMN retention_by_cohort.cohort IS 'The month of the first post as YYYY-MM';
COMMENT ON COLUMN retention_by_cohort.months_since IS 'Months since then';
COMMENT ON COLUMN retention_by_cohort.people IS 'Number of people of the cohort who posted in that month';
COMMENT ON COLUMN retention_by_cohort.cohort_size IS 'Number of people of the cohort';

CREATE TABLE health_by_channel (
    channel text COLLATE "C" NOT NULL,
    posts bigint,
    people bigint,
    absence_factor bigint,
    gini double precision,
    burstiness double precision,
    PRIMARY KEY (channel)
);
COMMENT ON TABLE health_by_channel IS 'How evenly and how steadily each channel is used';
COMMENT ON COLUMN health_by_channel.channel IS 'The conversation';
COMMENT ON COLUMN health_by_channel.posts IS 'Number of posts';
COMMENT ON COLUMN health_by_channel.people IS 'Number of people who posted';
COMMENT ON COLUMN health_by_channel.absence_factor IS 'Least number of people who together wrote half of the posts (CHAOSS)';
COMMENT ON COLUMN health_by_channel.gini IS 'Gini coefficient of posts per person';
COMMENT ON COLUMN health_by_channel.burstiness IS '(sigma - mu) / (sigma + mu) of the gaps between posts (Goh and Barabási 2008)';

CREATE TABLE emoji_data (
    reaction text COLLATE "C" NOT NULL,
    count bigint,
    users bigint,
    messages bigint,
    PRIMARY KEY (reaction)
);
COMMENT ON TABLE emoji_data IS 'Use of each emoji in reactions';
COMMENT ON COLUMN emoji_data.reaction IS 'The emoji''s name, with its skin tone';
COMMENT ON COLUMN emoji_data.count IS 'Number of reactions';
COMMENT ON COLUMN emoji_data.users IS 'Number of people who used it';
COMMENT ON COLUMN emoji_data.messages IS 'Number of messages that got it';

CREATE TABLE node_data (
    "Id" text COLLATE "C" NOT NULL,
    "Label" text NOT NULL DEFAULT '',
    type text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    iso text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    channel_type text NOT NULL DEFAULT '',
    channel_class text NOT NULL DEFAULT '',
    PRIMARY KEY ("Id")
);
COMMENT ON TABLE node_data IS 'Nodes of the graph: users and channels';
COMMENT ON COLUMN node_data."Id" IS 'The user''s or channel''s id';
COMMENT ON COLUMN node_data."Label" IS 'The name to draw';
COMMENT ON COLUMN node_data.type IS 'user or channel';
COMMENT ON COLUMN node_data.name IS 'The user''s full name, or the channel''s name';
COMMENT ON COLUMN node_data.iso IS 'The user''s country, two letters of ISO 3166';
COMMENT ON COLUMN node_data.country IS 'The user''s country';
COMMENT ON COLUMN node_data.city IS 'The user''s city, from the time zone';
COMMENT ON COLUMN node_data.channel_type IS 'The channel''s type';
COMMENT ON COLUMN node_data.channel_class IS 'The channel''s class';

CREATE TABLE edge_data (
    "Source" text COLLATE "C" NOT NULL,
    "Target" text COLLATE "C" NOT NULL,
    "Type" text NOT NULL DEFAULT '',
    "Weight" bigint,
    relate text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    first_time timestamptz,
    last_time timestamptz,
    PRIMARY KEY ("Source", "Target", relate, channel)
);
COMMENT ON TABLE edge_data IS 'Weighted, directed edges of the graph';
COMMENT ON COLUMN edge_data."Source" IS 'Who acts';
COMMENT ON COLUMN edge_data."Target" IS 'On whom or what';
COMMENT ON COLUMN edge_data."Type" IS 'Directed';
COMMENT ON COLUMN edge_data."Weight" IS 'How often';
COMMENT ON COLUMN edge_data.relate IS 'interacts, reacts or refers';
COMMENT ON COLUMN edge_data.channel IS 'The channel in which it happened';
COMMENT ON COLUMN edge_data.first_time IS 'The first time';
COMMENT ON COLUMN edge_data.last_time IS 'The last time';
