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

/**
 * Options of a chart by month: a panel of `PANEL` pixels for each of `series` ({title, kind, values, bar?}), from zero,
 * above one time axis.
 */
function monthsOptions(c, months, series) {
  return {
    kinds: Object.fromEntries(series.map(s => [s.title, s.kind])),
    tooltip: { trigger: 'axis' },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: series.map((_, i) => ({ left: 60, right: 16, top: i * PANEL + 28, height: PANEL - 56, outerBoundsMode: 'none' })),
    xAxis: series.map((_, i) => ({ type: 'category', gridIndex: i, data: months.map(month), axisTick: { show: false }, axisLabel: timeLabels })),
    yAxis: series.map((s, i) => ({ type: 'value', gridIndex: i, min: 0, ...axisTitle(c, s.title), ...axisOfKind(s.kind, s.values) })),
    series: series.map((s, i) => ({
      name: s.title, type: s.bar ? 'bar' : 'line', xAxisIndex: i, yAxisIndex: i, data: s.values, color: c.series[i],
      barMaxWidth: 24, showSymbol: months.length < 40, symbolSize: 5, lineStyle: { width: 1.75 },
    })),
  };
}

const PANEL = 190;

/** Labels of a time axis, the last of which is not cut off (the first has room under the other axis's labels). */
const timeLabels = { hideOverlap: true, alignMaxLabel: 'right' };

/** The title of a panel, at the left above its axis. */
function axisTitle(c, title) {
  return { name: title, nameLocation: 'end', nameTextStyle: { align: 'left', padding: [0, 0, 0, -52], fontWeight: 600, color: c.text } };
}

/** Steps and labels of a value axis. */
function axisOfKind(kind, values) {
  const top = Math.max(0, ...values.filter(defined));
  if (kind === 'percent' && top > 0.5) return { max: 1, interval: 0.25, axisLabel: { formatter: v => percent(v) } };
  if (kind === 'percent') return { splitNumber: 3, axisLabel: { formatter: v => percent(v, top < 0.05 ? 1 : 0) } };
  if (kind === 'number') return { minInterval: 1, splitNumber: 3, axisLabel: { formatter: compact } };
  const steps = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 364 * 86400];
  const interval = steps.find(step => top / step <= 4) ?? top;
  return { interval, max: Math.max(1, Math.ceil(top / interval)) * interval, axisLabel: { formatter: duration } };
}
