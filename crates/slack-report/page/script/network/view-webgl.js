// The network by WebGL, with sigma.

/** Whether this browser draws by WebGL at all, which sigma takes for granted. */
function hasWebgl() {
  try {
    const context = document.createElement('canvas').getContext('webgl2') ?? document.createElement('canvas').getContext('webgl');
    context?.getExtension('WEBGL_lose_context')?.loseContext(); // A browser gives only so many.
    return Boolean(context);
  } catch {
    return false;
  }
}

/**
 * Draws into `place`; `on`: {hover(i or null), choose(i or null), lost()}. Returns what every view has: `update()` after a change
 * of `state`, `centre(i)`, `zoom(factor)`, `whole()`, `pan(x, y)` in shares of the drawing, `end()`. Throws where WebGL fails.
 */
function webglView(place, model, state, on) {
  const { x, y } = model.network;
  const { source, target } = model.edges;
  const graph = new graphology.DirectedGraph();
  for (let i = 0; i < model.count; i++) graph.addNode(i, { x: x[i], y: y[i], label: shortName(model.names[i]) });
  for (let e = 0; e < source.length; e++) graph.addDirectedEdgeWithKey(e, source[e], target[e]);
  let look = networkLook(model, state);
  let radii = nodeRadii(model, state.size);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const motion = { duration: still ? 0 : 300 };

  const sigma = new Sigma(graph, place, {
    ...themeSettings(),
    allowInvalidContainer: true, // It has no size while the page is printed.
    labelFont: getComputedStyle(document.body).fontFamily,
    labelSize: 12,
    labelWeight: '500',
    labelDensity: 0.6,
    labelRenderedSizeThreshold: model.count > 1500 ? 5 : 7,
    minCameraRatio: 0.02,
    maxCameraRatio: 3,
    stagePadding: 24,
    zIndex: true,
    defaultDrawNodeHover: drawHover,
    defaultDrawNodeLabel: drawLabel,
    nodeReducer(key, data) {
      const i = Number(key);
      const { colour, isFaint, isMarked } = look.node(i);
      return {
        ...data, size: radii[i], color: premultiplied(colour), label: isFaint ? null : data.label,
        highlighted: isMarked, forceLabel: isMarked, zIndex: isMarked ? 2 : isFaint ? 0 : 1,
      };
    },
    edgeReducer(key) {
      const edge = look.edge(Number(key));
      return edge ? { color: premultiplied(edge.colour), size: edge.width, zIndex: edge.isMarked ? 1 : 0, hidden: false } : { hidden: true };
    },
  });
  const camera = sigma.getCamera();
  sigma.on('enterNode', ({ node }) => hover(Number(node)));
  sigma.on('leaveNode', () => hover(null));
  sigma.on('clickNode', ({ node }) => on.choose(Number(node)));
  sigma.on('clickStage', () => on.choose(null));
  let isEnded = false;
  for (const canvas of Object.values(sigma.getCanvases())) {
    canvas.addEventListener('webglcontextlost', () => { if (!isEnded) on.lost(); });
  }
  let size = `${place.clientWidth} ${place.clientHeight}`;
  const resized = new ResizeObserver(() => {
    const now = `${place.clientWidth} ${place.clientHeight}`;
    if (isEnded || !place.clientWidth || now === size) return; // An observer also tells of the size that it finds at first.
    size = now;
    sigma.resize(true).scheduleRefresh({ skipIndexation: true });
  });
  resized.observe(place);

  return {
    kind: 'webgl',
    update() {
      look = networkLook(model, state);
      radii = nodeRadii(model, state.size);
      for (const [key, value] of Object.entries(themeSettings())) sigma.setSetting(key, value);
      sigma.refresh();
    },
    centre(i) {
      const { x: toX, y: toY } = sigma.getNodeDisplayData(String(i));
      move({ x: toX, y: toY, ratio: Math.min(camera.ratio, 0.5) });
    },
    zoom: factor => move({ ratio: camera.getBoundedRatio(camera.ratio / factor) }),
    whole: () => move({ x: 0.5, y: 0.5, ratio: 1 }),
    pan: (right, down) => move({ x: camera.x + right * camera.ratio, y: camera.y - down * camera.ratio }),
    /** Where a person is drawn, in pixels of the drawing. */
    position: i => sigma.framedGraphToViewport(sigma.getNodeDisplayData(String(i))),
    end() {
      isEnded = true;
      resized.disconnect();
      sigma.kill();
    },
  };

  function move(to) {
    if (still) camera.setState(to);
    else camera.animate(to, motion);
  }

  function hover(i) {
    place.style.cursor = i === null ? '' : 'pointer';
    on.hover(i);
  }

  function themeSettings() {
    const { text, background } = colours();
    return { labelColor: { color: text }, labelRim: background };
  }
}

/** A label with a rim in the colour of the ground, so that it can be read over ties. */
function drawLabel(context, data, settings) {
  if (!data.label) return;
  const [left, base] = [data.x + data.size + 3, data.y + settings.labelSize / 3];
  context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = settings.labelRim;
  context.strokeText(data.label, left, base);
  context.fillStyle = settings.labelColor.color;
  context.fillText(data.label, left, base);
}

/** The label of the person pointed at, on a ground of its own: sigma's own is always white. */
function drawHover(context, data, settings) {
  const { text, background, line } = colours();
  context.beginPath();
  context.arc(data.x, data.y, data.size + 2, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = text;
  context.stroke();
  if (!data.label) return;
  const size = settings.labelSize + 1;
  context.font = `600 ${size}px ${settings.labelFont}`;
  const width = context.measureText(data.label).width + 12;
  const [left, top] = [data.x + data.size + 5, data.y - size / 2 - 5];
  context.beginPath();
  context.rect(left, top, width, size + 10);
  context.fillStyle = background;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = line;
  context.stroke();
  context.fillStyle = text;
  context.fillText(data.label, left + 6, data.y + size / 3);
}
