// Who is new, and whether they arrive.

section({
  id: 'newcomers',
  title: 'Newcomers',
  intro: 'A tie is anything that one person did towards another: a reply in their thread, a reaction to their message, a mention.',
  render(container) {
    const { months, new_posters: posters, first_tie: tie, ties_30_days: ties } = report.newcomers;
    container.append(
      newPosters(months, posters),
      element('div', { class: 'pair' }, firstTie(tie), firstMonthTies(ties)));
  },
});

function newPosters(months, posters) {
  return figure({
    id: 'new-posters',
    title: 'New posters by month',
    definition: 'People whose first post falls into the month. The first months of a record that begins late hold people who were there before.',
    period: months.length ? `${month(months[0])} \u2013 ${month(months.at(-1))}.` : '',
    csv: { file: 'new_posters_by_month.csv', columns: [{ key: 'month', kind: 'month' }, { key: 'new_posters', kind: 'number' }], rows: () => months.map((m, i) => [m, posters[i]]) },
    summary: months.length ? `${number(sum(posters))} new posters in ${count(months.length, 'month')}, ${number(posters.at(-1))} in the last.` : '',
    empty: months.length ? null : 'Nobody has posted yet.',
    draw: area => chart(area, c => monthsOptions(c, months, [{ title: 'New posters', kind: 'number', values: posters, bar: true }]), { height: PANEL }),
  });
}

function firstTie(tie) {
  return figure({
    id: 'first-tie',
    title: 'How long until the first tie',
    definition: `From the first sign of life (a join, a post or a reaction) to the first tie with another person, by either of them. Whose first sign of life was a reply, a reaction or a mention began with a tie, at once: ${number(tie.at_once)} of ${number(tie.people)}. Never: no tie up to the end of the record.`,
    period: `${count(tie.people, 'person', 'people')}, ${span(report.from, report.to)}.`,
    csv: {
      file: 'newcomer_first_tie.csv',
      columns: ['from_s', 'upto_s', 'people'],
      rows: () => [...tie.bins.map((bin, i) => [i ? tie.bins[i - 1].upto : 0, bin.upto, bin.count]), ['never', null, tie.never]],
    },
    summary: `${number(tie.people - tie.never)} of ${count(tie.people, 'person', 'people')} have a tie; ${number(tie.never)} never had one.`,
    empty: tie.people ? null : 'There are no people yet.',
    draw: area => histogram(area, { bins: tie.bins, never: tie.never, series: 'People', neverTitle: 'never' }),
  });
}

function firstMonthTies({ bins, counts }) {
  const titles = bins.map(({ from, to }) => (to === null ? `${number(from)} or more` : from === to ? number(from) : `${number(from)}\u2013${number(to)}`));
  const people = sum(counts);
  return figure({
    id: 'ties-30-days',
    title: 'Ties within 30 days',
    definition: 'With how many others a person had a tie in the 30 days after their first sign of life. Those of the last 30 days are still counting.',
    period: `${count(people, 'person', 'people')}, ${span(report.from, report.to)}.`,
    csv: { file: 'newcomer_ties_30_days.csv', columns: ['from', 'to', 'people'], rows: () => bins.map((bin, i) => [bin.from, bin.to, counts[i]]) },
    summary: bins.map((_, i) => `${titles[i]}: ${number(counts[i])}`).join('; '),
    empty: people ? null : 'There are no people yet.',
    draw: area => chart(area, c => ({
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      grid: { left: 8, right: 16, top: 16, bottom: 8 },
      xAxis: { type: 'category', data: titles, axisTick: { show: false }, axisLabel: { interval: 0 }, name: 'ties', nameLocation: 'middle', nameGap: 26 },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { formatter: compact } },
      series: [{ name: 'People', type: 'bar', barCategoryGap: '18%', data: counts, color: c.series[0], label: { show: true, position: 'top', color: c.text, formatter: p => (p.value ? number(p.value) : '') } }],
    }), { height: 320 }),
  });
}
