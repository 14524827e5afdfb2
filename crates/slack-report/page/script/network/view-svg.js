// The network as SVG, for browsers without WebGL: the same view with at most so many edges.

const SVG_EDGES = 2000;

/** As `webglView`. */
function svgView(place, model, state, on) {
  const { x, y } = model.network;
  const box = networkBox(model.network);
  const drawing = svg('svg', { class: 'network-svg', 'aria-hidden': 'true' });
  place.append(drawing);
  let look = networkLook(model, state);
  let radii = nodeRadii(model, state.size);
  // The middle of what is seen, in the layout's coordinates, and how much it is enlarged.
  const middle = { x: (box.left + box.right) / 2, y: (box.bottom + box.top) / 2 };
  const camera = { ...middle, zoom: 1 };
  let [width, height, waiting, dragged] = [0, 0, 0, null];

  const resized = new ResizeObserver(() => {
    if (place.clientWidth) redraw();
  });
  resized.observe(place);
  drawing.addEventListener('pointerdown', event => {
    dragged = { x: event.offsetX, y: event.offsetY, isMoved: false };
    drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener('pointermove', event => (dragged ? drag(event) : point(event)));
  drawing.addEventListener('pointerup', event => {
    if (dragged && !dragged.isMoved) on.choose(nearest(event.offsetX, event.offsetY));
    dragged = null;
  });
  drawing.addEventListener('pointercancel', () => { dragged = null; });
  drawing.addEventListener('pointerleave', () => point(null));
  drawing.addEventListener('wheel', event => {
    event.preventDefault();
    zoomAt(event.deltaY < 0 ? 1.3 : 1 / 1.3, event.offsetX, event.offsetY);
  }, { passive: false });

  return {
    kind: 'svg',
    update() {
      look = networkLook(model, state);
      radii = nodeRadii(model, state.size);
      later();
    },
    centre(i) {
      Object.assign(camera, { x: x[i], y: y[i], zoom: Math.max(camera.zoom, 2) });
      later();
    },
    zoom: factor => zoomAt(factor, width / 2, height / 2),
    whole() {
      Object.assign(camera, middle, { zoom: 1 });
      later();
    },
    pan(right, down) {
      camera.x += (right * width) / scale();
      camera.y -= (down * height) / scale();
      later();
    },
    position(i) {
      const [left, top] = at(i);
      return { x: left, y: top };
    },
    end() {
      resized.disconnect();
      drawing.remove();
    },
  };

  function scale() {
    return camera.zoom * Math.max(0.000001, Math.min((width - 48) / box.width, (height - 48) / box.height));
  }

  function at(i) {
    return [width / 2 + (x[i] - camera.x) * scale(), height / 2 - (y[i] - camera.y) * scale()];
  }

  function radius(i) {
    return radii[i] * Math.sqrt(camera.zoom);
  }

  function later() {
    waiting ||= requestAnimationFrame(redraw);
  }

  function redraw() {
    waiting = 0;
    [width, height] = [place.clientWidth, place.clientHeight];
    if (!width || !height) return;
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const told = [state.chosen, state.hovered].filter(i => i !== null);
    const others = model.strongest.filter(i => !look.node(i).isFaint && radius(i) > 6 && !told.includes(i));
    const rings = told.map(i => {
      const [cx, cy] = at(i).map(v => v.toFixed(1));
      return svg('circle', { cx, cy, r: (radius(i) + 3).toFixed(1), class: 'network-ring' });
    });
    drawing.replaceChildren(
      ...networkShapes(model, look, at, radius, SVG_EDGES), ...rings,
      networkLabels(model, [...told, ...others.slice(0, 200)], at, radius, [width, height], 40));
  }

  function drag(event) {
    const [right, down] = [event.offsetX - dragged.x, event.offsetY - dragged.y];
    if (!dragged.isMoved && Math.hypot(right, down) < 4) return;
    camera.x -= right / scale();
    camera.y += down / scale();
    dragged = { x: event.offsetX, y: event.offsetY, isMoved: true };
    later();
  }

  function point(event) {
    const i = event ? nearest(event.offsetX, event.offsetY) : null;
    if (i === state.hovered) return;
    drawing.style.cursor = i === null ? '' : 'pointer';
    on.hover(i);
    later();
  }

  function zoomAt(factor, left, top) {
    const before = [camera.x + (left - width / 2) / scale(), camera.y - (top - height / 2) / scale()];
    camera.zoom = Math.min(50, Math.max(0.3, camera.zoom * factor));
    camera.x = before[0] - (left - width / 2) / scale();
    camera.y = before[1] + (top - height / 2) / scale();
    later();
  }

  /** The person whose circle is there, or very near; the one with the nearest middle of several. */
  function nearest(left, top) {
    let [best, least] = [null, Infinity];
    for (let i = 0; i < model.count; i++) {
      const [cx, cy] = at(i);
      const distance = Math.hypot(cx - left, cy - top);
      if (distance < least && distance <= radius(i) + 4) [best, least] = [i, distance];
    }
    return best;
  }
}
