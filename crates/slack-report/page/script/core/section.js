// Sections of the page, each drawn when it comes near the window.

const sections = new Map();
const NEAR = '800px';

const near = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) drawSection(entry.target.id);
}, { rootMargin: `${NEAR} 0px` });

/** Puts a section on the page: `render(container)` is called when it comes near the window. */
function section({ id, title, intro = null, render }) {
  const body = element('div', { class: 'body' });
  const node = element('section', { id, class: 'section waiting', tabindex: '-1', 'aria-labelledby': `heading-${id}` },
    element('h2', { id: `heading-${id}` }, title),
    intro ? element('p', { class: 'intro' }, intro) : null,
    body);
  sections.set(id, { node, body, title, render, drawn: false });
  document.getElementById('content').append(node);
}

function drawSection(id) {
  const entry = sections.get(id);
  if (!entry || entry.drawn) return;
  entry.drawn = true;
  near.unobserve(entry.node);
  try {
    entry.render(entry.body);
    drawFigures();
  } catch (error) {
    // One broken section must not take the others with it.
    entry.body.append(element('p', { class: 'empty' }, `This section could not be drawn: ${error.message}`));
    console.error(error);
  }
  entry.node.classList.remove('waiting');
}

function drawAllSections() {
  for (const id of sections.keys()) drawSection(id);
}

/** The table of contents, and the drawing of what is near or asked for by the address. */
function openSections() {
  const links = new Map([...sections].map(([id, { title }]) => [id, element('a', { href: `#${id}` }, title)]));
  const wide = matchMedia('(min-width: 1000px)');
  const details = element('details', { open: wide.matches }, element('summary', {}, 'Contents'),
    element('ol', {}, [...links.values()].map(link => element('li', {}, link))));
  wide.addEventListener('change', () => { details.open = wide.matches; });
  document.getElementById('contents').append(details);
  for (const { node } of sections.values()) near.observe(node);

  const goTo = () => {
    let id = location.hash.slice(1);
    const target = document.getElementById(id);
    id = target?.closest('section')?.id ?? id.replace(/^figure-/, '');
    drawSection(id);
    requestAnimationFrame(() => document.getElementById(location.hash.slice(1))?.scrollIntoView());
  };
  addEventListener('hashchange', goTo);
  if (location.hash.length > 1) goTo();

  const current = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      for (const [id, link] of links) {
        if (id === target.id) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    }
  }, { rootMargin: '-20% 0px -75% 0px' });
  for (const { node } of sections.values()) current.observe(node);
}
