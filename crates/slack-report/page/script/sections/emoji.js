// The emoji of reactions.

section({
  id: 'emoji',
  title: 'Emoji',
  render(container) {
    const { names, characters, count: counts, people, messages, folded } = report.emoji;
    const rows = names.map((text, i) => ({ text, character: characters[i], count: counts[i], people: people[i], messages: messages[i] }));
    const csv = { file: 'emoji_data.csv', columns: ['reaction', 'count', 'users', 'messages'], rows: () => rows.map(r => [r.text, r.count, r.people, r.messages]) };
    const definition = ['Reactions with the emoji, the people who used it, and the messages that have it. Skin tones are counted apart. Emoji without a character are the workspace\u2019s own.',
      folded ? ` ${number(folded)} emoji used by fewer than ${number(report.min_group)} people are left out.` : ''];
    container.append(figure({
      id: 'emoji',
      title: 'Most used reactions',
      definition,
      period: `${span(report.from, report.to)}.`,
      csv,
      asTable: false,
      empty: rows.length ? null : 'There are no reactions yet.',
      draw: area => area.append(bars({
        id: 'top-emoji',
        caption: 'The most used emoji',
        head: 'Emoji',
        rows: rows.slice(0, 15),
        label: emojiLabel,
        series: [
          { title: 'Reactions', kind: 'number', value: r => r.count },
          { title: 'People', kind: 'number', value: r => r.people, colour: 2 },
        ],
      })),
    }));
    if (rows.length <= 15) return;
    container.append(element('div', {}, element('h3', {}, `All ${number(rows.length)} emoji`), table({
      id: 'emoji',
      caption: 'All emoji',
      captionHidden: true,
      columns: [
        { key: 'text', title: 'Emoji', kind: 'name', cell: emojiLabel },
        { key: 'count', title: 'Reactions', kind: 'number' },
        { key: 'people', title: 'People', kind: 'number' },
        { key: 'messages', title: 'Messages', kind: 'number' },
      ],
      rows,
      filter: true,
    })));
  },
});

function emojiLabel({ text, character }) {
  return [character ? element('span', { class: 'emoji', 'aria-hidden': 'true' }, character) : null, name(`:${text}:`)];
}
