import { afterEach, expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { startBot } from '../../src/sandbox/demo/bot-process.ts';
import {
  ALL_CANARIES,
  addCanaries,
  CANARIES,
  failQuoting,
  RAISES_CANARIES,
  sightings,
} from '../support/canaries.ts';
import { alertOf } from '../support/leads.ts';
import { freePort } from '../support/listen.ts';
import {
  ALICE,
  answer,
  BEN,
  confirmShare,
  DIGEST,
  dueNow,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  pollsForAnHour,
  readable,
  startWorld,
} from '../support/world.ts';

/*
 * Sends canaries through every path of bots that log at `trace`, crashes included. The last tests look for them
 * wherever anyone but an AE could read them.
 */

const world = await startWorld({
  seed: false,
  replicas: 0,
  env: { LOG_LEVEL: 'trace', MAX_CARDS_PER_POLL: '2' },
});
const { slack, db, logged, startAnother } = world;
const ports = [await freePort(), await freePort()];
const [firstPort, secondPort] = ports.map(String);
await startAnother({ METRICS_PORT: `${firstPort}` });
const scrapes: string[] = [];
afterEach(async () => {
  for (const port of ports) {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    if (response !== null) scrapes.push(await response.text());
  }
});
const secrets = () => [slack.botToken, slack.appToken, slack.signingSecret, db.keyFor('lead_bot')];
const card = (...texts: string[]) => message(slack, HOT_LEADS, 'leak.example', ...texts);
const loggedLine = (...words: string[]) =>
  expect.poll(() => logged.some((line) => words.every((word) => line.includes(word)))).toBe(true);
const ask = async (text: string) => {
  const before = slack.privateAnswers(BEN).length;
  await slack.say(BEN, HOT_LEADS, `/lead ${text}`);
  return slack.until(() => slack.privateAnswers(BEN)[before], { what: `an answer to ${text}` });
};

test('through polls, cards, a roll-up, notices and a digest', async () => {
  await addCanaries(db);
  await card('[Claim lead]');
  await db.sql(
    `insert into public.developer_signups (email, full_name, company_domain)
     values ('second.canary@leak.example', $1, 'leak.example')`,
    [CANARIES[3]],
  );
  await db.sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select id, 85, 85, 85, 85, 85 from public.developer_signups where email like 'second%'`,
  );
  await message(slack, HOT_LEADS, 'is hot now too');
  await db.sql('begin');
  // So the cards so far belong to an earlier minute.
  await db.sql('update lead_bot.poll_state set storm_since = null');
  for (const n of [1, 2, 3, 4]) await addCanaries(db, `storm${n}.leak.example`);
  await db.sql('commit');
  await message(slack, HOT_LEADS, 'turned hot at once');
  await pollsForAnHour(db);
  await startAnother({ DIGEST_SCHEDULE: dueNow(), METRICS_PORT: `${secondPort}` });
  await message(slack, DIGEST, 'leak.example');
});

test('through rows that do not parse', async () => {
  // In one statement: a poll in between would take the lead in.
  await db.sql('begin');
  const id = await addCanaries(db, 'malformed.leak.example');
  await db.sql(
    `update public.company_enrichment
        set tech_stack = jsonb_build_object($1::text, $1::text), total_funding_usd = -1
      where domain = 'malformed.leak.example'`,
    [ALL_CANARIES],
  );
  await db.sql('update public.lead_scores set company_score = 900 where developer_id = $1', [id]);
  await db.sql('commit');
  await loggedLine('lead set aside', id);
});

test('through a claim, details, a contact with a note, and a release', async () => {
  await slack.press(ALICE, onMessage(await card('[Claim lead]')), { actionId: ids.claim });
  await slack.press(ALICE, onMessage(await card('Claimed by')), { actionId: ids.details });
  const details = await modal(slack, ALICE, 'History');
  await slack.closeView(ALICE, details.id);
  await slack.press(ALICE, onMessage(await card('Claimed by')), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'call',
    [ids.contactNote]: `${CANARIES[5]} ${ALL_CANARIES}`,
  });
  await card('Contacted');
});

test('through every command, with typed addresses of strangers', async () => {
  for (const asked of [
    CANARIES[0],
    CANARIES[1],
    CANARIES[2],
    CANARIES[3],
    'leak.example',
    'leek.example',
    'Canary Aviary',
    ALL_CANARIES,
    `${CANARIES[1]}\0`,
    'hot',
    'mine',
    'digest',
    `away until ${CANARIES[0]}`,
    'back',
  ]) {
    await ask(asked);
  }
  const found = await ask('leak.example');
  expect(readable(found)).toContain(CANARIES[4]);
  const { ts } = found;
  await slack.press(
    BEN,
    { in: 'message', channel: HOT_LEADS, ts },
    { actionId: ids.share, value: 'leak.example' },
  );
  await confirmShare(slack, BEN, CANARIES[4]);
  await message(slack, HOT_LEADS, CANARIES[4], 'Shared by');
  const alert = await alertOf(db, 'leak.example');
  for (const [action_id, value] of [
    [ids.claim, ALL_CANARIES],
    [ids.share, CANARIES[1]],
    [ids.pick, CANARIES[1]],
    [ids.more, `${ALL_CANARIES}:${alert}`],
    [ids.claim, alert],
  ] as const) {
    const pressed = { type: 'button', action_id, block_id: CANARIES[0], value };
    await slack.pressWith(BEN, onMessage(await card('Contacted')), pressed);
  }
});

test('through shortcuts, mentions and Home', async () => {
  const said = `${ALL_CANARIES} and leak.example`;
  await slack.say(BEN, HOT_LEADS, said);
  const ts = slack.messages(HOT_LEADS).findLast(({ user }) => user === BEN)?.ts ?? '';
  await slack.shortcutOn(BEN, ids.companiesIn, HOT_LEADS, ts);
  await answer(slack, BEN, 'in this message', CANARIES[4]);
  for (const asked of [CANARIES[1], CANARIES[3], 'leak.example', `why ${CANARIES[1]}`, said]) {
    const before = slack.privateAnswers(BEN).length;
    await slack.say(BEN, HOT_LEADS, `<@U0BOT> ${asked}`);
    await slack.until(() => slack.privateAnswers(BEN)[before], { what: `an answer to ${asked}` });
  }
  await slack.shortcut(BEN, ids.lookUp);
  const form = await modal(slack, BEN, 'Look up a company');
  for (const typed of [CANARIES[1], ALL_CANARIES, 'leak.example']) {
    await slack.submit(BEN, form.id, { [ids.lookUpText]: typed.slice(0, 200) });
  }
  const details = await modal(slack, BEN, 'History');
  await slack.closeView(BEN, details.id);
  for (const user of [ALICE, BEN]) await slack.openHome(user);
  await slack.until(() => JSON.stringify(slack.home(ALICE)).includes(CANARIES[4]), {
    what: 'a Home tab with the lead',
  });
});

/** Answers of Slack, or of a proxy, that quote the request. */
const QUOTING = [
  { as: 'its error', status: 200, body: JSON.stringify({ ok: false, error: ALL_CANARIES }) },
  {
    as: 'what is wrong with an argument',
    status: 200,
    body: JSON.stringify({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: {
        messages: [`[ERROR] invalid value ${ALL_CANARIES} [json-pointer:/blocks/0]`],
        warnings: [ALL_CANARIES],
      },
    }),
  },
  { as: 'a page of HTML', status: 500, body: `<html>${ALL_CANARIES}</html>` },
  { as: 'half of an answer', status: 200, body: `{"${ALL_CANARIES}` },
] as const;

test.each(QUOTING)('through a Slack that quotes data as $as', async ({ status, body }) => {
  const quoting = ['chat.update', 'views.open', 'chat.postEphemeral', 'response_url'].map(
    (method) => slack.misbehave({ method, times: 1, how: { kind: 'status', status, body } }),
  );
  const updates = slack.calls('chat.update').length;
  const alert = await alertOf(db, 'storm1.leak.example');
  const storm = () => message(slack, HOT_LEADS, 'storm1.leak.example');
  const old = { type: 'button', action_id: ids.claim, block_id: 'b', value: alert };
  await slack.pressWith(BEN, onMessage(await storm()), old);
  await slack.until(() => slack.calls('chat.update').length > updates, { what: 'an update' });
  await slack.press(BEN, onMessage(await card('Contacted')), { actionId: ids.details });
  await slack.say(BEN, HOT_LEADS, `/lead ${CANARIES[1]}`);
  await slack.shortcut(BEN, ids.lookUp);
  await slack.say(BEN, HOT_LEADS, `<@U0BOT> ${CANARIES[1]}`);
  for (const end of quoting) end();
});

test('through a Slack that quotes data instead of a socket', async () => {
  for (const { status, body } of QUOTING) {
    const method = 'apps.connections.open';
    slack.misbehave({ method, times: 1, how: { kind: 'status', status, body } });
  }
  const asked = () => slack.calls('apps.connections.open').length;
  const before = asked();
  slack.dropSockets();
  await slack.until(() => asked() >= before + QUOTING.length, { what: 'as many tries' });
  await slack.until(() => slack.connected(), { what: 'a new connection' });
});

test('through a database that quotes the data it fails on', async () => {
  const quoting = [
    'lead_bot_lookup',
    'lead_bot_alert',
    'lead_bot_changes',
    'lead_bot_confirm',
    'lead_bot_take',
    'lead_bot_tidy',
  ];
  const undos: (() => Promise<void>)[] = [];
  for (const name of quoting) undos.push(await failQuoting(db, name));
  onTestFinished(async () => {
    for (const undo of undos) await undo();
  });
  await loggedLine('poll failed', '22P02');
  await loggedLine('could not take messages', '22P02');
  await slack.say(BEN, HOT_LEADS, `/lead ${CANARIES[0]}`);
  await answer(slack, BEN, 'incident');
  await slack.press(BEN, onMessage(await card('Contacted')), { actionId: ids.details });
  const failed = await modal(slack, BEN, 'could not be loaded');
  await slack.closeView(BEN, failed.id);
  await loggedLine('a gesture failed', '22P02');
});

test('through database answers of an unexpected shape', async () => {
  const [{ definition } = { definition: '' }] = await db.sql<{ definition: string }>(
    `select pg_get_functiondef('public.lead_bot_list'::regproc) as definition`,
  );
  await db.sql(
    `create or replace function public.lead_bot_list(
       p_owner text, p_limit int, p_offset int default 0, p_status text default null, p_message_id uuid default null,
       p_channels text[] default null, p_filter jsonb default null
     ) returns jsonb
       language sql security definer set search_path = ''
       return jsonb_build_object('total', '${CANARIES[0]}', 'alerts', jsonb_build_array('${CANARIES[3]}'))`,
  );
  await slack.say(BEN, HOT_LEADS, '/lead hot');
  await loggedLine('a gesture failed', 'ZodError');
  await db.sql(definition);
});

test('through a database outage', async () => {
  await db.stopPostgrest();
  await slack.say(BEN, HOT_LEADS, `/lead ${CANARIES[1]}`);
  await slack.until(
    () => slack.privateAnswers(BEN).filter((m) => m.text.includes('incident')).length > 1,
    { what: 'another apology' },
  );
  await db.startPostgrest();
});

test('through stopped and killed bots', async () => {
  const [first, ...others] = world.bots;
  await first?.kill();
  await Promise.all(others.map((bot) => bot.stop()));
});

const THROWN = `new Error(${JSON.stringify(`${ALL_CANARIES}\n    at ${CANARIES[0]} (/x:1:1)`)})`;

/** Once the bot is ready for faults. */
const whenReady = (act: string) =>
  `const timer = setInterval(() => {
     if (process.listenerCount('uncaughtException') === 0) return;
     clearInterval(timer);
     ${act}
   }, 20)`;

test.each([
  ['an uncaught exception', whenReady(`throw ${THROWN}`), 1],
  ['an unhandled rejection', whenReady(`Promise.reject(${THROWN})`), 1],
  ['a thrown value that is not an error', whenReady(`throw ${JSON.stringify(ALL_CANARIES)}`), 1],
  ['a fetch that fails with data', `globalThis.fetch = async () => { throw ${THROWN}; }`, null],
  [
    'a rendering that fails with data',
    `Intl.DateTimeFormat = class extends Intl.DateTimeFormat { get format() { throw ${THROWN}; } }`,
    null,
  ],
] as const)('through a bot that meets %s', async (_, fault, exitCode) => {
  const lines: string[] = [];
  const bot = await startBot(
    { ...world.settings, LOG_LEVEL: 'trace' },
    (line) => lines.push(line),
    ['--import', `data:text/javascript,${encodeURIComponent(fault)}`],
  );
  if (exitCode === null) {
    await expect
      .poll(async () => {
        await db.sql(
          `update lead_bot.messages set wanted_version = wanted_version + 1, shown_hash = null`,
        );
        return lines.some((line) => /could not draw|does not answer/.test(line));
      })
      .toBe(true);
    await bot.kill();
  } else {
    await bot.ended;
    expect(bot.exitCode()).toBe(exitCode);
  }
  expect(sightings(`${lines.join('\n')}\n${bot.tail()}`, secrets())).toEqual([]);
});

test('through starts with a wrong setting', async () => {
  const of = (names: string, value: string) =>
    Object.fromEntries(names.split(' ').map((name) => [name, value]));
  const settings: Record<string, string>[] = [
    { SLACK_BOT_TOKEN: CANARIES[7] },
    { SLACK_APP_TOKEN: 'xapp-canary-0123456789' },
    { SUPABASE_KEY: CANARIES[8] },
    {
      SUPABASE_URL: CANARIES[6],
      ...of('ALERT_CHANNEL DIGEST_CHANNEL TIMEZONE REARM_AFTER PORT LOG_LEVEL', CANARIES[0]),
      ...of('POLL_SCHEDULE DIGEST_SCHEDULE FIRST_RUN RETENTION_DAYS SLACK_API_URL', CANARIES[2]),
    },
  ];
  const failing = await Promise.all(settings.map((wrong) => startAnother(wrong)));
  for (const bot of failing) {
    await bot.ended;
    expect(bot.exitCode()).toBe(1);
    expect(bot.tail()).not.toBe('');
    expect(sightings(bot.tail(), [...secrets(), 'xapp-canary'])).toEqual([]);
  }
});

test("no canary is in any log or on an operator's screen", () => {
  const all = [...logged, ...world.bots.map((bot) => bot.tail())].join('\n');
  expect(all.length).toBeGreaterThan(2_000);
  expect(sightings(all, secrets())).toEqual([]);
});

test('keeps all of it out of the metrics', () => {
  expect(scrapes.length).toBeGreaterThan(10);
  expect(scrapes.at(-1)).toContain('lead_alerts_deliveries_total{kind="card",outcome="shown"}');
  expect(sightings(scrapes.join('\n'), secrets())).toEqual([]);
  // Nor a channel or a person.
  expect(scrapes.join('\n')).not.toMatch(/"[CUDW]0[A-Z0-9]+"/);
});

test('message metadata is an opaque id', () => {
  const metadata = slack
    .calls('chat.postMessage')
    .map(({ args }) => args['metadata'])
    .filter((one) => one !== undefined);
  expect(metadata.length).toBeGreaterThan(4);
  for (const one of metadata) {
    expect(one).toEqual({
      event_type: 'lead_alert',
      event_payload: { message_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  }
});

const HIDDEN = new Set(['block_id', 'action_id', 'callback_id', 'private_metadata', 'external_id']);

test('block ids and modal metadata name no one', () => {
  const unseen: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (HIDDEN.has(key) && typeof value === 'string') unseen.push(value);
      else if (key === 'value' && typeof value === 'string') unseen.push(value);
      else walk(value);
    }
  };
  for (const { method, args } of slack.calls()) {
    if (/^(?:chat\.|views\.|response_url|ack)/.test(method)) walk(args);
  }
  expect(unseen.length).toBeGreaterThan(20);
  // The buttons of an answer carry the company's domain.
  const domains =
    /^(?:shared:|\{"url":"[^"]*","channel":"C\w+","what":"company","value":")?(?:[a-z0-9]+\.)?leak\.example(?:"\})?$/;
  expect(unseen.filter((text) => !domains.test(text) && sightings(text).length > 0)).toEqual([]);
});

test('the canaries reached the AEs and the database', () => {
  expect(RAISES_CANARIES).toContain(CANARIES[0]);
  const seen = JSON.stringify(slack.calls());
  for (const canary of CANARIES.slice(0, 5)) {
    expect(seen).toContain(JSON.stringify(canary).slice(1, -1));
  }
});
