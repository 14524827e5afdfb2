// Search by name: a field with a list of matches, as a combobox that the keyboard works too.

const MATCHES = 12;

/** Folded for comparing: without case, accents, and invisible characters. */
function foldedName(text) {
  return text.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '').toLocaleLowerCase();
}

/** `choose(i)` is called with the person chosen from the list. */
function networkSearch(model, choose) {
  let keys = null; // Made at the first use: thousands of names.
  let matches = [];
  let active = -1;
  const list = element('ul', { id: 'network-matches', role: 'listbox', 'aria-label': 'People found', class: 'network-matches', hidden: true });
  const told = element('p', { class: 'hidden', 'aria-live': 'polite' });
  const input = element('input', {
    type: 'search', id: 'network-search', autocomplete: 'off', spellcheck: 'false', role: 'combobox', 'aria-expanded': 'false',
    'aria-controls': list.id, 'aria-autocomplete': 'list', placeholder: 'Name',
    on: { input: find, keydown: press, focus: find, blur: () => setTimeout(close, 150) },
  });
  return element('div', { class: 'network-search' }, labelled('Find a person', input), list, told);

  function find() {
    keys ??= model.names.map(foldedName);
    const words = foldedName(input.value.trim());
    const found = words ? model.strongest.filter(i => keys[i].includes(words)) : [];
    // Those who begin with it first; among equals the one with more ties, as `strongest` is sorted.
    matches = [...found.filter(i => keys[i].startsWith(words)), ...found.filter(i => !keys[i].startsWith(words))];
    active = -1;
    const options = matches.slice(0, MATCHES).map((i, at) => element('li', {
      id: `network-match-${at}`, role: 'option', 'aria-selected': 'false', dataset: { testid: 'network-match' },
      on: { pointerdown: event => { event.preventDefault(); take(at); } },
    }, name(model.names[i])));
    const left = matches.length - options.length;
    list.replaceChildren(...options, ...(left > 0 ? [element('li', { role: 'presentation', class: 'left' }, `and ${number(left)} more`)] : []));
    open(options.length > 0);
    told.textContent = !words ? '' : matches.length ? count(matches.length, 'person found', 'people found') : 'Nobody is called that.';
    told.classList.toggle('hidden', !words || matches.length > 0);
  }

  function press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const length = Math.min(matches.length, MATCHES);
    if (step && length) {
      event.preventDefault();
      active = (active + step + length + (active < 0 && step < 0 ? 1 : 0)) % length;
      [...list.querySelectorAll('[role=option]')].forEach((option, at) => option.setAttribute('aria-selected', String(at === active)));
      input.setAttribute('aria-activedescendant', `network-match-${active}`);
    } else if (event.key === 'Enter' && length) {
      event.preventDefault();
      take(Math.max(active, 0));
    } else if (event.key === 'Escape') {
      close();
    }
  }

  function take(at) {
    const person = matches[at];
    input.value = model.names[person];
    close();
    choose(person);
  }

  function open(on) {
    list.hidden = !on;
    input.setAttribute('aria-expanded', String(on));
    input.removeAttribute('aria-activedescendant');
  }

  function close() {
    open(false);
  }
}
