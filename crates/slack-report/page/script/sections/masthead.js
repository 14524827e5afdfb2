// What this report is: of whom, of when, and what it leaves out.

function masthead() {
  const { from, to, zone, subject, anonymous, min_group: least, left_out: leftOut } = report;
  const notes = [
    anonymous ? 'This report is anonymous: people have pseudonyms, and their countries and dates are left out.' : null,
    least > 1 ? `Groups of fewer than ${number(least)} people are folded together.` : null,
    leftOut ? `${count(leftOut, 'private channel or direct conversation is', 'private channels and direct conversations are')} left out.` : null,
  ].filter(Boolean);
  document.getElementById('top').append(...[
    element('p', { class: 'about' },
      `Community report, ${span(from, to)}. Days and hours are those of ${zone}.`,
      subject === 'master' ? null : ` Only of ${subject}.`),
    notes.length ? element('div', { class: 'note', dataset: { testid: 'left-out' } }, element('p', {}, notes.join(' '), ' ', element('a', { href: '#missing' }, 'What this means'))) : null,
    element('div', { class: 'buttons' }, themeChoice(),
      element('button', { type: 'button', on: { click: () => window.print() } }, 'Print')),
  ].filter(Boolean));
}

masthead();
