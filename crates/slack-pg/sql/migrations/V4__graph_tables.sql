-- The tables of the graph stage, which measures the network of people. Like the metric tables, they have no foreign
-- keys: each load replaces them.

CREATE TABLE node_measures (
    id text COLLATE "C" NOT NULL,
    in_degree bigint,
    out_degree bigint,
    in_strength double precision,
    out_strength double precision,
    pagerank double precision,
    hub double precision,
    authority double precision,
    betweenness double precision,
    closeness double precision,
    core bigint,
    clustering double precision,
    community bigint,
    weighted_betweenness double precision,
    weighted_closeness double precision,
    eigenvector double precision,
    participation double precision,
    within_community_z double precision,
    bridged_communities bigint,
    x double precision,
    y double precision,
    PRIMARY KEY (id)
);
COMMENT ON TABLE node_measures IS 'What is measured of each person in the network of people; measures of the undirected network join both directions';
COMMENT ON COLUMN node_measures.id IS 'The user''s id';
COMMENT ON COLUMN node_measures.in_degree IS 'Number of people who act on this one';
COMMENT ON COLUMN node_measures.out_degree IS 'Number of people on whom this one acts';
COMMENT ON COLUMN node_measures.in_strength IS 'Sum of the weights of the edges from others';
COMMENT ON COLUMN node_measures.out_strength IS 'Sum of the weights of the edges to others';
COMMENT ON COLUMN node_measures.pagerank IS 'PageRank, weighted; all sum to 1';
COMMENT ON COLUMN node_measures.hub IS 'Hub score, weighted; the largest is 1';
COMMENT ON COLUMN node_measures.authority IS 'Authority score, weighted; the largest is 1';
COMMENT ON COLUMN node_measures.betweenness IS 'Number of shortest paths through the person, of edges of length 1';
COMMENT ON COLUMN node_measures.closeness IS 'Closeness by the distances from others, of edges of length 1';
COMMENT ON COLUMN node_measures.core IS 'Core number, undirected';
COMMENT ON COLUMN node_measures.clustering IS 'Local clustering coefficient, undirected';
COMMENT ON COLUMN node_measures.community IS 'The community, numbered from 0 by size, the largest first';
COMMENT ON COLUMN node_measures.weighted_betweenness IS 'Number of shortest paths through the person, of edges of length 1 / weight';
COMMENT ON COLUMN node_measures.weighted_closeness IS 'Closeness by the distances from others, of edges of length 1 / weight';
COMMENT ON COLUMN node_measures.eigenvector IS 'Eigenvector centrality, undirected, weighted; the largest is 1';
COMMENT ON COLUMN node_measures.participation IS 'How evenly the ties go to all communities: 0 to one only, towards 1 to many alike';
COMMENT ON COLUMN node_measures.within_community_z IS 'How strongly the person is tied to the own community, in standard deviations from its mean';
COMMENT ON COLUMN node_measures.bridged_communities IS 'Number of other communities that the person is tied to';
COMMENT ON COLUMN node_measures.x IS 'Where the person is drawn, from left to right';
COMMENT ON COLUMN node_measures.y IS 'Where the person is drawn, from bottom to top';

CREATE TABLE network_data (
    "Source" text COLLATE "C" NOT NULL,
    "Target" text COLLATE "C" NOT NULL,
    "Weight" double precision,
    PRIMARY KEY ("Source", "Target")
);
COMMENT ON TABLE network_data IS 'Edges of the network that was measured, all relations and channels together';
COMMENT ON COLUMN network_data."Source" IS 'Who acts';
COMMENT ON COLUMN network_data."Target" IS 'On whom';
COMMENT ON COLUMN network_data."Weight" IS 'The weight of all relations and channels together';

CREATE TABLE graph_measures (
    key text COLLATE "C" NOT NULL,
    value double precision,
    PRIMARY KEY (key)
);
COMMENT ON TABLE graph_measures IS 'What is measured of the network of people as a whole';
COMMENT ON COLUMN graph_measures.key IS 'The measure';
COMMENT ON COLUMN graph_measures.value IS 'Its value';

CREATE TABLE graph_measures_by_month (
    month text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value double precision,
    PRIMARY KEY (month, key)
);
COMMENT ON TABLE graph_measures_by_month IS 'What is measured of the network of people of each month';
COMMENT ON COLUMN graph_measures_by_month.month IS 'The month as YYYY-MM';
COMMENT ON COLUMN graph_measures_by_month.key IS 'The measure';
COMMENT ON COLUMN graph_measures_by_month.value IS 'Its value';

CREATE TABLE community_data (
    community bigint NOT NULL,
    size bigint,
    internal_weight double precision,
    external_weight double precision,
    top_people text NOT NULL DEFAULT '',
    top_people_labels text NOT NULL DEFAULT '',
    top_channels text NOT NULL DEFAULT '',
    top_channels_labels text NOT NULL DEFAULT '',
    PRIMARY KEY (community)
);
COMMENT ON TABLE community_data IS 'Communities: people who are tied to one another more than to others';
COMMENT ON COLUMN community_data.community IS 'The number, from 0 by size';
COMMENT ON COLUMN community_data.size IS 'Number of people';
COMMENT ON COLUMN community_data.internal_weight IS 'Weight of the edges inside, both directions';
COMMENT ON COLUMN community_data.external_weight IS 'Weight of the edges to and from others';
COMMENT ON COLUMN community_data.top_people IS 'The ids of those with the most weight inside, the first ones first, with a semicolon between them';
COMMENT ON COLUMN community_data.top_people_labels IS 'Their labels';
COMMENT ON COLUMN community_data.top_channels IS 'The ids of the channels in which most of the weight inside came about, the first ones first';
COMMENT ON COLUMN community_data.top_channels_labels IS 'Their labels';

CREATE TABLE community_by_month (
    month text COLLATE "C" NOT NULL,
    community bigint NOT NULL,
    size bigint,
    continues bigint,
    stayed bigint,
    jaccard double precision,
    PRIMARY KEY (month, community)
);
COMMENT ON TABLE community_by_month IS 'Communities of each month, and which one of the month before goes on in each';
COMMENT ON COLUMN community_by_month.month IS 'The month as YYYY-MM';
COMMENT ON COLUMN community_by_month.community IS 'The number, from 0 by size in this month';
COMMENT ON COLUMN community_by_month.size IS 'Number of people';
COMMENT ON COLUMN community_by_month.continues IS 'The community of the month before that it is most like; none where it is new';
COMMENT ON COLUMN community_by_month.stayed IS 'Number of people who were in that one';
COMMENT ON COLUMN community_by_month.jaccard IS 'How alike both are: people in both by people in either';

CREATE TABLE newcomer_data (
    id text COLLATE "C" NOT NULL,
    first_time timestamptz,
    first_tie_time timestamptz,
    first_tie_s double precision,
    ties_30_days bigint,
    PRIMARY KEY (id)
);
COMMENT ON TABLE newcomer_data IS 'How each person found into the network: from the first sign of life to the first tie';
COMMENT ON COLUMN newcomer_data.id IS 'The user''s id';
COMMENT ON COLUMN newcomer_data.first_time IS 'The first time that the person acted on somebody or something, or somebody on the person';
COMMENT ON COLUMN newcomer_data.first_tie_time IS 'The first edge with another person, in either direction';
COMMENT ON COLUMN newcomer_data.first_tie_s IS 'Seconds from the one to the other; none where there is no tie';
COMMENT ON COLUMN newcomer_data.ties_30_days IS 'Number of people tied to within 30 days of the first time';

CREATE TABLE edge_by_month (
    "Source" text COLLATE "C" NOT NULL,
    "Target" text COLLATE "C" NOT NULL,
    relate text COLLATE "C" NOT NULL,
    month text COLLATE "C" NOT NULL,
    "Weight" bigint,
    PRIMARY KEY ("Source", "Target", relate, month)
);
COMMENT ON TABLE edge_by_month IS 'How often one acted on another in a month, in all channels';
COMMENT ON COLUMN edge_by_month."Source" IS 'Who acts';
COMMENT ON COLUMN edge_by_month."Target" IS 'On whom or what';
COMMENT ON COLUMN edge_by_month.relate IS 'interacts, reacts or refers';
COMMENT ON COLUMN edge_by_month.month IS 'The month as YYYY-MM';
COMMENT ON COLUMN edge_by_month."Weight" IS 'How often';

-- Whoever walks a channel writes the channel's row too.
ALTER TABLE window_data ADD FOREIGN KEY (channel) REFERENCES channel_data;
