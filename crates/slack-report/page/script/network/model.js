// The network as the page works with it: from the report's columns to people with ranks, sizes, ties.

const NODE_SIZES = [['strength', 'Strength'], ['pagerank', 'PageRank'], ['betweenness', 'Betweenness'], ['posts', 'Posts']];

/** Everything that is looked up while drawing; people are named by their place in the network. */
function networkModel(network) {
  const names = network.people.map(person => report.people.names[person]);
  const strength = network.in_strength.map((weight, i) => weight + network.out_strength[i]);
  const values = {
    strength,
    pagerank: network.pagerank,
    betweenness: network.betweenness,
    posts: network.people.map(person => report.people.posts[person]),
  };
  const places = new Map(network.communities.map(({ community }, place) => [community, place]));
  const { source, target, weight } = network.edges;
  let ties = null;
  return {
    network,
    count: names.length,
    names,
    values,
    edges: { source, target, weight, count: source.length },
    strongest: [...names.keys()].sort((a, b) => strength[b] - strength[a]),
    ranks: { pagerank: ranks(network.pagerank), betweenness: ranks(network.betweenness) },
    /** The place of a person's community among all, the largest first. */
    communityOf: i => places.get(network.community[i]) ?? Infinity,
    /** The ties of a person; made at the first use, which comes after the drawing. */
    ties: i => (ties ??= tiesByPerson(names.length, network.edges))[i],
  };
}

/** 1 for the largest; equal values share a rank. */
function ranks(values) {
  const sortedValues = [...values].sort((a, b) => b - a);
  const first = new Map();
  sortedValues.forEach((value, i) => { if (!first.has(value)) first.set(value, i + 1); });
  return values.map(value => first.get(value));
}

/** For each person the ties in both directions, joined by the other person: [{other, out, in}], the strongest first. */
function tiesByPerson(count, { source, target, weight }) {
  const ties = Array.from({ length: count }, () => new Map());
  const add = (person, other, direction, w) => {
    const tie = ties[person].get(other) ?? { other, out: 0, in: 0 };
    tie[direction] += w;
    ties[person].set(other, tie);
  };
  for (let e = 0; e < source.length; e++) {
    add(source[e], target[e], 'out', weight[e]);
    add(target[e], source[e], 'in', weight[e]);
  }
  return ties.map(map => [...map.values()].sort((a, b) => b.out + b.in - a.out - a.in));
}

/** Radii in pixels: the area grows with the value; smaller circles where there are more people. */
function nodeRadii(model, key) {
  const values = model.values[key];
  const top = values.reduce((most, value) => Math.max(most, value), 0) || 1;
  const [least, most] = model.count > 1500 ? [1.6, 10] : model.count > 300 ? [2, 12] : [3, 15];
  return values.map(value => least + (most - least) * Math.sqrt(value / top));
}

/** Edges that are drawn at first: enough to show who belongs together, too few to be a grey disc. */
function firstEdges(model, most) {
  return Math.min(model.edges.count, most, Math.max(200, 4 * model.count));
}

/** A name short enough to stand beside a circle, without cutting a character in two. */
function shortName(text, most = 28) {
  if (text.length < most) return text;
  const visible = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.slice(0, 400))];
  return visible.length > most ? `${visible.slice(0, most - 1).map(s => s.segment).join('')}…` : text;
}
