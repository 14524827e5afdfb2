// Channels: how much is written in each, by whom, how fast they answer.

const CHANNEL_TYPES = { channel: 'public', group: 'private', mpim: 'group message', im: 'direct message' };

section({
  id: 'channels',
  title: 'Channels',
  render(container) {
    const { rows, folded } = report.channels;
    if (folded) {
      container.append(element('p', { class: 'note' }, `${count(folded.channels, 'channel')} of fewer than ${number(report.min_group)} people are folded: `
        + `${count(folded.posts, 'post')}, of them ${count(folded.replies, 'reply', 'replies')}, and ${count(folded.reactions, 'reaction')} that no row below has.`));
    }
    if (!rows.length) {
      container.append(element('p', { class: 'empty' }, 'There are no channels to show.'));
      return;
    }
    container.append(biggestChannels(rows), channelsFigure(rows));
  },
});

function biggestChannels(rows) {
  const biggest = rows.filter(row => row.posts > 0).slice(0, 15);
  return figure({
    id: 'biggest-channels',
    title: rows.length > 15 ? 'The 15 biggest channels' : 'The biggest channels',
    definition: 'By posts: messages by people. A reply is a post in a thread that is not its first message. People: those who posted there.',
    period: `${span(report.from, report.to)}.`,
    csv: { file: 'number_channel_user.csv', columns: ['channel', 'posts', 'replies', 'users'], rows: () => biggest.map(row => [row.name, row.posts, row.replies, row.people]) },
    asTable: false,
    empty: biggest.length ? null : 'Nobody has posted in a channel yet.',
    draw: area => area.append(bars({
      id: 'biggest-channels',
      caption: 'Posts and people of the biggest channels',
      head: 'Channel',
      rows: biggest,
      label: row => name(row.name),
      series: [
        { title: 'Posts', kind: 'number', value: row => row.posts, parts: [
          { title: 'Posts that are no replies', value: row => row.posts - row.replies }, { title: 'Replies', value: row => row.replies }] },
        { title: 'People', kind: 'number', value: row => row.people, colour: 2 },
      ],
    })),
  });
}

const CHANNEL_COLUMNS = [
  { key: 'name', title: 'Channel', kind: 'name' },
  { key: 'by_month', title: 'By month', kind: 'decimal', value: row => trend(row.by_month), definition: 'Posts by month, first to last. Sorted by the share of the last three months.',
    cell: row => sparkline(row.by_month, { label: `posts by month, ${number(row.by_month.at(-1) ?? 0)} in the last` }) },
  { key: 'posts', title: 'Posts', kind: 'number' },
  { key: 'replies', title: 'Replies', kind: 'number' },
  { key: 'people', title: 'People', kind: 'number', definition: 'People who posted there.' },
  { key: 'reactions', title: 'Reactions', kind: 'number' },
  { key: 'median_response_s', title: 'Median response', kind: 'duration', definition: 'From the opening post of a thread to the first reply by another person.' },
  { key: 'absence_factor', title: 'Absence factor', kind: 'number', definition: 'The least number of people who together wrote half of the posts.' },
  { key: 'gini', title: 'Gini', kind: 'decimal', definition: '0 where all who posted wrote the same, towards 1 where few wrote most.' },
  { key: 'burstiness', title: 'Burstiness', kind: 'decimal', definition: '\u22121 like a clock, 0 by chance, towards 1 in bursts.' },
  { key: 'type', title: 'Type', kind: 'text', value: row => `${CHANNEL_TYPES[row.type] ?? row.type}${row.archived ? ', archived' : ''}` },
  { key: 'first', title: 'First post', kind: 'day' },
  { key: 'last', title: 'Last post', kind: 'day' },
];

function trend(months) {
  const all = sum(months);
  return all ? sum(months.slice(-3)) / all : null;
}

function channelsFigure(rows) {
  return figure({
    id: 'channels',
    title: `All ${count(rows.length, 'channel')}`,
    definition: 'Median response: from the opening post of a thread to the first reply by another person. Absence factor: the least number of people who together wrote half of the posts. '
      + 'Gini: of posts per poster, 0 where all wrote the same, towards 1 where few wrote most. Burstiness: of the times between posts, \u22121 like a clock, 0 by chance, towards 1 in bursts.',
    period: `${span(report.from, report.to)}.`,
    csv: {
      file: 'aggr_by_channel.csv',
      columns: ['name', 'type', 'archived', 'posts', 'replies', 'threads', 'users', 'reactions', 'first_post', 'last_post', 'opened', 'answered', 'median_response_s', 'p90_response_s', 'absence_factor', 'gini', 'burstiness'],
      rows: () => rows.map(r => [r.name, r.type, r.archived, r.posts, r.replies, r.threads, r.people, r.reactions, r.first, r.last, r.opened, r.answered, r.median_response_s, r.p90_response_s, r.absence_factor, r.gini, r.burstiness]),
    },
    asTable: false,
    draw: area => area.append(channelsTable(rows)),
  });
}

function channelsTable(rows) {
  const types = [...new Set(rows.map(row => row.type))];
  const archived = rows.some(row => row.archived);
  const type = element('select', { on: { change: () => node.refresh() } },
    element('option', { value: '' }, 'all'), types.map(t => element('option', { value: t }, CHANNEL_TYPES[t] ?? t)));
  const shown = element('input', { type: 'checkbox', checked: true, on: { change: () => node.refresh() } });
  const node = table({
    id: 'channels',
    caption: 'Channels',
    captionHidden: true,
    columns: CHANNEL_COLUMNS,
    rows,
    filter: rows.length > 1,
    controls: [types.length > 1 ? labelled('Type', type) : null, archived ? labelled('With archived channels', shown) : null],
    keep: row => (!type.value || row.type === type.value) && (shown.checked || !row.archived),
  });
  return node;
}
