// The network as a still picture: what paper shows instead of the explorer.

const PICTURE = { width: 1000, height: 680, margin: 40, edges: 2000, labels: 30 };

function networkPicture(model) {
  const { width, height, margin } = PICTURE;
  const state = { chosen: null, community: null, edges: Math.min(model.edges.count, firstEdges(model, PICTURE.edges)) };
  const look = networkLook(model, state, { isDark: false });
  const box = networkBox(model.network);
  const scale = Math.min((width - 2 * margin) / box.width, (height - 2 * margin) / box.height);
  const { x, y } = model.network;
  const at = i => [
    width / 2 + (x[i] - (box.left + box.right) / 2) * scale,
    height / 2 - (y[i] - (box.bottom + box.top) / 2) * scale,
  ];
  const radii = nodeRadii(model, 'strength');
  const radius = i => radii[i];
  return svg('svg', {
    class: 'network-picture', viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `The network of ${count(model.count, 'person', 'people')}, coloured by community`,
  },
  networkShapes(model, look, at, radius, PICTURE.edges),
  networkLabels(model, model.strongest, at, radius, [width, height], PICTURE.labels));
}
