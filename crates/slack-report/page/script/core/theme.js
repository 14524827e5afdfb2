// Light, dark, or as the system has it; colours for what CSS cannot colour by itself.

const THEMES = [['system', 'System'], ['light', 'Light'], ['dark', 'Dark']];
const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const themed = new Set();
let printing = false;

/** Calls `f` whenever the colours have changed; returns a function that ends this. */
function onTheme(f) {
  themed.add(f);
  return () => themed.delete(f);
}

function storedTheme() {
  try {
    const theme = localStorage.getItem('slack-analytics-theme');
    return THEMES.some(([value]) => value === theme) ? theme : 'system';
  } catch {
    return 'system'; // A file:// page may have no storage.
  }
}

function setTheme(theme) {
  try {
    localStorage.setItem('slack-analytics-theme', theme);
  } catch { /* Then it lasts until the page is closed. */ }
  applyTheme(theme);
}

let theme = storedTheme();

function applyTheme(next) {
  theme = next;
  const dark = !printing && (theme === 'dark' || (theme === 'system' && darkSystem.matches));
  const changed = document.documentElement.dataset.theme !== (dark ? 'dark' : 'light');
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  if (changed) for (const f of themed) f();
}

/** On paper the page is light. */
function themeForPrint(on) {
  printing = on;
  applyTheme(theme);
}

darkSystem.addEventListener('change', () => applyTheme(theme));
applyTheme(theme);

function themeChoice() {
  return choice('Colours', THEMES, theme, setTheme);
}

/** A property of the style sheet, as it is now. */
function property(key) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${key}`).trim();
}

/** The colours of now: {text, muted, line, accent, series, sequential: (0..1) => css, background}. */
function colours() {
  const stops = property('sequential').split(/\s+/);
  return {
    text: property('text'),
    muted: property('muted'),
    line: property('line'),
    accent: property('accent'),
    background: property('background'),
    series: property('series').split(/\s+/),
    sequential: share => mix(stops, share),
    ink,
  };
}

function channelsOf(hex) {
  return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
}

function mix(stops, share) {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [a, b] = [channelsOf(stops[low]), channelsOf(stops[low + 1])];
  return `#${a.map((v, i) => Math.round(v + (b[i] - v) * (at - low)).toString(16).padStart(2, '0')).join('')}`;
}

/** Black or white, whichever reads better on this colour (the larger contrast by WCAG's luminance). */
function ink(hex) {
  const [r, g, b] = channelsOf(hex).map(v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}
