// The last weeks in numbers, against as many weeks before.

section({
  id: 'key-figures',
  title: 'Key figures',
  render(container) {
    container.append(totals());
    if (!report.key_figures) {
      container.append(element('p', { class: 'empty' }, 'There are no posts yet, so there is nothing to count.'));
      return;
    }
    container.append(figure({
      id: 'key-figures',
      title: `The last ${number(report.key_figures.days)} days`,
      definition: `${span(report.key_figures.from, report.key_figures.to)}, against as many days before: ${span(report.key_figures.before_from, report.key_figures.before_to)}. The lines show the days of both.`,
      csv: {
        file: 'key_figures.csv',
        columns: ['figure', 'now', 'before'],
        rows: () => report.key_figures.figures.map(f => [f.id, f.now, f.before]),
      },
      draw: area => area.append(
        element('dl', { class: 'cards' }, report.key_figures.figures.map(card)),
        element('p', { class: 'definition below' }, keyFiguresDefinition())),
    }));
  },
});

function totals() {
  const { posts, replies, reactions, people, channels, threads } = report.totals;
  const list = [[posts, 'posts'], [replies, 'of them replies'], [threads, 'threads'], [reactions, 'reactions'], [people, 'people who posted'], [channels, 'channels']];
  return element('div', {},
    element('h3', {}, 'In all'),
    element('p', { class: 'definition' }, `${span(report.from, report.to)}. A post is a message by a person: no bots, no joins, no notices.`),
    element('ul', { class: 'totals', dataset: { testid: 'totals' } }, list.map(([value, text]) => element('li', {}, element('b', {}, number(value)), ` ${text}`))));
}

function keyFiguresDefinition() {
  const own = {
    posts: 'Posts: messages by people, replies included. Reactions count on the day of their message.',
    people: 'People: those who posted in the period.',
    new_posters: 'New posters: those whose first post falls into it.',
    stickiness: 'Stickiness: the mean, over its days, of the people who posted that day as a share of those who posted in the 28 days up to it.',
    median_response_s: 'Median first response: from the post that opened a thread to the first reply by another person.',
    answered_share: 'Answered: threads, opened by a post and with a reply, that another person replied to.',
  };
  return report.key_figures.figures.map(f => own[f.id]).filter(Boolean).join(' ');
}

function card(f) {
  const line = keyFigureDays(f.id);
  return element('div', { class: 'card', dataset: { testid: `key-${f.id}` } },
    element('dt', {}, f.title),
    element('dd', { class: 'now' }, keyValue(f.now, f.kind)),
    element('dd', { class: 'change' }, change(f)),
    line ? element('dd', {}, line) : null);
}

/** The change in words, with an arrow; its colour says whether it is welcome, and so do the words where they can. */
function change(f) {
  const days = report.key_figures.days;
  if (!defined(f.now)) return 'not defined in this period';
  if (!defined(f.before)) return `no ${number(days)} days before to compare with`;
  const up = f.now > f.before;
  if (f.now === f.before) return `as in the ${number(days)} days before`;
  const colour = f.good ? ((f.good === 'up') === up ? 'good' : 'bad') : null;
  const before = keyValue(f.before, f.kind);
  return [element('b', { class: colour }, `${up ? '\u25b2' : '\u25bc'} ${changed(f, up)}`), f.before === 0 ? ' than none before' : ` than ${before} before`];
}

/** With one digit more than elsewhere, so that a small change of a share is seen in the numbers too. */
function keyValue(value, kind) {
  return kind === 'percent' ? percent(value, 1) : written(value, kind);
}

function changed(f, up) {
  const difference = Math.abs(f.now - f.before);
  if (f.kind === 'percent') return `${number(difference * 100, 1)} points ${up ? 'higher' : 'lower'}`;
  const share = f.before === 0 ? written(difference, f.kind) : percent(difference / f.before);
  if (f.kind === 'duration') return `${share} ${up ? 'longer' : 'shorter'}`;
  return `${share} ${up ? 'more' : 'fewer'}`;
}

/** The days of both periods as a line, where the figure is one of days. */
function keyFigureDays(id) {
  const values = report.days[id];
  if (!Array.isArray(values) || values.length < 2) return null;
  const last = Math.min(values.length, report.key_figures.days * 2);
  return sparkline(values.slice(-last), { width: 200, height: 36, label: `${number(last)} days up to ${day(report.key_figures.to)}, by day` });
}
