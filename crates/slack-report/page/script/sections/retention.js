// Who comes back: cohorts by the month of their first post, and the share of each that posts in the months after.

const RECENT_COHORTS = 24;

section({
  id: 'retention',
  title: 'Retention',
  intro: 'Of the people who first posted in a month, how many posted again one, two, three months later?',
  render(container) {
    const { cohorts } = report.retention;
    container.append(figure({
      id: 'retention',
      title: 'People who came back',
      definition: [
        'A cohort is everybody whose first post falls into a month. A cell is the share of the cohort that posted in the month so many months later; month 0 is the cohort itself. The last month may be incomplete.',
        report.min_group > 1 ? ` Cohorts of fewer than ${number(report.min_group)} people are put together as \u201cothers\u201d.` : '',
      ],
      period: `${span(report.from, report.to)}.`,
      csv: {
        file: 'retention_by_cohort.csv',
        columns: ['cohort', 'months_since', 'people', 'cohort_size'],
        rows: () => cohorts.flatMap(({ cohort, size, people }) => people.map((n, m) => [cohort, m, n, size]).filter(([,, n]) => n > 0)),
      },
      asTable: false,
      empty: cohorts.length ? null : 'Nobody has posted yet.',
      draw: area => drawRetention(area, cohorts),
    }));
  },
});

function drawRetention(area, cohorts) {
  const place = element('div');
  const many = cohorts.length > RECENT_COHORTS;
  const show = all => place.replaceChildren(retentionTable(all ? cohorts : cohorts.slice(-RECENT_COHORTS)));
  area.append(many ? element('div', { class: 'controls' },
    choice('Cohorts', [[false, `Last ${number(RECENT_COHORTS)}`], [true, `All ${number(cohorts.length)}`]], false, show)) : '', place);
  show(false);
}

function retentionTable(cohorts) {
  const longest = Math.max(...cohorts.map(({ people }) => people.length));
  const title = ({ cohort }) => (/^\d{4}-\d\d$/.test(cohort) ? month(cohort) : cohort);
  return heatTable({
    id: 'retention',
    caption: 'Share of each cohort that posted, by months since its first post',
    corner: 'Cohort',
    rows: cohorts.map(c => ({ title: [title(c), ' ', element('span', { class: 'size' }, number(c.size))] })),
    columns: [...Array(longest).keys()].map(m => ({ title: number(m), label: m === 0 ? 'month of the first post' : `${count(m, 'month')} later` })),
    cell: (r, m) => {
      const { size, people } = cohorts[r];
      if (!(m < people.length) || !size) return null;
      const share = people[m] / size;
      return { share, text: percent(share), told: `${title(cohorts[r])}, ${m ? `${count(m, 'month')} later` : 'the month itself'}: ${number(people[m])} of ${count(size, 'person', 'people')} (${percent(share)})` };
    },
  });
}
