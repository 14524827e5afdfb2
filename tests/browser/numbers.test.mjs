// The numbers of the page are those of the metric tables, read here once more from their files.

import { assert, cellsOf, dataOf, download, isWhole, metric, number, open, parseCsv, show, showAllRows, sum, testEach } from './support.mjs';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const KINDS = ['demo', 'rcwg', 'years', 'one', 'large', 'scripts', 'hostile'];

/** A test of what the page says against the tables it was made from, where it shows all of these. */
function compare(title, f, kinds = KINDS) {
  testEach(title, kinds, async (context, one) => {
    if (!one.home && !one.metrics) return context.skip('the report has no tables');
    const { page, problems } = await open(context, one);
    const data = await dataOf(page);
    if (!isWhole(one, data)) {
      // Of these there are always tables: that nothing is compared must not pass for that all is equal.
      assert.ok(!['demo', 'rcwg'].includes(one.kind), 'the report leaves out what its tables hold: name the folder of its own in cases.json');
      return context.skip('the tables that this report was made from are not at hand');
    }
    await f({ page, data, one });
    assert.deepEqual(problems, []);
  });
}

const near = (a, b, what, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${what}: ${a} on the page, ${b} in the table`);

/** A cell without the apostrophe that keeps spreadsheets from running it. */
const bare = text => text.replace(/^'(?=[=+\-@\t\r])/, '');

/** E-mail addresses are in no report: of one in a name, what is before the @ is left. */
const withoutAddress = text => text.split(' ').map(word => word.replace(/^[<([]*([^@]+)@.*\..*$/, '$1…')).join(' ');

/** What people are called: their name, else the one they log in with; both where several share a name. */
function namesById(one) {
  const users = metric(one, 'useractive_data');
  const nodes = new Map(metric(one, 'node_data').map(row => [row.Id, row]));
  const called = new Map(users.map(({ user_id: id, name }) => [id, [withoutAddress(nodes.get(id)?.name ?? ''), withoutAddress(name), id].find(text => text.trim())]));
  const isThere = row => ['message_count', 'reaction_count', 'reactions_received', 'mentions_received'].some(deed => Number(row[deed]) > 0);
  const people = users.filter(row => isThere(row) && !isBot(one).has(row.user_id));
  const times = new Map();
  for (const { user_id: id } of people) times.set(called.get(id), (times.get(called.get(id)) ?? 0) + 1);
  return new Map(people.map(({ user_id: id, name }) => {
    const text = called.get(id);
    return [id, times.get(text) < 2 ? text : `${text} (${name && name !== text ? name : id})`];
  }));
}

const bots = new Map();

function isBot(one) {
  if (!bots.has(one)) {
    const file = one.tables ?? `${one.home}/master/csv`;
    const users = parseCsv(readFileSync(resolve(process.env.REPORTS, file, 'user_data.csv'), 'utf8'));
    bots.set(one, new Set(['USLACKBOT', ...users.filter(row => row.is_bot === 'true').map(row => row.id)]));
  }
  return bots.get(one);
}

compare('activity: its days, its totals, and its file', async ({ page, data, one }) => {
  const days = metric(one, 'activity_by_day');
  assert.equal(data.days.posts.length, days.length);
  for (const key of ['posts', 'replies', 'reactions', 'people', 'active', 'new_posters', 'people_7d', 'people_28d']) {
    assert.deepEqual(data.days[key], days.map(row => Number(row[key])), key);
  }
  const [posts, replies, threads, reactions] = await page.$$eval('[data-testid=totals] b', nodes => nodes.map(node => node.innerText));
  assert.equal(threads, number(sum(metric(one, 'aggr_by_channel').map(row => row.threads))));
  for (const [shown, key] of [[posts, 'posts'], [replies, 'replies'], [reactions, 'reactions']]) assert.equal(shown, number(sum(days.map(row => row[key]))), key);

  await show(page, 'activity');
  const saved = await download(page, '[data-testid=figure-activity]');
  assert.equal(saved.file, 'activity_by_day.csv');
  assert.deepEqual(saved.rows, days);
});

compare('hours: the cells, and the file', async ({ page, data, one }) => {
  const hours = metric(one, 'activity_by_hour');
  const posts = new Map(hours.map(row => [`${row.weekday} ${row.hour}`, Number(row.posts)]));
  await show(page, 'hours');
  const cells = await page.$$eval('[data-testid=table-hours] td', nodes => nodes.map(node => node.title));
  // en-GB weeks begin on Monday, as those of the table do.
  cells.forEach((told, i) => {
    const expected = posts.get(`${Math.floor(i / 24) + 1} ${i % 24}`) ?? 0;
    assert.ok(told.endsWith(`: ${number(expected)} ${expected === 1 ? 'post' : 'posts'}`), `${told}, and ${expected} in the table`);
  });
  const saved = await download(page, '[data-testid=figure-hours]');
  assert.deepEqual(saved.rows.filter(row => row.posts !== '0'), hours.filter(row => row.posts !== '0'));
  assert.equal(data.hours.zones[data.hours.default], data.zone);
});

compare('channels: cell by cell', async ({ page, data, one }) => {
  // Direct messages have no names: they are numbered as they stand in the table.
  let direct = 0;
  const all = metric(one, 'aggr_by_channel').map(row => (row.type === 'im' ? { ...row, name: `direct message ${++direct}` } : row))
    .filter(row => Number(row.posts) > 0);
  const { folded } = data.channels;
  const told = new Set(data.channels.rows.map(row => row.name));
  // Small channels are folded, and no other one but where a single small one would give itself away by the difference.
  const channels = folded ? all.filter(row => told.has(row.name)) : all;
  assert.ok(channels.every(row => Number(row.users) >= data.min_group), 'a small channel is shown');
  assert.ok(all.length - channels.length === (folded?.channels ?? 0), 'folded channels');
  assert.equal(sum(channels.map(row => row.posts)) + (folded?.posts ?? 0), sum(all.map(row => row.posts)));
  const health = new Map(metric(one, 'health_by_channel').map(row => [row.channel, row]));
  const response = new Map(metric(one, 'response_by_channel').map(row => [row.channel, row]));
  await show(page, 'channels');
  await showAllRows(page, 'table-channels');
  const titles = await page.$$eval('[data-testid=table-channels] thead th', nodes => nodes.map(node => node.innerText.trim()));
  const at = title => {
    const place = titles.findIndex(text => text.startsWith(title));
    assert.ok(place >= 0, `no column ${title} among ${titles}`);
    return place;
  };
  const shown = await cellsOf(page, 'table-channels');
  assert.equal(shown.length, channels.length);
  const key = (name, ...cells) => [name.replace(/\s+/g, ' ').trim(), ...cells].join(' | ');
  const written = (value, digits) => (value === undefined || value === '' ? '–' : number(value, digits));
  assert.deepEqual(
    shown.map(cells => key(cells[0], ...['Posts', 'Replies', 'People', 'Reactions', 'Absence factor', 'Gini', 'Burstiness'].map(title => cells[at(title)]))).sort(),
    channels.map(row => {
      const own = health.get(row.channel) ?? {};
      return key(row.name, number(row.posts), number(row.replies), number(row.users), number(row.reactions),
        written(own.absence_factor), written(own.gini, 2), written(own.burstiness, 2));
    }).sort());

  const saved = await download(page, '[data-testid=figure-channels]');
  const median = saved.rows.map(row => `${row.name} ${row.posts} ${row.opened} ${row.answered} ${Number(row.median_response_s).toFixed(3)}`);
  const wanted = channels.map(row => {
    const own = response.get(row.channel) ?? { threads: 0, answered: 0, median_response_s: 0 };
    return `${row.name} ${row.posts} ${own.threads} ${own.answered} ${Number(own.median_response_s).toFixed(3)}`;
  });
  // A cell that a spreadsheet would run has an apostrophe before it.
  assert.deepEqual(median.map(bare).sort(), wanted.sort());
});

compare('responses: threads, medians, and the histogram', async ({ data, one }) => {
  const threads = metric(one, 'response_data');
  const waits = threads.filter(row => row.response_s !== '').map(row => Number(row.response_s)).sort((a, b) => a - b);
  assert.equal(data.responses.threads, threads.length);
  assert.equal(data.responses.answered, waits.length);
  if (waits.length) {
    near(data.responses.median_s, waits[Math.ceil(waits.length / 2) - 1], 'median');
    near(data.responses.p90_s, waits[Math.ceil(waits.length * 0.9) - 1], 'p90');
  }
  let from = -Infinity;
  for (const { upto, count } of data.responses.bins) {
    assert.equal(count, waits.filter(wait => wait >= from && wait < (upto ?? Infinity)).length, `up to ${upto}`);
    from = upto;
  }
  assert.equal(sum(data.responses.months.threads), threads.length);
  assert.equal(sum(data.responses.months.answered), waits.length);
});

compare('retention: the cells', async ({ page, data, one }) => {
  const rows = metric(one, 'retention_by_cohort');
  await show(page, 'retention');
  const saved = data.retention.cohorts.flatMap(({ cohort, size, people }) => people.map((n, m) => `${cohort} ${m} ${n} ${size}`));
  const known = new Set(saved);
  const cohorts = new Set(data.retention.cohorts.map(({ cohort }) => cohort));
  for (const row of rows) {
    if (cohorts.has(row.cohort)) assert.ok(known.has(`${row.cohort} ${row.months_since} ${row.people} ${row.cohort_size}`), JSON.stringify(row));
    else assert.ok(data.min_group > 1 && cohorts.has('others'), `${row.cohort} is not there`);
  }
  assert.equal(sum(data.retention.cohorts.flatMap(({ people }) => people)), sum(rows.map(row => row.people)));
  const cells = await page.$$eval('[data-testid=table-retention] tbody tr', nodes => nodes.map(node => [...node.querySelectorAll('td')].map(cell => cell.innerText.trim())));
  data.retention.cohorts.slice(-24).forEach(({ size, people }, r) => people.slice(0, 25).forEach((n, m) => {
    assert.equal(cells[r][m], `${number((100 * n) / size)}%`, `cohort ${r}, month ${m}`);
  }));
});

compare('newcomers: new posters and first ties', async ({ data, one }) => {
  const byMonth = new Map();
  for (const row of metric(one, 'activity_by_day')) byMonth.set(row.date.slice(0, 7), (byMonth.get(row.date.slice(0, 7)) ?? 0) + Number(row.new_posters));
  assert.deepEqual(data.newcomers.months.map((month, i) => [month, data.newcomers.new_posters[i]]), [...byMonth]);
  const people = metric(one, 'newcomer_data');
  const tied = people.filter(row => row.first_tie_s !== '').map(row => Number(row.first_tie_s));
  assert.equal(data.newcomers.first_tie.people, people.length);
  assert.equal(data.newcomers.first_tie.never, people.length - tied.length);
  let from = -Infinity;
  for (const { upto, count } of data.newcomers.first_tie.bins) {
    assert.equal(count, tied.filter(wait => wait >= from && wait < (upto ?? Infinity)).length, `up to ${upto}`);
    from = upto;
  }
  data.newcomers.ties_30_days.bins.forEach((bin, i) => assert.equal(
    data.newcomers.ties_30_days.counts[i], people.filter(row => Number(row.ties_30_days) >= bin.from && Number(row.ties_30_days) <= (bin.to ?? Infinity)).length));
});

compare('people: cell by cell', async ({ page, one }) => {
  const names = namesById(one);
  const users = metric(one, 'useractive_data').filter(row => names.has(row.user_id));
  await show(page, 'people');
  await showAllRows(page, 'table-people');
  const shown = await page.$$eval('[data-testid=table-people] tbody tr', rows => rows.map(row => [row.querySelector('bdi')?.textContent ?? '', ...[...row.cells].slice(1, 8).map(cell => cell.innerText.trim())].join(' | ')));
  const keys = ['message_count', 'reply_count', 'channel_count', 'active_days', 'reaction_count', 'reactions_received', 'mentions_received'];
  assert.deepEqual(shown.sort(), users.map(row => [names.get(row.user_id), ...keys.map(key => number(row[key]))].join(' | ')).sort());
});

compare('helpers: replies to threads of others', async ({ data, one }) => {
  const names = namesById(one);
  const given = new Map();
  for (const row of metric(one, 'edge_data')) {
    if (row.relate !== 'interacts' || row.Source === row.Target || !names.has(row.Source) || !names.has(row.Target)) continue;
    given.set(names.get(row.Source), (given.get(names.get(row.Source)) ?? 0) + Number(row.Weight));
  }
  data.people.names.forEach((name, i) => assert.equal(data.people.answers[i], given.get(name) ?? 0, name));
});

compare('emoji: each with its count', async ({ page, data, one }) => {
  const told = new Set(data.emoji.names);
  const all = metric(one, 'emoji_data');
  const emoji = data.emoji.folded ? all.filter(row => told.has(row.reaction)) : all;
  assert.equal(all.length - emoji.length, data.emoji.folded);
  assert.ok(emoji.every(row => Number(row.users) >= data.min_group), 'an emoji of few people is shown');
  assert.deepEqual(
    data.emoji.names.map((name, i) => `${name} ${data.emoji.count[i]} ${data.emoji.people[i]} ${data.emoji.messages[i]}`).sort(),
    emoji.map(row => `${row.reaction} ${row.count} ${row.users} ${row.messages}`).sort());
  await show(page, 'emoji');
  const shown = await page.$$eval('[data-testid=table-top-emoji] tbody tr', rows => rows.map(row => [row.querySelector('bdi').textContent, ...[...row.querySelectorAll('.value')].map(cell => cell.innerText)]));
  const byName = new Map(emoji.map(row => [`:${row.reaction}:`, row]));
  for (const [name, ...values] of shown) {
    const row = byName.get(name);
    assert.deepEqual(values, [number(row.count), number(row.users)], name);
  }
  assert.equal(shown.length, Math.min(15, emoji.length));
}, ['demo', 'rcwg', 'years', 'large', 'scripts', 'hostile']);

compare('network: ties, measures, communities, months', async ({ page, data, one }) => {
  const names = namesById(one);
  const { network } = data;
  const ties = metric(one, 'network_data');
  const nodes = metric(one, 'node_measures').filter(row => names.has(row.id));
  assert.equal(network.edges_total, ties.length);
  await show(page, 'network');

  const measures = (await download(page, '.table:has([data-testid=table-network-measures])')).rows;
  const wanted = new Map(metric(one, 'graph_measures').map(row => [row.key, Number(row.value)]));
  assert.equal(measures.length, wanted.size);
  for (const { key, value } of measures) near(Number(value), wanted.get(key), key);

  const people = await download(page, '.table:has([data-testid=table-network-people])');
  assert.equal(people.file, 'node_measures.csv');
  const byName = new Map(people.rows.map(row => [bare(row.name), row]));
  assert.equal(byName.size, nodes.length);
  for (const row of nodes) {
    const own = byName.get(names.get(row.id));
    assert.ok(own, `${names.get(row.id)} is not there`);
    for (const key of ['in_degree', 'out_degree', 'core', 'community']) assert.equal(own[key], row[key], `${key} of ${own.name}`);
    for (const key of ['in_strength', 'out_strength', 'pagerank', 'betweenness']) near(Number(own[key]), Number(row[key]), `${key} of ${own.name}`, 1e-4);
  }
  const shown = await cellsOf(page, 'table-network-communities');
  assert.deepEqual(shown.map(cells => cells.slice(0, 2)), metric(one, 'community_data').slice(0, 25).map(row => [number(row.community), number(row.size)]));

  const months = new Map();
  for (const { month, key, value } of metric(one, 'graph_measures_by_month')) months.set(`${month} ${key}`, Number(value));
  network.months.months.forEach((month, i) => {
    for (const key of ['nodes', 'edges', 'density', 'reciprocity']) near(network.months[key][i], months.get(`${month} ${key}`), `${key} in ${month}`);
  });
}, ['demo', 'rcwg', 'years', 'large']);

compare('network: the file of ties holds those that are drawn', async ({ page, data, one }) => {
  const names = namesById(one);
  await show(page, 'network');
  const { edges, edges_total: total } = data.network;
  const most = await page.$eval('#network-edges', slider => {
    slider.value = slider.max;
    slider.dispatchEvent(new Event('input'));
    return Number(slider.max);
  });
  const saved = await download(page, '[data-testid=figure-network]');
  assert.equal(saved.file, 'network_data.csv');
  assert.equal(saved.rows.length, most);
  const all = new Map(metric(one, 'network_data').filter(row => names.has(row.Source) && names.has(row.Target))
    .map(row => [`${names.get(row.Source)} -> ${names.get(row.Target)}`, Number(row.Weight)]));
  for (const row of saved.rows) {
    const tie = `${bare(row.Source)} -> ${bare(row.Target)}`;
    near(Number(row.Weight), all.get(tie), tie);
    all.delete(tie); // None is there twice.
  }
  // What the drawing holds is what the table holds, but for its weakest ties where these are too many.
  assert.equal(edges.source.length, Math.min(total, edges.source.length));
  if (edges.source.length === total && most === total) assert.equal(all.size, 0);
}, ['demo', 'rcwg', 'years', 'large']);

compare('countries: people who posted, and posts', async ({ data, one }) => {
  const names = namesById(one);
  const nodes = new Map(metric(one, 'node_data').map(row => [row.Id, row]));
  const posts = new Map();
  for (const row of metric(one, 'useractive_data').filter(row => names.has(row.user_id) && Number(row.message_count) > 0)) {
    const iso = nodes.get(row.user_id)?.iso ?? '';
    const own = posts.get(iso) ?? { posters: 0, posts: 0 };
    posts.set(iso, { posters: own.posters + 1, posts: own.posts + Number(row.message_count) });
  }
  for (const row of data.countries.rows.filter(row => row.iso)) {
    const own = posts.get(row.iso) ?? { posters: 0, posts: 0 };
    assert.deepEqual([row.posters, row.posts], [own.posters, own.posts], row.iso);
  }
  assert.equal(sum(data.countries.rows.map(row => row.posts)) + data.countries.unknown.posts, sum([...posts.values()].map(own => own.posts)));
});
