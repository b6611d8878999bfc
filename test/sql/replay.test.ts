import { expect, onTestFinished, test } from 'vitest';
import { replayThrough } from '../../src/adapters/supabase-replay.ts';
import { type Replay, type Tuning, tuningSql } from '../../src/core/tune.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, alertOf, rescore } from '../support/leads.ts';

const db = await botDatabase();
const replay = replayThrough(db.database);
const TODAY: Tuning = { threshold: null, weights: {} };
const WEIGHTS = { company: 25, usage: 30, expansion: 20, champion: 15, timing: 10 };

async function replayed(tuning: Partial<Tuning> = {}): Promise<Replay> {
  const answer = await replay({ ...TODAY, ...tuning });
  if (answer.kind !== 'replayed') throw new Error(answer.kind);
  return answer.replay;
}

const hotAt = (name: string, score: Parameters<typeof rescore>[2]) =>
  addLead(db, { domain: `${name.toLowerCase()}.example`, company: name, score });

/** Takes the weekly pictures, and lets that much time pass. */
async function week(days = 7.5): Promise<void> {
  await db.sweep();
  const ago = `${days} days`;
  await db.age(ago);
  await db.sql('update lead_bot.lead_pictures set taken_at = taken_at - $1::interval', [ago]);
  await db.sql('update lead_bot.poll_state set first_poll_at = first_poll_at - $1::interval', [
    ago,
  ]);
}

test('reads the weights and the threshold from the generated columns', async () => {
  await db.poll();
  expect(await replay(TODAY)).toMatchObject({
    kind: 'replayed',
    today: { threshold: 80, weights: WEIGHTS },
    tuned: { threshold: 80, weights: WEIGHTS },
  });
});

test('with today’s threshold and weights, or those named, the history is what it was', async () => {
  await db.poll();
  const lead = await hotAt('A', 85);
  await hotAt('B', 79);
  await hotAt('C', { company: 100, usage: 86, expansion: 70, champion: 70, timing: 70 });
  await db.poll();
  await week();
  await rescore(db, lead, 62);
  await db.sweep();
  await week();
  const asItWas = await replayed();
  expect(asItWas).toMatchObject({
    now: { alerts: 2 },
    kept: 2,
    unknown: 0,
    missed: { contacted: 0, won: 0, examples: [] },
    avoided: 0,
    added: { alerts: 0, share: 1 },
  });
  const { to: _, ...numbers } = await replayed({ threshold: 80, weights: WEIGHTS });
  expect(asItWas).toMatchObject(numbers);
});

test('a higher threshold misses contacted and won ones, best first, and avoids not-a-fits', async () => {
  await db.poll();
  await hotAt('Contacted', 82);
  await hotAt('Won', 81);
  await hotAt('Partner', 83);
  await hotAt('Best', 95);
  await db.poll();
  const ids = {
    won: await alertOf(db, 'won.example'),
    contacted: await alertOf(db, 'contacted.example'),
  };
  for (const id of Object.values(ids)) {
    await db.alerts.claim(id, 'U0ANNA');
    await db.alerts.contact(id, 'U0ANNA', 'email', '');
  }
  await db.alerts.outcome(ids.won, 'U0ANNA', 'won', null, '');
  await db.alerts.notAFit(await alertOf(db, 'partner.example'), 'U0ANNA', 'partner', '', 1e9);
  expect(await replayed({ threshold: 90 })).toMatchObject({
    now: { alerts: 4, contacted: 2, won: 1, notAFit: 1 },
    kept: 1,
    missed: {
      contacted: 2,
      won: 1,
      examples: [
        { name: 'Won', domain: 'won.example', outcome: 'won' },
        { name: 'Contacted', outcome: null },
      ],
    },
    avoided: 1,
    added: { alerts: 0 },
  });
});

test('an alert whose score rose to the threshold later is not missed', async () => {
  await db.poll();
  const lead = await hotAt('A', 82);
  await db.poll();
  await week();
  await rescore(db, lead, 93);
  await week();
  expect(await replayed({ threshold: 90 })).toMatchObject({ now: { alerts: 1 }, kept: 1 });
  expect(await replayed({ threshold: 95 })).toMatchObject({ kept: 0 });
});

test('a picture without figures counts by its score while the weights are those of today', async () => {
  await db.poll();
  const rising = await hotAt('A', 82);
  await hotAt('Warm', 76);
  await db.poll();
  await week();
  await rescore(db, rising, 93);
  await week();
  await db.sql('update lead_bot.lead_pictures set figures = null');
  const named = { weights: WEIGHTS };
  expect(await replayed({ ...named, threshold: 90 })).toMatchObject({ kept: 1 });
  expect(await replayed({ ...named, threshold: 75 })).toMatchObject({ added: { alerts: 1 } });
});

test('the exact score counts, not the rounded one', async () => {
  await db.poll();
  // 84.75, shown as 85.
  await hotAt('A', { company: 84, usage: 85, expansion: 85, champion: 85, timing: 85 });
  await hotAt('B', 85);
  await db.poll();
  expect(await replayed({ threshold: 85 })).toMatchObject({ kept: 1 });
});

test('a lower threshold adds an alert for each time that a company would have been hot', async () => {
  await db.poll();
  const lead = await hotAt('A', 76);
  const colleague = await hotAt('A', 77);
  await hotAt('Below', 71);
  await week();
  await week();
  await rescore(db, lead, 61);
  await rescore(db, colleague, 61);
  await week();
  await week();
  await rescore(db, lead, 78);
  await week();
  expect(await replayed({ threshold: 75 })).toMatchObject({ kept: 0, added: { alerts: 2 } });
  expect(await replayed({ threshold: 70 })).toMatchObject({ added: { alerts: 3 } });
});

test('a company that would have been hot a little earlier or longer is not added', async () => {
  await db.poll();
  const lead = await hotAt('A', 76);
  await week();
  await rescore(db, lead, 85);
  await db.poll();
  await week();
  await rescore(db, lead, 76);
  await db.poll();
  await week();
  expect(await replayed({ threshold: 75 })).toMatchObject({ kept: 1, added: { alerts: 0 } });
});

test('what was hot without an alert is not added, whatever the threshold', async () => {
  await hotAt('A', 90);
  await db.poll({ firstRun: 'silent' });
  await week();
  await db.sql('delete from lead_bot.alerts where true');
  expect(await replayed()).toMatchObject({ now: { alerts: 0 }, added: { alerts: 0 } });
});

test('other weights are replayed with the figures of each lead', async () => {
  await db.poll();
  await hotAt('Usage', { company: 60, usage: 100, expansion: 90, champion: 80, timing: 70 });
  await hotAt('Company', { company: 100, usage: 60, expansion: 90, champion: 60, timing: 70 });
  await db.poll();
  await week();
  const towardCompany = await replayed({ weights: { usage: 10, company: 45 } });
  expect(towardCompany).toMatchObject({ now: { alerts: 1 }, kept: 0, added: { alerts: 1 } });
});

test('weights that are not named stay, and all must add up to 100', async () => {
  await db.poll();
  expect(await replay({ threshold: null, weights: { usage: 35 } })).toEqual({
    kind: 'sum',
    today: { threshold: 80, weights: WEIGHTS },
    weights: { ...WEIGHTS, usage: 35 },
  });
  expect(await replay({ threshold: null, weights: { usage: 35, company: 20 } })).toMatchObject({
    kind: 'replayed',
    tuned: { threshold: 80, weights: { ...WEIGHTS, usage: 35, company: 20 } },
  });
});

test('the score of an alert from before figures were kept is that of its first lead; its weights are unknown', async () => {
  await db.poll();
  await hotAt('A', 85);
  await db.poll();
  await db.sql('update lead_bot.alerts set opened_score = null, opened_figures = null where true');
  expect(await replayed({ threshold: 85 })).toMatchObject({ kept: 1, unknown: 0 });
  expect(await replayed({ threshold: 86 })).toMatchObject({ kept: 0, unknown: 0 });
  expect(await replayed({ weights: { usage: 35, company: 20 } })).toMatchObject({
    kept: 1,
    unknown: 1,
  });
});

test('with a formula of its own in lead_scores, only thresholds can be replayed', async () => {
  await db.poll();
  await hotAt('A', 84);
  await db.poll();
  await db.sql(`
    alter table public.lead_scores rename column tier to old_tier;
    alter table public.lead_scores add column tier text generated always as (case when usage_score >= 80 then 'hot' else 'warm' end) stored`);
  onTestFinished(async () => {
    await db.sql(`
      alter table public.lead_scores drop column tier;
      alter table public.lead_scores rename column old_tier to tier`);
  });
  expect(await replay({ threshold: null, weights: { usage: 35, company: 20 } })).toEqual({
    kind: 'unknown-weights',
  });
  expect(await replay({ threshold: 90, weights: {} })).toMatchObject({
    today: null,
    tuned: null,
    replay: { now: { alerts: 1 }, kept: 0 },
  });
});

const columnsAndRights = () =>
  db.sql(`
    select a.attname, format_type(a.atttypid, a.atttypmod) as type, c.relacl::text, c.relowner::text, c.reloptions::text,
           obj_description(c.oid) as comment
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.oid = 'public.lead_dashboard'::regclass order by a.attnum`);
const definitions = () =>
  db.sql(`
    select pg_get_viewdef('public.lead_dashboard') as definition
    union all select indexdef from pg_indexes where tablename = 'lead_scores'
    union all select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'public.lead_scores'::regclass and not tgisinternal
    order by 1`);

test('the SQL of a tuning changes scores and tiers, and leaves the view, its rights, the indexes and the bot as they were', async () => {
  await db.poll();
  const components = { company: 80, usage: 90, expansion: 70, champion: 60, timing: 50 };
  const lead = await hotAt('A', components);
  await hotAt('B', 84);
  await db.poll();
  const before = { view: await columnsAndRights(), definitions: await definitions() };
  const alerts = await db.alertIds();
  expect(alerts).toHaveLength(1);

  const tuned = {
    threshold: 77.5,
    weights: { company: 20, usage: 42.5, expansion: 20, champion: 15, timing: 2.5 },
  };
  await db.sql(tuningSql(tuned));
  onTestFinished(async () => {
    await db.sql(tuningSql({ threshold: 80, weights: WEIGHTS }));
  });

  expect(await replay(TODAY)).toMatchObject({ today: tuned });
  expect(
    await db.sql('select total_score, tier from public.lead_dashboard where developer_id = $1', [
      lead,
    ]),
  ).toEqual([{ total_score: 79, tier: 'hot' }]);
  expect({ view: await columnsAndRights(), definitions: await definitions() }).toEqual(before);

  await db.sweep();
  expect(await db.alertIds()).toHaveLength(2);
  await hotAt('C', 79);
  expect(await db.poll()).toMatchObject({ opened: 1 });
  await rescore(db, lead, 70);
  expect(await db.poll()).toMatchObject({ left: 1 });
});

test('the SQL of a tuning changes nothing while something else reads the columns', async () => {
  await db.sql('create view public.hot_ones as select id, tier from public.lead_scores');
  onTestFinished(async () => {
    await db.sql('drop view public.hot_ones');
  });
  const before = await definitions();
  await expect(db.sql(tuningSql({ threshold: 70, weights: WEIGHTS }))).rejects.toThrow(
    /hot_ones|depend/,
  );
  await db.sql('rollback');
  expect(await definitions()).toEqual(before);
});
