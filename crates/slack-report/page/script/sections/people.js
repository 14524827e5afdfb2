// People: who writes most, who answers whom, who gives and gets reactions.

section({
  id: 'people',
  title: 'People',
  intro: 'Only what people wrote and reacted to is known: Slack does not tell who read what.',
  render(container) {
    const people = report.people.names.map((_, i) => Object.fromEntries(Object.entries(report.people).map(([key, list]) => [key, list[i]])));
    if (!people.length) {
      container.append(element('p', { class: 'empty' }, 'Nobody has posted or reacted yet.'));
      return;
    }
    container.append(topPosters(people), helpers(people), whoAnswersWhom(), reactionsFigure(people));
  },
});

function topPosters(people) {
  const located = people.some(p => p.countries);
  const dated = people.some(p => p.first);
  const columns = [
    { key: 'names', title: 'Name', kind: 'name' },
    { key: 'posts', title: 'Posts', kind: 'number' },
    { key: 'replies', title: 'Replies', kind: 'number' },
    { key: 'channels', title: 'Channels', kind: 'number', definition: 'Channels in which the person posted.' },
    { key: 'active_days', title: 'Active days', kind: 'number', definition: 'Days on which the person posted or reacted.' },
    { key: 'reactions_given', title: 'Reactions given', kind: 'number' },
    { key: 'reactions_received', title: 'Reactions received', kind: 'number', definition: 'Reactions to messages of the person.' },
    { key: 'mentions_received', title: 'Mentions', kind: 'number', definition: 'How often others named the person.' },
    located ? { key: 'countries', title: 'Country', kind: 'text', value: p => country(p.countries) } : null,
    dated ? { key: 'first', title: 'First post', kind: 'day' } : null,
    dated ? { key: 'last', title: 'Last post', kind: 'day' } : null,
  ].filter(Boolean);
  return figure({
    id: 'people',
    title: count(people.length, 'person', 'people'),
    definition: 'Everybody who posted, reacted, or was reacted to; most posts first. Active days: days on which the person posted or reacted. A reaction counts on the day of its message.',
    period: `${span(report.from, report.to)}.`,
    csv: {
      file: 'useractive_data.csv',
      columns: ['name', 'iso', 'message_count', 'reply_count', 'channel_count', 'active_days', 'reaction_count', 'reactions_received', 'mentions_received', 'first_message_date', 'last_message_date'],
      rows: () => people.map(p => [p.names, p.countries, p.posts, p.replies, p.channels, p.active_days, p.reactions_given, p.reactions_received, p.mentions_received, p.first, p.last]),
    },
    asTable: false,
    draw: area => area.append(table({ id: 'people', caption: 'People', captionHidden: true, columns, rows: people, filter: people.length > 1 })),
  });
}

/** People by reactions given and received. Those at the same place are one point. */
function reactionsFigure(people) {
  const places = new Map();
  for (const p of people) {
    if (!p.reactions_given && !p.reactions_received) continue;
    const key = `${p.reactions_given} ${p.reactions_received}`;
    if (!places.has(key)) places.set(key, { given: p.reactions_given, received: p.reactions_received, names: [] });
    places.get(key).names.push(p.names);
  }
  const list = [...places.values()];
  return figure({
    id: 'reactions',
    title: 'Reactions given and received',
    definition: 'Each point is a person, or several with the same numbers (a larger point). Both axes are logarithmic, with a place for zero. Above the diagonal: who receives more than they give.',
    period: `${span(report.from, report.to)}.`,
    csv: { file: 'reactions_of_people.csv', columns: ['name', 'reaction_count', 'reactions_received'], rows: () => people.map(p => [p.names, p.reactions_given, p.reactions_received]) },
    summary: `${number(people.filter(p => p.reactions_given).length)} people gave reactions, ${number(people.filter(p => p.reactions_received).length)} received some.`,
    empty: list.length ? null : 'There are no reactions yet.',
    draw: area => chart(area, c => reactionsOptions(c, list), { height: 420 }),
  });
}

function reactionsOptions(c, list) {
  const place = v => Math.log10(1 + v); // Room for zero on a logarithmic axis.
  const top = Math.max(1, ...list.flatMap(p => [p.given, p.received]));
  const ticks = [0, 1, 10, 100, 1000, 10000, 100000, 1000000].filter(v => v <= top);
  const end = place(top) * 1.04;
  const axis = (title, gap) => ({
    type: 'value', min: 0, max: end, name: title, nameLocation: 'middle', nameGap: gap,
    axisTick: { customValues: ticks.map(place) }, splitLine: { show: false },
    axisLabel: { customValues: ticks.map(place), formatter: v => compact(Math.round(10 ** v - 1)) },
  });
  return {
    tooltip: { trigger: 'item', formatter: ({ data }) => pointTip(data?.point) },
    grid: { left: 56, right: 24, top: 16, bottom: 48, outerBoundsMode: 'none' },
    xAxis: axis('Reactions given', 28),
    yAxis: axis('Reactions received', 40),
    series: [
      { type: 'line', data: [[0, 0], [end, end]], showSymbol: false, silent: true, lineStyle: { color: c.line, type: 'dashed', width: 1 }, tooltip: { show: false } },
      {
        type: 'scatter', color: c.series[0], itemStyle: { opacity: 0.65 },
        data: list.map(p => ({ value: [place(p.given), place(p.received)], point: p, symbolSize: Math.min(6 + 2 * Math.log2(p.names.length), 22) })),
      },
    ],
  };
}

function pointTip(point) {
  if (!point) return '';
  const { names, given, received } = point;
  return element('div', { class: 'tip' },
    names.slice(0, 5).map(n => element('div', {}, element('strong', {}, name(n)))),
    names.length > 5 ? element('div', {}, `and ${number(names.length - 5)} more`) : null,
    element('div', {}, `${number(given)} given, ${number(received)} received`));
}
