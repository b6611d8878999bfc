import { expect, test } from 'vitest';
import { parseMrkdwn, parsePlain, plainOf } from '../../../src/sandbox/page/blocks/mrkdwn.ts';

const inlineOf = (text: string, verbatim = false) =>
  parseMrkdwn(text, verbatim).elements.flatMap<{ type: string }>((element) => element.elements);
const text = (value: string, style = {}) => ({ type: 'text', text: value, style });

test.for([
  ['*bold*', [text('bold', { bold: true })]],
  ['_it_ ~s~', [text('it', { italic: true }), text(' '), text('s', { strike: true })]],
  ['*a _b_*', [text('a ', { bold: true }), text('b', { bold: true, italic: true })]],
  ['`*x*`', [text('*x*', { code: true })]],
  ['2 * 3 * 4', [text('2 * 3 * 4')]],
  ['a_b_c and 5*3*2', [text('a_b_c and 5*3*2')]],
  ['*\u200bkept*', [text('*\u200bkept*')]],
  ['*two\nlines*', [text('*two\nlines*')]],
] as const)('formats %s as Slack does', ([source, expected]) => {
  expect(inlineOf(source)).toEqual(expected);
});

test.for(['&lt;!here&gt; &lt;@U1&gt;', '[label](https://evil.example)', '# heading', '![x](y)'])(
  'shows %s as plain text',
  (source) => {
    const kinds = inlineOf(source, true).map(({ type }) => type);
    expect(kinds).toEqual(['text']);
  },
);

test('parses mentions, channels, links and dates in angle brackets', () => {
  expect(
    inlineOf(
      '<@U1><#C1|x><!subteam^S1><!here><https://a.example/?a=1&amp;b=2|A &amp; B><!date^17^{date}|then>',
    ),
  ).toEqual([
    { type: 'user', user_id: 'U1', style: {} },
    { type: 'channel', channel_id: 'C1', style: {} },
    { type: 'usergroup', usergroup_id: 'S1', style: {} },
    { type: 'broadcast', range: 'here', style: {} },
    { type: 'link', url: 'https://a.example/?a=1&b=2', text: 'A & B', style: {} },
    { type: 'date', timestamp: 17, format: '{date}', style: {} },
  ]);
});

test('links only to http, mailto and tel URLs', () => {
  expect(inlineOf('<javascript:alert(1)|click>')).toEqual([text('<javascript:alert(1)|click>')]);
});

test('links bare URLs and group pings unless the text is verbatim', () => {
  const source = 'see https://a.example/x. @here';
  expect(inlineOf(source).map(({ type }) => type)).toEqual(['text', 'link', 'text', 'broadcast']);
  expect(inlineOf(source, true).map(({ type }) => type)).toEqual(['text']);
});

test('quotes lines that start with an angle bracket, and keeps code blocks as they are', () => {
  const kinds = parseMrkdwn('a\n&gt; b\nc\n```\n*d*\n```').elements.map(({ type }) => type);
  expect(kinds).toEqual([
    'rich_text_section',
    'rich_text_quote',
    'rich_text_section',
    'rich_text_preformatted',
  ]);
});

test('parses only emoji in plain text', () => {
  expect(parsePlain('*x* <@U1> &amp; :fire:').elements[0]?.elements).toEqual([
    text('*x* <@U1> &amp; '),
    { type: 'emoji', name: 'fire' },
  ]);
});

test('gives screen readers names without formatting marks', () => {
  const names = new Map([
    ['U1', 'Maya'],
    ['S1', 'sales-team'],
  ]);
  const source = '*VelocityPay* for <@U1> &amp; <!subteam^S1>';
  const spoken = plainOf(parseMrkdwn(source), (id) => names.get(id) ?? '');
  expect(spoken).toBe('VelocityPay for @Maya & @sales-team');
});
