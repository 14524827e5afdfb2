// Charts by ECharts, as SVG: they follow the theme and the size of their place.

const charts = new Set();
let sheetWidth = null; // While printing: the width of charts in pixels.

/** What a chart takes from the theme. */
function chartTheme(c) {
  const axis = {
    axisLine: { lineStyle: { color: c.line } },
    axisTick: { lineStyle: { color: c.line } },
    splitLine: { lineStyle: { color: c.line } },
    axisLabel: { color: c.muted },
    nameTextStyle: { color: c.muted },
  };
  return {
    color: c.series,
    backgroundColor: 'transparent',
    textStyle: { color: c.text, fontFamily: getComputedStyle(document.body).fontFamily },
    categoryAxis: axis, valueAxis: axis, logAxis: axis, timeAxis: axis,
    legend: { textStyle: { color: c.text }, inactiveColor: c.muted },
    tooltip: { backgroundColor: c.background, borderColor: c.line, textStyle: { color: c.text } },
  };
}

/**
 * Draws a chart into `area`: `build(colours, width)` returns ECharts's options, and is asked again when theme or width change.
 * Tooltips get a formatter that makes text nodes, unless the options have one; theirs must return nodes too. An extra
 * option `kinds` says by a series's name how its values are written: 'duration', 'percent', ...; else as numbers.
 * Returns the instance, with `redraw()` beside ECharts's own.
 */
function chart(area, build, { height = 300 } = {}) {
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': area.dataset.summary, style: { height: `${height}px` } });
  area.append(place);
  const instance = echarts.init(place, chartTheme(colours()), { renderer: 'svg', width: sheetWidth ?? undefined });
  instance.redraw = () => {
    const { kinds = {}, ...options } = build(colours(), instance.getWidth());
    if (options.tooltip) {
      options.tooltip = { confine: true, formatter: p => tip(p, kinds), extraCssText: 'box-shadow:none', ...options.tooltip };
    }
    instance.setOption({ animation: false, ...options }, true);
  };
  const fit = () => {
    if (!place.clientWidth || sheetWidth !== null || place.clientWidth === instance.getWidth()) return;
    instance.resize();
    instance.redraw();
  };
  instance.redraw();
  new ResizeObserver(fit).observe(place);
  onTheme(() => {
    instance.setTheme(chartTheme(colours()));
    instance.redraw();
  });
  charts.add(instance);
  return instance;
}

/** A tooltip of text nodes: a title, and rows of [colour or null, name, value]. */
function tipNode(title, rows) {
  return element('div', { class: 'tip' },
    title ? element('strong', {}, title) : null,
    rows.map(([colour, text, value]) => element('div', {},
      colour ? element('i', { style: { background: colour } }) : null,
      element('span', {}, text), element('b', {}, value))));
}

/** The usual tooltip. */
function tip(parameters, kinds) {
  const list = Array.isArray(parameters) ? parameters : [parameters];
  const rows = list.map(p => {
    const value = Array.isArray(p.value) ? p.value[p.value.length - 1] : p.value;
    return [p.color, p.seriesName, written(value, kinds[p.seriesName] ?? 'number')];
  });
  return tipNode(list[0]?.axisValueLabel ?? list[0]?.name ?? '', rows);
}

/** Charts of a fixed width, for paper; of the width of their place where it is null. */
function resizeCharts(width) {
  sheetWidth = width;
  for (const instance of charts) {
    if (!instance.getDom().isConnected) continue;
    instance.resize({ width: width ?? 'auto' });
    instance.redraw(); // Paints at once; a resize alone waits for the next frame, which on paper never comes.
  }
}
