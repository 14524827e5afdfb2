// Every report opens from a file: no error, no warning, nothing asked of the network; every section says something.

import { assert, cellsOf, dataOf, drawAll, open, testEach } from './support.mjs';

const SECTIONS = ['key-figures', 'activity', 'hours', 'channels', 'responses', 'newcomers', 'retention', 'people', 'emoji', 'network', 'countries', 'missing'];

testEach('opens without an error', [], async (context, one) => {
  const { page, problems, address } = await open(context, one, { webgl: true });
  const ids = await drawAll(page);
  assert.deepEqual(SECTIONS.filter(id => !ids.includes(id)), [], 'sections that are not there');
  for (const id of ids) {
    const text = await page.locator(`section#${id}`).innerText();
    assert.ok(text.trim().split('\n').length > 1, `${id} has only its heading`);
    assert.doesNotMatch(text, /could not be drawn/, id);
    // Names may be anything, so that only what the page itself writes is looked at.
    const own = await page.locator(`section#${id}`).evaluate(node => {
      const copy = node.cloneNode(true);
      copy.querySelectorAll('bdi, text').forEach(name => name.remove());
      return copy.textContent;
    });
    assert.doesNotMatch(own, /\b(NaN|undefined|Infinity|null)\b|\[object/, id);
  }
  assert.equal(page.url(), address);
  assert.deepEqual(problems, []);
});

testEach('each section has its chart', ['demo', 'rcwg', 'large', 'anonymous'], async (context, one) => {
  const { page, problems } = await open(context, one, { webgl: true });
  await drawAll(page);
  const data = await dataOf(page);
  for (const figure of ['activity', 'responses', 'response-months', 'new-posters', 'first-tie', 'ties-30-days', 'reactions', 'network-months']) {
    const shapes = await page.locator(`[data-testid=figure-${figure}] .chart svg path`).count();
    assert.ok(shapes > 5, `${figure} has ${shapes} shapes`);
  }
  const rows = async id => (await cellsOf(page, `table-${id}`)).length;
  assert.equal(await rows('hours'), 7);
  assert.equal(await page.locator('[data-testid=table-hours] td').count(), 168);
  assert.equal(await rows('channels'), Math.min(25, data.channels.rows.length));
  assert.equal(await rows('people'), Math.min(25, data.people.names.length));
  assert.equal(await rows('network-people'), Math.min(25, data.network.people.length));
  assert.equal(await rows('network-communities'), Math.min(25, data.network.communities.length));
  assert.equal(await page.getAttribute('[data-testid=network-stage]', 'data-nodes'), String(data.network.people.length));
  for (const id of ['retention', 'answers', 'top-emoji', 'helpers', 'network-measures']) assert.ok((await rows(id)) > 1, id);
  assert.equal(await page.locator('[data-testid^=key-]').count(), data.key_figures.figures.length);
  assert.deepEqual(problems, []);
});
