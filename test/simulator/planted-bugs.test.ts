import { expect, test } from 'vitest';
import type { Messenger } from '../../src/core/ports.ts';
import { runSeed } from './run-seed.ts';
import { simulatorDatabase } from './simulator-database.ts';
import type { VirtualDatabase } from './virtual-database.ts';

const MOST_SEEDS = 1_000;
const TIMEOUT_MS = 300_000;

/** The violations of the first failing seed, starting at `from`. */
async function firstViolations(
  database: VirtualDatabase,
  from: number,
  breakMessenger?: (messenger: Messenger) => Messenger,
  every = 1,
): Promise<string> {
  const broken = breakMessenger === undefined ? {} : { breakMessenger };
  for (let seed = from; seed <= MOST_SEEDS; seed += every) {
    const { failure } = await runSeed(database, seed, { shrink: false, ...broken });
    if (failure !== null) return `seed ${seed}: ${failure.violations.join('; ')}`;
  }
  return 'nothing';
}

const messengers: readonly [string, (real: Messenger) => Messenger, from: number][] = [
  ['never finds what it posted', (real) => ({ ...real, copies: async () => [] }), 1],
  ['never deletes a second copy', (real) => ({ ...real, remove: async () => {} }), 20],
  [
    'treats a timeout as a refusal',
    (real) => ({
      ...real,
      judge(error) {
        const verdict = real.judge(error);
        if (verdict.kind !== 'unclear') return verdict;
        return { ...verdict, kind: 'later', afterMs: 1_000, wholeChannel: false, counts: false };
      },
    }),
    1,
  ],
];

const healthy = await simulatorDatabase();

test.each(messengers)(
  'caught: a messenger that %s',
  { timeout: TIMEOUT_MS },
  async (_, broken, from) => {
    expect(await firstViolations(healthy, from, broken)).toMatch(/duplicated|stale/);
  },
);

/**
 * Text replacements in the repository's SQL. A test fails if its original is gone. `from` is a seed known to
 * catch the bug; if scenarios change, later seeds are tried too.
 */
const bugs: readonly [bug: string, original: string, changed: string, from: number][] = [
  [
    'an outcome counts without the lease token',
    'where id = p_id and lease_token = p_token for update',
    'where id = p_id for update',
    78,
  ],
  [
    'an attempt is not recorded in advance',
    "attempted_at = case when w.action = 'post' then coalesce(m.attempted_at, now()) else m.attempted_at end",
    'attempted_at = m.attempted_at',
    16,
  ],
  [
    'no recheck for a second copy',
    "then now() + interval '1 minute' else m.recheck_at end",
    'then m.recheck_at else m.recheck_at end',
    95,
  ],
  [
    'a late report is ignored',
    "where m.id = p_id and m.state = 'posted'\n     and (v_outcome = 'unclear'",
    "where false\n     and (v_outcome = 'unclear'",
    78,
  ],
  [
    'an expired lease is never taken over',
    'where (m.lease_until is null or m.lease_until < now())\n       -- Checked',
    'where m.lease_until is null\n       -- Checked',
    14,
  ],
  [
    'a claim succeeds on a claimed alert',
    "when v_alert.owner = p_user then 'already-yours'\n    when v_alert.owner is not null then 'claimed-by-other'",
    '',
    27,
  ],
  [
    'a gesture does not update the card',
    '  perform lead_bot.touch_alerts(array[p_alert_id], true);\n',
    '',
    15,
  ],
  [
    'each bot creates its own digest',
    "v_key text := 'digest:' || p_channel || ':' || p_local_date;",
    "v_key text := 'digest:' || p_channel || ':' || p_local_date || gen_random_uuid();",
    5,
  ],
  ['the trigger marks no lead', 'where n.hot or not v_many', 'where false', 3],
  [
    'one sweep that misses a lead is enough',
    "m.missing_since <= now() - interval '50 seconds'",
    'true',
    129,
  ],
  [
    'a sweep ignores missing leads',
    'except select h.developer_id from unnest(v_hot) h (developer_id)\n    limit 5000',
    'limit 0',
    40,
  ],
  [
    'the leads of a closed alert stay active',
    'update lead_bot.alert_leads m set active = false where m.alert_id = v_alert.id;',
    '',
    66,
  ],
  ['a change redraws no Home tab', 'm.id = any (v_homes || array(', 'm.id = any (array(', 10],
  [
    'a merge keeps the older alert even if the other is claimed',
    "order by a.status = 'open', a.status = 'open' and a.hold is not null, a.claimed_at nulls last, a.opened_at, a.id\n   limit 1",
    'order by a.opened_at, a.id limit 1',
    517,
  ],
  [
    'an AE who loses a claim in a merge is not notified',
    'if v_merged.owner is null or v_merged.owner = v_kept.owner then',
    'if true then',
    367,
  ],
  [
    'an undo ignores later gestures',
    'v_undo.id is distinct from p_undo_id or v_undo.actor <> p_user',
    'v_undo.actor is distinct from p_user',
    55,
  ],
  [
    'a snooze never ends',
    'where a.hold is not null and a.closed_at is null and a.hold_until <= now()\n     order',
    'where false\n     order',
    16,
  ],
  [
    'a claim ignores an offer',
    'o.ended_at is null and o.until > now() and o.holder <> p_user',
    'false',
    67,
  ],
  [
    'an offer never lapses',
    'where o.ended_at is null and o.until <= now() order by',
    'where false order by',
    2,
  ],
  [
    'a snooze leaves the offer as it is',
    "v_offer_id := lead_bot.end_offer(p_alert_id, 'withdrawn');",
    '',
    41,
  ],
  [
    'an undone hand-over leaves its direct message',
    'select v_undo.dm_id where v_undo.dm_id is not null',
    'select v_undo.dm_id where false',
    59,
  ],
  [
    'a sweep ignores changed domains',
    "where h.key <> a.account_key or h.key like 'lead:%'",
    'where false',
    117,
  ],
];

test.each(bugs)('caught: %s', { timeout: TIMEOUT_MS }, async (_, original, changed, from) => {
  const broken = await simulatorDatabase((script) => {
    expect(script).toContain(original);
    return script.replaceAll(original, changed);
  });
  expect(await firstViolations(broken, from)).not.toBe('nothing');
});

const AN_HOUR_APART =
  "\n      or exists (select from lead_bot.steps s where s.alert_id = v_alert.id and s.at > now() - interval '1 hour')";

/** The same, about what the bot does by itself. Where two guards catch a bug, both are gone. */
const stepBugs: readonly [
  bug: string,
  replaced: readonly (readonly [original: string, changed: string])[],
  from: number,
][] = [
  [
    'nudges about what is done are posted',
    [['and lead_bot.drop_moot(v_message.id)', 'and false']],
    3,
  ],
  [
    'a Keep begins no period',
    [
      [
        'waits_since = case when v_warned then now() else a.waits_since end',
        'waits_since = a.waits_since',
      ],
    ],
    143,
  ],
  [
    'an undo leaves the period as it is',
    [
      [
        'waits_since = coalesce(v_before.waits_since, a.waits_since)',
        'waits_since = a.waits_since',
      ],
    ],
    55,
  ],
  [
    'readers get what they have turned off',
    [['where d.person = p_person and d.kind = case', 'where false and d.kind = case']],
    743,
  ],
  [
    'a step has no unique key',
    [
      ['  primary key (alert_id, kind, period)\n', '  check (true)\n'],
      [AN_HOUR_APART, ''],
    ],
    13,
  ],
  [
    'a warning counts once it is queued',
    [
      ["'delivered_at', m.posted_at", "'delivered_at', t.at"],
      ["and m.posted_at <= now() - interval '2 hours'", ''],
    ],
    263,
  ],
];

test.each(stepBugs)('caught: %s', { timeout: TIMEOUT_MS }, async (_, replaced, from) => {
  const broken = await simulatorDatabase((script) => {
    for (const [original] of replaced) expect(script).toContain(original);
    return replaced.reduce(
      (text, [original, changed]) => text.replaceAll(original, changed),
      script,
    );
  });
  // Others take hardly any steps.
  const every = from % 10 === 3 ? 10 : 1;
  expect(await firstViolations(broken, from, undefined, every)).not.toBe('nothing');
});

/** Where webhooks are sent. */
const outcomeBugs: readonly [bug: string, original: string, changed: string, from: number][] = [
  [
    'the newest event of an alert is sent first',
    "where o.alert_id = v_queue.alert_id and o.state = 'waiting'\n     order by o.sequence\n",
    "where o.alert_id = v_queue.alert_id and o.state = 'waiting'\n     order by o.sequence desc\n",
    1,
  ],
  [
    'a webhook without an answer counts as delivered',
    "when p_result ->> 'outcome' = 'delivered' then 'delivered'",
    "when p_result ->> 'outcome' <> 'gone' then 'delivered'",
    1,
  ],
];

test.each(outcomeBugs)(
  'caught: %s',
  { timeout: TIMEOUT_MS },
  async (_, original, changed, from) => {
    const broken = await simulatorDatabase((script) => {
      expect(script).toContain(original);
      return script.replace(original, changed);
    });
    expect(await firstViolations(broken, from, undefined, 5)).toMatch(/webhook/);
  },
);
