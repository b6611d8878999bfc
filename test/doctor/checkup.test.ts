import { expect, onTestFinished, test } from 'vitest';
import { supabaseCheckups } from '../../src/adapters/supabase-checkup.ts';
import { examine } from '../../src/doctor/checks.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { applySql } from '../../src/sql/apply.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();

/** What the doctor reports about the database alone. Slack is not set. */
async function findings(): Promise<Finding[]> {
  const found: Finding[] = [];
  const vars = {
    SUPABASE_URL: db.url,
    SUPABASE_KEY: db.keyFor('lead_bot'),
    SUPABASE_PUBLISHABLE_KEY: db.publishableKey,
  };
  for await (const finding of examine(vars)) found.push(finding);
  return found.filter(({ text }) => !/^(?:SLACK_|ALERT_CHANNEL|Skipped the channels)/.test(text));
}
const wrong = async () => (await findings()).filter(({ kind }) => kind !== 'ok');
const problem = (text: RegExp) => ({ kind: 'problem', text: expect.stringMatching(text) });
const note = (text: RegExp) => ({ kind: 'note', text: expect.stringMatching(text) });

/** Runs this SQL, and undoes it after the test. */
async function doing(ddl: string, undo: string): Promise<void> {
  await db.sql(ddl);
  onTestFinished(async () => {
    await db.sql(undo);
  });
}

test('every line is ok before a bot has run and while one runs', async () => {
  expect(await wrong()).toEqual([]);
  expect((await findings()).map(({ text }) => text).join('\n')).toMatch(
    /A poll succeeds, in \d+ ms\.\nlead_dashboard reads the current lead tables.*\n.*No sweep has compared/,
  );
  await addLead(db);
  await db.poll();
  await supabaseCheckups(db.database).noteSlowest({ name: 'lead_bot_sweep', ms: 45 });
  expect((await wrong()).map(({ text }) => text)).toEqual([
    expect.stringContaining('1 message to send'),
  ]);
  expect((await findings()).map(({ text }) => text).join('\n')).toMatch(
    /The last sweep.*was \d+ seconds? ago and took \d+ ms\.\n.*lead_bot_sweep, took 45 ms of the 8 s allowed\.\n/,
  );
});

test('looking marks, sweeps and records nothing', async () => {
  await db.poll();
  await addLead(db);
  const state = () =>
    db.sql(`select to_jsonb(k) from lead_bot.lead_marks k union all select to_jsonb(s) from lead_bot.sweep_state s
            union all select to_jsonb(p) from lead_bot.poll_state p`);
  const before = await state();
  await findings();
  expect(await state()).toEqual(before);
});

test('tables swapped by rename are a problem, because the bot reads through the view', async () => {
  await doing(
    `create table public.lead_scores_new (like public.lead_scores including all);
     alter table public.lead_scores_new owner to postgres;
     alter table public.lead_scores_new enable row level security;
     alter table public.lead_scores rename to lead_scores_old;
     alter table public.lead_scores_new rename to lead_scores`,
    `drop table public.lead_scores;
     alter table public.lead_scores_old rename to lead_scores`,
  );
  expect(await wrong()).toEqual([
    problem(
      /still reads the old table lead_scores_old and not lead_scores,.*Create the view again/,
    ),
    note(/lacks the triggers lead_bot_mark_insert and lead_bot_mark_update/),
  ]);
  // The view is the owner's. db:apply fixes only its own part.
  await applySql(db.databaseUrl, { leadScoring: true });
  expect(await wrong()).toEqual([problem(/still reads the old table lead_scores_old/)]);
  const id = await addLead(db);
  await db.poll();
  expect(await db.alertIds()).toEqual([]);
  await db.sql(
    'insert into public.lead_scores_old (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score) values ($1, 90, 90, 90, 90, 90)',
    [id],
  );
  await db.sweep();
  expect(await db.alertIds()).toHaveLength(1);
});

test('missing triggers are a note, and db:apply restores them', async () => {
  await db.sql(`
    drop trigger lead_bot_mark_insert on public.lead_scores;
    drop trigger lead_bot_mark_update on public.lead_scores`);
  expect(await wrong()).toEqual([note(/up to 1 minute late\. npm run db:apply puts them back\.$/)]);
  await applySql(db.databaseUrl, { leadScoring: true });
  expect((await wrong()).map(({ text }) => text).join()).not.toContain('trigger');
  const id = await addLead(db, { score: 70 });
  await db.poll();
  await rescore(db, id, 90);
  expect(await db.poll()).toMatchObject({ opened: 1 });
});

test('a disabled trigger is a note with the SQL that enables it', async () => {
  await db.sql('alter table public.lead_scores disable trigger lead_bot_mark_update');
  const found = await wrong();
  expect(found).toEqual([
    note(/lead_bot_mark_update on lead_scores is disabled: .* 1 minute late/),
  ]);
  await db.sql(/alter table .*;$/.exec(found[0]?.text ?? '')?.[0] ?? '');
  expect(await wrong()).toEqual([]);
});

test('a missing index of hot leads is a note: only slower', async () => {
  const [index] = await db.sql<{ definition: string }>(
    `select pg_get_indexdef('public.lead_scores_hot'::regclass) as definition`,
  );
  await doing('drop index public.lead_scores_hot', index?.definition ?? '');
  expect(await wrong()).toEqual([note(/lead_scores_hot.*npm run db:apply builds it/)]);
});

test('an unreadable view is a problem that names what is missing', async () => {
  await doing(
    'alter view public.lead_dashboard rename column developer_id to id',
    'alter view public.lead_dashboard rename column id to developer_id',
  );
  expect(await wrong()).toEqual([
    problem(/can't read lead_dashboard \(42703: column d\.developer_id does not exist\)/),
    note(/^Missing: developer_id in lead_dashboard\./),
  ]);
});

test('a missing column that the bot can do without is a note', async () => {
  await doing(
    'alter view public.lead_dashboard rename column tier to level',
    'alter view public.lead_dashboard rename column level to tier',
  );
  expect(await wrong()).toEqual([note(/^Missing: tier in lead_dashboard\. /)]);
});

test('counts hot leads that no poll can take in, with their fields and some of their ids but no data', async () => {
  const broken = await addLead(db, { domain: 'canary-1.example', score: 244 });
  await addLead(db, { domain: 'canary-2.example', score: 300 });
  await addLead(db, { domain: 'fine.example' });
  await db.poll();
  const [found] = (await wrong()).filter(({ text }) => text.includes('set aside'));
  expect(found).toEqual(
    problem(/^2 hot leads set aside .*: total_score \(2: [0-9a-f-]{36}, [0-9a-f-]{36}\)\.$/),
  );
  expect(found?.text).toContain(broken);
  expect(found?.text).not.toContain('canary');
});

test('a failed poll is a problem with its error, and the other checks still run', async () => {
  await doing(
    'alter table lead_bot.alerts rename column redraw_due_at to gone',
    'alter table lead_bot.alerts rename column gone to redraw_due_at',
  );
  const found = await findings();
  expect(found).toContainEqual(
    problem(/^A poll fails\. .* error 42703: a table, a column or a function .* is missing\.$/),
  );
  expect(found.map(({ text }) => text).join()).toContain(
    'lead_dashboard reads the current lead tables',
  );
});

test('a sweep hours ago is a note that asks whether the bot runs', async () => {
  await db.poll();
  await db.sql(`update lead_bot.sweep_state set swept_at = now() - interval '3 hours'`);
  expect(await wrong()).toEqual([note(/was 3 hours ago and took \d+ ms\. Is the bot running\?/)]);
});

test('unread changes are a problem, but not before a bot has ever run', async () => {
  await addLead(db);
  await db.sql(`update lead_bot.lead_marks set at = now() - interval '3 hours'`);
  expect(await wrong()).toEqual([]);
  await db.poll();
  await addLead(db, { domain: 'other.example' });
  await db.sql(`update lead_bot.lead_marks set at = now() - interval '3 hours'`);
  expect(await wrong()).toContainEqual(
    problem(/^1 changed lead waiting for a poll, the oldest for 3 hours\. Is the bot running\?/),
  );
});

test("a call close to its role's statement timeout is a note, one that hit it is a problem", async () => {
  await db.poll();
  const { noteSlowest } = supabaseCheckups(db.database);
  await noteSlowest({ name: 'lead_bot_sweep', ms: 5_300 });
  expect(await wrong()).toEqual([note(/lead_bot_sweep, took 5\.3 s of the 8 s allowed/)]);
  await noteSlowest({ name: 'lead_bot_follow', ms: 8_004 });
  expect(await wrong()).toEqual([
    problem(/lead_bot_follow, took 8 s of the 8 s.*longer calls are canceled/),
  ]);
});
