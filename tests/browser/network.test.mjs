// The network can be looked at: by WebGL, and as SVG where there is none.

import { assert, dataOf, open, settled, show, testEach } from './support.mjs';

const NETWORKS = ['demo', 'rcwg'];

/** The circles and lines of the SVG drawing. */
function drawn(page) {
  return page.evaluate(() => {
    const count = selector => [...document.querySelectorAll(`.network-svg ${selector} path`)].reduce((n, path) => n + path.getAttribute('d').split('M').length - 1, 0);
    return { nodes: count('.network-nodes'), edges: count('.network-edges') };
  });
}

/** Waits for what takes a frame, which a software renderer draws slowly. */
async function until(holds, what) {
  for (let i = 0; i < 100; i++) {
    if (await holds()) return;
    await new Promise(done => setTimeout(done, 100));
  }
  assert.fail(what);
}

/** Numbers of the panel. */
async function panel(page, key) {
  return page.locator(`[data-testid=network-panel] dd[data-key=${key}]`).innerText().then(text => text.trim());
}

for (const webgl of [true, false]) {
  const how = webgl ? 'webgl' : 'svg';
  testEach(`search finds a person, ${how}`, NETWORKS, async (context, one) => {
    const { page, problems } = await open(context, one, { webgl });
    const { network, people } = await dataOf(page);
    await show(page, 'network');
    assert.equal(await page.getAttribute('[data-testid=network-stage]', 'data-view'), how);
    const who = network.pagerank.indexOf(Math.max(...network.pagerank));
    const name = people.names[network.people[who]];
    await page.locator('#network-search').fill(name.toUpperCase());
    await page.locator('#network-search').press('ArrowDown');
    const found = page.locator('[data-testid=network-match][aria-selected=true]');
    assert.equal(await found.innerText(), name);
    await page.locator('#network-search').press('Enter');
    await settled(page);
    assert.equal(await page.locator('[data-testid=network-panel] h4').innerText(), name);
    const format = value => new Intl.NumberFormat('en-GB').format(value);
    assert.equal(await panel(page, 'degree'), `${format(network.in_degree[who])}, ${format(network.out_degree[who])}`);
    assert.equal(await panel(page, 'strength'), `${format(network.in_strength[who])}, ${format(network.out_strength[who])}`);
    assert.equal(await panel(page, 'pagerank'), `1 of ${format(network.people.length)}`);
    const rank = 1 + network.betweenness.filter(value => value > network.betweenness[who]).length;
    assert.equal(await panel(page, 'betweenness'), `${format(rank)} of ${format(network.people.length)}`);
    assert.equal(await panel(page, 'community'), String(network.community[who]));

    // It stands in the middle now, and what is there when clicked is that person.
    const box = await page.locator('.network-place').boundingBox();
    const position = () => page.$eval('[data-testid=network-stage]', (stage, i) => stage.networkView.position(i), who);
    await until(async () => {
      const { x, y } = await position();
      return Math.abs(x - box.width / 2) < 3 && Math.abs(y - box.height / 2) < 3;
    }, 'is not in the middle');
    const { x, y } = await position();
    await page.getByRole('button', { name: 'Show everybody' }).click();
    assert.equal(await page.locator('[data-testid=network-panel] h4').count(), 0);
    await page.locator('.network-place').hover({ position: { x, y } });
    await page.waitForSelector('[data-testid=network-panel] h4');
    assert.equal(await page.locator('[data-testid=network-panel] h4').innerText(), name);
    await page.locator('.network-place').click({ position: { x, y } });
    await page.waitForSelector('[data-testid=network-panel] h5');
    await page.getByRole('button', { name: 'Show everybody' }).waitFor();
    assert.deepEqual(problems, []);
  });

  testEach(`zooms by button, wheel and keyboard, ${how}`, ['demo'], async (context, one) => {
    const { page, problems } = await open(context, one, { webgl });
    await show(page, 'network');
    const distance = () => page.$eval('[data-testid=network-stage]', stage => {
      const [a, b] = [0, 1].map(i => stage.networkView.position(i));
      return Math.hypot(a.x - b.x, a.y - b.y);
    });
    const changes = async (act, sign, what) => {
      const before = await distance();
      await act();
      await until(async () => sign * (await distance() - before) > 1e-6, what);
    };
    await changes(() => page.getByRole('button', { name: 'Zoom in' }).click(), 1, 'button in');
    await changes(() => page.getByRole('button', { name: 'Zoom out' }).click(), -1, 'button out');
    await page.locator('[data-testid=network-stage]').focus();
    await changes(() => page.keyboard.press('+'), 1, 'plus');
    await changes(() => page.keyboard.press('-'), -1, 'minus');
    const place = await page.locator('.network-place').boundingBox();
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    await changes(() => page.mouse.wheel(0, -200), 1, 'wheel');
    const spot = () => page.$eval('[data-testid=network-stage]', stage => stage.networkView.position(0).x);
    const before = await spot();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await spot()) < before, 'the arrow moves what is seen to the right');
    const scroll = await page.evaluate(() => scrollY);
    await page.evaluate(() => document.activeElement.blur());
    await page.mouse.wheel(0, 200);
    await until(async () => (await page.evaluate(() => scrollY)) > scroll, 'the wheel scrolls the page again once the focus has left');
    assert.deepEqual(problems, []);
  });
}

testEach('SVG draws everybody and the strongest ties', ['demo', 'rcwg', 'large'], async (context, one) => {
  const { page, problems } = await open(context, one);
  const { network } = await dataOf(page);
  await show(page, 'network');
  const slide = value => page.$eval('#network-edges', (slider, to) => {
    slider.value = to ?? slider.max;
    slider.dispatchEvent(new Event('input'));
  }, value);
  const most = Math.min(2000, network.edges.source.length);
  await slide(null);
  await settled(page);
  assert.deepEqual(await drawn(page), { nodes: network.people.length, edges: most });
  assert.equal(await page.locator('[data-testid=network-edges-shown]').innerText(), `${most.toLocaleString('en-GB')} of ${network.edges_total.toLocaleString('en-GB')}`);
  await slide(17);
  await settled(page);
  assert.equal((await drawn(page)).edges, 17);
  assert.deepEqual(problems, []);
});

testEach('a community alone', ['demo', 'rcwg'], async (context, one) => {
  const { page } = await open(context, one);
  const { network } = await dataOf(page);
  await show(page, 'network');
  const first = page.locator('[data-testid=network-community]').first();
  const colour = await first.locator('.network-swatch').evaluate(node => getComputedStyle(node).backgroundColor);
  await first.click();
  await settled(page);
  const colours = await page.$$eval('.network-svg .network-nodes path', paths => paths.map(path => [getComputedStyle(path).fill, path.getAttribute('d').split('M').length - 1]));
  const size = network.community.filter(community => community === network.communities[0].community).length;
  assert.deepEqual(colours.filter(([fill]) => fill === colour), [[colour, size]]);
  assert.equal(colours.reduce((n, [, count]) => n + count, 0), network.people.length);
  assert.equal(await first.getAttribute('aria-pressed'), 'true');
});

testEach('SVG where WebGL fails when it is asked for', ['demo'], async (context, one) => {
  const { page, problems } = await open(context, one, {
    webgl: true,
    init: () => {
      const getContext = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return /webgl/.test(kind) ? null : getContext.call(this, kind, ...rest);
      };
    },
  });
  await show(page, 'network');
  assert.equal(await page.getAttribute('[data-testid=network-stage]', 'data-view'), 'svg');
  assert.ok((await drawn(page)).nodes > 0);
  assert.deepEqual(problems, []);
});

testEach('SVG where WebGL is lost later', ['demo'], async (context, one) => {
  const { page, problems } = await open(context, one, { webgl: true });
  await show(page, 'network');
  assert.equal(await page.getAttribute('[data-testid=network-stage]', 'data-view'), 'webgl');
  await page.evaluate(() => {
    const canvas = [...document.querySelectorAll('.network-place canvas')].find(node => node.getContext('webgl2'));
    canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext();
  });
  await page.waitForSelector('[data-testid=network-stage][data-view=svg]');
  await settled(page);
  assert.ok((await drawn(page)).nodes > 0);
  assert.deepEqual(problems, []);
});

testEach('says so where there is no network', ['empty', 'one'], async (context, one) => {
  const { page } = await open(context, one);
  const { network } = await dataOf(page);
  await show(page, 'network');
  if (!network) assert.match(await page.locator('#network').innerText(), /no network to draw/);
});
