import { expect, test } from 'vitest';
import {
  clean,
  clip,
  clipMrkdwn,
  domainLink,
  emailLink,
  link,
  mention,
  plain,
  safe,
} from '../../blocks/text.ts';

test('a suggested action becomes one paragraph', () => {
  expect(clean('Auth0 contract\n         renewal creates\r\n window.  ')).toBe(
    'Auth0 contract renewal creates window.',
  );
});

test.each([
  ['a\u0000b\u001b[31m', 'ab[31m'],
  ['x\ud83dy', 'xy'],
  ['\u202Egnp.exe\u202C', 'gnp.exe'],
  ['\u200b \u2060\u200d', ''],
  // Hangul fillers, tag characters and others that are letters to Unicode but invisible.
  ['\u115f\u1160\u3164\uffa0', ''],
  ['\u{e0001}\u{e0041}\u{e007f}\u034f\u17b4\u180b\u2800', ''],
  ['\u{13441}\u{13442}\u{1d159}\ufffc\u2066\u202e\ufe0f', ''],
  ['Ada\u{e0041} \u115fLovelace', 'Ada Lovelace'],
  ['❤️', '❤️'],
  ['👩‍👩‍👧 می‌خواهم', '👩‍👩‍👧 می‌خواهم'],
])('%j is cleaned to %j', (raw, cleaned) => {
  expect(clean(raw)).toBe(cleaned);
});

test.each([
  ['velocity', 8, 'velocity'],
  ['velocity', 5, 'velo…'],
  ['ab👩‍👩‍👧‍👦cd', 8, 'ab…'],
  ['👩‍👩‍👧‍👦', 5, '…'],
  ['one two three four five six seven eight nine', 42, 'one two three four five six seven eight…'],
])('%j clipped to %d units is %j', (text, max, clipped) => {
  expect(clip(text, max)).toBe(clipped);
});

test.each([
  ['&amp;'.repeat(10), 12, '&amp;&amp;…'],
  ['see <https://a.example|the link> now', 12, 'see…'],
  ['abcdefgh', 5, 'abcd…'],
])('mrkdwn %j clipped to %d keeps its tokens whole', (text, max, clipped) => {
  expect(clipMrkdwn(text, max)).toBe(clipped);
});

test.each([
  ['<!channel>', '&lt;!channel&gt;'],
  ['R&D', 'R&amp;D'],
  ['*bold*', '∗bold∗'],
  ['`rm`', 'ˋrmˋ'],
  ['~gone~', '∼gone∼'],
  ['_x_ but snake_case', 'ˍxˍ but snake_case'],
  ['> quote', '› quote'],
  ['C# and a#b', 'C# and a#b'],
])('%j is shown as %j', (raw, shown) => {
  expect(safe(raw, 100)).toBe(shown);
});

test.each(['@here', '@Channel', '@everyone', '#general', ':x:', ':white_check_mark:'])(
  '%s looks the same but does nothing',
  (raw) => {
    const shown = safe(`now ${raw} now`, 100);
    expect(shown).not.toContain(raw);
    expect(shown.replaceAll('\u2060', '')).toBe(`now ${raw} now`);
  },
);

test('a right-to-left name does not reorder the text around it', () => {
  expect(plain('שלום', 20)).toBe('\u2068שלום\u2069');
});

test.each([
  ['https://velocitypay.io/a|b', 'Velocity', '<https://velocitypay.io/a%7Cb|Velocity>'],
  ['https://a.example/>x', '<b>', '<https://a.example/%3Ex|&lt;b&gt;>'],
  ['javascript:alert(1)', 'Click', 'Click'],
  ['not a url', 'Label', 'Label'],
  ['https://a.example', '', ''],
])('a link to %j labelled %j is %j', (url, label, shown) => {
  expect(link(url, label)).toBe(shown);
});

test('shows an email address exactly, for copying', () => {
  expect(emailLink('jo_ann+x@here.example')).toBe(
    '<mailto:jo_ann+x@here.example|jo_ann+x@here.example>',
  );
  expect(emailLink('a|b@evil.example>')).toBe('a|b@evil.example&gt;');
});

test('links a domain to itself, and nothing else', () => {
  expect(domainLink('velocitypay.io')).toBe('<https://velocitypay.io/|velocitypay.io>');
  expect(domainLink('evil.example|velocitypay.io')).toBe('evil.example|velocitypay.io');
});

test.each([null, '', 'channel', '!channel', 'U1>', 'u123'])('does not mention %j', (id) => {
  expect(mention(id)).toBeNull();
});
