// What the tests share: the reports that they look at, the browser, and the tables that reports were made from.
//
// REPORTS names a folder whose cases.json lists [{name, html, kind, home, metrics}]: paths are relative to it; `home` is the
// data home that the report was made from, or null; `metrics` the folder of its metric tables, by default `home`/metrics.
// CHROMIUM names the browser.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, test as nodeTest } from 'node:test';
import { pathToFileURL } from 'node:url';

const folder = process.env.REPORTS;
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const playwright = await import('playwright-core').catch(() => null);

/** Why nothing can be tested, or false. */
const lacking = !folder ? 'REPORTS names no folder of reports'
  : !existsSync(chromiumPath) ? `there is no ${chromiumPath}; tests/run installs it`
    : !playwright ? 'playwright-core is not installed; tests/run installs it' : false;

const cases = lacking ? [] : JSON.parse(readFileSync(resolve(folder, 'cases.json'), 'utf8'));

/** Those of these kinds, or all. */
export function casesOf(...kinds) {
  return cases.filter(({ kind }) => !kinds.length || kinds.includes(kind));
}

/** A test for each report of these kinds: `f(context, case)`; where there is none, one that says it was skipped. */
export function testEach(title, kinds, f) {
  const found = casesOf(...kinds);
  if (!found.length) nodeTest(title, { skip: lacking || `no report of kind ${kinds.join(', ')}` }, () => {});
  for (const one of found) nodeTest(`${title}: ${one.name}`, { timeout: 180_000 }, context => f(context, one));
}

const WITH_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
const WITHOUT_WEBGL = ['--disable-gpu', '--disable-webgl', '--disable-webgl2'];

const browsers = new Map();

/** Chromium with nothing of its own on the network; one for all tests of a file, with and one without WebGL. */
function browser(webgl) {
  if (!browsers.has(webgl)) {
    browsers.set(webgl, playwright.chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', ...(webgl ? WITH_WEBGL : WITHOUT_WEBGL)],
    }));
  }
  return browsers.get(webgl);
}

after(() => Promise.all([...browsers.values()].map(async launched => (await launched).close())));

/**
 * Opens a report. Whatever should not happen is kept in `problems`: messages on the console, errors, dialogs, requests.
 * `options`: {webgl, width, scheme, hash, init} - `init` is run in the page before its own scripts.
 */
export async function open(context, one, options = {}) {
  const { webgl = false, width = 1280, scheme = 'light', hash = '', init = null } = options;
  const page = await (await browser(webgl)).newPage({
    viewport: { width, height: 900 }, colorScheme: scheme, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', acceptDownloads: true,
  });
  context.after(() => page.close());
  const problems = [];
  page.on('console', message => {
    // What the software renderer says of its own speed is not the page's doing.
    const isDriver = /GPU stall due to ReadPixels/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isDriver) problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`page error: ${error.message}`));
  page.on('crash', () => problems.push('the page crashed'));
  page.on('dialog', dialog => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', request => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`request: ${request.url()}`);
  });
  if (init) await page.addInitScript(init);
  const address = pathToFileURL(resolve(folder, one.html)).href;
  await page.goto(address + hash);
  await page.waitForSelector('html[data-ready=true]');
  return { page, problems, address };
}

/** Scrolls through the page until every section has been drawn, as a reader would. */
export async function drawAll(page) {
  const ids = await page.$$eval('main section[id]', nodes => nodes.map(node => node.id));
  for (const id of ids) {
    await page.locator(`section#${id}`).evaluate(node => node.scrollIntoView());
    await page.waitForSelector(`section#${id}:not(.waiting)`);
  }
  if (await page.locator('[data-testid=network-stage]').count()) await page.waitForSelector('[data-testid=network-stage][data-view]');
  await settled(page);
  return ids;
}

/** Two frames later: charts are drawn after their sections. */
export function settled(page) {
  return page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
}

/** Brings a section into view and waits for it. */
export async function show(page, id) {
  await page.locator(`section#${id}`).evaluate(node => node.scrollIntoView());
  await page.waitForSelector(`section#${id}:not(.waiting)`);
  if (id === 'network' && (await page.locator('[data-testid=network-stage]').count())) {
    await page.waitForSelector('[data-testid=network-stage][data-view]');
  }
  await settled(page);
}

/** The data inside the page. */
export function dataOf(page) {
  return page.$eval('#data', node => JSON.parse(node.textContent));
}

/** The rows of a table of the page as texts, as they are shown. */
export function cellsOf(page, testid) {
  return page.$$eval(`[data-testid="${testid}"] tbody tr`, rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim())));
}

/** Shows all rows of a table. */
export async function showAllRows(page, testid) {
  const button = page.locator('.table', { has: page.locator(`[data-testid="${testid}"]`) }).getByRole('button', { name: 'Show all', exact: true });
  if (await button.count()) await button.click();
}

/** Opens the table of every chart. */
export async function showAsTables(page) {
  await page.$$eval('button[aria-expanded=false]', buttons => buttons.filter(button => button.textContent.startsWith('Show as table')).forEach(button => button.click()));
  await settled(page);
}

/** What is saved by the button "Download CSV" inside `place`: {file, rows}. */
export async function download(page, place) {
  const [saved] = await Promise.all([
    page.waitForEvent('download'), page.locator(place).getByRole('button', { name: /Download CSV/ }).first().click()]);
  const text = readFileSync(await saved.path(), 'utf8');
  return { file: saved.suggestedFilename(), text, rows: parseCsv(text) };
}

/** A metric table of a report, as objects; null where the report's tables are not at hand. */
export function metric(one, table) {
  const metrics = one.metrics ?? (one.home ? `${one.home}/metrics` : null);
  if (!metrics) return null;
  return parseCsv(readFileSync(resolve(folder, metrics, `${table}.csv`), 'utf8'));
}

/** Whether a case's tables hold just what the report shows: then numbers can be compared one by one. */
export function isWhole(one, data) {
  return !data.anonymous && (Boolean(one.metrics) || (Boolean(one.home) && data.left_out === 0));
}

/** RFC 4180, as a list of objects by the header's names. */
export function parseCsv(text) {
  const lines = [];
  let [line, cell, isQuoted] = [[], '', false];
  const endCell = () => { line.push(cell); cell = ''; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (c === '"') isQuoted = true;
    else if (c === ',') endCell();
    else if (c === '\n') { endCell(); lines.push(line); line = []; }
    else if (c !== '\r') cell += c;
  }
  if (cell || line.length) { endCell(); lines.push(line); }
  const [head, ...body] = lines;
  return body.map(values => {
    assert.equal(values.length, head.length, `a line has ${values.length} cells, the header ${head.length}`);
    return Object.fromEntries(head.map((key, i) => [key, values[i]]));
  });
}

export function sum(values) {
  return values.reduce((total, value) => total + Number(value), 0);
}

/** As the page's locale, en-GB, writes whole numbers. */
export function number(value, maximumFractionDigits = 0) {
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits }).format(Number(value));
}

export { assert };
