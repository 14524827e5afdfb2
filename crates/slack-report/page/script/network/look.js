// How nodes and edges look in a state of the explorer; the same for WebGL, SVG and paper.

/**
 * `state`: {chosen, hovered, community, size, edges}. Returns `node(i)`: {colour, isFaint, isMarked} and
 * `edge(e)`: null where it is not drawn, else {colour, width, isMarked}.
 */
function networkLook(model, state, { isDark } = {}) {
  const paper = isDark === false;
  const { accent, muted } = paper ? { accent: '#1a1a1a', muted: '#6b7178' } : colours();
  const near = state.chosen === null ? null : new Set([state.chosen, ...model.ties(state.chosen).map(tie => tie.other)]);
  const { source, target, weight } = model.edges;
  const top = weight[0] || 1;
  const opacity = Math.min(0.5, Math.max(0.03, 6 / Math.sqrt(state.edges + 1)));
  const isShown = i => (state.community === null || model.communityOf(i) === state.community) && (!near || near.has(i));
  const faint = withOpacity(muted, model.count > 1500 ? 0.2 : 0.3);
  const quiet = withOpacity(muted, opacity);
  const loud = withOpacity(accent, 0.45);
  return {
    node(i) {
      const isFaint = !isShown(i);
      return { colour: isFaint ? faint : communityColour(model.communityOf(i), isDark), isFaint, isMarked: i === state.chosen };
    },
    /** Edges of the chosen person are drawn however weak they are. */
    edge(e) {
      const isMarked = state.chosen !== null && (source[e] === state.chosen || target[e] === state.chosen);
      if (near && !isMarked) return null;
      if (!isMarked && (e >= state.edges || !isShown(source[e]) || !isShown(target[e]))) return null;
      return { colour: isMarked ? loud : quiet, width: (isMarked ? 0.8 : 0.5) + 2 * Math.sqrt(weight[e] / top), isMarked };
    },
  };
}
