import { expect, test } from 'vitest';
import type { Digests } from '../../src/core/ports.ts';
import { createDigestCheck } from '../../src/jobs/digest.ts';
import { faultStage, HISTORY, withMessenger, withOutbox } from '../support/fault-stage.ts';
import { type Interruption, interrupted } from '../support/interrupted-ports.ts';
import { memoryLog } from '../support/memory-log.ts';
import { DIGEST, readable } from '../support/world.ts';

const stage = await faultStage();
const {
  db,
  slack,
  startReplica,
  addHotLead,
  claim,
  cards,
  postCount,
  waitForCard,
  waitForRow,
  advance,
  later,
  row,
  runUntilQuiet,
} = stage;

/** Runs a replica until it dies at this call. */
async function crashAt(at: number, side: Interruption['side']): Promise<void> {
  const { ports, died } = interrupted(stage.ports(), { at, side, how: 'dies' });
  const one = startReplica({ between: () => ports });
  await died;
  one.abandon();
}

test('fault-01 crash before the claim commits: the message stays pending and the next replica takes it', async () => {
  await addHotLead();
  await crashAt(0, 'before');
  expect(await row()).toMatchObject({ state: 'pending', attempts: 0, lease_token: null });
  startReplica();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});

test('fault-02 response to the claim is lost: posts nothing until the lease expires, then one card', async () => {
  await addHotLead();
  await crashAt(0, 'after');
  expect(await stage.take()).toEqual([]);
  expect(postCount()).toBe(0);
  await later('61 seconds');
  startReplica();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});

test('fault-03 crash after the claim, before sending: searches, then posts once, since the claim counts as an attempt', async () => {
  await addHotLead();
  await stage.takeOne();
  await later('61 seconds');
  startReplica();
  await waitForCard('Acme');
  expect(slack().calls(HISTORY)).toHaveLength(2);
  expect(postCount()).toBe(1);
});

test('fault-04 crash after recording the attempt, before the POST: two empty searches, then posts once', async () => {
  await addHotLead();
  await crashAt(1, 'before');
  expect(postCount()).toBe(0);
  await later('61 seconds');
  startReplica();
  await waitForCard('Acme');
  expect(slack().calls(HISTORY)).toHaveLength(2);
  expect(postCount()).toBe(1);
});

test('fault-05 crash after Slack accepted, before the confirmation: adopts the card instead of posting again', async () => {
  const alert = await addHotLead();
  await crashAt(1, 'after');
  const [first] = cards();
  await advance('61 seconds');
  startReplica();
  await waitForRow({ state: 'posted', slack_ts: first?.ts });
  await claim(alert);
  await waitForCard('Claimed by @U0ALICE');
  expect(cards().map(({ ts }) => ts)).toEqual([first?.ts]);
  expect(postCount()).toBe(1);
});

test('fault-06 confirmation times out after its commit: the retry changes nothing', async () => {
  await addHotLead();
  const { ports } = interrupted(stage.ports(), { at: 1, side: 'after', how: 'fails' });
  const one = startReplica({ between: () => ports });
  expect(await one.log.next('warn', /lease on a message has passed/)).toBeDefined();
  expect(await row()).toMatchObject({ state: 'posted', recheck_at: null, redraw_at: null });
  expect(postCount()).toBe(1);
});

test('fault-07 database is down during the confirmation: retries it from memory and does not post again', async () => {
  await addHotLead();
  const one = startReplica({
    between: withMessenger(({ post }) => ({
      async post(...args) {
        const address = await post(...args);
        await db.stopPostgrest();
        return address;
      },
    })),
  });
  await one.log.next('warn', /could not take messages/);
  await db.startPostgrest();
  await waitForRow({ state: 'posted', shown_version: 1 });
  expect(postCount()).toBe(1);
  expect(slack().calls(HISTORY)).toEqual([]);
});

test('fault-07 confirmation fails until the lease expires: finds the post instead of posting again', async () => {
  await addHotLead();
  const one = startReplica({
    // Leaves too little of the lease after the post to record anything.
    settings: { leaseMs: 1_000, marginMs: 900 },
    between: withOutbox(() => ({ confirm: () => Promise.reject(new Error('away')) })),
  });
  await one.log.next('error', /could not record the outcome of a message/);
  await one.stop();
  startReplica();
  await advance('61 seconds');
  await waitForRow({ state: 'posted' });
  expect(postCount()).toBe(1);
});

/** Runs until nothing is left to do, or until it dies at this call. Returns whether it died. */
async function dies(at: number, side: Interruption['side']): Promise<boolean> {
  const { ports, died } = interrupted(stage.ports(), { at, side, how: 'dies' });
  return (await runUntilQuiet(ports, died)).end === 'died';
}

/** Resets the card to never attempted and its alert to unclaimed. */
async function begin(alert: string): Promise<void> {
  for (const { channel, ts } of cards()) slack().deleteMessage(channel, ts);
  await db.sql(
    `update lead_bot.alerts set status = 'open', owner = null, claimed_at = null where id = $1`,
    [alert],
  );
  await db.sql(`with gone as (delete from lead_bot.messages returning *)
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key)
    select kind, alert_id, channel, dedupe_key from gone`);
  await db.sql(`insert into lead_bot.message_alerts (message_id, alert_id)
    select id, alert_id from lead_bot.messages`);
  await db.sql('truncate lead_bot.channels');
}

async function expectOneTrueCard(where: string): Promise<void> {
  expect(cards(), where).toHaveLength(1);
  const [only] = cards();
  expect(only && readable(only), where).toContain('Claimed by @U0ALICE');
  const { wanted_version, ...state } = await row();
  expect(state, where).toMatchObject({
    state: 'posted',
    slack_ts: only?.ts,
    shown_version: wanted_version,
  });
}

/**
 * Dying before a call is the same as dying after the previous one, so the second crash is only tried on one
 * side.
 */
test('fault-11 crash at every await, then at every await of the recovery: one card with the latest state', async () => {
  const alert = await addHotLead();
  let crashes = 0;
  for (let first = 0, firstStruck = true; firstStruck; first++) {
    for (const side of ['before', 'after'] as const) {
      for (let second = 0, secondStruck = true; secondStruck; second++) {
        await begin(alert);
        firstStruck = await dies(first, side);
        await db.alerts.claim(alert, 'U0ALICE');
        await later('2 minutes');
        secondStruck = await dies(second, 'after');
        await later('2 minutes');
        await runUntilQuiet();
        await expectOneTrueCard(`${side} call ${first}, then after call ${second}`);
        crashes += Number(firstStruck) + Number(secondStruck);
      }
    }
  }
  expect(crashes).toBeGreaterThan(100);
});

test('fault-11 failure of every call in a delivery, before or after its effect: one card with the latest state', async () => {
  const alert = await addHotLead();
  for (const side of ['before', 'after'] as const) {
    for (let at = 0; ; at++) {
      await begin(alert);
      const { ports, calls } = interrupted(stage.ports(), { at, side, how: 'fails' });
      await runUntilQuiet(ports);
      await db.alerts.claim(alert, 'U0ALICE');
      await runUntilQuiet(ports);
      await expectOneTrueCard(`${side} call ${at}`);
      if (calls() <= at) break;
    }
  }
});

test('fault-37 crash at every await of a digest delivery: one digest per date', async () => {
  await db.poll();
  for (let at = 0, struck = true; struck; at++) {
    const date = `2026-03-${String(10 + at)}`;
    await db.digests.request(DIGEST, date, new Date('2100-01-01'));
    struck = await dies(at, 'after');
    await db.digests.request(DIGEST, date, new Date('2100-01-01'));
    await later('2 minutes');
    await runUntilQuiet();
    expect(slack().messages(DIGEST), `after call ${at}`).toHaveLength(at + 1);
  }
  expect(slack().messages(DIGEST).length).toBeGreaterThan(3);
});

test('fault-37 crash before a digest is recorded: the next check of any replica creates it', async () => {
  await db.poll();
  const now = new Date(Date.now() + 3_600_000);
  const check = (digests: Digests) =>
    createDigestCheck({
      digests,
      channel: DIGEST,
      schedule: '* * * * *',
      timeZone: 'UTC',
      log: memoryLog(),
      wake: () => {},
    })(now);
  await expect(check({ request: () => Promise.reject(new Error('crash')) })).rejects.toThrow();
  await Promise.all([check(db.digests), check(db.digests)]);
  await runUntilQuiet();
  expect(slack().messages(DIGEST)).toHaveLength(1);
});
