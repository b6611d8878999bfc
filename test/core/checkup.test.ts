import { expect, test } from 'vitest';
import {
  type Checkup,
  duration,
  slowestCall,
  sweepEverySeconds,
  troublesOf,
} from '../../src/core/checkup.ts';

const IN_ORDER: Checkup = {
  unreadable: null,
  owner: 'postgres',
  swapped: [],
  scores: 'table',
  triggers: [
    { name: 'lead_bot_mark_insert', state: 'enabled' },
    { name: 'lead_bot_mark_update', state: 'enabled' },
  ],
  missingIndexes: [],
  strangers: [],
  lacking: [],
  sweep: { secondsAgo: 12, ms: 40 },
  slowest: { name: 'lead_bot_sweep', ms: 40 },
  limitMs: 8_000,
  marks: { count: 0, oldestSeconds: 0 },
};
const triggers = (insert: 'missing' | 'enabled', update: 'missing' | 'disabled') => [
  { name: 'lead_bot_mark_insert', state: insert },
  { name: 'lead_bot_mark_update', state: update },
];

test('finds no trouble if all is in order', () => {
  expect(troublesOf(IN_ORDER)).toEqual([]);
  expect(troublesOf({ ...IN_ORDER, sweep: null, slowest: null, limitMs: null })).toEqual([]);
});

test.each<[string, Partial<Checkup>, string, RegExp[]]>([
  [
    'a missing view',
    { unreadable: { code: '42P01', message: 'relation "public.lead_dashboard" does not exist' } },
    'problem',
    [
      /can't read lead_dashboard \(42P01: relation .* does not exist\), so no lead gets a card\. Create it again/,
    ],
  ],
  [
    'a view without a column',
    { unreadable: { code: '42703', message: 'column d.developer_id does not exist' } },
    'problem',
    [/column d\.developer_id does not exist.*needs its column developer_id\.$/],
  ],
  [
    'a view without SELECT for the owner',
    { unreadable: { code: '42501', message: 'permission denied for table lead_scores' } },
    'problem',
    [/permission denied for table lead_scores.*Grant SELECT .* to postgres/],
  ],
  [
    'a view that fails otherwise',
    { unreadable: { code: '22P02', message: null } },
    'problem',
    [/\(22P02\), so no lead gets a card\. See the project's logs\.$/],
  ],
  [
    'a view whose developers have no UUID',
    { unreadable: { code: '42883', message: 'operator does not exist: text = uuid' } },
    'problem',
    [/needs its column developer_id as uuid\.$/],
  ],
  [
    'a locked view',
    { unreadable: { code: '55P03', message: 'canceling statement due to lock timeout' } },
    'problem',
    [/Something holds a lock on it .*: wait for that, or end it\.$/],
  ],
  [
    'a swapped table of another schema',
    { swapped: [{ table: 'lead_scores', reads: 'republic.lead_scores' }] },
    'problem',
    [/still reads the old table republic\.lead_scores and not lead_scores,/],
  ],
  [
    'a swapped table',
    { swapped: [{ table: 'lead_scores', reads: 'public.lead_scores_old' }] },
    'problem',
    [
      /^lead_dashboard still reads the old table lead_scores_old and not lead_scores,.*Create the view again/,
    ],
  ],
  [
    'both triggers missing',
    { triggers: triggers('missing', 'missing') },
    'note',
    [
      /lacks the triggers lead_bot_mark_insert and lead_bot_mark_update: alerts come up to 1 minute late\. npm run db:apply puts them back\.$/,
    ],
  ],
  [
    'one trigger missing while sweeps are slow',
    { triggers: triggers('enabled', 'missing'), sweep: { secondsAgo: 3, ms: 6_000 } },
    'note',
    [
      /lacks the trigger lead_bot_mark_update: alerts come up to 2 minutes late\. .* puts it back\.$/,
    ],
  ],
  [
    'one trigger missing while sweeps take a little long, rounded up',
    { triggers: triggers('enabled', 'missing'), sweep: { secondsAgo: 3, ms: 4_000 } },
    'note',
    [/alerts come up to 2 minutes late\./],
  ],
  [
    'one trigger missing and one disabled',
    { triggers: triggers('missing', 'disabled') },
    'note',
    [
      /lacks the trigger lead_bot_mark_insert:/,
      /lead_bot_mark_update on lead_scores is disabled: .*: alter table public\.lead_scores enable trigger lead_bot_mark_update;$/,
    ],
  ],
  [
    'no table of scores, whatever its triggers',
    { scores: 'missing', triggers: triggers('missing', 'missing') },
    'note',
    [/^There is no table lead_scores, so no trigger .*up to 1 minute late\.$/],
  ],
  ['scores that are a view', { scores: 'other' }, 'note', [/^lead_scores is not a table/]],
  [
    'no index of hot leads',
    { missingIndexes: ['lead_scores_hot'] },
    'note',
    [/lead_scores_hot.*npm run db:apply builds it\.$/],
  ],
  [
    'other missing indexes',
    { missingIndexes: ['developer_signups_host', 'lead_scores_newest'] },
    'note',
    [/lack the indexes developer_signups_host, lead_scores_newest: .*db:apply builds them\.$/],
  ],
  [
    'another missing index',
    { missingIndexes: ['lead_scores_newest'] },
    'note',
    [/lack the index lead_scores_newest: .*db:apply builds it\.$/],
  ],
  [
    'a missing index on tables of other roles',
    {
      missingIndexes: ['lead_scores_newest'],
      strangers: [
        { table: 'lead_scores', owner: 'crm' },
        { table: 'developer_signups', owner: 'product' },
      ],
    },
    'note',
    [/\(lead_scores belongs to crm, developer_signups belongs to product\)\.$/],
  ],
  [
    'a missing trigger while another table has another owner',
    {
      triggers: triggers('enabled', 'missing'),
      strangers: [{ table: 'developer_signups', owner: 'product' }],
    },
    'note',
    [/puts it back\.$/],
  ],
  [
    'a missing index and trigger on a table of another role',
    {
      missingIndexes: ['lead_scores_hot'],
      triggers: triggers('missing', 'missing'),
      strangers: [{ table: 'lead_scores', owner: 'crm' }],
    },
    'note',
    [
      /puts them back once it is allowed to, and reports what it needs \(lead_scores belongs to crm\)\.$/,
      /builds it once it is allowed to, and reports what it needs \(lead_scores belongs to crm\)\.$/,
    ],
  ],
  [
    'missing columns and tables',
    {
      lacking: [
        { relation: 'lead_dashboard', columns: ['email', 'tech_stack'] },
        { relation: 'stakeholders', columns: null },
      ],
    },
    'note',
    [/^Missing: email, tech_stack in lead_dashboard; the table stakeholders\. Cards/],
  ],
  [
    'scores without a tier, which the view has',
    { lacking: [{ relation: 'lead_scores', columns: ['tier'] }] },
    'note',
    [/^Missing: tier in lead_scores\./, /no column tier, so no trigger .*up to 1 minute late\.$/],
  ],
  [
    'a call that took half of the limit',
    { slowest: { name: 'lead_bot_sweep', ms: 4_000 } },
    'note',
    [/lead_bot_sweep, took 4 s of the 8 s allowed\. If npm run db:apply .* ANALYZE/],
  ],
  [
    'a call that took exactly the limit',
    { slowest: { name: 'lead_bot_take', ms: 8_000 } },
    'problem',
    [/took 8 s of the 8 s allowed, and longer calls are canceled\./],
  ],
  [
    'a call that hit the limit',
    { slowest: { name: 'lead_bot_take', ms: 8_050 } },
    'problem',
    [/lead_bot_take, took 8\.1 s of the 8 s .*, and longer calls are canceled\./],
  ],
])('reports %s with its fix', (_, part, kind, texts) => {
  const troubles = troublesOf({ ...IN_ORDER, ...part });
  expect(troubles.map((trouble) => trouble.kind)).toEqual(texts.map(() => kind));
  expect(troubles.map(({ text }) => text)).toEqual(
    texts.map((text) => expect.stringMatching(text)),
  );
});

test('says nothing more about the view and the scores, which have findings of their own', () => {
  const lacking = ['lead_dashboard', 'lead_scores'].map((relation) => ({
    relation,
    columns: null,
  }));
  expect(troublesOf({ ...IN_ORDER, lacking })).toEqual([]);
});

test('says how long the slowest call took, and the limit if there is one', () => {
  const call = { name: 'lead_bot_take', ms: 12 };
  expect(slowestCall(call, null)).toBe(
    'The slowest call of the last hour, lead_bot_take, took 12 ms',
  );
  expect(slowestCall(call, 8_000)).toMatch(/ took 12 ms of the 8 s allowed$/);
});

test('ignores a slow call without a limit, or far from it', () => {
  const slowest = { name: 'lead_bot_sweep', ms: 3_999 };
  expect(troublesOf({ ...IN_ORDER, slowest })).toEqual([]);
  expect(troublesOf({ ...IN_ORDER, slowest: { ...slowest, ms: 60_000 }, limitMs: null })).toEqual(
    [],
  );
});

test('a trouble keeps its key while its figures change', () => {
  const about = (part: Partial<Checkup>) =>
    troublesOf({ ...IN_ORDER, ...part }).map((t) => t.about);
  const slow = (ms: number) => about({ slowest: { name: 'lead_bot_sweep', ms } });
  expect(slow(5_000)).toEqual(slow(6_000));
  const swapped = (reads: string) => about({ swapped: [{ table: 'lead_scores', reads }] });
  expect(swapped('public.lead_scores_old')).not.toEqual(swapped('public.lead_scores_older'));
});

test('every trouble has a key of its own', () => {
  const noTier = (...relations: string[]) =>
    relations.map((relation) => ({ relation, columns: ['tier'] }));
  const parts: Partial<Checkup>[] = [
    { unreadable: { code: '42P01', message: null } },
    { unreadable: { code: '55P03', message: null } },
    { swapped: [{ table: 'lead_scores', reads: 'public.old' }] },
    { swapped: [{ table: 'stakeholders', reads: 'public.old' }] },
    { scores: 'other' },
    { triggers: triggers('missing', 'missing') },
    { triggers: triggers('enabled', 'missing') },
    { triggers: triggers('enabled', 'disabled') },
    { missingIndexes: ['lead_scores_hot'] },
    { missingIndexes: ['lead_scores_newest'] },
    { missingIndexes: ['developer_signups_host'] },
    { lacking: noTier('lead_scores', 'lead_dashboard') },
    { lacking: noTier('lead_scores') },
    { lacking: [{ relation: 'stakeholders', columns: null }] },
    { slowest: { name: 'lead_bot_take', ms: 8_000 } },
    { slowest: { name: 'lead_bot_sweep', ms: 8_000 } },
  ];
  const keys = parts.map((part) => troublesOf({ ...IN_ORDER, ...part }).map(({ about }) => about));
  expect(keys.flat()).not.toContain('');
  expect(new Set(keys.flat()).size).toBe(keys.flat().length);
});

test.each([
  [40, 60],
  [3_000, 60],
  [6_000, 114],
])('sweeps of %i ms run every %i s', (ms, seconds) => {
  expect(sweepEverySeconds(ms)).toBe(seconds);
});

test.each([
  [12.4, '12 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [4_260, '4.3 s'],
])('%d ms read %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('a missing tier column is a problem', () => {
  const lacking = ['lead_dashboard', 'lead_scores'].map((relation) => ({
    relation,
    columns: ['tier'],
  }));
  expect(troublesOf({ ...IN_ORDER, lacking })).toContainEqual(
    expect.objectContaining({ kind: 'problem', text: expect.stringMatching(/no column|Neither/) }),
  );
});
