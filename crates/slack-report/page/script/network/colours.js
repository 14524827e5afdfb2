// Colours of communities. The first ten have their own, the others share a grey.

// Blue, orange, green, vermilion, sky, pink after Okabe and Ito, whom the colour-blind can tell apart; four more of another
// lightness than these. Nobody tells ten by colour alone: legend, panel and table name the community, and one can be shown alone.
const COMMUNITY_COLOURS = {
  light: ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9', '#cc79a7', '#5b2ca0', '#7a2e00', '#8f8f3f', '#1d1d5e'],
  dark: ['#3d9be0', '#f0b030', '#14b88a', '#e8703a', '#9fd8f7', '#e39ac4', '#a87bff', '#d0543a', '#d2d296', '#ffffb8'],
};
const OTHER_COMMUNITIES = { light: '#8a9097', dark: '#7c838a' };

/** The colour of the community at this place among all (0: the largest). */
function communityColour(place, isDark = document.documentElement.dataset.theme === 'dark') {
  const key = isDark ? 'dark' : 'light';
  return COMMUNITY_COLOURS[key][place] ?? OTHER_COMMUNITIES[key];
}

/** `#rrggbb` with an opacity, as `#rrggbbaa`. */
function withOpacity(hex, opacity) {
  return `${hex}${twoDigits(opacity * 255)}`;
}

/**
 * `#rrggbbaa` as sigma needs it: its shaders blend colours as if they had been multiplied by their opacity already, so that
 * what is not would shine through everything.
 */
function premultiplied(colour) {
  if (colour.length !== 9) return colour;
  const opacity = parseInt(colour.slice(7), 16) / 255;
  return `#${channelsOf(colour).map(v => twoDigits(v * opacity)).join('')}${colour.slice(7)}`;
}

function twoDigits(value) {
  return Math.round(value).toString(16).padStart(2, '0');
}
