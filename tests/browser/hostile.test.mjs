// Names that would like to be markup are text.

import { assert, dataOf, drawAll, open, show, showAsTables, testEach } from './support.mjs';

testEach('hostile names do nothing', ['hostile', 'scripts'], async (context, one) => {
  const { page, problems } = await open(context, one, {
    webgl: true,
    init: () => {
      globalThis.ran = [];
      for (const f of ['alert', 'confirm', 'prompt']) globalThis[f] = text => { globalThis.ran.push(`${f} ${text}`); };
    },
  });
  const data = await dataOf(page);
  await drawAll(page);
  // All tables of numbers too: what is drawn on demand must be as careful as the rest.
  await showAsTables(page);
  await page.$$eval('.more button', buttons => buttons.filter(button => button.textContent === 'Show all').forEach(button => button.click()));
  const strangers = await page.evaluate(() => [...document.querySelectorAll('img, iframe, object, embed, video, audio, base, form, link:not([rel=icon]), script, [onerror], [onload], [onclick], [onmouseover]')]
    .filter(node => !(node.localName === 'script' && node.parentNode === document.body)).map(node => node.outerHTML.slice(0, 80)));
  assert.deepEqual(strangers, []);
  assert.equal(await page.locator('body > script').count(), await page.evaluate(() => document.scripts.length));
  assert.deepEqual(await page.evaluate(() => globalThis.ran), []);
  const shown = new Set(await page.$$eval('bdi', nodes => nodes.map(node => node.textContent)));
  for (const text of [...data.people.names, ...data.channels.rows.map(row => row.name)]) assert.ok(shown.has(text), `not shown as it is: ${text}`);
  assert.deepEqual(problems, []);
});

testEach('a hostile name is found in the network and shown as text', ['hostile'], async (context, one) => {
  const { page, problems } = await open(context, one);
  const data = await dataOf(page);
  await show(page, 'network');
  const names = data.network.people.map(person => data.people.names[person]);
  const hostile = names.find(text => text.includes('<'));
  assert.ok(hostile, 'nobody in the network has a hostile name');
  await page.locator('#network-search').fill(hostile);
  await page.locator('[data-testid=network-match]').first().click();
  assert.equal(await page.locator('[data-testid=network-panel] h4').innerText(), hostile.replace(/\s+/g, ' ').trim());
  assert.deepEqual(problems, []);
});

testEach('the title is text', ['hostile'], async (context, one) => {
  const { page } = await open(context, one);
  const { title } = await dataOf(page);
  assert.ok((await page.title()).startsWith(title.trim().replace(/\s+/g, ' ')), await page.title());
  assert.equal(await page.locator('h1 bdi').evaluate(node => node.textContent), title);
});
