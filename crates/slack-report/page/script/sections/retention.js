// Who comes back: cohorts by the month of their first post, and the share of each that posts in the months after.

const RECENT = 24; // Cohorts, and months after, that are shown at first.

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
        report.min_group > 1 ? ` Cohorts of fewer than ${number(report.min_group)} people are put together as \u201cothers\u201d, counted from the first month of each; the youngest of them have not reached the later months.` : '',
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
  const longest = Math.max(...cohorts.map(monthsOf));
  const many = cohorts.length > RECENT || longest > RECENT + 1;
  const show = all => place.replaceChildren(all ? retentionTable(cohorts, longest)
    : retentionTable(cohorts.slice(-RECENT), Math.min(longest, RECENT + 1)));
  area.append(many ? element('div', { class: 'controls' },
    choice('Cohorts', [[false, `Last ${number(RECENT)} cohorts, ${number(RECENT)} months`], [true, `All ${number(cohorts.length)} cohorts`]], false, show)) : '', place);
  show(false);
}

/** How many months of a cohort have passed: those after its last post are zero, not unknown. */
function monthsOf({ cohort, people }) {
  if (!/^\d{4}-\d\d$/.test(cohort) || !report.to) return people.length;
  const index = date => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  return Math.max(people.length, index(report.to) - index(cohort) + 1);
}

function retentionTable(cohorts, width) {
  const shown = Math.min(width, Math.max(...cohorts.map(monthsOf)));
  const title = ({ cohort }) => (/^\d{4}-\d\d$/.test(cohort) ? month(cohort) : cohort);
  return heatTable({
    id: 'retention',
    caption: 'Share of each cohort that posted, by months since its first post',
    corner: 'Cohort',
    rows: cohorts.map(c => ({ title: [title(c), ' ', element('span', { class: 'size' }, number(c.size))] })),
    columns: [...Array(shown).keys()].map(m => ({ title: number(m), label: m === 0 ? 'month of the first post' : `${count(m, 'month')} later` })),
    cell: (r, m) => {
      const { size, people } = cohorts[r];
      if (m >= monthsOf(cohorts[r]) || !size) return null;
      const came = people[m] ?? 0;
      return { share: came / size, text: percent(came / size), told: `${title(cohorts[r])}, ${m ? `${count(m, 'month')} later` : 'the month itself'}: ${number(came)} of ${count(size, 'person', 'people')} (${percent(came / size)})` };
    },
  });
}
