import { expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, alertOf, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts, digests, outbox } = db;

const CHANNEL = 'C0DIGEST';
const EMPTY = { unclaimed: 0, claimed: 0, contacted: 0, notAFit: 0, snoozed: 0, cooled: 0 };
const ANNA = 'U0ANNA';

/** Adds a hot company with an alert. Returns the ids of the lead and the alert. */
async function hot(name: string, score = 85): Promise<{ lead: string; alert: string }> {
  const domain = `${name.toLowerCase()}.example`;
  const lead = await addLead(db, { domain, company: name, score });
  await db.poll({ firstRun: 'silent' });
  return { lead, alert: await alertOf(db, domain) };
}

/** Takes what is due. Returns the newest digest. */
async function taken(): Promise<Digest> {
  await db.sql(`delete from lead_bot.messages where kind <> 'digest'`);
  const { deliveries, unreadable } = await outbox.take(5, 60_000);
  expect(unreadable).toEqual([]);
  const newest = deliveries
    .flatMap(({ content }) => (content.kind === 'digest' ? [content.digest] : []))
    .toSorted((one, other) => one.localDate.localeCompare(other.localDate))
    .at(-1);
  if (newest === undefined) throw new Error('no digest was due');
  return newest;
}

/** Requests a digest, by default due after everything so far. */
const request = (channel: string, localDate: string, dueAt = new Date('2100-01-01T09:00:00Z')) =>
  digests.request(channel, localDate, dueAt);

const names = (rows: Digest['unclaimed']) => rows.map((picture) => picture.account.name);

/** Ages every message. */
const ageMessages = (interval: string) =>
  db.sql(
    `update lead_bot.messages
        set payload = jsonb_set(payload, '{made_at}', to_jsonb((payload ->> 'made_at')::timestamptz - $1::interval))
      where kind = 'digest'`,
    [interval],
  );

test('makes one digest per channel and date, however many bots ask', async () => {
  await hot('A');
  const made = await Promise.all(Array.from({ length: 6 }, () => request(CHANNEL, '2026-03-02')));
  expect(made.toSorted()).toEqual([...Array(5).fill('exists'), 'made']);
  expect(await request(CHANNEL, '2026-03-02')).toBe('exists');
  expect(await request(CHANNEL, '2026-03-03')).toBe('made');
  expect(await request('C0OTHER', '2026-03-02')).toBe('made');
});

test('skips a digest due before the first poll, and makes one due after it', async () => {
  expect(await request(CHANNEL, '2026-03-02')).toBe('too-early');
  const yesterday = new Date(Date.now() - 86_400_000);
  await hot('A');
  expect(await request(CHANNEL, '2026-03-02', yesterday)).toBe('before-first-poll');
  expect(await db.sql(`select from lead_bot.messages where kind = 'digest'`)).toEqual([]);
  expect(await request(CHANNEL, '2026-03-02')).toBe('made');
});

test('the first digest has no predecessor and counts the last day', async () => {
  await hot('Old');
  await db.age('2 days');
  await hot('New');
  await request(CHANNEL, '2026-03-02');
  const digest = await taken();
  expect(digest).toMatchObject({ localDate: '2026-03-02', since: null });
  expect(digest.counts).toEqual({ ...EMPTY, unclaimed: 2 });
  expect(digest.changes).toMatchObject({ before: null, opened: 1 });
});

test('lists each alert in the section of its state', async () => {
  await hot('A', 85);
  await hot('B', 95);
  const claimed = await hot('Claimed');
  const contacted = await hot('Contacted');
  const cooled = await hot('Cooled');
  await rescore(db, cooled.lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  await alerts.claim(claimed.alert, ANNA);
  await alerts.claim(contacted.alert, ANNA);
  await alerts.contact(contacted.alert, ANNA, 'call', '');
  await alerts.notAFit((await hot('Rival')).alert, ANNA, 'competitor', '', 3_600_000);
  await alerts.snooze((await hot('Later')).alert, ANNA, new Date(Date.now() + 3_600_000));

  await request(CHANNEL, '2026-03-02');
  const digest = await taken();
  expect(names(digest.unclaimed)).toEqual(['B', 'A']);
  expect(names(digest.claimed)).toEqual(['Claimed']);
  expect(names(digest.contacted)).toEqual(['Contacted']);
  expect(names(digest.notAFit)).toEqual(['Rival']);
  expect(names(digest.snoozed)).toEqual(['Later']);
  expect(names(digest.cooled)).toEqual(['Cooled']);
  expect(digest.counts).toEqual({
    ...EMPTY,
    unclaimed: 2,
    claimed: 1,
    contacted: 1,
    notAFit: 1,
    snoozed: 1,
    cooled: 1,
  });
});

test("doesn't repeat what was contacted or cooled before the last digest", async () => {
  const contacted = await hot('Contacted');
  const cooled = await hot('Cooled');
  await alerts.claim(contacted.alert, ANNA);
  await alerts.contact(contacted.alert, ANNA, 'call', '');
  await rescore(db, cooled.lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  await request(CHANNEL, '2026-03-02');
  await ageMessages('1 minute');
  await db.age('2 minutes');
  await db.sql(`update lead_bot.messages set state = 'gone', posted_at = now()`);

  const again = await hot('Fresh');
  await request(CHANNEL, '2026-03-03');
  const digest = await taken();
  expect(digest.since).not.toBeNull();
  expect(digest.counts).toEqual({ ...EMPTY, unclaimed: 1 });
  expect(digest.changes).toMatchObject({ before: 0, opened: 1, contacted: 0, cooled: 0 });
  expect(digest.unclaimed.map((picture) => picture.alert.id)).toEqual([again.alert]);
});

test('an alert opened in the very moment of the last digest counts once', async () => {
  await db.poll({ firstRun: 'silent' });
  await request(CHANNEL, '2026-03-02');
  await posted();
  await hot('A');
  await db.sql(
    `update lead_bot.alerts a set opened_at = (m.payload ->> 'made_at')::timestamptz
       from lead_bot.messages m
      where m.kind = 'digest'`,
  );
  const { changes, counts } = await alerts.previewDigest(CHANNEL, '2026-03-03');
  expect(changes).toMatchObject({ before: 0, opened: 0, back: 1 });
  expect(counts.unclaimed).toBe(1);
});

test('each channel counts from its own last digest', async () => {
  await db.poll();
  await request('C0OTHER', '2026-03-02');
  await request(CHANNEL, '2026-03-02');
  await db.sql(`update lead_bot.messages set state = 'gone' where channel = 'C0OTHER'`);
  expect((await taken()).since).toBeNull();
});

test('a contacted alert that closed since is listed as contacted, not as cooled', async () => {
  const { lead, alert } = await hot('A');
  await alerts.claim(alert, ANNA);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.sql(
    `update lead_bot.alerts set status = 'contacted', contacted_at = now(), contact_method = 'call'`,
  );
  await db.poll();
  await request(CHANNEL, '2026-03-02');
  expect((await taken()).counts).toMatchObject({ contacted: 1, cooled: 0 });
});

/** Takes the digest, and has it posted. */
async function posted(): Promise<Digest> {
  const digest = await taken();
  await db.sql(
    `update lead_bot.messages
        set state = 'posted', slack_channel = channel, slack_ts = id::text, posted_at = now(),
            shown_version = wanted_version, lease_until = null
      where id = $1`,
    [digest.id],
  );
  await db.sql('update lead_bot.channels set next_post_at = now(), next_update_at = now()');
  return digest;
}

test('a posted digest keeps its rows, each where it belongs when it is drawn, with the counts of that moment', async () => {
  const claimed = await hot('Claimed');
  const kept = await hot('Kept');
  await alerts.claim(kept.alert, ANNA);
  await request(CHANNEL, '2026-03-02');
  const before = await posted();
  expect([names(before.unclaimed), names(before.claimed)]).toEqual([['Claimed'], ['Kept']]);

  await hot('New');
  await alerts.claim(claimed.alert, ANNA);
  await alerts.contact(kept.alert, ANNA, 'call', '');
  const after = await taken();
  expect([names(after.unclaimed), names(after.claimed), names(after.contacted)]).toEqual([
    [],
    ['Claimed'],
    ['Kept'],
  ]);
  expect(after.counts).toMatchObject({ unclaimed: 1, claimed: 1, contacted: 1 });
  expect(after.asOf.getTime()).toBeGreaterThan(before.asOf.getTime());
  expect(after.since).toBeNull();
});

test('an older digest that is drawn again, for an erasure, keeps its counts and sections', async () => {
  const { alert } = await hot('A');
  await request(CHANNEL, '2026-03-02');
  const before = await posted();
  await request(CHANNEL, '2026-03-03');
  await alerts.claim(alert, ANNA);
  await db.sql(
    `update lead_bot.messages set wanted_version = wanted_version + 1 where dedupe_key like '%:2026-03-02'`,
  );
  const { deliveries } = await outbox.take(5, 60_000);
  const digest = deliveries
    .flatMap(({ content }) => (content.kind === 'digest' ? [content.digest] : []))
    .find(({ localDate }) => localDate === '2026-03-02');
  expect(digest).toMatchObject({ asOf: before.asOf, counts: before.counts });
  expect(names(digest?.unclaimed ?? [])).toEqual(['A']);
});

test('a digest has what older bots read, and they draw it as of when it was made', async () => {
  await hot('A');
  await request(CHANNEL, '2026-03-02');
  await posted();
  const [row] = await db.sql<{ payload: unknown }>(
    `select payload from lead_bot.messages where kind = 'digest'`,
  );
  const count = expect.any(Number);
  expect(row?.payload).toMatchObject({
    local_date: '2026-03-02',
    made_at: expect.any(String),
    since: null,
    counts: { unclaimed: count, claimed: count, contacted: count, cooled: count, opened: count },
  });
});

test('orders leads to claim by score times age, and claimed ones by how long they have been', async () => {
  await hot('Old', 81);
  await db.age('1 day');
  await hot('Older', 80);
  await db.sql(
    `update lead_bot.alerts set opened_at = now() - interval '25 hours' where score = 80`,
  );
  await hot('New', 99);
  for (const name of ['First', 'Second']) {
    const { alert } = await hot(name);
    await alerts.claim(alert, ANNA);
    await db.age('1 minute');
  }
  await request(CHANNEL, '2026-03-02');
  const digest = await taken();
  expect(names(digest.unclaimed)).toEqual(['Older', 'Old', 'New']);
  expect(names(digest.claimed)).toEqual(['First', 'Second']);
  const page = async (status: 'open' | 'claimed') =>
    names((await alerts.openOnes(status, null, 15, 0)).alerts);
  expect(await page('open')).toEqual(['Older', 'Old', 'New']);
  expect(await page('claimed')).toEqual(['First', 'Second']);
});

test('lists twelve leads to claim, the eight oldest claims, and the newest eight of a kind of change', async () => {
  for (let n = 0; n < 13; n++) {
    await addLead(db, { domain: `d${n}.example`, company: `Company ${n}` });
  }
  await db.poll({ firstRun: 'silent' });
  const all = await db.sql<{ id: string; name: string }>(
    `select a.id, c.company_name as name
       from lead_bot.alerts a join public.company_enrichment c on c.domain = a.account_key`,
  );
  const nine = all.slice(0, 9);
  const first = await alerts.previewDigest(CHANNEL, '2026-03-02');
  expect([first.unclaimed.length, first.counts.unclaimed]).toEqual([12, 13]);

  for (const { id } of nine) await alerts.claim(id, ANNA);
  const second = await alerts.previewDigest(CHANNEL, '2026-03-02');
  expect(names(second.claimed)).toEqual(nine.slice(0, 8).map(({ name }) => name));
  expect(second.counts.claimed).toBe(9);

  for (const { id } of nine) await alerts.contact(id, ANNA, 'call', '');
  const third = await alerts.previewDigest(CHANNEL, '2026-03-02');
  const newestFirst = nine.toReversed().map(({ name }) => name);
  expect(names(third.contacted)).toEqual(newestFirst.slice(0, 8));
  expect(third.counts.contacted).toBe(9);
});

test('counts new outcomes, and lists their leads although they were contacted before', async () => {
  const { alert } = await hot('A');
  await alerts.claim(alert, ANNA);
  await alerts.contact(alert, ANNA, 'call', '');
  await db.age('1 hour');
  await request(CHANNEL, '2026-03-02');
  await posted();
  await alerts.outcome(alert, ANNA, 'won', null, '');
  await request(CHANNEL, '2026-03-03');
  const digest = await taken();
  expect(digest.outcomes).toEqual({ won: 1 });
  expect(names(digest.contacted)).toEqual(['A']);
  expect(digest.changes).toMatchObject({ before: 0, contacted: 0 });
});

test('does not count another touch as one more lead that was contacted', async () => {
  const { alert } = await hot('A');
  await alerts.claim(alert, ANNA);
  await alerts.contact(alert, ANNA, 'call', '');
  await request(CHANNEL, '2026-03-02');
  await posted();
  await alerts.contact(alert, ANNA, 'email', '');
  await request(CHANNEL, '2026-03-03');
  const digest = await taken();
  expect(names(digest.contacted)).toEqual(['A']);
  expect(digest.changes).toMatchObject({ before: 0, back: 0, contacted: 0 });
});

test('posts nothing when there is nothing to say, if so configured, and asks no more that day', async () => {
  await db.poll();
  const due = new Date('2100-01-01T09:00:00Z');
  expect(await digests.request(CHANNEL, '2026-03-02', due, false)).toBe('nothing');
  await hot('A');
  expect(await digests.request(CHANNEL, '2026-03-02', due, false)).toBe('exists');
  expect(await digests.request(CHANNEL, '2026-03-03', due, false)).toBe('made');
  expect((await taken()).localDate).toBe('2026-03-03');
});

test('a lead that is taken care of is something to say', async () => {
  const { alert } = await hot('A');
  await request(CHANNEL, '2026-03-02');
  await posted();
  await alerts.claim(alert, ANNA);
  await alerts.contact(alert, ANNA, 'call', '');
  const due = new Date('2100-01-01T09:00:00Z');
  expect(await digests.request(CHANNEL, '2026-03-03', due, false)).toBe('made');
});

test('a claim redraws the digest that lists the alert', async () => {
  const { alert } = await hot('A');
  await request(CHANNEL, '2026-03-02');
  const wanted = async () => {
    const [row] = await db.sql<{ wanted_version: number }>(
      `select wanted_version from lead_bot.messages where kind = 'digest'`,
    );
    return row?.wanted_version;
  };
  const before = (await wanted()) ?? 0;
  await alerts.claim(alert, ANNA);
  expect(await wanted()).toBe(before + 1);
});

test.each<[string, number, (alert: string) => Promise<unknown>]>([
  ['a click', 1, (alert) => alerts.claim(alert, ANNA)],
  [
    'another change',
    10,
    (alert) => db.sql('select lead_bot.touch_alerts(array[$1]::uuid[], false)', [alert]),
  ],
])('a posted digest follows %s after %i s, together with others', async (_, wait, change) => {
  const one = await hot('A');
  const other = await hot('B');
  await request(CHANNEL, '2026-03-02');
  await db.sql(
    `update lead_bot.messages set state = 'posted', slack_channel = channel, slack_ts = '1.1', shown_version = wanted_version`,
  );
  const due = () =>
    db.sql<{ at: Date; seconds: number }>(
      `select next_try_at as at, ceil(extract(epoch from next_try_at - now()))::int as seconds
         from lead_bot.messages where kind = 'digest'`,
    );
  await change(one.alert);
  const [first] = await due();
  expect(first?.seconds).toBe(wait);
  await change(other.alert);
  expect(await due()).toMatchObject([{ at: first?.at }]);
});

test('a preview shows what would be posted now, and writes nothing', async () => {
  const { alert } = await hot('A', 95);
  await hot('B', 85);
  await alerts.claim(alert, ANNA);
  const everything = () =>
    db.sql(
      `select (select count(*) from lead_bot.messages) as messages,
              (select count(*) from lead_bot.message_alerts) as rows,
              (select count(*) from lead_bot.alert_events) as events,
              (select sum(wanted_version) from lead_bot.messages) as versions`,
    );
  const before = await everything();
  const preview = await alerts.previewDigest(CHANNEL, '2026-03-02');
  expect(await everything()).toEqual(before);
  expect(preview).toMatchObject({ localDate: '2026-03-02', since: null });
  expect(names(preview.unclaimed)).toEqual(['B']);
  expect(names(preview.claimed)).toEqual(['A']);

  await request(CHANNEL, '2026-03-02');
  const made = await taken();
  expect({ ...preview, asOf: made.asOf, id: made.id }).toEqual(made);
  const { since } = await alerts.previewDigest(CHANNEL, '2026-03-02');
  expect(since?.getTime()).toBeGreaterThan(preview.asOf.getTime());
});

test('makes a digest even without alerts', async () => {
  await db.poll();
  await request(CHANNEL, '2026-03-02');
  expect(await taken()).toMatchObject({
    unclaimed: [],
    counts: EMPTY,
    changes: { before: null, opened: 0 },
  });
});

test('previews a digest even without alerts', async () => {
  await db.poll();
  expect(await alerts.previewDigest(CHANNEL, '2026-03-02')).toMatchObject({
    counts: EMPTY,
    unclaimed: [],
    claimed: [],
  });
});

test('the next digest replaces an unposted one, and counts from the last that was posted', async () => {
  const { alert } = await hot('A');
  await alerts.claim(alert, ANNA);
  await alerts.contact(alert, ANNA, 'call', '');
  await request(CHANNEL, '2026-03-02');
  await request(CHANNEL, '2026-03-03');
  const digest = await taken();
  expect(digest.localDate).toBe('2026-03-03');
  expect(names(digest.contacted)).toEqual(['A']);
  expect((await outbox.take(5, 60_000)).deliveries).toEqual([]);
});

test('redraws only the newest digest of a channel', async () => {
  const { alert } = await hot('A');
  for (const date of ['2026-03-02', '2026-03-03', '2026-03-04']) {
    await request(CHANNEL, date);
    await db.sql(`update lead_bot.messages
                     set state = 'posted', slack_channel = channel, slack_ts = id::text, posted_at = now(),
                         shown_version = wanted_version, created_at = created_at - interval '1 minute'
                   where state = 'pending'`);
  }
  await db.sql(
    `update lead_bot.messages set created_at = (payload ->> 'made_at')::timestamptz where kind = 'digest'`,
  );
  await alerts.claim(alert, ANNA);
  await db.sql('update lead_bot.messages set next_try_at = now()');
  const { deliveries } = await outbox.take(8, 60_000);
  expect(deliveries.map(({ content }) => content)).toMatchObject([
    { kind: 'digest', digest: { localDate: '2026-03-04' } },
  ]);
});

test.each([
  ['infinity', '2026-03-02T09:00:00Z'],
  ['-infinity', '2026-03-02T09:00:00Z'],
  ['2026-03-02', 'infinity'],
  [null, '2026-03-02T09:00:00Z'],
  ['2026-03-02', null],
  ['4713-01-01 BC', '2026-03-02T09:00:00Z'],
  ['5874897-12-31', '2026-03-02T09:00:00Z'],
  ['2026-03-02', '294276-01-01T00:00:00Z'],
])('refuses a digest dated %s and due at %s', async (date, dueAt) => {
  const asked = db.sql('select public.lead_bot_request_digest($1, $2, $3)', [CHANNEL, date, dueAt]);
  await expect(asked).rejects.toMatchObject({ code: '22023' });
  expect(await db.sql(`select from lead_bot.messages where kind = 'digest'`)).toEqual([]);
});

/** Requests a digest that is due now, and posts it. Returns what it says of the week before. */
async function weekOf(localDate: string, postEmpty = true): Promise<unknown> {
  const made = await digests.request(CHANNEL, localDate, new Date(), postEmpty);
  if (made !== 'made') return made;
  const [row] = await db.sql(
    `update lead_bot.messages
        set state = 'posted', slack_channel = channel, slack_ts = '1.1', posted_at = now(), shown_version = wanted_version
      where dedupe_key = $1
      returning payload -> 'week' as week`,
    [`digest:${CHANNEL}:${localDate}`],
  );
  return row?.['week'] ?? null;
}

/** As if the bot had started long ago. */
const polledForDays = () =>
  db.sql(`update lead_bot.poll_state set first_poll_at = now() - interval '30 days'`);

test('only the first digest of a calendar week has the numbers of the seven days before', async () => {
  const { alert } = await hot('A');
  await alerts.claim(alert, ANNA);
  const wrong = await hot('Wrong');
  await alerts.notAFit(wrong.alert, ANNA, 'student', '', 1_000_000);
  const old = await hot('Old');
  await db.sql(`update lead_bot.alerts set opened_at = now() - interval '8 days' where id = $1`, [
    old.alert,
  ]);
  await polledForDays();
  const week = { alerts: 2, claimed: 1, contacted: 0, not_a_fit: 1, to_claim: expect.any(Number) };
  // A Wednesday: there was none on Monday and Tuesday.
  expect(await weekOf('2026-03-04')).toMatchObject(week);
  expect(await weekOf('2026-03-05')).toBeNull();
  expect(await weekOf('2026-03-08')).toBeNull();
  expect(await weekOf('2026-03-09')).toMatchObject(week);
});

test('a digest is read with the numbers of its week', async () => {
  await hot('A');
  await polledForDays();
  await digests.request(CHANNEL, '2026-03-02', new Date());
  const { week } = await taken();
  expect(week).toMatchObject({ alerts: 1, claimed: 0, notAFit: 0, toClaim: null });
  expect(Object.values(week?.crossings ?? {})).toEqual([1]);
});

test('a digest that replaces the first one of the week before it was posted has its numbers', async () => {
  await hot('A');
  await polledForDays();
  await digests.request(CHANNEL, '2026-03-02', new Date());
  expect(await weekOf('2026-03-03')).toMatchObject({ alerts: 1 });
});

test('a digest that would be empty comes for the numbers of the week, if there are any', async () => {
  const { lead } = await hot('A');
  await polledForDays();
  expect(await weekOf('2026-03-02', false)).toMatchObject({ alerts: 1 });
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await weekOf('2026-03-03', false)).toBeNull();
  expect(await weekOf('2026-03-04', false)).toBe('nothing');
  expect(await weekOf('2026-03-09', false)).toMatchObject({ alerts: 1 });
  await db.sql(`update lead_bot.alerts set opened_at = now() - interval '8 days' where true`);
  await db.sql('delete from lead_bot.crossings where true');
  expect(await weekOf('2026-03-16', false)).toBe('nothing');
  // The empty one was the first of its week.
  await hot('B');
  expect(await weekOf('2026-03-17', false)).toBeNull();
});
