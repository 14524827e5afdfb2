// Tables sort, filter, and show all of their rows when asked.

import { assert, cellsOf, dataOf, open, show, showAllRows, testEach } from './support.mjs';

const BIG = ['demo', 'rcwg'];

testEach('a column sorts both ways', BIG, async (context, one) => {
  const { page, problems } = await open(context, one);
  const { channels } = await dataOf(page);
  await show(page, 'channels');
  const head = page.locator('[data-testid=table-channels] th', { hasText: 'People' }).first();
  const place = await head.evaluate(cell => cell.cellIndex);
  const column = async () => (await cellsOf(page, 'table-channels')).map(cells => Number(cells[place].replaceAll(',', '')));
  const people = channels.rows.map(row => row.people).sort((a, b) => b - a);
  await head.getByRole('button').click();
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await column(), people.slice(0, 25));
  await head.getByRole('button').click();
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  assert.deepEqual(await column(), people.reverse().slice(0, 25));
  assert.deepEqual(problems, []);
});

testEach('names sort from the first letter on, by keyboard', BIG, async (context, one) => {
  const { page } = await open(context, one);
  const { people } = await dataOf(page);
  await show(page, 'people');
  const head = page.locator('[data-testid=table-people] th', { hasText: 'Name' }).first();
  await head.getByRole('button').focus();
  await page.keyboard.press('Enter');
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  const first = await page.locator('[data-testid=table-people] tbody bdi').first().evaluate(node => node.textContent);
  const order = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' });
  assert.ok(people.names.every(name => order.compare(first, name) <= 0), `${first} comes first`);
});

testEach('a filter leaves the rows that match, of all rows', BIG, async (context, one) => {
  const { page, problems } = await open(context, one);
  const { people } = await dataOf(page);
  await show(page, 'people');
  const last = people.names.at(-1);
  const matches = people.names.filter(name => name.toLocaleLowerCase().includes(last.toLocaleLowerCase())).length;
  const field = page.locator('.table', { has: page.locator('[data-testid=table-people]') }).getByRole('searchbox');
  await field.fill(last);
  const shown = await page.$$eval('[data-testid=table-people] tbody bdi', nodes => nodes.map(node => node.textContent));
  assert.equal(shown.length, matches);
  assert.ok(shown.includes(last));
  await field.fill('nobody is called that');
  assert.equal((await cellsOf(page, 'table-people')).length, 0);
  await field.fill('');
  assert.equal((await cellsOf(page, 'table-people')).length, Math.min(25, people.names.length));
  assert.deepEqual(problems, []);
});

testEach('all rows are shown when asked for', ['demo', 'rcwg', 'large'], async (context, one) => {
  const { page } = await open(context, one);
  const { people } = await dataOf(page);
  await show(page, 'people');
  await showAllRows(page, 'table-people');
  assert.equal((await cellsOf(page, 'table-people')).length, people.names.length);
});

testEach('another time zone moves the hours', ['demo', 'rcwg'], async (context, one) => {
  const { page } = await open(context, one);
  const { hours } = await dataOf(page);
  await show(page, 'hours');
  const zone = 'Asia/Tokyo';
  await page.locator('#figure-hours input').fill(zone);
  await page.locator('#figure-hours input').press('Enter');
  await page.locator('#figure-hours input').blur();
  const told = await page.$$eval('[data-testid=table-hours] td', nodes => nodes.map(node => Number(node.title.match(/: ([\d,]+) post/)[1].replaceAll(',', ''))));
  assert.deepEqual(told, hours.grids[hours.grid_of[hours.zones.indexOf(zone)]]);
  assert.notDeepEqual(told, hours.grids[hours.grid_of[hours.default]]);
});
