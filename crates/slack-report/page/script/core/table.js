// Tables that sort, filter, and show their first rows only until asked for more.

const FIRST_ROWS = 25;
const PRINTED_ROWS = 50;
const RIGHT = new Set(['number', 'decimal', 'percent', 'duration']);
const tables = new Set();

/**
 * A table in a scrolling container, with its controls.
 * `columns`: {key, title, kind, cell?(row), value?(row), definition?}; `kind`: 'name', 'text', 'number', 'decimal',
 * 'percent', 'duration', 'day', 'month', 'instant'. `value` is what is sorted, filtered and written, else `row[key]`.
 * `filter`: a search field over all text columns. `controls` and `keep(row)`: further filters; call `refresh()` of the node.
 * `csv`: as in `figure`. `id`: for data-testid, else made of the caption. `first`: how many rows are shown before more are asked for.
 */
function table({ id, caption, columns, rows, filter = false, controls = null, keep = null, csv = null, captionHidden = false, first = FIRST_ROWS }) {
  const key = id ?? slug(caption);
  const state = { sort: null, down: true, words: '', limit: first };
  const valueOf = (row, column) => (column.value ? column.value(row) : row[column.key]);
  const texts = columns.filter(column => !RIGHT.has(column.kind));
  const body = element('tbody');
  const more = element('p', { class: 'more', 'aria-live': 'polite' });
  const heads = columns.map(head);
  const scroller = element('div', { class: 'scroller', role: 'group', tabindex: '0', 'aria-label': caption },
    element('table', { dataset: { testid: `table-${key}` } },
      element('caption', { class: captionHidden ? 'hidden' : null }, caption),
      element('thead', {}, element('tr', {}, heads.map(h => h.cell))), body));
  const search = filter ? element('input', { type: 'search', autocomplete: 'off', on: { input: narrow } }) : null;
  const node = element('div', { class: 'table', dataset: { rows: rows.length } },
    search || controls ? element('div', { class: 'tools' }, search ? labelled('Filter', search) : null, controls) : null,
    scroller, more, csv ? element('div', { class: 'tools' }, csvButton(csv)) : null);
  node.refresh = show;
  tables.add({ node, print });
  show();
  return node;

  function head(column) {
    const button = element('button', { type: 'button', title: column.definition, on: { click: () => sortBy(column) } }, column.title);
    return { column, cell: element('th', { scope: 'col', class: RIGHT.has(column.kind) ? 'right' : null }, button) };
  }

  function narrow() {
    state.words = search.value.trim().toLocaleLowerCase();
    state.limit = first;
    show();
  }

  function sortBy(column) {
    const again = state.sort === column;
    state.down = again ? !state.down : RIGHT.has(column.kind); // Numbers begin with the largest, text with A.
    state.sort = column;
    show();
  }

  function chosen() {
    let list = keep ? rows.filter(keep) : rows;
    if (state.words) {
      list = list.filter(row => texts.some(column => String(valueOf(row, column) ?? '').toLocaleLowerCase().includes(state.words)));
    }
    return state.sort ? sorted(list, row => valueOf(row, state.sort), state.down) : list;
  }

  function show() {
    const list = chosen();
    body.replaceChildren(...list.slice(0, state.limit).map(row => tableRow(row, columns, valueOf)));
    for (const { column, cell } of heads) {
      if (column === state.sort) cell.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    const left = list.length - state.limit;
    const told = list.length === 0 ? (rows.length ? 'Nothing matches.' : 'There is nothing to show.')
      : left > 0 ? `${number(state.limit)} of ${number(list.length)} rows.`
        : list.length < rows.length ? `${number(list.length)} of ${number(rows.length)} rows match.` : '';
    more.replaceChildren(told, ...(left > 0 ? [
      left > 100 ? button('Show 100 more', state.limit + 100) : null, button(`Show all`, Infinity)].filter(Boolean) : []));
  }

  function button(text, limit) {
    return element('button', { type: 'button', class: 'tool', on: { click: () => { state.limit = limit; show(); } } }, text);
  }

  /** Before printing: at most 50 rows, and how many are not there. */
  function print(on) {
    if (!on) return show();
    const list = chosen();
    body.replaceChildren(...list.slice(0, PRINTED_ROWS).map(row => tableRow(row, columns, valueOf)));
    const left = list.length - PRINTED_ROWS;
    more.replaceChildren(left > 0 ? `${number(left)} more rows are left out on paper.` : '');
  }
}

function tableRow(row, columns, valueOf) {
  return element('tr', {}, columns.map((column, i) => {
    const value = valueOf(row, column);
    const content = column.cell ? column.cell(row)
      : column.kind === 'name' ? (value ? name(value) : MISSING) : written(value, column.kind);
    return i === 0 ? element('th', { scope: 'row', class: RIGHT.has(column.kind) ? 'right' : null }, content)
      : element('td', { class: RIGHT.has(column.kind) ? 'right' : null }, content);
  }));
}

/** Sorted by `value(row)`; rows without a value come last, whichever way. */
function sorted(rows, value, down) {
  const collator = format(Intl.Collator, { numeric: true, sensitivity: 'base' });
  const missing = v => v === null || v === undefined || v === '';
  return rows.map(row => [value(row), row]).sort(([a], [b]) => {
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
    return down ? -order : order;
  }).map(([, row]) => row);
}

function printTables(on) {
  for (const { node, print } of tables) if (node.isConnected) print(on);
}
