// Pictures of a report, for the README: node pictures.mjs REPORT.html FOLDER writes report.png, report-dark.png and
// network.png. CHROMIUM names the browser.

import { mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

const MOST_BYTES = 300_000;

const [report, folder] = process.argv.slice(2);
if (!report || !folder) {
  console.error('usage: node pictures.mjs REPORT.html FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
});
try {
  await top('report.png', 'light');
  await top('report-dark.png', 'dark');
  await network('network.png');
} finally {
  await browser.close();
}

/** The report at 1280 pixels, from its top to the end of the activity. */
async function top(file, scheme) {
  const page = await open(scheme);
  const end = await page.locator('#activity').evaluate(node => node.getBoundingClientRect().bottom + scrollY);
  await shoot(page, file, { clip: { x: 0, y: 0, width: 1280, height: Math.min(Math.ceil(end), 2000) }, fullPage: true });
}

/** The drawing of the network with its controls, and the most central person chosen. */
async function network(file) {
  const page = await open('light');
  const section = page.locator('#network');
  await section.evaluate(node => node.scrollIntoView());
  await page.waitForSelector('[data-testid=network-stage][data-view]');
  const name = await page.locator('[data-testid=table-network-people] tbody bdi').first().textContent();
  await page.locator('#network-search').fill(name);
  await page.locator('#network-search').press('Enter');
  await page.getByRole('button', { name: 'Show the whole' }).click();
  await page.waitForTimeout(1000);
  const explorer = page.locator('.network-explorer');
  await explorer.evaluate(node => node.scrollIntoView({ block: 'center' }));
  await shoot(page, file, {}, explorer);
}

async function open(scheme) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: scheme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
  await page.goto(pathToFileURL(resolve(report)).href);
  await page.waitForSelector('html[data-ready=true]');
  await page.locator('#activity').evaluate(node => node.scrollIntoView());
  await page.waitForSelector('#activity .chart svg');
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(500);
  return page;
}

async function shoot(page, file, options, place = page) {
  const path = resolve(folder, file);
  await place.screenshot({ path, animations: 'disabled', ...options });
  const { size } = statSync(path);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
  if (size > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES / 1000} kB`);
  await page.close();
}
