// How fast threads are answered, and which are not.

section({
  id: 'responses',
  title: 'Responses',
  intro: 'Threads that a post opened and that have a reply. A thread is answered by the first reply of another person; replies of its own author do not count. Posts that nobody ever replied to are no threads, and are not counted here.',
  render(container) {
    const r = report.responses;
    if (!r.threads) {
      container.append(element('p', { class: 'empty' }, 'There are no threads with replies yet.'));
      return;
    }
    container.append(
      element('ul', { class: 'totals' }, [
        [number(r.threads), count(r.threads, 'thread').replace(/^\S+ /, '')],
        [percent(r.answered / r.threads), 'answered'],
        [duration(r.median_s), 'median first response'],
        [duration(r.p90_s), 'within which 9 of 10 answers came'],
      ].map(([value, text]) => element('li', {}, element('b', {}, value), ` ${text}`))),
      responseHistogram(r), responseMonths(r.months), responseChannels());
  },
});

/** "< 1 min", "1 min to 5 min", "7 d and more" */
function binTitles(bins) {
  return bins.map((bin, i) => {
    const from = i ? bins[i - 1].upto : 0;
    if (bin.upto === null) return from ? `${duration(from)} or more` : 'any time';
    return from ? `${duration(from)} to ${duration(bin.upto)}` : `under ${duration(bin.upto)}`;
  });
}

/** Bars of bins, with one more for what never happened. */
function histogram(area, { bins, never, series, neverTitle }) {
  const titles = [...binTitles(bins), ...(never === null ? [] : [neverTitle])];
  chart(area, (c, width) => ({
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    grid: { left: 8, right: 16, top: 16, bottom: 8 },
    xAxis: { type: 'category', data: titles, axisTick: { show: false }, axisLabel: { interval: 0, ...(width < 900 ? { rotate: 50 } : { width: 72, overflow: 'break' }) } },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { formatter: compact } },
    series: [{
      name: series, type: 'bar', barCategoryGap: '18%',
      label: { show: true, position: 'top', color: c.text, formatter: p => (p.value ? number(p.value) : '') },
      data: [...bins.map(bin => bin.count), ...(never === null ? [] : [never])].map((value, i) => ({ value, itemStyle: { color: i < bins.length ? c.series[0] : c.series[1] } })),
    }],
  }), { height: 320 });
}

function responseHistogram(r) {
  const unanswered = r.threads - r.answered;
  return figure({
    id: 'responses',
    title: 'Time to the first response',
    definition: 'Seconds from the post that opened the thread to the first reply by another person. Not answered: only the author replied.',
    period: `Threads of ${span(report.from, report.to)}.`,
    csv: { file: 'response_histogram.csv', columns: ['from_s', 'upto_s', 'threads'], rows: () => [...r.bins.map((bin, i) => [i ? r.bins[i - 1].upto : 0, bin.upto, bin.count]), ['not answered', null, unanswered]] },
    summary: `${number(r.answered)} of ${number(r.threads)} threads answered, half of them within ${duration(r.median_s)}; ${number(unanswered)} not answered.`,
    draw: area => histogram(area, { bins: r.bins, never: unanswered, series: 'Threads', neverTitle: 'not answered' }),
  });
}

function responseMonths(m) {
  const shares = m.threads.map((threads, i) => (threads ? m.answered[i] / threads : null));
  return figure({
    id: 'response-months',
    title: 'First responses by month',
    definition: 'Median time to the first response, and the share of threads that another person answered, by the month of the opening post. The median is of the answered threads. Threads of the last days may still be answered.',
    period: m.months.length ? `${month(m.months[0])} \u2013 ${month(m.months.at(-1))}.` : '',
    csv: {
      file: 'response_by_month.csv',
      columns: [{ key: 'month', kind: 'month' }, { key: 'threads', kind: 'number' }, { key: 'answered', kind: 'number' }, { key: 'median_response_s', kind: 'duration' }, { key: 'p90_response_s', kind: 'duration' }],
      rows: () => m.months.map((key, i) => [key, m.threads[i], m.answered[i], m.median_s[i], m.p90_s[i]]),
    },
    summary: `${count(m.months.length, 'month')}; the last month's median is ${duration(m.median_s.at(-1))}, with ${percent(shares.at(-1))} answered.`,
    empty: m.months.length ? null : 'There are no months with threads.',
    draw: area => chart(area, c => monthsOptions(c, m.months, [
      { title: 'Median first response', kind: 'duration', values: m.median_s },
      { title: 'Share answered', kind: 'percent', values: shares },
    ]), { height: 2 * PANEL }),
  });
}

function responseChannels() {
  const rows = report.channels.rows.filter(row => row.opened >= 5).sort((a, b) => (a.median_response_s ?? Infinity) - (b.median_response_s ?? Infinity)).slice(0, 40);
  return figure({
    id: 'response-channels',
    title: 'First responses by channel',
    definition: 'Channels with at least five threads, fastest first (at most 40). Median: of the answered threads. Answered: share of the threads that another person replied to.',
    period: `${span(report.from, report.to)}.`,
    csv: {
      file: 'response_by_channel.csv',
      columns: ['channel', 'threads', 'answered', 'median_response_s', 'p90_response_s'],
      rows: () => report.channels.rows.filter(row => row.opened > 0).map(r => [r.name, r.opened, r.answered, r.median_response_s, r.p90_response_s]),
    },
    asTable: false,
    empty: rows.length ? null : 'No channel has five threads yet.',
    draw: area => area.append(bars({
      id: 'response-channels',
      caption: 'Median first response and share answered, by channel',
      head: 'Channel',
      rows,
      label: row => name(row.name),
      series: [
        { title: 'Median', kind: 'duration', value: row => row.median_response_s },
        { title: 'Answered', kind: 'percent', value: row => (row.opened ? row.answered / row.opened : null), colour: 2 },
        { title: 'Threads', kind: 'number', plain: true, value: row => row.opened },
      ],
    })),
  });
}
