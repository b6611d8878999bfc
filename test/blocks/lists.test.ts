import type { KnownBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { alertList } from '../../blocks/alert-list.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { filterUnreadable, nothingFits } from '../../blocks/list-filter.ts';
import { pageValue, parsePage } from '../../blocks/list-page.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import { notice } from '../../blocks/notice.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { Alert, AlertPicture } from '../../src/core/alert.ts';
import { readFilter } from '../../src/core/list-filter.ts';
import type { Notice } from '../../src/core/message.ts';
import type { NewsItem } from '../../src/core/steps.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, alert, JONAS, MARIA, NOW, newsOf, picture, SALES, STATES } from './samples.ts';

/** Action ids of a block, in order. */
function pressable(block: KnownBlock): (string | undefined)[] {
  if (block.type === 'actions')
    return block.elements.flatMap((e) => ('action_id' in e ? [e.action_id] : []));
  return block.type === 'section' && block.accessory && 'action_id' in block.accessory
    ? [block.accessory.action_id]
    : [];
}

function numbered(many: number): AlertPicture[] {
  return Array.from({ length: many }, (_, at) => {
    return { ...picture(), alert: alert({ id: `00000000-0000-4000-8000-${at}` }) };
  });
}

test('the first rows of a roll-up can be claimed, and its menu lists a hundred', () => {
  const { blocks } = rollup({
    id: ALERT_ID,
    reason: 'storm',
    madeAt: NOW,
    alerts: numbered(120),
    total: 130,
  });
  expect(blocks.flatMap(pressable).filter((pressed) => pressed === ids.claim)).toHaveLength(12);
  expect(blocks.at(-1)).toMatchObject({
    type: 'actions',
    elements: [
      { type: 'static_select', action_id: ids.open, options: { length: 100 } },
      { type: 'button', action_id: ids.nextPage, value: `rollup:0:${ALERT_ID}` },
    ],
  });
});

test('a roll-up shows the state of each row', () => {
  const alerts = [picture(), picture(STATES.claimed), picture(STATES.contacted)];
  const shown = shownBy(
    rollup({ id: ALERT_ID, reason: 'first-run', madeAt: NOW, alerts, total: 3 }),
  );
  expect(shown).toContain('🔥 *VelocityPay* · 88 · turned hot');
  expect(shown).toContain('✋ *VelocityPay* · 88 · claimed by <@U0MARIA>');
  expect(shown).toContain('✅ *VelocityPay* · 88 · contacted by phone');
  expect(shown).toContain('✋ VelocityPay · 88 · Claimed');
});

test('an alert that was hot before the bot started says so everywhere', () => {
  const early = picture({ hotAtFirstPoll: true });
  const found = { account: early.account, current: early };
  const shown = [
    rollup({ id: ALERT_ID, reason: 'first-run', madeAt: NOW, alerts: [early], total: 1 }),
    alertList({ kind: 'hot', offset: 0, messageId: null }, { alerts: [early], total: 1 }, MARIA),
    leadCard(early),
    foundAnswer(found, MARIA),
    detailsModal(early, MARIA, ''),
  ].map(shownBy);
  for (const text of shown) expect(text).toMatch(/hot since before <!date\^1772442000/i);
});

test.each([
  ['first-run', '3 companies are already hot. First: VelocityPay.'],
  ['storm', '3 more companies turned hot at once. First: VelocityPay.'],
] as const)('the text of a %s roll-up makes sense by itself', (reason, text) => {
  const alerts = [picture()];
  expect(rollup({ id: ALERT_ID, reason, madeAt: NOW, alerts, total: 3 }).text).toBe(text);
});

test('a list offers the claim, the contact to the owner, and the details to others', () => {
  const alerts = [
    picture(),
    picture(STATES.claimed),
    picture({ ...STATES.claimed, owner: JONAS }),
    picture(STATES.contacted),
  ];
  const { blocks } = alertList(
    { kind: 'hot', offset: 0, messageId: null },
    { alerts, total: 4 },
    MARIA,
  );
  expect(blocks.map(pressable).filter((pressed) => pressed.length > 0)).toEqual([
    [ids.claim, ids.details],
    [ids.contact, ids.details],
    [ids.details],
    [ids.details],
  ]);
});

test.each([
  [0, 15, 90, '90 hot leads', '1 to 15', ['Next 15 hot:15']],
  [15, 15, 90, '90 hot leads', '16 to 30', ['Previous 15 hot:0', 'Next 15 hot:30']],
  [75, 15, 92, '92 hot leads', '76 to 90', ['Previous 15 hot:60', 'Next 2 hot:90']],
  [90, 2, 92, '92 hot leads', '91 to 92', ['Previous 15 hot:75']],
  [90, 0, 88, '90 hot leads', '', ['Previous 15 hot:75']],
  [0, 3, 3, '3 hot leads', '', []],
])(
  'the page of a list from %i with %i of %i rows has its page buttons',
  (offset, many, total, text, place, turns) => {
    const page = { kind: 'hot', offset, messageId: null } as const;
    const drawn = alertList(page, { alerts: numbered(many), total }, MARIA);
    expect(drawn.text).toBe(text);
    expect(shownBy(drawn)).toContain(`*${text}*${place === '' ? '' : ` · ${place}`}`);
    expect(drawn.blocks.length).toBeLessThanOrEqual(49);
    expect(
      drawn.blocks.flatMap((block) =>
        block.type === 'actions'
          ? block.elements.flatMap((element) =>
              element.type === 'button' && element.action_id?.startsWith('list.')
                ? [`${element.text.text} ${element.value}`]
                : [],
            )
          : [],
      ),
    ).toEqual(turns);
  },
);

test.each([
  'hot:15',
  'mine:0',
  'hot:15?fintech >500',
  'mine:0?late',
  `rollup:30:${ALERT_ID}`,
  `unclaimed:0:${ALERT_ID}`,
  'claimed:10',
])('parses the page %s back', (value) => {
  const page = parsePage(value);
  expect(page && pageValue(page)).toBe(value);
});

test.each([
  '',
  'hot',
  'hot:',
  'hot:-1',
  'hot:9999999',
  'hot:1:x',
  'rollup:0',
  '__proto__:0',
  'digest',
  'hot:0?',
  'hot:0?>',
  'hot:0?leads',
  'claimed:0?fintech',
  `rollup:0:${ALERT_ID}?fintech`,
  `hot:0?${'x'.repeat(101)}`,
])('%j is not a page', (value) => {
  expect(parsePage(value)).toBeNull();
});

test('the own list has offers first, then what to contact, then what waits for an outcome', () => {
  const { offered, claimed, cold, contacted, closed } = STATES;
  const alerts = [offered, claimed, cold, contacted, closed].map((state) => picture(state));
  const { blocks } = alertList(
    { kind: 'mine', offset: 0, messageId: null },
    { alerts, total: 5 },
    MARIA,
  );
  const firstLines = blocks.flatMap((block) => shownBy({ blocks: [block] }).split('\n')[0] ?? '');
  expect(firstLines.filter((line) => /^[*👉✋🧊✅☑]/u.test(line))).toEqual([
    '*5 leads for you*',
    '*To claim or pass*',
    expect.stringMatching(/^👉 .*<@U0MARIA> has first call/u),
    '*To contact*',
    expect.stringMatching(/^✋/u),
    expect.stringMatching(/^🧊/u),
    '*Contacted, waiting for an outcome*',
    expect.stringMatching(/^✅/u),
    expect.stringMatching(/^☑/u),
  ]);
});

test('the pages of a filtered list keep the filter, and its title says it', () => {
  const page = parsePage('hot:0?fintech >500');
  if (page === null) throw new Error('it is no page');
  const { text, blocks } = alertList(page, { alerts: numbered(15), total: 20 }, MARIA);
  expect(text).toBe('20 hot leads: fintech &gt;500');
  const kept = blocks.flatMap((block) => [
    block.block_id,
    ...(block.type === 'actions' ? block.elements : []).map((e) => ('value' in e ? e.value : '')),
  ]);
  expect(kept).toContain('hot:0?fintech >500/14');
  expect(kept).toContain('hot:15?fintech >500');
});

test('a list that nothing fits says what was looked for', () => {
  const nothing = (words: string, hasDeadlines = true) => {
    const read = readFilter(words);
    return read.kind === 'filter' ? shownBy(nothingFits('hot', read.filter, hasDeadlines)) : '';
  };
  expect(nothing('fintech pro <*x*> >500')).toBe('');
  expect(nothing('fintech pro >500 late')).toMatch(/^No hot lead fits “fintech pro &gt;500 late”/);
  expect(nothing('fintech')).toContain('“fintech” or “financial” or “finance”');
  expect(nothing('pro')).toContain(
    '“pro” in industry, kind of company, funding stage and stack, and plan',
  );
  expect(nothing('1,000+')).toContain('at least 1,000 employees');
  expect(nothing('51-200')).toContain('51 to 200 employees');
  expect(nothing('late')).toContain('the time to claim, contact or follow up is over');
  expect(nothing('late', false)).toContain('no deadlines are set');
  expect(nothing('fintech')).toContain('`/lead company fintech`');
  expect(nothing('>500 late')).not.toContain('/lead company');
});

test('the hint for a filter shows its forms', () => {
  const shown = shownBy(filterUnreadable('hot', '>abc'));
  expect(shown).toContain('I can’t read “›abc” after `/lead hot`.');
  expect(shown).toContain('`/lead hot &gt;500`');
});

test('empty lists say so', () => {
  const none = { alerts: [], total: 0 };
  expect(alertList({ kind: 'hot', offset: 0, messageId: null }, none, MARIA).text).toBe(
    'No leads are hot right now.',
  );
  expect(alertList({ kind: 'mine', offset: 0, messageId: null }, none, MARIA).text).toContain(
    '`/lead hot`',
  );
});

test.each<[Notice, string]>([
  [
    { kind: 'released', by: MARIA, owner: MARIA },
    '<@U0MARIA> released this lead. Anyone can claim it.',
  ],
  [
    { kind: 'released', by: JONAS, owner: MARIA },
    '<@U0JONAS> released this lead for <@U0MARIA>. Anyone can claim it.',
  ],
  [
    { kind: 'handed-over', by: JONAS, to: MARIA },
    '<@U0JONAS> handed this lead over to <@U0MARIA>.',
  ],
  [{ kind: 'handed-over', by: JONAS, to: JONAS }, '<@U0JONAS> took this lead over.'],
  [
    { kind: 'given-back', by: MARIA, to: JONAS },
    '<@U0MARIA> gave this lead back. <@U0JONAS> has it again.',
  ],
  [
    { kind: 'given-back', by: MARIA, to: null },
    '<@U0MARIA> gave this lead back. Anyone can claim it.',
  ],
  [
    { kind: 'offered', to: MARIA, until: NOW },
    '<@U0MARIA> got first call on this lead until Mar 2, 2026, 12:00 UTC: claim it on its card, or pass in *Details*.',
  ],
  [
    { kind: 'woke', by: MARIA, owner: null },
    '<@U0MARIA>: the snooze has ended. This lead is back.',
  ],
  [{ kind: 'cold' }, 'This lead is no longer hot. Its owner keeps it unless they release it.'],
  [
    { kind: 'reminder', to: SALES, since: NOW, others: 12 },
    '<!subteam^S0SALES>: nobody has claimed this lead. It has been waiting since Mar 2, 2026, 12:00 UTC. 12 more leads have waited as long: `/lead hot`.',
  ],
  [
    { kind: 'reminder', to: MARIA, since: NOW, others: 1 },
    '<@U0MARIA>: nobody has claimed this lead. It has been waiting since Mar 2, 2026, 12:00 UTC. One more lead has waited as long: `/lead hot`.',
  ],
  [
    { kind: 'reminder', to: '<!channel>', since: NOW, others: 0 },
    'Nobody has claimed this lead. It has been waiting since Mar 2, 2026, 12:00 UTC.',
  ],
  [
    { kind: 'warned', owner: MARIA, until: NOW },
    '<@U0MARIA>: this lead is yours until Mar 2, 2026, 12:00 UTC. Then it goes back to everyone, unless you reach out or keep it. *Keep it* is in *Details*.',
  ],
  [
    { kind: 'expired', owner: MARIA },
    '<@U0MARIA>: this lead was not contacted in time, so anyone can claim it again.',
  ],
  [
    { kind: 'expired', owner: null },
    'This lead was not contacted in time, so anyone can claim it again.',
  ],
])('the thread tells of %j', (news, told) => {
  expect(notice(news).text.replace(/<!date[^|]+\|([^>]+)>/, '$1')).toBe(told);
});

test.each<[NewsItem, string]>([
  [
    { kind: 'champion', who: 'Ana <Ruiz>', address: 'ana@v.io', score: 84, why: '*Very* active' },
    '*Another champion:* Ana &lt;Ruiz&gt; (<mailto:ana@v.io|ana@v.io>), 84: ∗Very∗ active',
  ],
  [
    { kind: 'champion', who: 'ana@v.io', address: 'ana@v.io', score: null, why: null },
    '*Another champion:* ana@v.io',
  ],
  [
    { kind: 'champion', who: '', address: 'ana@v.io', score: 84, why: null },
    '*Another champion:* <mailto:ana@v.io|ana@v.io>, 84',
  ],
  [{ kind: 'growth-halved', from: 120, to: 45 }, '*Growth of API calls has halved:* +120% → +45%'],
  [{ kind: 'growth-halved', from: 20, to: 0 }, '*Growth of API calls has halved:* +20% → 0%'],
  [{ kind: 'signal', title: 'Hiring a <VP>' }, '*New strong signal:* Hiring a &lt;VP&gt;'],
  [
    { kind: 'decision-maker', who: 'Sarah Kim', title: 'VP Eng' },
    '*New decision maker:* Sarah Kim, VP Eng',
  ],
  [{ kind: 'decision-maker', who: 'Sarah Kim', title: null }, '*New decision maker:* Sarah Kim'],
  [{ kind: 'rise', from: 78, to: 90 }, '*Best score is up:* 78 → 90'],
  [{ kind: 'hot-again' }, 'This company is hot again.'],
])('tells in plain words of %j', (item, line) => {
  const told = (owner: string | null) =>
    notice({ kind: 'news', owner, contacted: false, items: [item] }).text;
  expect(told(null)).toBe(line);
  expect(told(MARIA)).toBe(`<@U0MARIA>: ${line.replace('This', 'this')}`);
});

test.each<[readonly NewsItem[], boolean]>([
  [[{ kind: 'rise', from: 78, to: 90 }], true],
  [[{ kind: 'cooled' }, { kind: 'signal', title: 'Hiring' }], true],
  [[{ kind: 'cooled' }, { kind: 'growth-halved', from: 90, to: 10 }], false],
])('asks whether to reach out again after %j: %s', (items, asks) => {
  const ofContacted = (contacted: boolean) =>
    notice({ kind: 'news', owner: MARIA, contacted, items }).text;
  expect(ofContacted(true).endsWith('\nTime to reach out again?')).toBe(asks);
  expect(ofContacted(false)).not.toContain('reach out');
});

test('lists several news, and counts what is left out', () => {
  const items = [...newsOf('Ana'), ...newsOf('Ben')];
  const { text } = notice({ kind: 'news', owner: null, contacted: false, items });
  expect(text.split('\n')).toHaveLength(10);
  expect(text).toMatch(/^News about this company:\n• \*Another champion:\* Ana/);
  expect(text).toMatch(/\n• \+8 more in \*Details\*$/);
});

test('news that this version can’t read says where to look', () => {
  const told = { kind: 'news', owner: MARIA, contacted: true, items: [] } as const;
  expect(notice(told).text).toBe(
    '<@U0MARIA>: something about this company has changed: see *Details*.',
  );
});

test('rows tell their owner, and nobody else, when they are due', () => {
  const due = (viewer: string, changes: Partial<Alert>) =>
    shownBy(
      alertList(
        { kind: 'mine', offset: 0, messageId: null },
        { alerts: [picture(changes)], total: 1 },
        viewer,
      ),
    ).replace(/<!date[^|]+\|([^>]+)>/g, '$1');
  expect(due(MARIA, STATES.due)).toContain('· contact due Mar 2, 2026, 15:00 UTC');
  expect(due(MARIA, STATES.waitsForOutcome)).toContain('· follow-up due Mar 16, 2026');
  expect(due(JONAS, STATES.due)).not.toContain('due');
  expect(due(MARIA, { ...STATES.due, hold: STATES.snoozed.hold })).not.toContain('due');
  expect(due(MARIA, { ...STATES.due, coolingSince: NOW })).not.toContain('due');
});

test('rows carry the list they belong to', () => {
  const list = { alerts: numbered(2), total: 2 };
  const rowIds = (kind: 'hot' | 'mine') =>
    alertList({ kind, offset: 0, messageId: null }, list, MARIA).blocks.flatMap(
      ({ block_id }) => block_id?.split(':')[0] ?? [],
    );
  expect([rowIds('hot'), rowIds('mine')]).toEqual([
    ['hot', 'hot'],
    ['mine', 'mine'],
  ]);
});

test('a reply says who joined', () => {
  expect(notice({ kind: 'joined', who: 'Ann <b>', score: 84, others: 0 }).text).toBe(
    'Ann &lt;b&gt; (84) is hot now too.',
  );
  expect(notice({ kind: 'joined', who: 'Ann', score: 84, others: 37 }).text).toBe(
    'Ann (84) and 37 more are hot now too.',
  );
});

test('a reply to an AE who lost a claim says who keeps it, and where', () => {
  const told = { kind: 'merged', company: 'Umbra', whom: 'U0ANNA', owner: 'U0BERT' } as const;
  expect(notice(told, 'https://x.slack.com/archives/C0/p12').text).toBe(
    '<@U0ANNA>: there were two cards for *Umbra*. <@U0BERT> claimed it first and keeps it on <https://x.slack.com/archives/C0/p12|the other card>.',
  );
  expect(notice(told).text).toMatch(/<@U0BERT> claimed it first and keeps it\.$/);
});
