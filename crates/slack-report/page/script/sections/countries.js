// Where people are, by the time zones of their profiles.

section({
  id: 'countries',
  title: 'Countries',
  render(container) {
    const { rows, unknown } = report.countries;
    const all = sum(rows.map(row => row.people)) + unknown.people;
    container.append(figure({
      id: 'countries',
      title: 'People and posts by country of the time zone',
      definition: [
        'Slack tells no country, only the time zone that a person\u2019s device or profile names; the country is the one that the zone is called after. Who shares a zone with another country counts there, and a zone chosen by hand may be anywhere. Zones without a country (such as UTC) give none. ',
        unknown.people ? `Of ${count(all, 'person', 'people')}, ${number(unknown.people)} have no known country (${number(unknown.posters)} who posted, with ${count(unknown.posts, 'post')}). ` : '',
        report.min_group > 1 ? `Countries of fewer than ${number(report.min_group)} people are put together as \u201cothers\u201d.` : '',
      ],
      period: `${span(report.from, report.to)}.`,
      csv: {
        file: 'countries.csv',
        columns: ['iso', 'country', 'people', 'posters', 'posts'],
        rows: () => [...rows.map(r => [r.iso, r.name, r.people, r.posters, r.posts]), ['', 'unknown', unknown.people, unknown.posters, unknown.posts]],
      },
      empty: rows.length ? null : unknown.people ? `The country of nobody is known; there are ${count(unknown.people, 'person', 'people')}.` : 'There are no people yet.',
      draw: area => area.append(bars({
        id: 'countries',
        caption: 'People who posted, and posts, by country',
        head: 'Country',
        rows: rows.slice(0, 25),
        label: r => name(r.iso ? country(r.iso) || r.name : r.name),
        series: [
          { title: 'People who posted', kind: 'number', value: r => r.posters },
          { title: 'Posts', kind: 'number', value: r => r.posts, colour: 2 },
        ],
      }), rows.length > 25 ? element('p', { class: 'more' }, `${number(rows.length - 25)} more countries are in the table and the file.`) : ''),
    }));
  },
});
