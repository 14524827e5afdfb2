// Tables of coloured cells: heat maps that are read by eye, by keyboard, and by a screen reader.

/**
 * `rows` and `columns`: {title (text or node), label?: text, note?: text}; `cell(r, c)`: null where there is none, else {share: 0..1 for the colour,
 * text: in the cell, told: the sentence for hover and focus}. `corner`: what rows and columns are.
 * Arrow keys move from cell to cell; the sentence of the cell stands below the table.
 */
function heatTable({ id, caption, corner, rows, columns, cell, slanted = false }) {
  const told = element('p', { class: 'told', 'aria-live': 'polite' }, 'Point at a cell, or move with the arrow keys, to read it.');
  const cells = [];
  const body = element('tbody', { on: { mouseover: say, focusin: say, keydown: move } }, rows.map((row, r) => {
    const tds = columns.map((column, c) => {
      const found = cell(r, c);
      if (!found) return element('td', { class: 'none' });
      const td = element('td', { tabindex: '-1', title: found.told, dataset: { r, c } }, found.text);
      cells.push({ td, found, r, c });
      return td;
    });
    return element('tr', {}, element('th', { scope: 'row' }, row.title), tds);
  }));
  if (cells.length) cells[0].td.tabIndex = 0; // One stop for the tab key; arrows do the rest.
  const at = new Map(cells.map(entry => [`${entry.r} ${entry.c}`, entry]));
  const paint = () => {
    const { sequential } = colours();
    for (const { td, found } of cells) {
      const background = sequential(found.share);
      td.style.background = background;
      td.style.color = ink(background);
    }
  };
  paint();
  const stop = onTheme(() => (body.isConnected ? paint() : stop()));
  return element('div', {},
    element('div', { class: 'scroller', role: 'group', tabindex: '0', 'aria-label': caption },
      element('table', { class: slanted ? 'heat slanted' : 'heat', dataset: { testid: `table-${id}` } },
        element('caption', { class: 'hidden' }, caption),
        element('thead', {}, element('tr', {}, element('th', { class: 'corner' }, corner),
          columns.map(column => element('th', { scope: 'col', 'aria-label': column.label }, element('div', {}, column.title))))), body)),
    told, scale());

  function say(event) {
    const entry = at.get(`${event.target.dataset?.r} ${event.target.dataset?.c}`);
    if (entry) told.textContent = entry.found.told;
  }

  function move(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!steps || event.target.dataset.r === undefined) return;
    const next = at.get(`${Number(event.target.dataset.r) + steps[0]} ${Number(event.target.dataset.c) + steps[1]}`);
    event.preventDefault();
    if (!next) return;
    event.target.tabIndex = -1;
    next.td.tabIndex = 0;
    next.td.focus();
  }
}

/** Which colour is much. */
function scale() {
  return element('p', { class: 'scale', 'aria-hidden': 'true' }, 'less', element('i', { class: 'ramp' }), 'more');
}
