import { expect, test } from 'vitest';
import { parseCommand } from '../../src/core/command.ts';
import { type ListFilter, readFilter } from '../../src/core/list-filter.ts';

function filterIn(words: string): ListFilter {
  const read = readFilter(words);
  if (read.kind !== 'filter') throw new Error(`${JSON.stringify(words)} is read as ${read.kind}`);
  return read.filter;
}

test.each<[string, number | null, number | null]>([
  ['>500', 501, null],
  ['> 500', 501, null],
  // As answers show it.
  ['›500', 501, null],
  ['>=500', 500, null],
  ['≥ 1,000', 1_000, null],
  ['<50', null, 49],
  ['<= 50', null, 50],
  ['51-200', 51, 200],
  ['51 – 200 employees', 51, 200],
  ['51 to 200', 51, 200],
  ['1000+', 1_000, null],
  ['1.5k+', 1_500, null],
  ['over 500 employees', 501, null],
  ['at most 2k', null, 2_000],
  ['above 500', 501, null],
  ['more than 500', 501, null],
  ['under 50', null, 49],
  ['below 50', null, 49],
  ['less than 50', null, 49],
  ['fewer than 50', null, 49],
  ['at least 200', 200, null],
  ['up to 50', null, 50],
  ['≤50', null, 50],
  ['>100 <500', 101, 499],
  ['>100 >200 <500 <400', 201, 399],
  ['51-51', 51, 51],
])('%j means from %j to %j employees', (words, least, most) => {
  expect(filterIn(words)).toMatchObject({ least, most, terms: [], late: false });
});

test.each([
  ['series b', [['series b']]],
  ['series_b', [['series b']]],
  ['Series-B', [['series b']]],
  ['pre-seed', [['pre seed']]],
  ['next.js', [['next.js']]],
  ['c++', [['c++']]],
  ['startups', [['startups', 'startup']]],
  ['business', [['business']]],
  ['ios', [['ios']]],
  ['series bb', [['series', 'serie'], ['bb']]],
  ['miniseries b', [['miniseries', 'miniserie'], ['b']]],
  ["''quoted.''", [['quoted']]],
  ['api  --  gateway', [['api'], ['gateway']]],
  ['web3 s3', [['web3'], ['s3']]],
  ['logistics berlin', [expect.arrayContaining(['logistics', 'freight']), ['berlin']]],
  ['in real estate', [expect.arrayContaining(['real estate', 'property'])]],
  ['e-commerce', [expect.arrayContaining(['e commerce', 'retail'])]],
  ['__proto__', [['proto']]],
  ['constructor', [['constructor']]],
  ["people's choice", [["people's"], ['choice']]],
])('%j looks for %j', (words, looked) => {
  expect(filterIn(words).terms.map((term) => term.words)).toEqual(looked);
});

test.each([
  ['fintech', ['financial', 'bank', 'payment']],
  ['healthtech', ['health', 'medical']],
  ['healthcare', ['health', 'medical']],
  ['proptech', ['real estate']],
  ['ai', ['artificial intelligence', 'machine learning']],
])('the sales word %j is understood', (word, meant) => {
  expect(filterIn(word).terms).toEqual([
    { words: expect.arrayContaining([word, ...meant]), plan: null, feature: null },
  ]);
});

test('plans and features are those of the leads', () => {
  expect(filterIn('on the pro plan with edge functions').terms).toEqual([
    { words: ['pro'], plan: 'pro', feature: null },
    expect.objectContaining({ plan: null, feature: 'uses_edge_functions' }),
  ]);
});

test('everything can be combined', () => {
  expect(filterIn('Fintech, Series B >100 late')).toMatchObject({
    text: 'fintech, series b >100 late',
    late: true,
    least: 101,
    most: null,
    terms: [{ words: expect.arrayContaining(['fintech']) }, { words: ['series b'] }],
  });
});

test.each([
  'Fintech  >1k',
  'series_b',
  '“51 – 200”',
  "people's `choice`",
  'Ｆｉｎｔｅｃｈ',
  'a/b?c:d',
])('what is kept of %j is read as the same again', (words) => {
  const filter = filterIn(words);
  expect(filterIn(filter.text)).toEqual(filter);
});

test.each([
  '>',
  '>abc',
  '<',
  '> fintech',
  '500',
  '500 employees',
  '200-51',
  '>500 <100',
  '<0',
  '>99999999999999',
  'fintech =',
  'seven words that hardly any company would ever fit',
  `x${'y'.repeat(100)}`,
])('%j can’t be read', (words) => {
  expect(readFilter(words)).toMatchObject({ kind: 'unreadable' });
});

test('reads 100 characters and six terms, and no more', () => {
  expect(filterIn('x'.repeat(100)).text).toHaveLength(100);
  expect(readFilter('x'.repeat(101)).kind).toBe('unreadable');
  expect(filterIn('one two three four five six').terms).toHaveLength(6);
  expect(readFilter('one two three four five six seven').kind).toBe('unreadable');
});

test('says no more than 200 characters of what it cannot read', () => {
  const command = parseCommand(`hot ${'x'.repeat(1_000)}`);
  expect(command).toMatchObject({ kind: 'unreadable-filter', part: 'x'.repeat(200) });
});

test.each(['leads', 'please', 'for me', 'now'])('%j narrows nothing', (words) => {
  expect(readFilter(words)).toEqual({ kind: 'everything' });
});

test.each([
  ['hot fintech', 'hot', 'fintech'],
  ['HOT &gt;500', 'hot', '>500'],
  ['hot&gt;500', 'hot', '>500'],
  ['hot: 51-200', 'hot', '51-200'],
  ['mine late', 'mine', 'late'],
  ['hot <http://next.js|next.js>', 'hot', 'next.js'],
  ['Hot Topic', 'hot', 'topic'],
])('/lead %s is the list %s of %s', (text, kind, filter) => {
  expect(parseCommand(text)).toMatchObject({ kind, filter: { text: filter } });
});

test.each([
  ['hot', { kind: 'hot' }],
  ['hot.', { kind: 'hot' }],
  ['"mine"', { kind: 'mine' }],
  ['hot leads', { kind: 'hot' }],
  ['hot &gt;', { kind: 'unreadable-filter', list: 'hot', part: '>' }],
  ['hot &gt;abc', { kind: 'unreadable-filter', list: 'hot', part: '>abc' }],
  ['mine &lt;', { kind: 'unreadable-filter', list: 'mine', part: '<' }],
])('/lead %s is %j', (text, command) => {
  expect(parseCommand(text)).toEqual(command);
});

test.each(['hotjar', 'hot.com', 'hot-topic.com', 'hottopic', 'minecraft', 'company hot topic'])(
  '/lead %s is a lookup',
  (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'lookup' });
  },
);
