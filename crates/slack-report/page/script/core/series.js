// Series by day, by week and by month, and small lines of them.

/** Places of consecutive days in their weeks (from Monday) or months: [{start, from, to}], `to` exclusive. */
function buckets(from, length, unit) {
  const list = [];
  for (let i = 0; i < length; i++) {
    const date = plusDays(from, i);
    const start = unit === 'month' ? `${date.slice(0, 7)}-01` : unit === 'week' ? plusDays(date, -((utc(date).getUTCDay() + 6) % 7)) : date;
    if (list.at(-1)?.start === start) list.at(-1).to = i + 1;
    else list.push({ start, from: i, to: i + 1 });
  }
  return list;
}

function sum(values) {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}

function mean(values) {
  const known = values.filter(defined);
  return known.length ? sum(known) / known.length : null;
}

/** A line of values without axes; what it says must stand beside it in words or numbers. */
function sparkline(values, { width = 120, height = 28, label = null } = {}) {
  const known = values.filter(defined);
  if (known.length < 2) return null;
  const top = Math.max(...known) || 1;
  const x = i => ((i / (values.length - 1)) * (width - 2) + 1).toFixed(1);
  const y = v => (height - 2 - (v / top) * (height - 4)).toFixed(1);
  const points = values.map((v, i) => (defined(v) ? `${x(i)},${y(v)}` : null)).filter(Boolean);
  return svg('svg', {
    class: 'sparkline', viewBox: `0 0 ${width} ${height}`, width, height, preserveAspectRatio: 'none',
    role: label ? 'img' : null, 'aria-label': label, 'aria-hidden': label ? null : 'true',
  },
  svg('polygon', { points: `${x(0)},${height - 1} ${points.join(' ')} ${x(values.length - 1)},${height - 1}` }),
  svg('polyline', { points: points.join(' ') }));
}
