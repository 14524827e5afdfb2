// What the record holds, and what it does not.

section({
  id: 'missing',
  title: 'What is missing',
  intro: 'A report is as good as its record. This is what was captured, what could not be, and what was left out on purpose.',
  render(container) {
    container.append(leftOut(), coverage(), batchesTable(), gapsTable(), lastRun());
  },
});

function leftOut() {
  const { left_out: left, min_group: least, anonymous } = report;
  const lines = [
    'E-mail addresses and the texts of messages are never in a report.',
    left ? `${count(left, 'private channel or direct conversation is', 'private channels and direct conversations are')} left out: every number here is as if they did not exist.` : 'No channel that was captured is left out; private channels and direct messages are captured only where they were asked for.',
    least > 1 ? `Channels, countries and cohorts of fewer than ${number(least)} people are folded together, so that nobody can be told apart in them.` : 'Groups are shown however small they are.',
    anonymous ? 'The report is anonymous: each person has a pseudonym, the same in every report of this record; countries and dates of single people are left out. Whoever knows the community may still recognise somebody by their habits.' : 'People are shown by the names that they have in Slack.',
    'Slack tells who wrote and who reacted, never who read. A reaction has no time of its own: it counts at the time of its message.',
  ];
  return element('div', { dataset: { testid: 'left-out-lines' } }, element('h3', {}, 'Left out on purpose'),
    element('ul', { class: 'lines' }, lines.map(line => element('li', {}, line))));
}

const BATCH_COLUMNS = ['batch', 'source', 'status', 'started_at', 'finished_at', 'oldest', 'latest', 'gaps', 'set_aside'];

function coverage() {
  const { batches } = report.missing;
  const dated = batches.filter(b => b.oldest && b.latest);
  return figure({
    id: 'coverage',
    title: 'What the batches cover',
    definition: 'Each bar runs from where a batch, one capture or import, began to read messages to where it ended. An export\u2019s day files cover the time between their first and last message.',
    period: dated.length ? `${span(least(dated.map(b => b.oldest)).slice(0, 10), most(dated.map(b => b.latest)).slice(0, 10))}.` : '',
    csv: { file: 'batches.csv', columns: BATCH_COLUMNS, rows: () => batches.map(b => BATCH_COLUMNS.map(key => b[key])) },
    asTable: false,
    empty: dated.length ? null : batches.length ? 'No batch says what it read.' : 'Nothing has been captured yet.',
    draw: area => area.append(gantt(dated)),
  });
}

const least = list => list.reduce((a, b) => (a < b ? a : b));
const most = list => list.reduce((a, b) => (a > b ? a : b));

function gantt(batches) {
  const start = Date.parse(least(batches.map(b => b.oldest)));
  const end = Math.max(Date.parse(most(batches.map(b => b.latest))), start + 86400000);
  const at = time => (100 * (Date.parse(time) - start)) / (end - start);
  const ticks = [0, 0.5, 1].map(share => [100 * share, day(new Date(start + share * (end - start)).toISOString().slice(0, 10))]);
  const statuses = [...new Set(batches.map(b => b.status))];
  return element('div', {},
    element('p', { class: 'legend' }, statuses.map((status, i) => element('span', {}, element('i', { class: `swatch s${i % 3}` }), status))),
    element('div', { class: 'scroller', role: 'group', tabindex: '0', 'aria-label': 'What the batches cover' },
      element('table', { class: 'barlist gantt', dataset: { testid: 'table-coverage' } },
        element('caption', { class: 'hidden' }, 'What each batch read'),
        element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Batch'), element('th', { scope: 'col' },
          hidden('From where it began to where it ended'),
          element('div', { class: 'ticks', 'aria-hidden': 'true' }, ticks.map(([left, text]) => element('span', { style: { left: `${left}%` } }, text)))))),
        element('tbody', {}, batches.map(b => element('tr', {}, element('th', { scope: 'row' }, name(b.batch)),
          element('td', { title: `${instant(b.oldest)} \u2013 ${instant(b.latest)}` },
            element('div', { class: 'lane', 'aria-hidden': 'true' }, element('i', {
              class: `s${statuses.indexOf(b.status) % 3}`, style: { left: `${at(b.oldest)}%`, width: `${at(b.latest) - at(b.oldest)}%` },
            })),
            hidden(`${instant(b.oldest)} to ${instant(b.latest)}, ${b.status}`))))))));
}

function batchesTable() {
  const rows = report.missing.batches;
  if (!rows.length) return '';
  return element('div', {}, element('h3', {}, 'Batches'), table({
    id: 'batches',
    caption: 'Batches',
    captionHidden: true,
    columns: [
      { key: 'batch', title: 'Batch', kind: 'name' }, { key: 'source', title: 'Source', kind: 'name' }, { key: 'status', title: 'Status', kind: 'name' },
      { key: 'started_at', title: 'Started', kind: 'instant' }, { key: 'finished_at', title: 'Finished', kind: 'instant' },
      { key: 'oldest', title: 'Read from', kind: 'day', value: b => b.oldest?.slice(0, 10) }, { key: 'latest', title: 'Read to', kind: 'day', value: b => b.latest?.slice(0, 10) },
      { key: 'gaps', title: 'Gaps', kind: 'number', definition: 'What could not be read.' },
      { key: 'set_aside', title: 'Set aside', kind: 'number', definition: 'Records that could not be understood, and are kept apart.' },
    ],
    rows,
    filter: rows.length > 10,
  }));
}

function gapsTable() {
  const rows = report.missing.gaps;
  const none = report.missing.batches.length ? 'No batch has a gap: everything that was asked for was read.' : 'Nothing has been captured yet.';
  return element('div', {}, element('h3', {}, 'Gaps'),
    element('p', { class: 'definition' }, 'What was asked for and could not be read, with the kind of fault. The log of the batch has all that is known of it.'),
    rows.length ? table({
      id: 'gaps',
      caption: 'Gaps',
      captionHidden: true,
      columns: [
        { key: 'batch', title: 'Batch', kind: 'name' }, { key: 'method', title: 'Method', kind: 'name' },
        { key: 'channel', title: 'Channel', kind: 'name' }, { key: 'error', title: 'Error', kind: 'name' }, { key: 'count', title: 'Times', kind: 'number' },
      ],
      rows,
      filter: rows.length > 10,
      csv: { file: 'gaps.csv', columns: ['batch', 'method', 'channel', 'error', 'count'], rows: () => rows.map(g => [g.batch, g.method, g.channel, g.error, g.count]) },
    }) : element('p', { class: 'empty' }, none));
}

function lastRun() {
  const run = report.missing.last_run;
  const seconds = s => (s < 60 ? `${number(s, s < 10 ? 1 : 0)}\u00a0s` : duration(s));
  return figure({
    id: 'last-run',
    title: 'The last run',
    definition: 'How long each stage took.',
    period: run ? `Batch ${run.batch}.` : '',
    csv: run ? { file: 'last_run.csv', columns: ['stage', 'seconds'], rows: () => run.stages.map(s => [s.stage, s.seconds]) } : null,
    asTable: false,
    empty: run?.stages.length ? null : 'The record says nothing of a run.',
    draw: area => area.append(bars({
      id: 'last-run',
      caption: 'Seconds of each stage',
      head: 'Stage',
      rows: run.stages,
      label: s => name(s.stage),
      series: [{ title: 'Time', kind: 'seconds', value: s => s.seconds, write: seconds }],
    })),
  });
}
