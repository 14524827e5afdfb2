-- What the tables were loaded with, so that a load need not compare what is there already.

CREATE TABLE load_block (
    -- Blocks of rows that the load put into a table as its file has them. Whoever else changes a table empties its part of
    -- this one.
    table_name TEXT NOT NULL, -- The table
    digest BLOB NOT NULL, -- Digest of the block's lines in the file
    last_key TEXT NOT NULL, -- The last row's key, a JSON array of the file's texts
    rows INTEGER NOT NULL, -- Number of rows
    PRIMARY KEY (table_name, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE load_now (
    -- Has a row while a load is under way, in the load's own transaction, hence for no one else. It keeps the triggers
    -- below still: a test for each row costs less than dropping and making the triggers again, which would have every
    -- other program read the schema anew. SQLite's triggers cannot see the load in any other way: they are called for
    -- each row, and know neither the connection's settings nor its temporary tables.
    loading INTEGER NOT NULL PRIMARY KEY -- 1
) STRICT;

-- Triggers for INSERT, UPDATE and DELETE; the upsert that finds a row as it is calls none.

CREATE TRIGGER forget_user_data_insert AFTER INSERT ON user_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'user_data'; END;
CREATE TRIGGER forget_user_data_update AFTER UPDATE ON user_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'user_data'; END;
CREATE TRIGGER forget_user_data_delete AFTER DELETE ON user_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'user_data'; END;

CREATE TRIGGER forget_channel_data_insert AFTER INSERT ON channel_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_data'; END;
CREATE TRIGGER forget_channel_data_update AFTER UPDATE ON channel_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_data'; END;
CREATE TRIGGER forget_channel_data_delete AFTER DELETE ON channel_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'channel_data'; END;

CREATE TRIGGER forget_message_data_insert AFTER INSERT ON message_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_data'; END;
CREATE TRIGGER forget_message_data_update AFTER UPDATE ON message_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_data'; END;
CREATE TRIGGER forget_message_data_delete AFTER DELETE ON message_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_data'; END;

CREATE TRIGGER forget_thread_data_insert AFTER INSERT ON thread_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'thread_data'; END;
CREATE TRIGGER forget_thread_data_update AFTER UPDATE ON thread_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'thread_data'; END;
CREATE TRIGGER forget_thread_data_delete AFTER DELETE ON thread_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'thread_data'; END;

CREATE TRIGGER forget_reaction_data_insert AFTER INSERT ON reaction_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'reaction_data'; END;
CREATE TRIGGER forget_reaction_data_update AFTER UPDATE ON reaction_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'reaction_data'; END;
CREATE TRIGGER forget_reaction_data_delete AFTER DELETE ON reaction_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'reaction_data'; END;

CREATE TRIGGER forget_file_data_insert AFTER INSERT ON file_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'file_data'; END;
CREATE TRIGGER forget_file_data_update AFTER UPDATE ON file_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'file_data'; END;
CREATE TRIGGER forget_file_data_delete AFTER DELETE ON file_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'file_data'; END;

CREATE TRIGGER forget_member_data_insert AFTER INSERT ON member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'member_data'; END;
CREATE TRIGGER forget_member_data_update AFTER UPDATE ON member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'member_data'; END;
CREATE TRIGGER forget_member_data_delete AFTER DELETE ON member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'member_data'; END;

CREATE TRIGGER forget_usergroup_data_insert AFTER INSERT ON usergroup_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_data'; END;
CREATE TRIGGER forget_usergroup_data_update AFTER UPDATE ON usergroup_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_data'; END;
CREATE TRIGGER forget_usergroup_data_delete AFTER DELETE ON usergroup_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_data'; END;

CREATE TRIGGER forget_usergroup_member_data_insert AFTER INSERT ON usergroup_member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_member_data'; END;
CREATE TRIGGER forget_usergroup_member_data_update AFTER UPDATE ON usergroup_member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_member_data'; END;
CREATE TRIGGER forget_usergroup_member_data_delete AFTER DELETE ON usergroup_member_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'usergroup_member_data'; END;

CREATE TRIGGER forget_message_revision_data_insert AFTER INSERT ON message_revision_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_revision_data'; END;
CREATE TRIGGER forget_message_revision_data_update AFTER UPDATE ON message_revision_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_revision_data'; END;
CREATE TRIGGER forget_message_revision_data_delete AFTER DELETE ON message_revision_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'message_revision_data'; END;

CREATE TRIGGER forget_batch_data_insert AFTER INSERT ON batch_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'batch_data'; END;
CREATE TRIGGER forget_batch_data_update AFTER UPDATE ON batch_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'batch_data'; END;
CREATE TRIGGER forget_batch_data_delete AFTER DELETE ON batch_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'batch_data'; END;

CREATE TRIGGER forget_window_data_insert AFTER INSERT ON window_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'window_data'; END;
CREATE TRIGGER forget_window_data_update AFTER UPDATE ON window_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'window_data'; END;
CREATE TRIGGER forget_window_data_delete AFTER DELETE ON window_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'window_data'; END;

CREATE TRIGGER forget_conversation_data_insert AFTER INSERT ON conversation_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'conversation_data'; END;
CREATE TRIGGER forget_conversation_data_update AFTER UPDATE ON conversation_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'conversation_data'; END;
CREATE TRIGGER forget_conversation_data_delete AFTER DELETE ON conversation_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'conversation_data'; END;

CREATE TRIGGER forget_tag_data_insert AFTER INSERT ON tag_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'tag_data'; END;
CREATE TRIGGER forget_tag_data_update AFTER UPDATE ON tag_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'tag_data'; END;
CREATE TRIGGER forget_tag_data_delete AFTER DELETE ON tag_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'tag_data'; END;

CREATE TRIGGER forget_useractive_data_insert AFTER INSERT ON useractive_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'useractive_data'; END;
CREATE TRIGGER forget_useractive_data_update AFTER UPDATE ON useractive_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'useractive_data'; END;
CREATE TRIGGER forget_useractive_data_delete AFTER DELETE ON useractive_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'useractive_data'; END;

CREATE TRIGGER forget_aggr_by_channel_insert AFTER INSERT ON aggr_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel'; END;
CREATE TRIGGER forget_aggr_by_channel_update AFTER UPDATE ON aggr_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel'; END;
CREATE TRIGGER forget_aggr_by_channel_delete AFTER DELETE ON aggr_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel'; END;

CREATE TRIGGER forget_aggr_by_channel_user_insert AFTER INSERT ON aggr_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel_user'; END;
CREATE TRIGGER forget_aggr_by_channel_user_update AFTER UPDATE ON aggr_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel_user'; END;
CREATE TRIGGER forget_aggr_by_channel_user_delete AFTER DELETE ON aggr_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_channel_user'; END;

CREATE TRIGGER forget_number_channel_user_insert AFTER INSERT ON number_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'number_channel_user'; END;
CREATE TRIGGER forget_number_channel_user_update AFTER UPDATE ON number_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'number_channel_user'; END;
CREATE TRIGGER forget_number_channel_user_delete AFTER DELETE ON number_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'number_channel_user'; END;

CREATE TRIGGER forget_max_by_channel_user_insert AFTER INSERT ON max_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'max_by_channel_user'; END;
CREATE TRIGGER forget_max_by_channel_user_update AFTER UPDATE ON max_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'max_by_channel_user'; END;
CREATE TRIGGER forget_max_by_channel_user_delete AFTER DELETE ON max_by_channel_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'max_by_channel_user'; END;

CREATE TRIGGER forget_aggr_by_thread_insert AFTER INSERT ON aggr_by_thread
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread'; END;
CREATE TRIGGER forget_aggr_by_thread_update AFTER UPDATE ON aggr_by_thread
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread'; END;
CREATE TRIGGER forget_aggr_by_thread_delete AFTER DELETE ON aggr_by_thread
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread'; END;

CREATE TRIGGER forget_aggr_by_thread_user_insert AFTER INSERT ON aggr_by_thread_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread_user'; END;
CREATE TRIGGER forget_aggr_by_thread_user_update AFTER UPDATE ON aggr_by_thread_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread_user'; END;
CREATE TRIGGER forget_aggr_by_thread_user_delete AFTER DELETE ON aggr_by_thread_user
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'aggr_by_thread_user'; END;

CREATE TRIGGER forget_cube_by_month_insert AFTER INSERT ON cube_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'cube_by_month'; END;
CREATE TRIGGER forget_cube_by_month_update AFTER UPDATE ON cube_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'cube_by_month'; END;
CREATE TRIGGER forget_cube_by_month_delete AFTER DELETE ON cube_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'cube_by_month'; END;

CREATE TRIGGER forget_response_data_insert AFTER INSERT ON response_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_data'; END;
CREATE TRIGGER forget_response_data_update AFTER UPDATE ON response_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_data'; END;
CREATE TRIGGER forget_response_data_delete AFTER DELETE ON response_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_data'; END;

CREATE TRIGGER forget_response_by_channel_insert AFTER INSERT ON response_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_by_channel'; END;
CREATE TRIGGER forget_response_by_channel_update AFTER UPDATE ON response_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_by_channel'; END;
CREATE TRIGGER forget_response_by_channel_delete AFTER DELETE ON response_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'response_by_channel'; END;

CREATE TRIGGER forget_activity_by_day_insert AFTER INSERT ON activity_by_day
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_day'; END;
CREATE TRIGGER forget_activity_by_day_update AFTER UPDATE ON activity_by_day
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_day'; END;
CREATE TRIGGER forget_activity_by_day_delete AFTER DELETE ON activity_by_day
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_day'; END;

CREATE TRIGGER forget_activity_by_hour_insert AFTER INSERT ON activity_by_hour
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_hour'; END;
CREATE TRIGGER forget_activity_by_hour_update AFTER UPDATE ON activity_by_hour
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_hour'; END;
CREATE TRIGGER forget_activity_by_hour_delete AFTER DELETE ON activity_by_hour
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'activity_by_hour'; END;

CREATE TRIGGER forget_retention_by_cohort_insert AFTER INSERT ON retention_by_cohort
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'retention_by_cohort'; END;
CREATE TRIGGER forget_retention_by_cohort_update AFTER UPDATE ON retention_by_cohort
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'retention_by_cohort'; END;
CREATE TRIGGER forget_retention_by_cohort_delete AFTER DELETE ON retention_by_cohort
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'retention_by_cohort'; END;

CREATE TRIGGER forget_health_by_channel_insert AFTER INSERT ON health_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'health_by_channel'; END;
CREATE TRIGGER forget_health_by_channel_update AFTER UPDATE ON health_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'health_by_channel'; END;
CREATE TRIGGER forget_health_by_channel_delete AFTER DELETE ON health_by_channel
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'health_by_channel'; END;

CREATE TRIGGER forget_emoji_data_insert AFTER INSERT ON emoji_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'emoji_data'; END;
CREATE TRIGGER forget_emoji_data_update AFTER UPDATE ON emoji_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'emoji_data'; END;
CREATE TRIGGER forget_emoji_data_delete AFTER DELETE ON emoji_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'emoji_data'; END;

CREATE TRIGGER forget_node_data_insert AFTER INSERT ON node_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_data'; END;
CREATE TRIGGER forget_node_data_update AFTER UPDATE ON node_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_data'; END;
CREATE TRIGGER forget_node_data_delete AFTER DELETE ON node_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_data'; END;

CREATE TRIGGER forget_edge_data_insert AFTER INSERT ON edge_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_data'; END;
CREATE TRIGGER forget_edge_data_update AFTER UPDATE ON edge_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_data'; END;
CREATE TRIGGER forget_edge_data_delete AFTER DELETE ON edge_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_data'; END;

CREATE TRIGGER forget_node_measures_insert AFTER INSERT ON node_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_measures'; END;
CREATE TRIGGER forget_node_measures_update AFTER UPDATE ON node_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_measures'; END;
CREATE TRIGGER forget_node_measures_delete AFTER DELETE ON node_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'node_measures'; END;

CREATE TRIGGER forget_network_data_insert AFTER INSERT ON network_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'network_data'; END;
CREATE TRIGGER forget_network_data_update AFTER UPDATE ON network_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'network_data'; END;
CREATE TRIGGER forget_network_data_delete AFTER DELETE ON network_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'network_data'; END;

CREATE TRIGGER forget_graph_measures_insert AFTER INSERT ON graph_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures'; END;
CREATE TRIGGER forget_graph_measures_update AFTER UPDATE ON graph_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures'; END;
CREATE TRIGGER forget_graph_measures_delete AFTER DELETE ON graph_measures
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures'; END;

CREATE TRIGGER forget_graph_measures_by_month_insert AFTER INSERT ON graph_measures_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures_by_month'; END;
CREATE TRIGGER forget_graph_measures_by_month_update AFTER UPDATE ON graph_measures_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures_by_month'; END;
CREATE TRIGGER forget_graph_measures_by_month_delete AFTER DELETE ON graph_measures_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'graph_measures_by_month'; END;

CREATE TRIGGER forget_community_data_insert AFTER INSERT ON community_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_data'; END;
CREATE TRIGGER forget_community_data_update AFTER UPDATE ON community_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_data'; END;
CREATE TRIGGER forget_community_data_delete AFTER DELETE ON community_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_data'; END;

CREATE TRIGGER forget_community_by_month_insert AFTER INSERT ON community_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_by_month'; END;
CREATE TRIGGER forget_community_by_month_update AFTER UPDATE ON community_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_by_month'; END;
CREATE TRIGGER forget_community_by_month_delete AFTER DELETE ON community_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'community_by_month'; END;

CREATE TRIGGER forget_newcomer_data_insert AFTER INSERT ON newcomer_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'newcomer_data'; END;
CREATE TRIGGER forget_newcomer_data_update AFTER UPDATE ON newcomer_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'newcomer_data'; END;
CREATE TRIGGER forget_newcomer_data_delete AFTER DELETE ON newcomer_data
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'newcomer_data'; END;

CREATE TRIGGER forget_edge_by_month_insert AFTER INSERT ON edge_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_by_month'; END;
CREATE TRIGGER forget_edge_by_month_update AFTER UPDATE ON edge_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_by_month'; END;
CREATE TRIGGER forget_edge_by_month_delete AFTER DELETE ON edge_by_month
WHEN NOT EXISTS (SELECT 1 FROM load_now)
BEGIN DELETE FROM load_block WHERE table_name = 'edge_by_month'; END;
