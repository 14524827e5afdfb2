-- The tables of the graph stage, which measures the network of people. Like the metric tables, they have no foreign
-- keys: each load replaces them.

CREATE TABLE node_measures (
    -- What is measured of each person in the network of people; measures of the undirected network join both
    -- directions
    id TEXT NOT NULL, -- The user's id
    in_degree INTEGER, -- Number of people who act on this one
    out_degree INTEGER, -- Number of people on whom this one acts
    in_strength REAL, -- Sum of the weights of the edges from others
    out_strength REAL, -- Sum of the weights of the edges to others
    pagerank REAL, -- PageRank, weighted; all sum to 1
    hub REAL, -- Hub score, weighted; the largest is 1
    authority REAL, -- Authority score, weighted; the largest is 1
    betweenness REAL, -- Number of shortest paths through the person, of edges of length 1
    closeness REAL, -- Closeness by the distances from others, of edges of length 1
    core INTEGER, -- Core number, undirected
    clustering REAL, -- Local clustering coefficient, undirected
    community INTEGER, -- The community, numbered from 0 by size, the largest first
    weighted_betweenness REAL, -- Number of shortest paths through the person, of edges of length 1 / weight
    weighted_closeness REAL, -- Closeness by the distances from others, of edges of length 1 / weight
    eigenvector REAL, -- Eigenvector centrality, undirected, weighted; the largest is 1
    participation REAL, -- How evenly the ties go to all communities: 0 to one only, towards 1 to many alike
    -- How strongly the person is tied to the own community, in standard deviations from its mean
    within_community_z REAL,
    bridged_communities INTEGER, -- Number of other communities that the person is tied to
    x REAL, -- Where the person is drawn, from left to right
    y REAL, -- Where the person is drawn, from bottom to top
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE network_data (
    -- Edges of the network that was measured, all relations and channels together
    "Source" TEXT NOT NULL, -- Who acts
    "Target" TEXT NOT NULL, -- On whom
    "Weight" REAL, -- The weight of all relations and channels together
    PRIMARY KEY ("Source", "Target")
) STRICT, WITHOUT ROWID;

CREATE TABLE graph_measures (
    -- What is measured of the network of people as a whole
    key TEXT NOT NULL, -- The measure
    value REAL, -- Its value
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;

CREATE TABLE graph_measures_by_month (
    -- What is measured of the network of people of each month
    month TEXT NOT NULL, -- The month as YYYY-MM
    key TEXT NOT NULL, -- The measure
    value REAL, -- Its value
    PRIMARY KEY (month, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE community_data (
    -- Communities: people who are tied to one another more than to others
    community INTEGER NOT NULL, -- The number, from 0 by size
    size INTEGER, -- Number of people
    internal_weight REAL, -- Weight of the edges inside, both directions
    external_weight REAL, -- Weight of the edges to and from others
    -- The ids of those with the most weight inside, the first ones first, with a semicolon between them
    top_people TEXT NOT NULL DEFAULT '',
    top_people_labels TEXT NOT NULL DEFAULT '', -- Their labels
    -- The ids of the channels in which most of the weight inside came about, the first ones first
    top_channels TEXT NOT NULL DEFAULT '',
    top_channels_labels TEXT NOT NULL DEFAULT '', -- Their labels
    PRIMARY KEY (community)
) STRICT, WITHOUT ROWID;

CREATE TABLE community_by_month (
    -- Communities of each month, and which one of the month before goes on in each
    month TEXT NOT NULL, -- The month as YYYY-MM
    community INTEGER NOT NULL, -- The number, from 0 by size in this month
    size INTEGER, -- Number of people
    continues INTEGER, -- The community of the month before that it is most like; none where it is new
    stayed INTEGER, -- Number of people who were in that one
    jaccard REAL, -- How alike both are: people in both by people in either
    PRIMARY KEY (month, community)
) STRICT, WITHOUT ROWID;

CREATE TABLE newcomer_data (
    -- How each person found into the network: from the first sign of life to the first tie
    id TEXT NOT NULL, -- The user's id
    first_time TEXT, -- The first time that the person acted on somebody or something, or somebody on the person
    first_tie_time TEXT, -- The first edge with another person, in either direction
    first_tie_s REAL, -- Seconds from the one to the other; none where there is no tie
    ties_30_days INTEGER, -- Number of people tied to within 30 days of the first time
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE edge_by_month (
    -- How often one acted on another in a month, in all channels
    "Source" TEXT NOT NULL, -- Who acts
    "Target" TEXT NOT NULL, -- On whom or what
    relate TEXT NOT NULL, -- interacts, reacts or refers
    month TEXT NOT NULL, -- The month as YYYY-MM
    "Weight" INTEGER, -- How often
    PRIMARY KEY ("Source", "Target", relate, month)
) STRICT, WITHOUT ROWID;
