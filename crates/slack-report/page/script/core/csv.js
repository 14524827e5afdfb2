// Tables as CSV files (RFC 4180, UTF-8), written by the browser itself.

/** A fraction as the metric tables write it. */
function fraction(value) {
  return defined(value) ? value.toFixed(6) : '';
}

function csvCell(value) {
  if (value === null || value === undefined) return '';
  let text = String(value);
  // A name such as =HYPERLINK(…) must stay text in a spreadsheet; a negative number may stay one.
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of a CSV file. `columns`: names, or objects with a `key`. */
function csvText(columns, rows) {
  const head = columns.map(column => column.key ?? column);
  return [head, ...rows].map(row => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/** A button that saves `csv`: {file, columns, rows: () => [[...]]}. */
function csvButton({ file, columns, rows }) {
  return element('button', { type: 'button', class: 'tool', title: file, on: { click: save } }, 'Download CSV', hidden(` ${file}`));
  function save() {
    const address = URL.createObjectURL(new Blob([csvText(columns, rows())], { type: 'text/csv;charset=utf-8' }));
    const link = element('a', { href: address, download: file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
}
