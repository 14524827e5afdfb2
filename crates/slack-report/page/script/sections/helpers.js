// Who answers, and whom.

const MATRIX_PEOPLE = 15;

function helpers(people) {
  const rows = people.filter(p => p.answers > 0).sort((a, b) => b.answers - a.answers);
  return figure({
    id: 'helpers',
    title: 'Helpers',
    definition: 'Answers: replies to threads that others opened. People answered: how many others opened those threads. Answers received: replies by others to threads that the person opened.',
    period: `${span(report.from, report.to)}.`,
    csv: { file: 'helpers.csv', columns: ['name', 'answers', 'answered_people', 'answers_received'], rows: () => rows.map(p => [p.names, p.answers, p.answered_people, p.answers_received]) },
    asTable: false,
    empty: rows.length ? null : 'Nobody has answered another person yet.',
    draw: area => area.append(table({
      id: 'helpers',
      caption: 'Helpers',
      captionHidden: true,
      columns: [
        { key: 'names', title: 'Name', kind: 'name' },
        { key: 'answers', title: 'Answers', kind: 'number' },
        { key: 'answered_people', title: 'People answered', kind: 'number' },
        { key: 'answers_received', title: 'Answers received', kind: 'number' },
      ],
      rows,
      filter: rows.length > 1,
      first: 10,
    })),
  });
}

/** A matrix of those with the most answers among the strongest pairs. */
function whoAnswersWhom() {
  const { who, whom, count: counts } = report.answers;
  const names = report.people.names;
  const weight = new Map();
  const pairs = new Map();
  for (let i = 0; i < counts.length; i++) {
    for (const person of [who[i], whom[i]]) weight.set(person, (weight.get(person) ?? 0) + counts[i]);
    pairs.set(`${who[i]} ${whom[i]}`, counts[i]);
  }
  const strongest = [...weight].sort(([, a], [, b]) => b - a).slice(0, MATRIX_PEOPLE).map(([person]) => person);
  const top = Math.max(0, ...strongest.flatMap(a => strongest.map(b => pairs.get(`${a} ${b}`) ?? 0)));
  return figure({
    id: 'answers',
    title: 'Who answers whom',
    definition: `Replies by the person of the row to threads that the person of the column opened: the ${number(strongest.length)} people with the most answers among the ${number(counts.length)} strongest pairs. The file has all of these pairs.`,
    period: `${span(report.from, report.to)}.`,
    csv: { file: 'answers.csv', columns: ['who', 'whom', 'answers'], rows: () => counts.map((n, i) => [names[who[i]], names[whom[i]], n]) },
    asTable: false,
    empty: strongest.length ? null : 'Nobody has answered another person yet.',
    draw: area => area.append(heatTable({
      id: 'answers',
      caption: 'Answers, by who gave them (rows) and who got them (columns)',
      corner: 'gave \\ got',
      slanted: true,
      rows: strongest.map(p => ({ title: name(names[p]) })),
      columns: strongest.map(p => ({ title: name(names[p]), label: names[p] })),
      cell: (r, c) => {
        if (r === c) return null;
        const n = pairs.get(`${strongest[r]} ${strongest[c]}`) ?? 0;
        return { share: top ? n / top : 0, text: n ? number(n) : '', told: `${names[strongest[r]]} answered ${names[strongest[c]]} ${n === 0 ? 'never, among the strongest pairs' : n === 1 ? 'once' : `${number(n)} times`}` };
      },
    })),
  });
}
