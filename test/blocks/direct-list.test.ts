import { expect, test } from 'vitest';
import { directList } from '../../blocks/direct-list.ts';
import { ids } from '../../blocks/ids.ts';
import type { Alert, AlertPicture } from '../../src/core/alert.ts';
import type { DirectList, DirectRow, Drawing } from '../../src/core/message.ts';
import type { NewsItem } from '../../src/core/steps.ts';
import { directListOf } from '../../src/doctor/every-builder.ts';
import { problemsOfMessage, shownBy } from './block-limits.ts';
import { JONAS, MARIA, NOW, picture, STATES } from './samples.ts';

const row = (
  section: DirectRow['section'],
  changes: Partial<Alert> = {},
  news: readonly NewsItem[] = [],
  more: Partial<AlertPicture> = {},
): DirectRow => ({ section, picture: picture(changes, more), news });
const list = (kind: DirectList['kind'], rows: readonly DirectRow[], total = rows.length) =>
  directList({ kind, to: MARIA, rows, total });
/** Lines, with dates as their fallback. */
const read = (drawn: Drawing): string[] =>
  shownBy(drawn)
    .replace(/<!date\^\d+\^[^|]+\|([^>]+)>/g, '$1')
    .split('\n');
const buttons = ({ blocks }: Drawing): string[] =>
  blocks.flatMap((block) => {
    const elements =
      block.type === 'actions'
        ? block.elements
        : block.type === 'section' && block.accessory
          ? [block.accessory]
          : [];
    return elements.flatMap((one) => ('action_id' in one ? [one.action_id ?? ''] : []));
  });
const menu = ({ blocks: [first] }: Drawing) => {
  const accessory = first?.type === 'section' ? first.accessory : undefined;
  return accessory?.type === 'overflow'
    ? accessory.options.map(({ text, value }) => `${text.text} (${value})`)
    : [];
};

const offered = STATES.offered;

test('a morning lists what is theirs, then first call, then what has changed', () => {
  const drawn = list('morning', [
    row('moved', STATES.claimed, [{ kind: 'rise', from: 78, to: 90 }]),
    row('mine', STATES.due),
    row('offers', offered),
    row('mine', STATES.contacted),
  ]);
  expect(read(drawn).filter((line) => !/^(?:Claim|Mark|Details|Outcome|Turn)/.test(line))).toEqual([
    '*4 leads for you today*',
    '*Yours*',
    '✋ *VelocityPay* · 88 · contact due Mar 2, 2026, 15:00 UTC',
    '✅ *VelocityPay* · 88 · contacted Mar 2, 2026, 11:00 UTC, no outcome yet',
    '*First call* · *Pass* is in Details',
    '👉 *VelocityPay* · 88 · you have first call until Mar 2, 2026, 09:45 UTC',
    '*What has changed*',
    '✋ *VelocityPay* · 88 · claimed Mar 2, 2026, 09:30 UTC',
    '• *Best score is up:* 78 → 90',
  ]);
  expect(buttons(drawn)).toEqual([
    ids.muteMenu,
    ...[ids.contact, ids.details],
    ...[ids.outcome, ids.details],
    ...[ids.claim, ids.details],
    ...[ids.contact, ids.details],
  ]);
  expect(drawn.text).toBe('4 leads for you today. First: VelocityPay (88).');
  expect(menu(drawn)).toEqual(['Turn off messages like this (morning)']);
});

test('several steps are grouped by what is to be done', () => {
  const drawn = list('due', [
    row('news', STATES.contacted, [{ kind: 'hot-again' }]),
    row('follow-up', STATES.contacted),
    row('escalation'),
    row('kept-again', { ...STATES.keptTwice, owner: JONAS }),
    row('warning', STATES.due),
  ]);
  expect(read(drawn).filter((line) => line.startsWith('*'))).toEqual([
    '*5 leads need you*',
    '*Going back to everyone soon* · *Keep it* is in Details',
    '*Nobody has claimed these*',
    '*Kept again without contact*',
    '*What came of these?*',
    '*What has changed*',
  ]);
  expect(read(drawn)).toContain('🔥 *VelocityPay* · 88 · waiting since Mar 2, 2026, 09:00 UTC');
  expect(read(drawn)).toContain('✋ *VelocityPay* · 88 · kept twice by <@U0JONAS>');
  expect(buttons(drawn)).toEqual([
    ids.muteMenu,
    ...[ids.contact, ids.details],
    ...[ids.claim, ids.details],
    ...[ids.handOver, ids.details],
    ...[ids.outcome, ids.details],
    ...[ids.contact, ids.details],
  ]);
  expect(menu(drawn)).toEqual([
    'Turn off: Follow-ups (follow-up)',
    'Turn off: News (news)',
    'Turn off: Stuck leads (escalation)',
  ]);
});

test.each([
  [['return', 'return'], '2 leads went back to everyone. First: VelocityPay (88).'],
  [['news'], 'News about 1 lead. First: VelocityPay (88).'],
  [['news', 'return'], '2 leads need you. First: VelocityPay (88).'],
] as const)('a list of %j says what it is', (sections, text) => {
  expect(
    list(
      'due',
      sections.map((section) => row(section)),
    ).text,
  ).toBe(text);
});

test('what always comes has nothing to turn off', () => {
  expect(menu(list('due', [row('warning', STATES.due), row('return')]))).toEqual([]);
});

test.each<[DirectRow, string, string[]]>([
  [row('warning', STATES.contacted), 'contacted Mar 2', [ids.details]],
  [row('warning', { ...STATES.claimed, owner: JONAS }), 'claimed by <@U0JONAS>', [ids.details]],
  [row('escalation', { ...STATES.claimed, owner: JONAS }), 'claimed by <@U0JONAS>', [ids.details]],
  [row('kept-again', { ...STATES.contacted, owner: JONAS }), 'contacted by phone', [ids.details]],
  [
    row('follow-up', { ...STATES.contacted, outcome: { kind: 'won', at: NOW, until: null } }),
    '88 · won',
    [ids.details],
  ],
  [
    row('mine', { ...STATES.contacted, outcome: { kind: 'not-now', at: NOW, until: NOW } }),
    'not now, try again after Mar 2, 2026',
    [ids.contact, ids.details],
  ],
  [row('offers', STATES.lapsed), 'open to everyone since', [ids.claim, ids.details]],
  [row('mine', STATES.snoozed), 'snoozed by <@U0MARIA>', [ids.details]],
  [row('return'), 'turned hot', [ids.claim, ids.details]],
  [row('mine', STATES.merged), 'now on another card', [ids.details]],
])('a row that is settled shows how it stands: %j', (settled, line, pressable) => {
  const drawn = list('due', [settled]);
  expect(read(drawn).join('\n')).toContain(line);
  expect(buttons(drawn).filter((id) => id !== ids.muteMenu)).toEqual(pressable);
});

test.each([
  [['escalation'], '/lead hot'],
  [['escalation', 'warning'], '/lead mine'],
] as const)('says where the rest of a list of %j is', (sections, command) => {
  const alerts = Array.from({ length: 20 }, () => picture(STATES.due));
  const drawn = directList(directListOf(sections, alerts));
  const { total } = directListOf(sections, alerts);
  expect(read(drawn).at(-1)).toBe(`And ${total - 15} more: \`${command}\``);
  expect(problemsOfMessage(drawn)).toEqual([]);
});

test('a list whose leads are all gone says so', () => {
  expect(list('morning', [], 3).text).toBe('Nothing on this list is left to do.');
});
