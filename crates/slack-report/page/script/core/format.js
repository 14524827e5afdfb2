// Numbers, shares, durations and dates as the reader's locale writes them. What is not defined is written as a dash.

const MISSING = '\u2013';
const formats = new Map();

/** A formatter is dear to make, and a table needs thousands: one for each set of options. */
function format(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new kind(undefined, options));
  return formats.get(key);
}

function defined(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

function number(value, maximumFractionDigits = 0) {
  return defined(value) ? format(Intl.NumberFormat, { maximumFractionDigits }).format(value) : MISSING;
}

/** 12345 -> "12K", for places that are too small for the whole. */
function compact(value) {
  return defined(value) ? format(Intl.NumberFormat, { notation: 'compact', maximumSignificantDigits: 2 }).format(value) : MISSING;
}

/** A share of 1. */
function percent(share, digits = 0) {
  return defined(share) ? format(Intl.NumberFormat, { style: 'percent', maximumFractionDigits: digits }).format(share) : MISSING;
}

/** Seconds in the unit that fits them: "45 s", "3 min", "2.5 h", "4 d". */
function duration(seconds) {
  if (!defined(seconds)) return MISSING;
  const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([size]) => seconds >= size) ?? [1, 's'];
  const value = seconds / size;
  return `${number(value, value < 10 && size > 60 ? 1 : 0)}\u00a0${unit}`;
}

/** "2025-05-11" */
function day(date) {
  return date ? format(Intl.DateTimeFormat, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(utc(date)) : MISSING;
}

/** "2025-05" */
function month(month) {
  return month ? format(Intl.DateTimeFormat, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(utc(`${month}-01`)) : MISSING;
}

/** "2025-05-11T14:23:42Z", in the report's time zone. */
function instant(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return MISSING;
  const options = { dateStyle: 'medium', timeStyle: 'short' };
  try {
    return `${format(Intl.DateTimeFormat, { ...options, timeZone: report.zone }).format(date)} (${report.zone})`;
  } catch {
    return `${format(Intl.DateTimeFormat, { ...options, timeZone: 'UTC' }).format(date)} (UTC)`; // A zone that this browser does not know.
  }
}

/** "11 May 2025 - 31 Oct 2026" */
function span(from, to) {
  if (!from || !to) return 'no posts yet';
  return from === to ? day(from) : `${day(from)} \u2013 ${day(to)}`;
}

/** The country's name in English, the language of the page. */
function country(iso) {
  try {
    return iso ? format(Intl.DisplayNames, { type: 'region' }).of(iso) : '';
  } catch {
    return iso;
  }
}

function utc(date) {
  return new Date(`${date}T00:00:00Z`);
}

/** The date `days` after `date`, both "2025-05-11". */
function plusDays(date, days) {
  return new Date(utc(date).getTime() + days * 86400000).toISOString().slice(0, 10);
}

/** "1 person", "2 people" */
function count(value, one, many = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** How a cell or a tooltip writes a value of this kind. */
function written(value, kind) {
  switch (kind) {
    case 'number': return number(value);
    case 'decimal': return number(value, 2);
    case 'percent': return percent(value, Math.abs(value) < 0.1 ? 1 : 0);
    case 'duration': return duration(value);
    case 'day': return day(value);
    case 'month': return month(value);
    case 'instant': return instant(value);
    default: return value === null || value === undefined || value === '' ? MISSING : String(value);
  }
}
