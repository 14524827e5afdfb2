// The report's data, and the only ways by which it gets into the page: as text nodes and attributes, never as HTML.

/** The report's data; its shape is documented in `crates/slack-report`. */
const report = JSON.parse(document.getElementById('data').textContent);

/**
 * An HTML element. Attributes: `class`, `style` (an object), `on` (event listeners), `dataset`, any other by its name;
 * null and false are left out, true is an empty attribute. Children: nodes, text, lists of these; null is left out.
 */
function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
function svg(tag, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'on') for (const [event, f] of Object.entries(value)) node.addEventListener(event, f);
    else if (key === 'style') for (const [property, v] of Object.entries(value)) node.style.setProperty(property, v);
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

/** A name out of the data, isolated from the direction of the text around it; the whole of it as its title. */
function name(text, attributes = {}) {
  const { class: more, ...others } = attributes;
  return element('bdi', { class: more ? `name ${more}` : 'name', title: text, ...others }, text);
}

/** Text for screen readers only. */
function hidden(...children) {
  return element('span', { class: 'hidden' }, ...children);
}

/** A name of letters, digits and hyphens that may serve as an id. */
function slug(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** A labelled control: `label(text, input)`. */
function labelled(text, control) {
  return element('label', { class: 'control' }, element('span', {}, text), control);
}

/** A group of buttons of which one is pressed. `choices`: [value, text]. */
function choice(text, choices, chosen, choose) {
  const buttons = choices.map(([value, title]) =>
    element('button', { type: 'button', 'aria-pressed': String(value === chosen), on: { click: () => press(value) } }, title));
  function press(value) {
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(choices[i][0] === value)));
    choose(value);
  }
  return element('div', { class: 'choice', role: 'group', 'aria-label': text }, buttons);
}
