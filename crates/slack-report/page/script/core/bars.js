// Bars of named things: a table whose cells hold bars, so that names keep their script, direction and length.

/**
 * `rows`: [...]; `label(row)`: node; `series`: [{title, kind, value(row), parts?: [{title, value(row)}]}], each a column with its own
 * scale from zero; `parts` split a bar, in the colours of the legend; `colour`: 0, 1 or 2; `plain`: the number only;
 * `write(value)`: instead of its kind's way to be written.
 */
function bars({ id, caption, head, rows, label, series }) {
  const tops = series.map(s => (s.kind === 'percent' ? 1 : Math.max(0, ...rows.map(row => s.value(row) ?? 0))));
  const parted = series.filter(s => s.parts);
  return element('div', { class: 'bars' },
    parted.map(s => element('p', { class: 'legend' }, s.parts.map((part, i) =>
      element('span', {}, element('i', { class: `swatch s${i}` }), part.title)))),
    element('div', { class: 'scroller', role: 'group', tabindex: '0', 'aria-label': caption },
      element('table', { class: 'barlist', dataset: { testid: `table-${id}` } },
        element('caption', { class: 'hidden' }, caption),
        element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, head),
          series.map(s => element('th', { scope: 'col' }, s.title)))),
        element('tbody', {}, rows.map(row => element('tr', {}, element('th', { scope: 'row' }, label(row)),
          series.map((s, i) => (s.plain ? element('td', {}, written(s.value(row), s.kind)) : barCell(row, s, tops[i])))))))));
}

function barCell(row, s, top) {
  const value = s.value(row);
  const parts = s.parts ?? [{ value: s.value }];
  const width = v => `${top > 0 && defined(v) ? (100 * v) / top : 0}%`;
  return element('td', {}, element('div', { class: 'bar' },
    element('span', { class: 'track', 'aria-hidden': 'true' },
      parts.map((part, i) => element('i', { class: `s${s.parts ? i : s.colour ?? 0}`, style: { width: width(part.value(row)) } }))),
    element('span', { class: 'value' }, s.write ? s.write(value) : written(value, s.kind))));
}
