import { expect, test } from 'vitest';
import { botDatabase, CHANNEL, POLICY } from '../support/bot-database.ts';
import { addLead, addScore, rescore } from '../support/leads.ts';

const db = await botDatabase();

const fates = async (id: string) =>
  (
    await db.sql<{ fate: string }>(
      'select fate from lead_bot.crossings where developer_id = $1 order by at, id',
      [id],
    )
  ).map(({ fate }) => fate);
const counts = async () =>
  (
    await db.sql<{ counts: Record<string, number> }>(
      `select lead_bot.count_fates('-infinity', 'infinity') as counts`,
    )
  )[0]?.counts;
/** Adds a lead that isn't hot. */
const warm = (domain: string, email?: string) =>
  addLead(db, { domain, score: 62, ...(email === undefined ? {} : { email }) });

test('the first lead of a company opens a card, and a colleague joins it', async () => {
  await db.poll();
  const first = await warm('acme.example');
  const second = await warm('acme.example');
  await rescore(db, first, 85);
  await db.poll();
  await rescore(db, second, 82);
  await db.poll();
  expect(await fates(first)).toEqual(['card']);
  expect(await fates(second)).toEqual(['joined']);
});

test('of two colleagues who turn hot together, one opens the card and the other joins it', async () => {
  await db.poll();
  const first = await warm('acme.example');
  const second = await warm('acme.example');
  await rescore(db, second, 82);
  await rescore(db, first, 85);
  await db.poll();
  expect(await fates(first)).toEqual(['card']);
  expect(await fates(second)).toEqual(['joined']);
});

test('a lead that comes back in time returns to its alert', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 85);
  await db.poll();
  await rescore(db, lead, 62);
  await db.poll();
  await rescore(db, lead, 85);
  await db.poll();
  expect(await fates(lead)).toEqual(['card', 'returned']);
});

test('leads without a company, hidden ones, unreadable ones and brief ones get no alert', async () => {
  await db.poll();
  const personal = await warm('', 'someone@gmail.com');
  const aside = await addLead(db, { domain: 'aside.example', score: 62 });
  const brief = await warm('brief.example');
  const hidden = await warm('hidden.example');
  await rescore(db, personal, 90);
  await rescore(db, brief, 90);
  await rescore(db, brief, 60);
  await rescore(db, hidden, 90);
  await rescore(db, aside, 90);
  await db.sql(`update public.developer_signups set email = repeat('a', 400) where id = $1`, [
    aside,
  ]);
  await db.sql('delete from public.developer_signups where id = $1', [hidden]);
  await db.poll();
  expect(await fates(personal)).toEqual(['personal']);
  expect(await fates(aside)).toEqual(['set-aside']);
  expect(await fates(brief)).toEqual(['brief']);
  expect(await fates(hidden)).toEqual(['not-shown']);
  expect(await counts()).toEqual({ personal: 1, 'set-aside': 1, brief: 1, 'not-shown': 1 });
});

test('a lead that turns hot again while its row is set aside waits for the next poll', async () => {
  await db.poll();
  const lead = await warm('aside.example');
  await rescore(db, lead, 90);
  await db.sql(`update public.developer_signups set email = repeat('a', 400) where id = $1`, [
    lead,
  ]);
  const plan = await db.plan();
  await rescore(db, lead, 62);
  await rescore(db, lead, 91);
  await db.polls.record(plan, POLICY);
  expect(await fates(lead)).toEqual(['waiting']);
  await db.poll();
  expect(await fates(lead)).toEqual(['brief', 'set-aside']);
});

test('a lead that was set aside enters once its row is repaired', async () => {
  await db.poll();
  const lead = await warm('aside.example');
  await rescore(db, lead, 90);
  await db.sql(`update public.developer_signups set email = repeat('a', 400) where id = $1`, [
    lead,
  ]);
  await db.poll();
  expect(await fates(lead)).toEqual(['set-aside']);
  await db.sql(`update public.developer_signups set email = 'a@aside.example' where id = $1`, [
    lead,
  ]);
  await db.sweep();
  expect(await fates(lead)).toEqual(['card']);
});

test('a hot lead that gets a work address only later has crossed once', async () => {
  await db.poll();
  const lead = await warm('', 'someone@gmail.com');
  await rescore(db, lead, 85);
  await db.poll();
  await db.age('1 hour');
  await rescore(db, lead, 90);
  await db.sql(`update public.developer_signups set email = 'someone@acme.example' where id = $1`, [
    lead,
  ]);
  await db.poll();
  expect(await fates(lead)).toEqual(['card']);
});

test('counts what happened in the given time, and in the given channels', async () => {
  await db.poll();
  await rescore(db, await warm('acme.example'), 85);
  await rescore(db, await warm('', 'someone@gmail.com'), 85);
  await db.poll();
  const count = async (from: string, to: string, channels: string[] | null) =>
    (
      await db.sql<{ counts: unknown }>(
        'select lead_bot.count_fates(now() + $1::interval, now() + $2::interval, $3) as counts',
        [from, to, channels],
      )
    )[0]?.counts;
  expect(await count('-1 minute', '1 minute', null)).toEqual({ card: 1, personal: 1 });
  expect(await count('-1 minute', '1 minute', [CHANNEL])).toEqual({ card: 1 });
  expect(await count('-1 minute', '1 minute', ['C0OTHER'])).toEqual({});
  expect(await count('-2 minutes', '-1 minute', null)).toEqual({});
  await rescore(db, await warm('late.example'), 85);
  expect(await count('-1 minute', '1 minute', null)).toEqual({ card: 1, personal: 1, waiting: 1 });
});

test('a lead whose mark is kept for the next step counts once', async () => {
  await db.poll();
  await rescore(db, await warm('acme.example'), 85);
  await db.sql(`select lead_bot.note_crossings(array(select id from lead_bot.lead_marks))`);
  expect(await counts()).toEqual({ unknown: 1 });
});

test('a lead that came back and left again before the bot looked was back too briefly', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 85);
  await db.poll();
  await rescore(db, lead, 62);
  await db.poll();
  await rescore(db, lead, 85);
  await rescore(db, lead, 62);
  await db.poll();
  expect(await fates(lead)).toEqual(['card', 'brief']);
});

test('what came of an earlier lead stays unknown while others turn hot', async () => {
  await db.poll();
  const earlier = await warm('acme.example');
  await rescore(db, earlier, 85);
  await db.poll();
  await db.sql(`update lead_bot.crossings set alert_id = null, fate = 'unknown'`);
  const later = await warm('other.example');
  await rescore(db, later, 85);
  await db.poll();
  expect(await fates(earlier)).toEqual(['unknown']);
  expect(await fates(later)).toEqual(['card']);
});

test('of the messages that show an alert, the oldest says what came of the lead that opened it', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 85);
  await db.poll({ maxCardsPerPoll: 0 });
  await addLead(db);
  await db.poll();
  const settle = async () => {
    await db.sql(
      `update lead_bot.crossings set alert_id = null, fate = 'unknown' where developer_id = $1`,
      [lead],
    );
    await rescore(db, lead, 86);
    await db.poll();
    return fates(lead);
  };
  expect(await settle()).toEqual(['rollup']);
  await db.sql(
    `update lead_bot.messages set created_at = created_at - interval '1 day' where kind = 'card'`,
  );
  expect(await settle()).toEqual(['card']);
});

test('a first score that was hot for a moment was too brief', async () => {
  await db.poll();
  const lead = await addLead(db, { domain: 'brief.example', score: 85 });
  await rescore(db, lead, 62);
  await db.poll();
  expect(await fates(lead)).toEqual(['brief']);
});

test('a lead of a company that was not a fit crosses once, whatever opens its next alert', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 82);
  await db.poll();
  await db.alerts.notAFit(await db.onlyAlert(), 'U1', 'partner', '', 86_400_000);
  await rescore(db, lead, 99);
  await db.poll();
  await db.poll();
  expect(await db.alertIds()).toHaveLength(2);
  expect(await fates(lead)).toEqual(['card']);
});

test('a lead that stayed hot when its alert was closed has not crossed, though it had left an earlier alert', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 82);
  await db.poll();
  await rescore(db, lead, 62);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await rescore(db, lead, 82);
  await db.poll();
  const [, second = ''] = await db.alertIds();
  await db.alerts.notAFit(second, 'U1', 'partner', '', 86_400_000);
  await db.age('1 hour');
  await rescore(db, lead, 99);
  await db.poll();
  await db.poll();
  expect(await db.alertIds()).toHaveLength(3);
  expect(await fates(lead)).toEqual(['card', 'card']);
});

test('a lead whose new scores are added, not overwritten, returns though no poll saw it cool', async () => {
  await db.poll();
  const lead = await warm('acme.example');
  await rescore(db, lead, 85);
  await db.poll();
  await db.age('1 hour');
  for (const score of [62, 86]) await addScore(db, lead, score);
  await db.poll();
  expect(await fates(lead)).toEqual(['card', 'returned']);
});

test('a card that nobody saw became part of the other one', async () => {
  await db.poll();
  const first = await warm('acme.example');
  const second = await warm('other.example');
  await rescore(db, first, 85);
  await db.poll();
  await rescore(db, second, 85);
  await db.poll();
  await db.sql(
    `update public.developer_signups set company_domain = 'acme.example' where id = $1`,
    [second],
  );
  await db.sweep();
  await db.poll();
  expect(await fates(first)).toEqual(['card']);
  expect(await fates(second)).toEqual(['merged']);
});

test('the first run may be silent, or a roll-up', async () => {
  const loud = await warm('acme.example');
  await rescore(db, loud, 85);
  await db.poll({ firstRun: 'silent' });
  expect(await fates(loud)).toEqual(['silent']);
  await db.clear();
  const listed = await warm('acme.example');
  await rescore(db, listed, 85);
  await db.poll({ firstRun: 'rollup' });
  expect(await fates(listed)).toEqual(['rollup']);
});
