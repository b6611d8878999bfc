import { expect, test } from 'vitest';
import { botDatabase } from '../support/bot-database.ts';
import { ADDRESS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { takeOne, confirm, aPostedCard } = outboxStage(db);

const OUTCOMES = {
  shown: { version: 1, hash: 'h', sent: true, channel: 'C1', ts: '1.000100' },
  found: { channel: 'C1', ts: '1.000100' },
  rechecked: {},
  missing: { after_seconds: 30 },
  unclear: { reason: 'timeout', after_seconds: 5 },
  later: { reason: 'odd', after_seconds: 30, whole_channel: false, counts: true },
  blind: { reason: 'search: not_in_channel', after_seconds: 30 },
  pause: { reason: 'not_in_channel', everything: false },
  plain: { reason: 'invalid_blocks' },
  removed: {},
  gone: { reason: 'message_not_found' },
  frozen: { reason: 'edit_window_closed' },
  dead: { reason: 'no_text' },
};

/** Confirms one outcome for a message in each state that the columns allow. */
const EVERY_MESSAGE = `
do $$
declare
  v_id uuid;
begin
  for v_id in
    insert into lead_bot.messages
      (kind, channel, dedupe_key, state, slack_channel, slack_ts, attempts, looks, refusals, plain, removal,
       recheck_at, attempted_at, lease_token)
    select k.kind, 'C1', gen_random_uuid(), s.state, 'C1', t.slack_ts, l.looks, l.looks, l.looks * 2, p.plain,
           r.removal, c.recheck_at, now() - interval '1 hour', '00000000-0000-4000-8000-000000000000'
      from unnest(array['rollup', 'dm']) k (kind)
     cross join unnest(array['pending', 'unclear', 'posted', 'gone', 'dead']) s (state)
     cross join unnest(array[null, '1.000100']) t (slack_ts)
     cross join generate_series(0, 2) l (looks)
     cross join unnest(array[false, true]) p (plain)
     cross join unnest(array[null, 'erased']) r (removal)
     cross join unnest(array[null, now() - interval '1 minute', now() + interval '1 minute']) c (recheck_at)
     where s.state <> 'posted' or t.slack_ts is not null
    returning id
  loop
    if not public.lead_bot_confirm(v_id, '00000000-0000-4000-8000-000000000000', '$outcome') then
      raise exception 'not confirmed';
    end if;
  end loop;
end $$`;

test.each(Object.entries(OUTCOMES))(
  '%s has exactly one transition from any state',
  async (outcome, rest) => {
    // Strict: an error when more than one row of the table applies. None is an error anyway.
    await db.sql(`do $$
    begin
      execute replace(pg_get_functiondef('public.lead_bot_confirm'::regproc), 'select t.* into v_to', 'select t.* into strict v_to');
    end $$`);
    const [strict] = await db.sql<{ body: string }>(
      `select prosrc as body from pg_proc where oid = 'public.lead_bot_confirm'::regproc`,
    );
    expect(strict?.body).toContain('into strict v_to');
    await db.sql(EVERY_MESSAGE.replace('$outcome', JSON.stringify({ outcome, ...rest })));
    const [left] = await db.sql<{ count: number }>(
      'select count(*)::int as count from lead_bot.messages where lease_token is not null',
    );
    expect(left).toEqual({ count: 0 });
  },
);

type Kind = 'rollup' | 'dm';

/** From pending, unclear and posted, with nothing else going on. */
const ENDS: [keyof typeof OUTCOMES, string, Kind?][] = [
  ['shown', 'posted posted posted'],
  ['found', 'posted posted posted'],
  ['rechecked', 'pending unclear posted'],
  ['missing', 'pending unclear posted'],
  ['unclear', 'unclear unclear posted'],
  ['later', 'pending unclear posted'],
  ['blind', 'pending unclear posted'],
  ['pause', 'pending unclear posted'],
  ['plain', 'pending unclear posted'],
  ['removed', 'gone gone gone'],
  ['gone', 'gone gone gone'],
  ['dead', 'dead dead posted'],
  ['pause', 'gone gone posted', 'dm'],
  ['dead', 'dead dead posted', 'dm'],
];

test.each(ENDS)(
  '%s turns pending, unclear and posted into %s',
  async (outcome, expected, kind = 'rollup') => {
    const token = '00000000-0000-4000-8000-000000000000';
    const ends: string[] = [];
    for (const state of ['pending', 'unclear', 'posted']) {
      const [message] = await db.sql<{ id: string }>(
        `insert into lead_bot.messages (kind, channel, dedupe_key, state, slack_channel, slack_ts, attempts, lease_token)
       values ($4, 'C1', $1, $1, 'C1', $2, 1, $3) returning id`,
        [state, state === 'posted' ? '1.000100' : null, token, kind],
      );
      await db.sql('select public.lead_bot_confirm($1, $2, $3)', [
        message?.id,
        token,
        JSON.stringify({ outcome, ...OUTCOMES[outcome] }),
      ]);
      const [after] = await db.sql<{ state: string }>(
        'select state from lead_bot.messages where id = $1',
        [message?.id],
      );
      ends.push(after?.state ?? '');
    }
    expect(ends.join(' ')).toBe(expected);
  },
);

test('deletes a message that was erased while an update found it uneditable', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  const update = await takeOne();
  await db.sql(
    `select lead_bot.unwant_messages(array(select id from lead_bot.messages), 'erased')`,
  );
  await confirm(update, { kind: 'frozen', reason: 'edit_window_closed' });
  expect(await takeOne()).toMatchObject({ action: 'remove', address: ADDRESS });
});
