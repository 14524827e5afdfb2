// How the network changed: a panel for each measure, over the months.

const MONTH_MEASURES = [
  ['nodes', 'People', 'number'],
  ['edges', 'Ties', 'number'],
  ['density', 'Density', 'share'],
  ['reciprocity', 'Reciprocity', 'share'],
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
      columns: [{ key: 'month', kind: 'month' }, ...keys],
      rows: () => months.months.map((m, i) => [m, ...keys.map(key => months[key][i])]),
    },
    summary: () => (last < 0 ? '' : `Measures of the network by month. In ${month(months.months[last])}: ${MONTH_MEASURES.map(([key, title, kind]) =>
      `${title.toLowerCase()} ${number(months[key][last], kind === 'share' ? 3 : 0)}`).join(', ')}.`),
    draw: area => monthsChart(area, months),
  });
}

function monthsChart(area, months) {
  const narrow = area.clientWidth < 600;
  const columns = narrow ? 1 : 2;
  const height = narrow ? 640 : 400;
  const rows = MONTH_MEASURES.length / columns;
  const [gapX, gapY] = [6, 9]; // In hundredths of the width and the height.
  const grids = MONTH_MEASURES.map((_, at) => ({
    left: `${(at % columns) * (100 / columns) + gapX}%`,
    width: `${100 / columns - gapX - 2}%`,
    top: `${Math.floor(at / columns) * (100 / rows) + gapY}%`,
    height: `${100 / rows - 2 * gapY}%`,
  }));
  chart(area, c => ({
    grid: grids,
    xAxis: grids.map((_, at) => ({ gridIndex: at, type: 'category', data: months.months.map(month), boundaryGap: false, axisLabel: { hideOverlap: true } })),
    yAxis: MONTH_MEASURES.map(([, title, kind], at) => ({
      gridIndex: at, type: 'value', min: 0, splitNumber: 3, axisLabel: { formatter: value => number(value, kind === 'share' ? 4 : 0) },
      name: title, nameGap: 12, nameTextStyle: { color: c.text, fontSize: 13, fontWeight: 600, align: 'left', padding: [0, 0, 0, -24] },
    })),
    tooltip: { trigger: 'axis' },
    series: MONTH_MEASURES.map(([key, title, kind], at) => ({
      name: title, type: 'line', xAxisIndex: at, yAxisIndex: at, data: months[key], showSymbol: months.months.length < 3, lineStyle: { width: 2, color: c.series[at] }, itemStyle: { color: c.series[at] },
      tooltip: { valueFormatter: value => number(value, kind === 'share' ? 4 : 0) },
    })),
  }), { height });
}
