// When people write: weekday by hour, in a time zone of choice.

section({
  id: 'hours',
  title: 'Hours of the week',
  intro: 'When the community writes. Choose your time zone to see when it is awake in yours.',
  render(container) {
    container.append(figure({
      id: 'hours',
      title: 'Posts by weekday and hour',
      definition: 'Posts that fell into each hour of the week, all weeks together. Other time zones are computed from the same posts, with their summer times.',
      period: `${span(report.from, report.to)}.`,
      csv: { file: 'activity_by_hour.csv', columns: ['weekday', 'hour', 'posts'], rows: () => hoursRows(hoursState.grid) },
      asTable: false,
      empty: report.hours.grids.some(grid => grid.some(v => v > 0)) ? null : 'Nobody has posted yet.',
      draw: drawHours,
    }));
  },
});

const hoursState = { grid: report.hours.grids[report.hours.grid_of[report.hours.default]] ?? [] };

function hoursRows(grid) {
  return grid.map((posts, i) => [Math.floor(i / 24) + 1, i % 24, posts]);
}

function drawHours(area) {
  const { zones, grid_of: gridOf, grids, default: first } = report.hours;
  const place = element('div');
  const problem = element('span', { role: 'status', class: 'empty' });
  const input = element('input', { list: 'zones', value: zones[first], autocomplete: 'off', spellcheck: 'false', on: { change: () => choose(input.value), focus: () => input.select() } });
  const own = ownZone(zones);
  const quick = [...new Set([own, zones[first]])].filter(Boolean);
  area.append(element('div', { class: 'controls' },
    labelled('Time zone', input),
    element('datalist', { id: 'zones' }, [...new Set([...quick, ...zones])].map(zone => element('option', { value: zone }))),
    quick.length > 1 ? quick.map(zone => element('button', { type: 'button', on: { click: () => choose(zone) } },
      zone === own ? 'Yours: ' : 'The report\u2019s: ', element('bdi', {}, zone))) : null,
    problem), place);
  choose(zones[first]);

  function choose(zone) {
    const at = zones.findIndex(known => known.toLowerCase() === zone.trim().toLowerCase());
    problem.textContent = at < 0 ? 'No such time zone in this report.' : '';
    if (at < 0) return;
    input.value = zones[at];
    hoursState.grid = grids[gridOf[at]];
    place.replaceChildren(hoursTable(hoursState.grid, zones[at]));
  }
}

/** The reader's own zone by the name that the report knows it by (browsers use older names of some). */
function ownZone(zones) {
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here || zones.includes(here)) return here;
  const canonical = zone => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    } catch {
      return null;
    }
  };
  return zones.find(zone => canonical(zone) === here) ?? null;
}

/** 1 (Monday) to 7, as the reader's calendar has it. */
function firstWeekday() {
  try {
    const locale = new Intl.Locale(navigator.language);
    return (locale.getWeekInfo?.() ?? locale.weekInfo).firstDay;
  } catch {
    return 1;
  }
}

function hoursTable(grid, zone) {
  const first = firstWeekday();
  const order = [...Array(7).keys()].map(i => (i + first - 1) % 7);
  const weekday = (i, style) => format(Intl.DateTimeFormat, { weekday: style, timeZone: 'UTC' }).format(utc(plusDays('2024-01-01', i)));
  const hour = h => format(Intl.DateTimeFormat, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1, h)));
  const top = Math.max(...grid);
  return heatTable({
    id: 'hours',
    caption: `Posts by weekday and hour, ${zone}`,
    corner: hidden('Weekday'),
    rows: order.map(d => ({ title: weekday(d, 'short') })),
    columns: [...Array(24).keys()].map(h => ({ title: String(h).padStart(2, '0'), label: hour(h) })),
    cell: (r, h) => {
      const posts = grid[order[r] * 24 + h];
      return { share: top ? posts / top : 0, text: posts ? compact(posts) : '', told: `${weekday(order[r], 'long')}, ${hour(h)} to ${hour((h + 1) % 24)}: ${count(posts, 'post')}` };
    },
  });
}
