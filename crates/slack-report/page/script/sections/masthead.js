// What this report is: of whom, of when, and what it leaves out.

function masthead() {
  const { from, to, zone, subject, anonymous, min_group: least, left_out: leftOut } = report;
  const notes = [
    anonymous ? 'This report is anonymous: people have pseudonyms, and their countries and dates are left out.' : null,
    least > 1 ? `Groups of fewer than ${number(least)} people are folded together.` : null,
    leftOut ? `${count(leftOut, 'private channel or direct conversation is', 'private channels and direct conversations are')} left out.` : null,
  ].filter(Boolean);
  const newest = report.missing.batches.at(-1);
  const holes = newest ? newest.gaps + newest.set_aside : 0;
  // Whoever reads numbers must know first that some of what they count is not there.
  const isBrokenOff = newest && newest.status !== 'complete' && newest.status !== '';
  const warning = isBrokenOff || holes ? [
    isBrokenOff ? `The newest capture is ${newest.status}.` : '',
    holes ? ` It has ${count(holes, 'gap')}: something could not be read, and the numbers may be too low.` : '',
  ].join('') : null;
  document.getElementById('top').append(...[
    element('p', { class: 'about' },
      `Community report, ${span(from, to)}. Days and hours are those of ${zone}.`,
      subject === 'master' ? null : ` Only of ${subject}: what that capture read. A later capture reads what is new, and the report of the master holds all of them.`),
    warning ? element('div', { class: 'note', role: 'note', dataset: { testid: 'warning' } }, element('p', {}, element('strong', {}, 'Incomplete. '), warning, ' ', element('a', { href: '#missing' }, 'What is missing'))) : null,
    notes.length ? element('div', { class: 'note', dataset: { testid: 'left-out' } }, element('p', {}, notes.join(' '), ' ', element('a', { href: '#missing' }, 'What this means'))) : null,
    element('div', { class: 'buttons' }, themeChoice(),
      element('button', { type: 'button', on: { click: () => window.print() } }, 'Print')),
  ].filter(Boolean));
}

masthead();
