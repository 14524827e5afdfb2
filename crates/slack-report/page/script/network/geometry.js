// Shapes of the network as SVG paths: one path for all circles of a colour, so that thousands are drawn at once.

/** The box around all people, with y upwards as the layout has it. */
function networkBox({ x, y }) {
  const least = values => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const box = { left: least(x), right: most(x), bottom: least(y), top: most(y) };
  return { ...box, width: box.right - box.left || 1, height: box.top - box.bottom || 1 };
}

function circlePath(x, y, r) {
  const [left, radius] = [(x - r).toFixed(1), r.toFixed(1)];
  const d = (2 * r).toFixed(1);
  return `M${left} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${d} 0a${radius} ${radius} 0 1 0 -${d} 0`;
}

/**
 * Groups of SVG elements for edges and nodes. `at(i)`: [x, y] on the drawing; `radius(i)`; at most `mostEdges` edges.
 * Each node is one `M` of a path's `d`, as is each edge.
 */
function networkShapes(model, look, at, radius, mostEdges = Infinity) {
  const edgePaths = new Map();
  const { source, target, count } = model.edges;
  let drawn = 0;
  for (let e = 0; e < count && drawn < mostEdges; e++) {
    const edge = look.edge(e);
    if (!edge) continue;
    drawn += 1;
    const key = `${edge.colour} ${edge.width < 1 ? 0.6 : edge.width < 1.7 ? 1.2 : 2.2}`;
    const [[x1, y1], [x2, y2]] = [at(source[e]), at(target[e])];
    if (!edgePaths.has(key)) edgePaths.set(key, []);
    edgePaths.get(key).push(`M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`);
  }
  const nodePaths = new Map();
  // Large circles first, so that small ones are not hidden beneath them; the faint ones below all.
  const looks = model.strongest.map(i => [i, look.node(i)]);
  for (const [i, { colour }] of [...looks.filter(([, l]) => l.isFaint), ...looks.filter(([, l]) => !l.isFaint)]) {
    if (!nodePaths.has(colour)) nodePaths.set(colour, []);
    nodePaths.get(colour).push(circlePath(...at(i), radius(i)));
  }
  return [
    svg('g', { class: 'network-edges', fill: 'none' }, [...edgePaths].map(([key, d]) => {
      const [stroke, width] = key.split(' ');
      return svg('path', { d: d.join(''), stroke, 'stroke-width': width });
    })),
    svg('g', { class: 'network-nodes' }, [...nodePaths].map(([fill, d]) => svg('path', { d: d.join(''), fill }))),
  ];
}

/** Labels for `candidates`, the first ones first, where they do not overlap; `box`: [width, height] of the drawing. */
function networkLabels(model, candidates, at, radius, [width, height], most) {
  const taken = [];
  const labels = [];
  for (const i of candidates) {
    if (labels.length >= most) break;
    const [x, y] = at(i);
    const text = shortName(model.names[i], 22);
    const box = { left: x + radius(i) + 3, top: y - 8, right: x + radius(i) + 3 + 7 * text.length, bottom: y + 8 };
    if (x < 0 || y < 8 || box.right > width || y > height - 8) continue;
    if (taken.some(b => b.left < box.right && box.left < b.right && b.top < box.bottom && box.top < b.bottom)) continue;
    taken.push(box);
    labels.push(svg('text', { x: box.left.toFixed(1), y: (y + 4).toFixed(1) }, text));
  }
  return svg('g', { class: 'network-labels' }, labels);
}
