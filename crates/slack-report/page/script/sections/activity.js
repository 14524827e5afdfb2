// Posts, people and new posters over time.

section({
  id: 'activity',
  title: 'Activity over time',
  intro: 'How much is written, by how many, and who is new. The three panels share one time axis; each has a scale of its own that begins at zero.',
  render(container) {
    container.append(figure({
      id: 'activity',
      title: 'Posts, people and new posters',
      definition: 'Posts: messages by people. People: those who posted that day. People in 28 days: those who posted in the 28 days that end with the day. New posters: those whose first post it was.',
      period: `${span(report.from, report.to)}, by day in ${report.zone}.`,
      csv: { file: 'activity_by_day.csv', columns: ACTIVITY_COLUMNS, rows: activityRows },
      empty: report.days.posts.length ? null : 'Nobody has posted yet.',
      summary: activitySummary,
      draw: drawActivity,
    }));
  },
});

const ACTIVITY_COLUMNS = [
  { key: 'date', kind: 'day' }, { key: 'posts', kind: 'number' }, { key: 'replies', kind: 'number' }, { key: 'reactions', kind: 'number' },
  { key: 'people', kind: 'number' }, { key: 'active', kind: 'number' }, { key: 'new_posters', kind: 'number' },
  { key: 'people_7d', kind: 'number' }, { key: 'people_28d', kind: 'number' }, { key: 'stickiness', kind: 'text' },
];

function activityRows() {
  const days = report.days;
  return days.posts.map((_, i) => ACTIVITY_COLUMNS.map(({ key }) =>
    (key === 'date' ? plusDays(days.from, i) : key === 'stickiness' ? fraction(days.stickiness[i]) : days[key][i])));
}

function activitySummary() {
  const { posts, people, from } = report.days;
  if (!posts.length) return '';
  const top = posts.indexOf(Math.max(...posts));
  return `${number(sum(posts))} posts in ${count(posts.length, 'day')}, at most ${number(posts[top])} on ${day(plusDays(from, top))}; `
    + `on average ${number(mean(people), 1)} people a day.`;
}

function drawActivity(area) {
  const days = report.days;
  const last = days.posts.length - 1;
  const state = { unit: last > 1000 ? 'month' : last > 120 ? 'week' : 'day', from: days.from, to: plusDays(days.from, last) };
  let list = [];
  let instance = null;

  const [from, to] = ['from', 'to'].map(key => element('input', {
    type: 'date', min: days.from, max: plusDays(days.from, last), value: state[key], on: { change: chosen },
  }));
  area.append(element('div', { class: 'controls' },
    choice('Group by', [['day', 'Days'], ['week', 'Weeks'], ['month', 'Months']], state.unit, unit => { state.unit = unit; load(); }),
    labelled('From', from), labelled('to', to),
    element('button', { type: 'button', on: { click: () => show(days.from, plusDays(days.from, last)) } }, 'Whole period')));

  load();
  area.append(element('p', { class: 'definition below' },
    'By week and month, posts and new posters are sums; people who post on several days cannot be added up, so both lines of people are means of the days. ',
    'Weeks begin on Monday; the first and the last week or month may be incomplete. The table and the file are by day. Zoom with the dates, the slider, or the wheel and Ctrl.'));

  function load() {
    list = buckets(days.from, days.posts.length, state.unit).map(b => ({
      ...b,
      posts: sum(days.posts.slice(b.from, b.to)),
      new_posters: sum(days.new_posters.slice(b.from, b.to)),
      people: mean(days.people.slice(b.from, b.to)),
      people_28d: mean(days.people_28d.slice(b.from, b.to)),
    }));
    if (instance) return instance.redraw();
    instance = chart(area, c => activityOptions(c, list, state, places()), { height: 520 });
    instance.on('datazoom', zoomed);
  }

  /** The first and the last bucket that are shown. */
  function places() {
    const at = date => Math.round((utc(date) - utc(days.from)) / 86400000);
    const first = list.findIndex(b => b.to > at(state.from));
    const end = list.findIndex(b => b.to > at(state.to));
    return [Math.max(first, 0), end < 0 ? list.length - 1 : end];
  }

  function zoomed() {
    const zoom = instance.getOption().dataZoom[0];
    state.from = from.value = plusDays(days.from, list[zoom.startValue]?.from ?? 0);
    state.to = to.value = plusDays(days.from, (list[zoom.endValue]?.to ?? last + 1) - 1);
  }

  function chosen() {
    const inside = date => (date < days.from ? days.from : date > plusDays(days.from, last) ? plusDays(days.from, last) : date);
    if (from.value && to.value && from.value <= to.value) show(inside(from.value), inside(to.value));
  }

  function show(first, end) {
    Object.assign(state, { from: first, to: end });
    from.value = first;
    to.value = end;
    instance.redraw();
  }
}

function bucketTitle(b, unit) {
  const days = b.to - b.from;
  if (unit === 'month') return `${month(b.start.slice(0, 7))}${days < 28 ? ` (${count(days, 'day')})` : ''}`;
  if (unit === 'week') return `Week of ${day(b.start)}${days < 7 ? ` (${count(days, 'day')})` : ''}`;
  return day(b.start);
}

function activityOptions(c, list, { unit }, [startValue, endValue]) {
  const grids = [{ top: 28, height: 130 }, { top: 206, height: 130 }, { top: 384, height: 60 }];
  const axisNames = ['Posts', 'People', 'New posters'];
  const data = list.map(b => bucketTitle(b, unit));
  const short = new Map(list.map((b, i) => [data[i], unit === 'month' ? month(b.start.slice(0, 7)) : day(b.start)]));
  const whole = list.length <= 1;
  const line = (title, grid, key, colour, more) => ({
    name: title, type: 'line', xAxisIndex: grid, yAxisIndex: grid, data: list.map(b => b[key]), color: colour,
    showSymbol: whole, symbolSize: 5, lineStyle: { width: 1.75 }, ...more,
  });
  return {
    kinds: unit === 'day' ? {} : { People: 'decimal', 'People in 28 days': 'decimal' },
    tooltip: { trigger: 'axis' },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    legend: { top: 180, right: 8, data: ['People', 'People in 28 days'], itemHeight: 8, selectedMode: false },
    grid: grids.map(g => ({ left: 60, right: 16, ...g, outerBoundsMode: 'none' })),
    xAxis: grids.map((_, i) => ({
      type: 'category', gridIndex: i, data, axisTick: { show: false },
      axisLabel: { ...timeLabels, show: i === 2, formatter: title => short.get(title) },
    })),
    yAxis: grids.map((_, i) => ({
      type: 'value', gridIndex: i, min: 0, minInterval: 1, splitNumber: i === 2 ? 2 : 4,
      ...axisTitle(c, axisNames[i]), axisLabel: { formatter: compact },
    })),
    dataZoom: [
      { type: 'slider', show: sheetWidth === null, xAxisIndex: [0, 1, 2], startValue, endValue, bottom: 8, height: 24, left: 60, right: 16, showDetail: false, borderColor: c.line, brushSelect: false },
      { type: 'inside', xAxisIndex: [0, 1, 2], startValue, endValue, zoomOnMouseWheel: 'ctrl', moveOnMouseMove: false, preventDefaultMouseMove: false },
    ],
    series: [
      line('Posts', 0, 'posts', c.series[0], { areaStyle: { opacity: 0.12 } }),
      line('People in 28 days', 1, 'people_28d', c.series[1], { lineStyle: { width: 1.75, type: [5, 3] } }),
      line('People', 1, 'people', c.series[0]),
      list.length > 400 ? line('New posters', 2, 'new_posters', c.series[2], { step: 'middle', areaStyle: { opacity: 0.5 }, lineStyle: { width: 1 } })
        : { name: 'New posters', type: 'bar', xAxisIndex: 2, yAxisIndex: 2, data: list.map(b => b.new_posters), color: c.series[2], barMaxWidth: 24 },
    ],
  };
}
