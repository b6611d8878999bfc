import { subDays } from 'date-fns/subDays';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { type Guide, startGuide } from '../../src/sandbox/demo/guide.ts';
import { seedHistory } from '../../src/sandbox/demo/history.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import {
  ROTATION,
  SALES_TEAM,
  TEAM_SETTINGS,
  TEAM_SQL,
} from '../../src/sandbox/demo/sales-team.ts';
import { runSql } from '../../src/sandbox/supabase/postgres.ts';
import { alertOf } from '../support/leads.ts';
import { ALICE, BEN, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const { db, slack, startAnother } = await startWorld({
  replicas: 0,
  slack: { people: SALES_TEAM, userGroups: [ROTATION] },
});
let guide: Guide;

beforeAll(async () => {
  await seedHistory(db.adminUrl, subDays(new Date(), 1));
  await runSql(db.databaseUrl, TEAM_SQL);
  await startAnother(TEAM_SETTINGS);
  await message(slack, HOT_LEADS, 'HomeFront', 'has first call');
  guide = await startGuide(slack, db.adminUrl);
});
afterAll(() => guide.stop());

const done = (): string[] => guide.steps().flatMap(({ id, done: is }) => (is ? [id] : []));
const ticked = (...steps: readonly string[]) =>
  expect.poll(done, { timeout: 15_000 }).toEqual(expect.arrayContaining([...steps]));

test('the past has six weeks of alerts with all that came of them, and nothing of it is in Slack', async () => {
  const [past] = await db.sql(
    `select count(distinct date_trunc('week', f.opened_at - interval '1 day'))::int >= 6 as weeks,
            count(f.outcome)::int > 9 as outcomes, count(f.not_a_fit_reason)::int > 3 as misfits,
            bool_and(f.was_claimed = (f.seconds_to_claim is not null)) as timed
       from lead_bot.alert_facts f where f.company like '%.example'`,
  );
  expect(past).toEqual({ weeks: true, outcomes: true, misfits: true, timed: true });
  expect(slack.messages(HOT_LEADS).filter(({ thread_ts }) => thread_ts === null)).toHaveLength(2);
  expect(done()).toEqual([]);
});

test('ticks a step off once it has really happened, whoever did it', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', 'has first call');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await ticked('claim');
  const alert = await alertOf(db, 'velocitypay.io');
  await db.sql('select public.lead_bot_hand_over($1, $2, $3, null)', [alert, ALICE, BEN]);
  await db.sql(`select public.lead_bot_contact($1, $2, 'email', null)`, [alert, BEN]);
  await ticked('claim', 'hand-over', 'contact');
  await createPanel(db.adminUrl).run('later');
  await ticked('claim', 'hand-over', 'contact', 'later');
  await slack.openHome(BEN);
  await ticked('claim', 'hand-over', 'contact', 'later', 'home');
  expect(done()).toHaveLength(5);
});

test.for([
  { step: 'why', command: '/lead why cloudmetrics' },
  { step: 'stats', command: '/lead stats' },
  { step: 'tune', command: '/lead tune 75' },
])('ticks $step off once its answer is there', async ({ step, command }) => {
  expect(done()).not.toContain(step);
  await slack.say(ALICE, HOT_LEADS, command);
  await ticked(step);
});
