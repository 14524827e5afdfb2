// A figure: what is drawn, what it means, of when, and its numbers as a table and as a file.

/**
 * `definition`: text or nodes; `period`: text; `csv`: {file, columns: names or {key, title, kind}, rows: () => [[...]]};
 * `draw(area)`: puts the drawing into `area`; `summary`: the gist in words (text or function), for screen readers.
 * `asTable`: false where the drawing is a table already. `empty`: text instead of the drawing.
 */
function figure({ id, title, definition, period, csv = null, draw, summary = '', asTable = true, empty = null }) {
  const area = element('div', { class: 'area', dataset: { summary: typeof summary === 'function' ? summary() : summary || title } });
  const node = element('figure', { id: `figure-${id}`, class: 'figure', dataset: { testid: `figure-${id}` }, 'aria-labelledby': `title-${id}` },
    element('figcaption', {},
      element('h3', { id: `title-${id}` }, title),
      element('p', { class: 'definition' }, definition, period ? element('span', { class: 'period' }, ` ${period}`) : null)),
    area);
  if (empty) {
    area.append(element('p', { class: 'empty' }, empty));
    return node;
  }
  if (csv) node.append(figureTools(id, title, csv, asTable));
  undrawn.push(() => draw(area));
  queueMicrotask(drawFigures);
  return node;
}

const undrawn = [];

/** Draws the figures that were made since: a chart needs a width, which its place has only inside the page. */
function drawFigures() {
  for (const draw of undrawn.splice(0)) draw();
}

function figureTools(id, title, csv, asTable) {
  const place = element('div', { class: 'as-table', id: `numbers-${id}` });
  const toggle = element('button', {
    type: 'button', class: 'tool', 'aria-expanded': 'false', 'aria-controls': place.id, on: { click: () => show(!place.hasChildNodes()) },
  }, 'Show as table', hidden(`: ${title}`));
  function show(on) {
    toggle.setAttribute('aria-expanded', String(on));
    toggle.firstChild.textContent = on ? 'Hide table' : 'Show as table';
    place.replaceChildren(...(on ? [numbers(id, title, csv)] : []));
  }
  return element('div', { class: 'under' }, element('div', { class: 'tools' }, asTable ? toggle : null, csvButton(csv)), place);
}

/** The table of a figure's numbers: kinds that are not said are guessed from the first row that has the value. */
function numbers(id, title, { columns, rows }) {
  const list = rows();
  return table({
    id: `numbers-${id}`,
    caption: `${title}: the numbers`,
    columns: columns.map((column, i) => ({
      key: i,
      title: column.title ?? column.key ?? column,
      kind: column.kind ?? (list.some(row => typeof row[i] === 'number') ? 'decimal' : 'name'),
    })),
    rows: list,
  });
}
