// The explorer: the drawing with its controls, by WebGL where there is any, else as SVG.

/** The explorer as a node that draws once it is on the page; `edgesShown()` is the number of ties that are drawn. */
function networkExplorer(model) {
  const state = { chosen: null, hovered: null, community: null, size: 'strength', edges: 0 };
  let view = null;
  const place = element('div', { class: 'network-place' });
  const stage = element('div', {
    class: 'network-stage', tabindex: '0', role: 'application', dataset: { testid: 'network-stage' }, on: { keydown: press },
    'aria-label': `The network of ${count(model.count, 'person', 'people')}. Arrow keys move it, plus and minus zoom, 0 shows the whole, Escape lets go of the chosen person. The tables below say the same in words.`,
  }, place);
  const panel = networkPanel(model, choose);
  const slider = element('input', { type: 'range', min: '0', max: '1', step: '1', id: 'network-edges', on: { input: slide } });
  const told = element('output', { for: slider.id, dataset: { testid: 'network-edges-shown' } });
  const note = element('p', { class: 'network-note' }, 'Drag to move. Click into the drawing, or hold Ctrl, to zoom with the wheel.');
  const node = element('div', { class: 'network-explorer' },
    element('div', { class: 'tools' }, networkSearch(model, find), sizes(),
      element('label', { class: 'control' }, element('span', {}, 'Strongest ties'), slider, told)),
    element('div', { class: 'network-frame' }, element('div', {}, element('div', { class: 'network-holder' }, stage, zoomButtons()), note), panel.node),
    networkLegend(model, community => { state.community = community; changed(); }));
  // The wheel scrolls the page until the reader has turned to the drawing.
  stage.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey && !stage.contains(document.activeElement)) event.stopPropagation();
  }, { capture: true });
  stage.addEventListener('pointerdown', () => stage.focus({ preventScroll: true }), { capture: true });
  onTheme(() => view?.update());
  return { node, start, state, edgesShown: () => state.edges };

  function start() {
    open(hasWebgl() ? webglView : svgView);
  }

  function open(how) {
    const most = how === svgView ? SVG_EDGES : Infinity;
    slider.max = String(Math.min(model.edges.count, most));
    state.edges = firstEdges(model, most);
    slider.value = String(state.edges);
    tellEdges();
    try {
      view = how(place, model, state, { hover, choose, lost });
    } catch (error) {
      if (how === svgView) throw error;
      return lost();
    }
    stage.dataset.view = view.kind;
    stage.dataset.nodes = model.count;
    stage.networkView = view; // For whoever looks from outside where a person is drawn.
  }

  /** The browser has taken WebGL away, or failed at it. */
  function lost() {
    try {
      view?.end();
    } catch { /* What is half made may not end cleanly. */ }
    view = null;
    place.replaceChildren();
    open(svgView);
  }

  function changed() {
    view?.update();
    panel.show(state.hovered ?? state.chosen, state.hovered === null && state.chosen !== null);
  }

  function hover(i) {
    state.hovered = i;
    panel.show(i ?? state.chosen, i === null && state.chosen !== null);
  }

  function choose(i) {
    if (i === null && state.chosen === null) return;
    state.chosen = i;
    state.hovered = null;
    changed();
  }

  function find(i) {
    choose(i);
    view?.centre(i);
  }

  function slide() {
    state.edges = Number(slider.value);
    tellEdges();
    view?.update();
  }

  function tellEdges() {
    told.textContent = `${number(state.edges)} of ${number(model.network.edges_total)}`;
  }

  function sizes() {
    return labelled('Circle size', element('select', {
      id: 'network-size', on: { change: event => { state.size = event.target.value; changed(); } },
    }, NODE_SIZES.map(([value, title]) => element('option', { value }, title))));
  }

  function zoomButtons() {
    const button = (text, title, f) => element('button', { type: 'button', title, 'aria-label': title, on: { click: f } }, text);
    return element('div', { class: 'network-zoom' },
      button('+', 'Zoom in', () => view?.zoom(1.5)), button('−', 'Zoom out', () => view?.zoom(1 / 1.5)),
      button('⤢', 'Show the whole', () => view?.whole()));
  }

  function press(event) {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowLeft: () => view?.pan(-0.1, 0), ArrowRight: () => view?.pan(0.1, 0), ArrowUp: () => view?.pan(0, -0.1), ArrowDown: () => view?.pan(0, 0.1),
      '+': () => view?.zoom(1.5), '=': () => view?.zoom(1.5), '-': () => view?.zoom(1 / 1.5), 0: () => view?.whole(), Escape: () => choose(null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
