// How the network changed: its size and how dense it is, over the months.

const MONTH_MEASURES = [
  ['nodes', 'People', 'number'],
  ['edges', 'Ties', 'number'],
  ['density', 'Density', 'percent'],
  ['reciprocity', 'Reciprocity', 'percent'],
];

function networkMonths({ months }) {
  const keys = MONTH_MEASURES.map(([key]) => key);
  const last = months.months.length - 1;
  const known = keys.filter(key => months[key].some(defined));
  return figure({
    id: 'network-months',
    title: 'The network by month',
    definition: 'The network of each month alone: people with a tie in that month, ties (ordered pairs), density (ties over all that there could be), and reciprocity (share of ties whose reverse exists in the same month).',
    period: last < 0 ? '' : `${month(months.months[0])} – ${month(months.months[last])}.`,
    empty: last < 0 || !known.length ? 'There is no month with a tie.' : null,
    csv: {
      file: 'graph_measures_by_month.csv',
      columns: [{ key: 'month', kind: 'month' }, ...MONTH_MEASURES.map(([key, , kind]) => ({ key, kind }))],
      rows: () => months.months.map((m, i) => [m, ...keys.map(key => months[key][i])]),
    },
    summary: () => (last < 0 ? '' : `Measures of the network by month. In ${month(months.months[last])}: ${MONTH_MEASURES.map(([key, title, kind]) =>
      `${title.toLowerCase()} ${written(months[key][last], kind)}`).join(', ')}.`),
    draw: area => monthsCharts(area, months),
  });
}

/** Sizes in one chart and shares in the other, side by side where there is room. */
function monthsCharts(area, months) {
  const half = kinds => {
    const place = element('div', { dataset: { summary: area.dataset.summary } });
    const series = MONTH_MEASURES.filter(([, , kind]) => kind === kinds).map(([key, title, kind]) => ({ title, kind, values: months[key] }));
    return [place, () => chart(place, c => monthsOptions(c, months.months, series), { height: 380 })];
  };
  const halves = [half('number'), half('percent')];
  area.append(element('div', { class: 'network-months' }, halves.map(([place]) => place)));
  for (const [, draw] of halves) draw();
}
