// What it looks like: dark, narrow, on paper, and to those who cannot see it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { assert, drawAll, open, settled, show, showAsTables, testEach } from './support.mjs';


const readAxe = () => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical violations, each with where it is. */
async function violations(page) {
  // By the debugger: the page's own policy allows no other script in it.
  await page.evaluate(readAxe());
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0].target.join(' ')}: ${nodes[0].failureSummary}`);
}

for (const scheme of ['light', 'dark']) {
  testEach(`accessible, ${scheme}`, ['demo', 'empty', 'hostile', 'scripts', 'anonymous'], async (context, one) => {
    const { page } = await open(context, one, { scheme });
    await drawAll(page);
    assert.equal(await page.getAttribute('html', 'data-theme'), scheme);
    await showAsTables(page);
    assert.deepEqual(await violations(page), []);
  });
}

testEach('charts follow the theme', ['demo'], async (context, one) => {
  const { page, problems } = await open(context, one, { webgl: true });
  await drawAll(page);
  const looks = () => page.evaluate(() => ({
    background: getComputedStyle(document.body).backgroundColor,
    text: getComputedStyle(document.body).color,
    chart: document.querySelector('[data-testid=figure-activity] .chart svg text').getAttribute('fill'),
    cell: document.querySelector('[data-testid=table-hours] td').style.background,
  }));
  const light = await looks();
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  const dark = await looks();
  for (const key of Object.keys(light)) assert.notEqual(dark[key], light[key], key);
  await page.getByRole('button', { name: 'Light', exact: true }).click();
  await settled(page);
  assert.deepEqual(await looks(), light, 'the button has the last word');
  assert.deepEqual(problems, []);
});

testEach('no sideways scroll at 360 pixels', [], async (context, one) => {
  const { page, problems } = await open(context, one, { width: 360 });
  for (const id of await drawAll(page)) {
    await show(page, id);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} pixels at ${id}`);
  }
  await showAsTables(page);
  assert.ok((await page.evaluate(() => document.scrollingElement.scrollWidth)) <= 360, 'with all tables open');
  assert.deepEqual(problems, []);
});

testEach('prints', ['demo', 'empty', 'years'], async (context, one) => {
  const { page, problems } = await open(context, one, { scheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 2 && pages < 80, `${pages} pages`);
  // Printing draws everything, in light colours, and the page is as before afterwards.
  assert.equal(await page.locator('section.waiting').count(), 0);
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  assert.deepEqual(problems, []);
});

testEach('paper shows a picture of the network and no controls', ['demo'], async (context, one) => {
  const { page } = await open(context, one);
  await drawAll(page);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('.network-picture').isVisible());
  assert.ok(!(await page.locator('.network-explorer').isVisible()));
  const circles = await page.$$eval('.network-picture .network-nodes path', paths => paths.reduce((n, path) => n + path.getAttribute('d').split('M').length - 1, 0));
  assert.equal(circles, Number(await page.getAttribute('[data-testid=network-stage]', 'data-nodes')));
  for (const button of await page.getByRole('button', { name: 'Download CSV' }).all()) assert.ok(!(await button.isVisible()), 'a button on paper');
});

testEach('the tab key reaches every control', ['demo'], async (context, one) => {
  const { page } = await open(context, one);
  await drawAll(page);
  await page.evaluate(() => { scrollTo(0, 0); document.activeElement.blur(); });
  const wanted = new Set(['#network-search', '#network-size', '#network-edges', '[data-testid=network-stage]', '[data-testid=network-community]', '.skip', '#figure-activity input[type=date]',
    '[data-testid=table-channels] th button', '[data-testid=table-hours] td']);
  for (let i = 0; i < 900 && wanted.size; i++) {
    await page.keyboard.press('Tab');
    for (const one of await page.evaluate(list => list.filter(selector => document.activeElement.matches(selector)), [...wanted])) {
      wanted.delete(one);
      const ring = await page.evaluate(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && style.outlineWidth !== '0px'; });
      assert.ok(ring, `no visible focus at ${one}`);
    }
  }
  assert.deepEqual([...wanted], [], 'never reached');
});
