import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import {
  ALL_CANARIES,
  addCanaries,
  CANARIES,
  failQuoting,
  sightings,
} from '../support/canaries.ts';
import { ALICE, HOT_LEADS, message, modal, onMessage, startWorld } from '../support/world.ts';

const { slack, db, settings, http, logged, bots } = await startWorld({
  http: true,
  seed: false,
  env: { LOG_LEVEL: 'trace', METRICS_TOKEN: 'a-token-of-24-characters' },
});
const secrets = () => [slack.botToken, slack.appToken, slack.signingSecret, db.keyFor('lead_bot')];

function signed(body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', slack.signingSecret)
    .update(`v0:${timestamp}:${body}`)
    .digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

async function answerTo(
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; whole: string }> {
  const response = await fetch(`${http}${path}`, { method: 'POST', body, headers });
  const whole = `${JSON.stringify([...response.headers])}\n${await response.text()}`;
  return { status: response.status, whole };
}

const broken = `{"token":"${ALL_CANARIES}"`;
const unknown = `payload=${encodeURIComponent(JSON.stringify({ type: ALL_CANARIES, user: { id: CANARIES[0] } }))}`;
const halfAction = `payload=${encodeURIComponent(
  JSON.stringify({
    type: 'block_actions',
    actions: [{ action_id: ids.claim, value: ALL_CANARIES }],
  }),
)}`;

test('answers and logs a submission that the database refuses, without its note', async () => {
  await addCanaries(db);
  const card = await message(slack, HOT_LEADS, 'leak.example', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  const claimed = await message(slack, HOT_LEADS, 'leak.example', 'Claimed by');
  await slack.press(ALICE, onMessage(claimed), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  const undo = await failQuoting(db, 'lead_bot_contact');
  onTestFinished(undo);
  await slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'email',
    [ids.contactNote]: ALL_CANARIES,
  });
  await expect
    .poll(() => logged.some((line) => line.includes('a gesture failed') && line.includes('22P02')))
    .toBe(true);
});

test.each([
  ['without a signature', '/slack/events', unknown, () => FORM],
  ['with a wrong signature', '/slack/events', unknown, () => ({ ...signed('other'), ...FORM })],
  ['with truncated JSON', '/slack/events', broken, () => ({ ...signed(broken), ...JSON_BODY })],
  ['of an unknown type', '/slack/events', unknown, () => ({ ...signed(unknown), ...FORM })],
  [
    'that lacks required fields',
    '/slack/events',
    halfAction,
    () => ({ ...signed(halfAction), ...FORM }),
  ],
  ['to an unknown path', `/${encodeURIComponent(ALL_CANARIES)}`, unknown, () => FORM],
])('answers a request %s without quoting it', async (_, path, body, headers) => {
  const { status, whole } = await answerTo(path, body, headers());
  expect(status).toBeGreaterThanOrEqual(200);
  expect(sightings(whole, secrets())).toEqual([]);
});

/** Runs `npm run doctor` with these settings. */
async function doctor(vars: Readonly<Record<string, string>>): Promise<string> {
  const script = fileURLToPath(new URL('../../src/doctor/doctor.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'], ...vars },
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return `${stdout}\n${stderr}`;
}

test("keeps data and secrets out of the doctor's output", async () => {
  await db.sql(`update lead_bot.messages set state = 'dead', last_error = 'invalid_arguments'`);
  const tried = [
    settings,
    {
      ...settings,
      SLACK_BOT_TOKEN: CANARIES[7],
      SLACK_APP_TOKEN: 'xapp-canary-0123456789',
      SUPABASE_KEY: CANARIES[8],
    },
    Object.fromEntries(Object.keys(settings).map((name) => [name, ALL_CANARIES])),
  ];
  const undo = await failQuoting(db, 'lead_bot_health');
  onTestFinished(undo);
  for (const output of await Promise.all([...tried, settings].map(doctor))) {
    expect(output).toContain('problem');
    expect(sightings(output, [...secrets(), 'xapp-canary'])).toEqual([]);
  }
});

test("describes problems in health and readiness in the bot's own words", async () => {
  const undo = await failQuoting(db, 'lead_bot_changes');
  onTestFinished(undo);
  for (const path of ['/healthz', '/readyz']) {
    const response = await fetch(`${http}${path}`);
    expect(sightings(await response.text(), secrets())).toEqual([]);
  }
});

test('keeps all of it out of the metrics, which need their token', async () => {
  expect((await fetch(`${http}/metrics`)).status).toBe(401);
  const authorization = 'Bearer a-token-of-24-characters';
  const response = await fetch(`${http}/metrics`, { headers: { authorization } });
  const metrics = await response.text();
  expect(metrics).toContain('lead_alerts_gestures_total{kind="claim",outcome="done"} 1');
  expect(metrics).toMatch(/lead_alerts_database_errors_total\{code="22P02"\} [1-9]/);
  expect(sightings(metrics, secrets())).toEqual([]);
});

test('keeps all of it out of the log', () => {
  const all = [...logged, ...bots.map((bot) => bot.tail())].join('\n');
  expect(all.length).toBeGreaterThan(1_000);
  expect(sightings(all, secrets())).toEqual([]);
});
