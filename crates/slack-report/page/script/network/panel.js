// The panel beside the drawing: who the person is that is pointed at or chosen, in numbers.

const STRONGEST_TIES = 6;

/** `choose(i or null)` is called by its buttons. `show(i, isChosen)` fills it, with a hint where `i` is null. */
function networkPanel(model, choose) {
  const node = element('aside', { class: 'network-panel', 'aria-label': 'Person', dataset: { testid: 'network-panel' } });
  // Only a choice is told aloud; whatever the pointer passes over is not.
  const told = element('p', { class: 'hidden', 'aria-live': 'polite' });
  const place = element('div', {});
  node.append(told, place);
  show(null, false);
  return { node, show };

  function show(i, isChosen) {
    place.replaceChildren(...(i === null ? [hint()] : [person(i, isChosen)]));
    if (i === null) delete node.dataset.person;
    else node.dataset.person = model.names[i];
    told.textContent = isChosen ? `${model.names[i]}: ${count(model.ties(i).length, 'neighbour')}` : '';
  }

  function hint() {
    return element('p', { class: 'hint' }, 'Point at a circle to read who it is, choose one to see their ties, or find a person by name.');
  }

  function person(i, isChosen) {
    const { network } = model;
    const rank = key => `${number(model.ranks[key][i])} of ${number(model.count)}`;
    const lines = [
      ['Community', communityTag(model, i), 'community'],
      ['Ties in, out', `${number(network.in_degree[i])}, ${number(network.out_degree[i])}`, 'degree'],
      ['Strength in, out', `${number(network.in_strength[i], 2)}, ${number(network.out_strength[i], 2)}`, 'strength'],
      ['PageRank rank', rank('pagerank'), 'pagerank'],
      ['Betweenness rank', rank('betweenness'), 'betweenness'],
      ['Core', number(network.core[i]), 'core'],
      ['Posts', number(model.values.posts[i]), 'posts'],
    ];
    return element('div', {},
      element('h4', {}, name(model.names[i])),
      element('dl', {}, lines.map(([title, value, key]) => [element('dt', {}, title), element('dd', { dataset: { key } }, value)])),
      model.ties(i).length ? [element('h5', {}, 'Strongest ties'), strongestTies(i)] : null,
      isChosen ? element('button', { type: 'button', class: 'tool', on: { click: () => choose(null) } }, 'Show everybody') : null);
  }

  function strongestTies(i) {
    return element('ol', { class: 'network-ties' }, model.ties(i).slice(0, STRONGEST_TIES).map(tie => element('li', {},
      element('button', { type: 'button', class: 'link', on: { click: () => choose(tie.other) } }, name(model.names[tie.other])),
      element('span', { title: 'given, received' }, ` ${number(tie.out, 2)} given, ${number(tie.in, 2)} received`))));
  }
}

/** The community of a person, as a swatch and in words. */
function communityTag(model, i) {
  return element('span', { class: 'network-tag' }, swatch(model.communityOf(i)), ` ${number(model.network.community[i])}`);
}

/** A patch of a community's colour, in the colours of now. */
function swatch(place) {
  const node = element('i', { class: 'network-swatch', 'aria-hidden': 'true' });
  const paint = () => node.style.setProperty('background', communityColour(place));
  paint();
  // A swatch that has left the page must not be kept by the theme; one that is not yet in it must.
  const stop = onTheme(() => (node.isConnected ? paint() : stop()));
  return node;
}
