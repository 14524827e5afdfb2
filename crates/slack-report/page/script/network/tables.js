// The network in words and numbers: its measures, the most central people, its communities.

// Each with its definition, as in `crates/slack-graph`.
const NETWORK_MEASURES = [
  ['nodes', 'People', 'number', 'People with a tie to another person; bots are left out.'],
  ['edges', 'Ties', 'number', 'Ordered pairs of people of whom the first replied to, reacted to, or mentioned the second.'],
  ['density', 'Density', 'share', 'Ties over all that there could be, n (n − 1).'],
  ['reciprocity', 'Reciprocity', 'share', 'Share of ties whose reverse exists too.'],
  ['transitivity', 'Transitivity', 'share', '3 × triangles over connected triples, directions left out: how often two who know a third know each other.'],
  ['modularity', 'Modularity', 'share', 'Newman\u2019s modularity of the communities, by weight, directions left out: 0 where ties keep to communities no more than by chance, towards 1 where they keep to them.'],
  ['communities', 'Communities', 'number', 'Groups that are tied more closely among themselves than by chance, found by Leiden at resolution 1.'],
  ['components', 'Components', 'number', 'Parts of the network without any tie between them.'],
  ['largest_component', 'People in the largest component', 'number', 'People who are linked to each other by some chain of ties.'],
];

function measuresTable({ measures }) {
  const rows = NETWORK_MEASURES.filter(([key]) => defined(measures[key])).map(([key, title, kind, meaning]) =>
    ({ key, title, value: measures[key], text: kind === 'share' ? number(measures[key], 4) : number(measures[key]), meaning }));
  return table({
    id: 'network-measures',
    caption: 'The network as a whole',
    columns: [
      { key: 'title', title: 'Measure', kind: 'text' },
      { key: 'value', title: 'Value', kind: 'number', cell: row => row.text },
      { key: 'meaning', title: 'Definition', kind: 'text', cell: row => element('div', { class: 'network-meaning' }, row.meaning) },
    ],
    rows,
    csv: {
      file: 'graph_measures.csv', columns: ['key', 'value'],
      rows: () => Object.entries(measures),
    },
  });
}

const NODE_COLUMNS = ['name', 'in_degree', 'out_degree', 'in_strength', 'out_strength', 'pagerank', 'betweenness', 'core', 'community', 'x', 'y'];

/** The accessible equivalent of the drawing: everybody, the most central by PageRank first. */
function centralTable(model) {
  const { network } = model;
  const rows = [...model.names.keys()].sort((a, b) => network.pagerank[b] - network.pagerank[a]).map(i => ({
    i,
    name: model.names[i],
    rank: model.ranks.pagerank[i],
    ...Object.fromEntries(NODE_COLUMNS.slice(1).map(key => [key, network[key][i]])),
  }));
  const column = (key, title, definition, digits = 0) =>
    ({ key, title, kind: 'number', definition, cell: row => number(row[key], digits) });
  return table({
    id: 'network-people',
    caption: 'The most central people',
    filter: true,
    columns: [
      { key: 'name', title: 'Person', kind: 'name' },
      { key: 'community', title: 'Community', kind: 'number', definition: 'Found by Leiden; numbered from 0 by size, the largest first.', cell: row => communityTag(model, row.i) },
      column('pagerank', 'PageRank', 'Weighted, damping 0.85; adds up to 1 over all people: how much the attention of those who get attention goes to this person.', 4),
      column('rank', 'Rank', 'Place by PageRank; equal values share a place.'),
      column('betweenness', 'Betweenness', 'Shortest directed paths between two others that lead through this person, each tie of length 1, not normalised.', 1),
      column('in_degree', 'Ties in', 'People who replied to, reacted to, or mentioned this person.'),
      column('out_degree', 'Ties out', 'People to whom this person replied, reacted, or whom they mentioned.'),
      column('in_strength', 'Strength in', 'Replies, reactions and mentions received.', 2),
      column('out_strength', 'Strength out', 'Replies, reactions and mentions given.', 2),
      column('core', 'Core', 'The largest k for which the person is in a group where everybody has ties with at least k of the group, directions left out.'),
    ],
    rows,
    csv: { file: 'node_measures.csv', columns: NODE_COLUMNS, rows: () => rows.map(row => NODE_COLUMNS.map(key => row[key])) },
  });
}

function communitiesTable(model) {
  const { communities } = model.network;
  const list = (names, sign = '') => names.flatMap((text, at) => [at ? ', ' : '', name(sign + text)]);
  return table({
    id: 'network-communities',
    caption: 'Communities',
    columns: [
      { key: 'community', title: 'Community', kind: 'number', cell: row => element('span', { class: 'network-tag' }, swatch(row.place), ` ${number(row.community)}`) },
      { key: 'size', title: 'People', kind: 'number' },
      { key: 'people', title: 'Around', kind: 'text', value: row => row.people.join(', '), cell: row => (row.people.length ? list(row.people) : MISSING) },
      { key: 'channels', title: 'Mostly in', kind: 'text', value: row => row.channels.join(', '), cell: row => (row.channels.length ? list(row.channels, '#') : MISSING) },
    ],
    rows: communities.map((community, place) => ({ ...community, place })),
    csv: {
      file: 'community_data.csv', columns: ['community', 'size', 'top_people_labels', 'top_channels_labels'],
      rows: () => communities.map(c => [c.community, c.size, c.people.join('; '), c.channels.join('; ')]),
    },
  });
}
