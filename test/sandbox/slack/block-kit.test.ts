import { expect, test } from 'vitest';
import { checkMessageBlocks, checkView } from '../../../src/sandbox/slack/block-kit.ts';
import { button, clientOf, HOT, modal, refusal, section, slackForTest } from './harness.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const press = (extra: object) => ({
  type: 'actions',
  elements: [{ type: 'button', text: plain('Go'), action_id: 'go', ...extra }],
});
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n}`);
const chart = (shown: object) => ({ type: 'data_visualization', title: 'x', chart: shown });
const pie = (segments: object[]) => chart({ type: 'pie', segments });
const bars = (
  categories: string[],
  series: string[],
  data: object[] = categories.map((label) => ({ label, value: -1.5 })),
) =>
  chart({
    type: 'bar',
    series: series.map((name) => ({ name, data })),
    axis_config: { categories, x_label: 'Day', y_label: 'Leads' },
  });
const dataTable = (rows: string[][]) => ({
  type: 'data_table',
  caption: 'x',
  rows: rows.map((row) => row.map((text) => ({ type: 'raw_text', text }))),
});
const richCell = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
};
const option = (value: string) => ({ text: plain('x'), value });

test.each([
  ['unsupported type: banner', { type: 'banner' }],
  ['unsupported type: alert', { type: 'alert', text: mrkdwn('x') }],
  ['missing required field: type', { text: mrkdwn('x') }],
  ['invalid additional property: colour', { ...section('x'), colour: 'red' }],
  ['must be less than 3001 characters', section('x'.repeat(3001))],
  ['must be more than 0 characters', section('')],
  ['must provide one of: text, fields', { type: 'section' }],
  ['no more than 10 items allowed', { type: 'section', fields: many(11, mrkdwn('x')) }],
  ['must be less than 2001 characters', { type: 'section', fields: [mrkdwn('x'.repeat(2001))] }],
  ['must be less than 151 characters', { type: 'header', text: plain('x'.repeat(151)) }],
  ['unsupported type: mrkdwn', { type: 'header', text: mrkdwn('x') }],
  ['must provide an object', { type: 'header', text: 'x' }],
  ['no more than 10 items allowed', { type: 'context', elements: many(11, mrkdwn('x')) }],
  ['must be less than 76 characters', press({ text: plain('x'.repeat(76)) })],
  ['must be less than 2001 characters', press({ value: 'x'.repeat(2001) })],
  ['must provide a string', press({ value: 7 })],
  ['must be one of: primary, danger', press({ style: 'default' })],
  ['must be a valid url', press({ url: 'velocitypay.io' })],
  ['must be less than 256 characters', press({ action_id: 'x'.repeat(256) })],
  ['no more than 25 items allowed', { type: 'actions', elements: many(26, {}) }],
  [
    'action_id go already exists',
    { type: 'actions', elements: many(2, { type: 'button', text: plain('x'), action_id: 'go' }) },
  ],
  [
    'no more than 5 items allowed',
    { type: 'actions', elements: [{ type: 'overflow', options: many(6, option('a')) }] },
  ],
  [
    'must be less than 151 characters',
    { type: 'actions', elements: [{ type: 'overflow', options: [option('x'.repeat(151))] }] },
  ],
  [
    'unsupported type: email_text_input',
    { type: 'input', label: plain('x'), element: { type: 'email_text_input' } },
  ],
  [
    'must match one of the options',
    {
      type: 'actions',
      elements: [{ type: 'static_select', options: [option('a')], initial_option: option('b') }],
    },
  ],
  [
    'must be a date as YYYY-MM-DD',
    {
      type: 'input',
      label: plain('x'),
      element: { type: 'datepicker', action_id: 'd', initial_date: '24.12.2026' },
    },
  ],
  [
    'must be less than 151 characters',
    {
      type: 'input',
      label: plain('x'),
      element: { type: 'users_select', action_id: 'u', placeholder: plain('x'.repeat(151)) },
    },
  ],
  [
    'no more than 10 items allowed',
    {
      type: 'input',
      label: plain('x'),
      element: { type: 'radio_buttons', action_id: 'r', options: many(11, option('a')) },
    },
  ],
  ['must be less than 201 characters', { type: 'card', body: mrkdwn('x'.repeat(201)) }],
  ['must provide one of: hero_image', { type: 'card', subtitle: mrkdwn('x') }],
  [
    'no more than 100 items allowed',
    { type: 'table', rows: many(101, [{ type: 'raw_text', text: 'x' }]) },
  ],
  ['must be more than 0 characters', { type: 'table', rows: [[{ type: 'raw_text', text: '' }]] }],
  ['must be less than 21 characters', pie([{ label: 'x'.repeat(21), value: 1 }])],
  ['must be more than or equal to', pie([{ label: 'a', value: 0 }])],
  ['no more than 6 items allowed', pie(many(7, { label: 'a', value: 1 }))],
  ['no less than 1 items allowed', pie([])],
  [
    'must be less than 51 characters',
    { ...pie([{ label: 'a', value: 1 }]), title: 'x'.repeat(51) },
  ],
  ['must be less than 21 characters', bars(['x'.repeat(21)], ['A'])],
  ['must be less than 21 characters', bars(['Mon'], ['x'.repeat(21)])],
  ['must be unique', bars(['Mon'], ['A', 'A'])],
  ['must be unique', bars(['Mon', 'Mon'], ['A'])],
  ['no more than 6 items allowed', bars(['Mon'], [...'ABCDEFG'])],
  ['no more than 20 items allowed', bars(names(21), ['A'])],
  [
    'must provide one point for each category',
    bars(['Mon', 'Tue'], ['A'], [{ label: 'Mon', value: 1 }]),
  ],
  [
    'must provide one point for each category',
    bars(['Mon', 'Tue'], ['A'], many(2, { label: 'Mon', value: 1 })),
  ],
  [
    'must provide one point for each category',
    bars(['Mon'], ['A'], many(2, { label: 'Mon', value: 1 })),
  ],
  ['must provide a number', bars(['Mon'], ['A'], [{ label: 'Mon', value: null }])],
  ['unsupported type: donut', { ...pie([]), chart: { type: 'donut' } }],
  ['missing required field: caption', { ...dataTable([['a'], ['b']]), caption: undefined }],
  ['no less than 2 items allowed', dataTable([['a']])],
  ['no more than 201 items allowed', dataTable(many(202, ['a']))],
  ['no more than 20 items allowed', dataTable(many(2, names(21)))],
  ['all rows must have the same number of cells', dataTable([['a', 'b'], ['c']])],
  ['must be more than 0 characters', dataTable([['a'], ['']])],
  ['must be less than 20001 characters', dataTable([['a'], ...many(3, ['x'.repeat(7000)])])],
  ['must be the index of a column', { ...dataTable([['a'], ['b']]), row_header_column_index: 1 }],
  ['must be less than or equal to 100', { ...dataTable([['a'], ['b']]), page_size: 101 }],
  [
    'header cells must not be rich_text',
    { ...dataTable([['a'], ['b']]), rows: many(2, [richCell]) },
  ],
  [
    'missing required field: text',
    { ...dataTable([['a'], ['b']]), rows: many(2, [{ type: 'raw_number', value: 4 }]) },
  ],
  [
    'unsupported type: card',
    { type: 'container', title: plain('x'), child_blocks: [{ type: 'card' }] },
  ],
])('refuses a block with: %s', (problem, block) => {
  const checked = checkMessageBlocks([block]);
  expect(checked).toMatchObject({ ok: false, error: 'invalid_blocks' });
  expect(checked.ok ? [] : checked.problems).toContainEqual(
    expect.stringMatching(new RegExp(`${problem}.*\\[json-pointer:/blocks/0`)),
  );
});

test.each([
  section('x'.repeat(3000)),
  { type: 'header', text: plain('x'.repeat(150)), level: 2 },
  press({ style: 'primary', value: 'x'.repeat(2000), url: 'https://velocitypay.io' }),
  {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
  },
  {
    type: 'card',
    title: mrkdwn('*x*'),
    body: mrkdwn('x'.repeat(200)),
    actions: [{ type: 'button', text: plain('x') }],
  },
  { type: 'carousel', elements: [{ type: 'card', title: mrkdwn('x') }] },
  { type: 'container', title: plain('x'), child_blocks: [section('x'), { type: 'divider' }] },
  {
    type: 'table',
    rows: many(100, [
      { type: 'raw_text', text: 'x' },
      { type: 'raw_number', value: 4, text: '4' },
    ]),
  },
  dataTable(many(201, ['x'.repeat(99)])),
  { ...dataTable([['a', 'b']]), rows: [...dataTable([['a']]).rows, [richCell]] },
  pie(many(6, { label: 'x'.repeat(20), value: 0.5 })),
  bars(names(20), [...'ABCDEF']),
  { type: 'markdown', text: 'x'.repeat(12_000) },
])('accepts block $type at its limits', (block) => {
  expect(checkMessageBlocks([block])).toMatchObject({ ok: true });
});

test('allows at most two charts and one table of either kind in a message', () => {
  const one = pie([{ label: 'a', value: 1 }]);
  const table = dataTable([['a'], ['b']]);
  const classic = { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] };
  expect(checkMessageBlocks([one, one, table])).toMatchObject({ ok: true });
  for (const blocks of [
    [one, one, one],
    [table, table],
    [table, classic],
  ])
    expect(checkMessageBlocks(blocks)).toMatchObject({ ok: false, error: 'invalid_blocks' });
});

test.each(['data_visualization', 'data_table'])('shows %s only in messages', (type) => {
  const checked = checkView({ ...modal(), blocks: [{ type }] });
  expect(checked.ok ? [] : checked.problems.join()).toContain(`unsupported type: ${type}`);
});

test('allows at most 50 blocks, one table and unique block ids in a message', () => {
  const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] };
  const twins = many(2, { type: 'divider', block_id: 'd' });
  for (const blocks of [many(51, { type: 'divider' }), [table, table], twins])
    expect(checkMessageBlocks(blocks)).toMatchObject({ ok: false, error: 'invalid_blocks' });
  expect(checkMessageBlocks(many(50, { type: 'divider' })).ok).toBe(true);
});

test('refuses more than 13,200 characters in all blocks together', () => {
  const blocks = many(5, section('x'.repeat(2700)));
  expect(checkMessageBlocks(blocks)).toMatchObject({ ok: false, error: 'msg_blocks_too_long' });
});

test('explains refused blocks where the SDK looks, and posts nothing', async () => {
  const slack = await slackForTest();
  const bad = { ...section('x'), colour: 'red' };
  const call = clientOf(slack).apiCall('chat.postMessage', { channel: HOT, blocks: [bad] });
  const refused = await refusal(call);
  expect(refused.error).toBe('invalid_blocks');
  const problem = 'invalid additional property: colour [json-pointer:/blocks/0]';
  expect(refused.messages).toEqual([`[ERROR] ${problem}`]);
  expect(refused.data['errors']).toEqual([problem]);
  expect(slack.messages(HOT)).toEqual([]);
});

test.each([
  ['/view/title/text', { title: { type: 'plain_text', text: 'x'.repeat(25) } }],
  ['/view/private_metadata', { private_metadata: 'x'.repeat(3001) }],
  ['/view', { submit: undefined }],
  ['/view', { footer: 'x' }],
  ['/view/blocks', { blocks: many(101, { type: 'divider' }) }],
  ['/view/blocks/0/type', { blocks: [{ type: 'markdown', text: 'x' }] }],
])('refuses a view at %s', (pointer, change) => {
  const checked = checkView({ ...modal(), ...change });
  expect(checked).toMatchObject({ ok: false, error: 'invalid_arguments' });
  expect(checked.ok ? '' : checked.problems.join()).toContain(`[json-pointer:${pointer}]`);
});

test('refuses a view over 250 kB', () => {
  const blocks = many(90, section('x'.repeat(2900)));
  expect(checkView({ ...modal(), blocks })).toMatchObject({ ok: false, error: 'view_too_large' });
});

test('fills in missing block and action ids and keeps given ones', () => {
  const checked = checkMessageBlocks([
    button('claim'),
    { type: 'actions', elements: [{ type: 'button', text: plain('x') }] },
  ]);
  if (!checked.ok) throw new Error(checked.problems.join());
  expect(checked.blocks[0]).toMatchObject({ block_id: 'block.claim.v' });
  expect(checked.blocks[1]).toMatchObject({
    block_id: expect.any(String),
    elements: [{ action_id: expect.any(String) }],
  });
});
