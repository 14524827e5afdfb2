// The legend: a button for each of the largest communities, which shows that one alone.

const LEGEND = 10;

/** `choose(place or null)`: the place of the community among all. */
function networkLegend(model, choose) {
  let chosen = null;
  const { communities } = model.network;
  const buttons = communities.slice(0, LEGEND).map((community, place) => element('button', {
    type: 'button', 'aria-pressed': 'false', dataset: { testid: 'network-community' }, on: { click: () => press(place) },
  }, swatch(place), element('b', {}, number(community.community)), hidden(' community of '),
  element('span', { class: 'size' }, count(community.size, 'person', 'people')), communityNames(community)));
  const left = communities.slice(LEGEND);
  return element('div', { class: 'network-legend', role: 'group', 'aria-label': 'Communities: choose one to see it alone' },
    buttons,
    left.length ? element('p', {}, swatch(Infinity),
      ` ${count(left.length, 'smaller community', 'smaller communities')}, ${count(sum(left.map(c => c.size)), 'person', 'people')}`) : null);

  function press(place) {
    chosen = chosen === place ? null : place;
    buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === chosen)));
    choose(chosen);
  }
}

/** Whom and which channels a community gathers around. */
function communityNames({ people, channels }) {
  const listed = names => names.slice(0, 2).flatMap((text, at) => [at ? ', ' : '', name(text)]);
  return element('span', { class: 'around' }, people.length ? listed(people) : null, people.length && channels.length ? ' · ' : null,
    channels.length ? listed(channels.map(channel => `#${channel}`)) : null);
}
