import { createServer } from 'node:net';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { fingerprintOf } from '../../src/adapters/outcome-webhook.ts';
import { supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import {
  CALLED_FUNCTIONS,
  type Examination,
  examine,
  NEEDED_SCOPES,
  OPTIONAL_SCOPES,
} from '../../src/doctor/checks.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { TRY_AGAIN_SQL } from '../../src/doctor/health.ts';
import { SEND_AGAIN_SQL } from '../../src/doctor/outcomes.ts';
import { CHANNELS, EXTERNAL_PERSON, PEOPLE, SCOPES } from '../../src/sandbox/slack/defaults.ts';
import { type LocalSlackOptions, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { botSettings } from '../support/bot-settings.ts';
import { addLead } from '../support/leads.ts';
import { readSource, sourceFiles } from '../support/source-files.ts';

const db = await botDatabase();
const slack = await startLocalSlack();
afterAll(() => slack.close());

type Vars = Record<string, string>;

const vars = (changed: Vars = {}): Vars => ({
  ...botSettings(slack, db),
  ALERT_CHANNEL: CHANNEL,
  DIGEST_CHANNEL: 'C0SALES',
  ...changed,
});

async function findings(changed: Vars = {}, how: Examination = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examine(vars(changed), how)) found.push(finding);
  return found;
}

const texts = (found: readonly Finding[], kind: Finding['kind']): string[] =>
  found.filter((one) => one.kind === kind).map(({ text }) => text);
const problems = async (changed: Vars = {}) => texts(await findings(changed), 'problem');

/** A Slack that differs from the shared one. */
async function otherSlack(options: LocalSlackOptions) {
  const other = await startLocalSlack(options);
  onTestFinished(() => other.close());
  return {
    SLACK_API_URL: other.apiUrl,
    SLACK_BOT_TOKEN: other.botToken,
    SLACK_APP_TOKEN: other.appToken,
  };
}

beforeEach(() => {
  slack.inviteBot(CHANNEL);
  slack.inviteBot('C0SALES');
});

test('when everything is in order, every line is ok and names the bot', async () => {
  const found = await findings();
  expect(found.filter(({ kind }) => kind !== 'ok')).toEqual([]);
  const all = texts(found, 'ok').join('\n');
  expect(all).toContain('the bot is lead-alerts in the workspace Local');
  expect(all).toContain('every scope');
  expect(all).toContain(`ALERT_CHANNEL (${CHANNEL})`);
  expect(all).toContain('DIGEST_CHANNEL (C0SALES)');
  expect(all).toContain('Socket Mode can connect');
  expect(all).toMatch(/Next digests: (?:\w{3} \d+ \w{3} \d{4} at 09:00(?:, )?){3} \(UTC\)\./);
  expect(all).toContain("has the bot's SQL");
  expect(all).toContain('A poll succeeds');
  expect(all).toContain('lead_dashboard reads the current lead tables');
});

test('looking changes nothing: no call posts, and no message is taken', async () => {
  await addLead(db);
  await db.poll();
  const before = await db.sql('select * from lead_bot.messages');
  await findings();
  expect(await db.sql('select * from lead_bot.messages')).toEqual(before);
  expect(new Set(slack.calls().map(({ method }) => method))).toEqual(
    new Set([
      'auth.test',
      'apps.connections.open',
      'blocks.validate',
      'conversations.history',
      'conversations.info',
      'conversations.members',
      'users.info',
    ]),
  );
});

test('prints a line for each problem of the environment, and checks the rest anyway', async () => {
  const found = await findings({ SLACK_APP_TOKEN: '', TIMEZONE: 'Berlin', ALERT_CHANNEL: '#hot' });
  expect(texts(found, 'problem')).toEqual([
    expect.stringMatching(/^ALERT_CHANNEL must be/),
    expect.stringMatching(/^TIMEZONE must be/),
    expect.stringMatching(/^SLACK_APP_TOKEN is missing/),
  ]);
  expect(texts(found, 'ok').join('\n')).toMatch(/DIGEST_CHANNEL[\s\S]*has the bot's SQL/);
});

test('a Slack that answers no question about blocks keeps nothing else from being checked', async () => {
  const undo = slack.misbehave({
    method: 'blocks.validate',
    how: { kind: 'rate-limit', retryAfterSeconds: 60 },
  });
  onTestFinished(undo);
  const found = await findings();
  expect(texts(found, 'problem')).toEqual([]);
  expect(texts(found, 'note')).toEqual([expect.stringContaining('about all blocks (ratelimited)')]);
  expect(texts(found, 'ok').join('\n')).toContain("has the bot's SQL");
});

test('gets to the end with nothing set at all', async () => {
  const nothing = Object.fromEntries(Object.keys(vars()).map((name) => [name, '']));
  const found = await findings(nothing);
  expect(texts(found, 'ok')).toEqual([]);
  expect(texts(found, 'problem')).toHaveLength(5);
  expect(texts(found, 'note').join('\n')).toMatch(
    /Skipped the channels[\s\S]*Skipped the database/,
  );
});

test('never sends a token to the real Slack when another address is malformed', async () => {
  const found = await findings({ SLACK_API_URL: 'slack.test/api' });
  expect(texts(found, 'problem')).toEqual([expect.stringMatching(/^SLACK_API_URL/)]);
  expect(texts(found, 'note')).toEqual([expect.stringContaining('Skipped the channels')]);
});

test.each([
  ['SLACK_BOT_TOKEN', { SLACK_BOT_TOKEN: 'xoxb-canary' }, 'OAuth & Permissions'],
  ['SLACK_APP_TOKEN', { SLACK_APP_TOKEN: 'xapp-canary' }, 'connections:write'],
])(
  'a wrong %s is a problem that says where to find the right one',
  async (name, changed, where) => {
    const [text, ...others] = await problems(changed);
    expect(others).toEqual([]);
    expect(text).toContain(`refuses ${name} (invalid_auth)`);
    expect(text).toContain(where);
  },
);

test('never opens Socket Mode with a bot token in place of the app token', async () => {
  const other = await otherSlack({ botToken: 'xapp-mixed-up' });
  const found = await problems({
    ...other,
    SLACK_BOT_TOKEN: 'xoxb-wrong',
    SLACK_APP_TOKEN: 'xapp-mixed-up',
  });
  expect(found.join('\n')).toContain('refuses SLACK_APP_TOKEN (not_allowed_token_type)');
});

test('opens a WebSocket and closes it again, since an accepted app token proves no connection', async () => {
  await findings();
  await slack.until(() => slack.connections() === 0, { what: 'the end of the connection' });
  // Accepts connections and stays silent, like a proxy that only lets HTTP pass.
  const mute = createServer((socket) => void socket.on('data', () => socket.destroy()));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void mute.close());
  const address = mute.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const found = await problems(await otherSlack({ socketOrigin: `ws://127.0.0.1:${port}` }));
  expect(found).toEqual([
    expect.stringMatching(
      /^Slack accepts SLACK_APP_TOKEN, but the WebSocket to 127.0.0.1:\d+ does not open \(.+\)\. .*HTTPS_PROXY/,
    ),
  ]);
});

test('posts a test message where cards and digests go, and only on request', async () => {
  const posts = () => slack.calls('chat.postMessage');
  const before = posts().length;
  const found = await findings({}, { post: true });
  expect(texts(found, 'problem')).toEqual([]);
  expect(
    posts()
      .slice(before)
      .map(({ args }) => args['channel']),
  ).toEqual([CHANNEL, 'C0SALES']);
  slack.archive('C0SALES');
  onTestFinished(() => slack.unarchive('C0SALES'));
  expect(texts(await findings({}, { post: true }), 'problem').join('\n')).toContain(
    'Could not post a test message in DIGEST_CHANNEL (C0SALES): is_archived.',
  );
});

test('names each missing scope with what it breaks', async () => {
  const found = await problems(await otherSlack({ scopes: ['commands', 'channels:history'] }));
  expect(found).toEqual([
    expect.stringMatching(/scope chat:write: no card can be posted/),
    expect.stringMatching(/scope groups:history: .*private channels/),
    expect.stringMatching(/scope users:read: .*won't start/),
    expect.stringMatching(/scope channels:read: .*won't start/),
    expect.stringMatching(/scope groups:read: .*private channel/),
  ]);
});

test('checks the scopes of the manifest', () => {
  const scopes = [...readSource('manifest.yml').matchAll(/^ {6}- (commands|[a-z_.]+:[a-z:.]+) /gm)];
  const known = { ...NEEDED_SCOPES, ...OPTIONAL_SCOPES };
  expect(scopes.map(([, scope]) => scope).sort()).toEqual(Object.keys(known).sort());
});

test('a missing optional scope is a note, not a problem', async () => {
  const scopes = SCOPES.filter((scope) => scope !== 'users:read.email');
  const found = await findings(await otherSlack({ scopes }));
  expect(texts(found, 'note').join()).toMatch(
    /optional scope users:read\.email: account owners .* get no first call/,
  );
  expect(texts(found, 'problem')).toEqual([]);
});

test("lists the optional columns, and names a channel where the bot can't post", async () => {
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard') as text`,
  );
  const given = view?.text.replace(/;\s*$/, '');
  const remake = async (more: string) => {
    await db.sql(`drop view public.lead_dashboard;
      create view public.lead_dashboard with (security_invoker = true) as select v.* ${more} from (${given}) v;
      revoke all on public.lead_dashboard from anon, authenticated`);
  };
  onTestFinished(() => remake(''));
  await db.poll();
  await remake(
    `, case when v.champion_name = 'Ada' then 'C0RANDOM' else '#sales' end as alert_channel`,
  );
  await addLead(db, { name: 'Ada' });
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  const found = await findings();
  expect(texts(found, 'ok').join('\n')).toContain(
    'Optional columns found in lead_dashboard: alert_channel.',
  );
  expect(texts(found, 'problem')).toEqual([
    expect.stringContaining('alert_channel contains “#sales”'),
    expect.stringContaining(
      "alert_channel names C0RANDOM, where the bot can't post (not_in_channel)",
    ),
  ]);
});

test('a channel shared with other organizations is a problem, or a note if it is allowed', async () => {
  slack.changeChannel(CHANNEL, { shared: 'external' });
  onTestFinished(() => slack.changeChannel(CHANNEL, { shared: null }));
  expect(await problems()).toEqual([
    expect.stringMatching(/ALERT_CHANNEL .* shared with other organizations.*ALLOW_EXTERNAL=true/),
  ]);
  const allowed = await findings({ ALLOW_EXTERNAL: 'true' });
  expect(texts(allowed, 'problem')).toEqual([]);
  expect(texts(allowed, 'note').join()).toMatch(/is shared .* ALLOW_EXTERNAL=true allows it/);
});

test('counts guests and people of other organizations who see the cards, without naming them', async () => {
  const guest = { id: 'U0GIL', name: 'gil', realName: 'Gil Canary', guest: 'multi' as const };
  const other = await otherSlack({ people: [...PEOPLE, guest, EXTERNAL_PERSON] });
  const found = await findings({ ...other, DIGEST_CHANNEL: '', ALLOW_GUESTS: 'true' });
  expect(texts(found, 'note')).toEqual([
    expect.stringMatching(
      /guests 1 \(may work on leads\), people from other organizations 1 \(may not work on leads\)/,
    ),
  ]);
  expect(JSON.stringify(found)).not.toMatch(/canary|dana|gil/i);
});

const IN_CHANNELS = PEOPLE.map(({ id }) => id);

test.each<[string, readonly string[], Finding['kind'], RegExp]>([
  ['in the channels', IN_CHANNELS, 'ok', /ROTATION \(S0SALES\) has 3 members/],
  ['that has one member', IN_CHANNELS.slice(1, 2), 'note', /every lead to the same AE/],
  ['outside of the channels', [...IN_CHANNELS, 'U0EVE'], 'note', /^1 of them is in neither/],
])('a group in ROTATION %s is named', async (_, users, kind, text) => {
  const other = await otherSlack({ userGroups: [{ id: 'S0SALES', users }] });
  const found = await findings({ ...other, ROTATION: 'S0SALES' });
  expect(texts(found, kind)).toContainEqual(expect.stringMatching(text));
  expect(texts(found, 'problem')).toEqual([]);
});

test.each([
  ['MANAGERS', 'U0ADAMS,S0SALES', 'so it adds no managers'],
  ['ROTATION', 'S0SALES', 'so no lead is offered to it'],
])(
  'a group in %s is a problem if it is empty, unknown or not for the bot to read',
  async (...each) => {
    const [name, value, lost] = each;
    const where = `${name} \\(S0SALES\\)`;
    const empty = await otherSlack({ userGroups: [{ id: 'S0SALES', users: [] }] });
    expect(await problems({ ...empty, [name]: value })).toEqual([
      expect.stringMatching(`^The user group in ${where} is empty, ${lost}`),
    ]);
    const none = await otherSlack({ userGroups: [] });
    expect(await problems({ ...none, [name]: value })).toEqual([
      expect.stringMatching(`does not know the user group in ${where}, ${lost}.*Check the id`),
    ]);
    const scopes = SCOPES.filter((scope) => scope !== 'usergroups:read');
    const mayNot = await otherSlack({
      scopes,
      userGroups: [{ id: 'S0SALES', users: IN_CHANNELS }],
    });
    expect(await problems({ ...mayNot, [name]: value })).toEqual([
      expect.stringMatching(`${where}, ${lost}.*needs the scope usergroups:read`),
    ]);
  },
);

test('a group in MANAGERS is counted, and managers named by id alone are not looked up', async () => {
  const other = await otherSlack({ userGroups: [{ id: 'S0LEADS', users: IN_CHANNELS }] });
  const found = await findings({ ...other, MANAGERS: 'U0ADAMS,S0LEADS' });
  expect(texts(found, 'ok')).toContain('The user group in MANAGERS (S0LEADS) has 3 members.');
  expect(texts(found, 'problem')).toEqual([]);
  const byId = await findings({ MANAGERS: 'U0ADAMS' });
  expect(byId.filter(({ text }) => text.includes('MANAGERS'))).toEqual([]);
});

test('a ROTATION without offers is a note', async () => {
  const other = await otherSlack({ userGroups: [{ id: 'S0SALES', users: IN_CHANNELS }] });
  const found = await findings({ ...other, ROTATION: 'S0SALES', FIRST_CALL: '0' });
  expect(texts(found, 'note')).toEqual([expect.stringContaining('FIRST_CALL=0 turns offers off')]);
});

const DUTY = { CLAIM_WITHIN: '2h', MANAGERS: 'U0ADAMS' };

test('a group in ON_DUTY is a problem if it is empty or unknown, and may be unreadable', async () => {
  const vars = { ...DUTY, ON_DUTY: 'S0DUTY' };
  const empty = await otherSlack({ userGroups: [{ id: 'S0DUTY', users: [] }] });
  expect(await problems({ ...empty, ...vars })).toEqual([
    'The user group in ON_DUTY (S0DUTY) is empty, so reminders mention nobody.',
  ]);
  const none = await otherSlack({ userGroups: [] });
  expect(await problems({ ...none, ...vars })).toEqual([
    expect.stringMatching(/does not know the user group in ON_DUTY \(S0DUTY\).*Check the id/),
  ]);
  const userGroups = [{ id: 'S0DUTY', users: IN_CHANNELS }];
  const scopes = SCOPES.filter((scope) => scope !== 'usergroups:read');
  const mayNot = await findings({ ...(await otherSlack({ scopes, userGroups })), ...vars });
  expect(texts(mayNot, 'problem')).toEqual([]);
  expect(texts(mayNot, 'note')).toContain(
    'The bot may not read the user group in ON_DUTY (S0DUTY), so reminders mention it even if it is empty.',
  );
  const well = await findings({ ...(await otherSlack({ userGroups })), ...vars });
  expect(texts(well, 'ok')).toContain('The user group in ON_DUTY (S0DUTY) has 3 members.');
});

test.each<[string, string, Finding['kind'], RegExp]>([
  ['can get leads', 'U0ALICE', 'ok', /can get leads/],
  ['has left', 'U0GONE', 'problem', /\(deactivated\), so reminders mention nobody/],
  ['is unknown', 'U0NOWHERE', 'problem', /\(external\), so reminders mention nobody/],
  ['is outside of the channels', 'U0EVE', 'note', /in neither ALERT_CHANNEL/],
])('a user in ON_DUTY who %s is named', async (_, user, kind, text) => {
  const others = [
    { id: 'U0GONE', name: 'gone', realName: 'Gone Example', deleted: true },
    { id: 'U0EVE', name: 'eve', realName: 'Eve Lund' },
  ];
  const channels = CHANNELS.map((channel) => ({ ...channel, members: [...IN_CHANNELS, 'U0GONE'] }));
  const other = await otherSlack({ people: [...PEOPLE, ...others], channels });
  const found = await findings({ ...other, ...DUTY, ON_DUTY: user });
  expect(texts(found, kind)).toContainEqual(expect.stringMatching(text));
});

test('reminders without managers, and ON_DUTY without reminders, are notes', async () => {
  expect(texts(await findings({ CLAIM_WITHIN: '2h' }), 'note')).toEqual([
    expect.stringContaining('MANAGERS is empty'),
  ]);
  expect(texts(await findings({ ON_DUTY: 'U0ALICE', CLAIM_WITHIN: 'off' }), 'note')).toEqual([
    expect.stringContaining('ON_DUTY has no effect'),
  ]);
});

test('a missing invitation is a problem of that channel only', async () => {
  slack.kickBot('C0SALES');
  expect(await problems()).toEqual([
    expect.stringMatching(/not in DIGEST_CHANNEL \(C0SALES\).*\/invite/),
  ]);
});

test('a channel that does not exist may be a private one without the bot', async () => {
  expect(await problems({ ALERT_CHANNEL: 'C0NOWHERE' })).toEqual([
    expect.stringMatching(/can't find the channel C0NOWHERE.*private/),
  ]);
});

test('checks a channel once when it serves both cards and digests', async () => {
  const found = await findings({ DIGEST_CHANNEL: '' });
  const channels = texts(found, 'ok').filter((text) => text.includes('history'));
  expect(channels).toEqual([expect.stringContaining('ALERT_CHANNEL and DIGEST_CHANNEL')]);
});

test('checks the signing secret instead of the app token in HTTP mode', async () => {
  const found = await findings({ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: slack.signingSecret });
  expect(texts(found, 'problem')).toEqual([]);
  expect(texts(found, 'ok').join('\n')).toContain('HTTP mode: the signing secret is set');
});

test('tells a Slack that does not answer from one that refuses', async () => {
  const gone = await startLocalSlack();
  await gone.close();
  const found = await problems({ SLACK_API_URL: gone.apiUrl });
  expect(found).toEqual([
    expect.stringMatching(/Could not check SLACK_BOT_TOKEN: .*\(ECONNREFUSED\).*network/),
    expect.stringMatching(/Could not check SLACK_APP_TOKEN/),
  ]);
});

test.each([
  ['of another project', () => 'sb_secret_of_another', 'SUPABASE_KEY is not accepted'],
  ['that is malformed', () => 'x'.repeat(40), 'SUPABASE_KEY is not accepted'],
  ['that has expired', () => db.keyFor('lead_bot', { expiresIn: -60 }), 'has not expired'],
  ['of the role anon', () => db.keyFor('anon'), "may not call the bot's functions"],
])('a key %s is a problem of SUPABASE_KEY', async (_, key, words) => {
  expect(await problems({ SUPABASE_KEY: key() })).toEqual([expect.stringContaining(words)]);
});

test('a role token on its own is a problem that names the key it needs as well', async () => {
  expect(await problems({ SUPABASE_PUBLISHABLE_KEY: '' })).toEqual([
    expect.stringContaining('also needs SUPABASE_PUBLISHABLE_KEY'),
  ]);
});

test.each([
  ['', () => ({ SUPABASE_KEY: db.secretKey, SUPABASE_PUBLISHABLE_KEY: '' })],
  [' with a publishable key', () => ({ SUPABASE_KEY: db.secretKey })],
  [' in the legacy format', () => ({ SUPABASE_KEY: db.keyFor('service_role') })],
])("accepts the project's secret key%s", async (_, keys) => {
  expect(await problems(keys())).toEqual([]);
});

test('a database that does not answer is a problem of SUPABASE_URL', async () => {
  expect(await problems({ SUPABASE_URL: 'http://127.0.0.1:9' })).toEqual([
    expect.stringContaining('check SUPABASE_URL'),
  ]);
});

test.each([
  [
    "can't call",
    'lead_bot_claim',
    'revoke execute on function public.lead_bot_claim from lead_bot',
    'grant execute on function public.lead_bot_claim to lead_bot',
  ],
  [
    "can't call",
    'lead_bot_exposed',
    'revoke execute on function public.lead_bot_exposed from lead_bot',
    'grant execute on function public.lead_bot_exposed to lead_bot',
  ],
  [
    "can't find",
    'lead_bot_take',
    'alter function public.lead_bot_take rename to lead_bot_taken',
    'alter function public.lead_bot_taken rename to lead_bot_take',
  ],
])('names a function that the key %s: %s', async (_, name, away, back) => {
  await db.sql(away);
  onTestFinished(async () => {
    await db.sql(back);
  });
  expect(await problems()).toEqual([
    expect.stringContaining(`SUPABASE_KEY can't call ${name}: run npm run db:apply`),
  ]);
});

test('checks every function that the adapters call', () => {
  const called = sourceFiles('src/adapters').flatMap((file) =>
    [...readSource(file).matchAll(/'(lead_bot_\w+)'/g)].map(([, name]) => name),
  );
  expect([...new Set(called)].sort()).toEqual([...CALLED_FUNCTIONS].sort());
});

/** A waiting card. */
async function waitingCard(): Promise<void> {
  await addLead(db);
  await db.poll();
}

test('a fresh card is a note, one that has waited long is a problem', async () => {
  await waitingCard();
  const found = await findings();
  expect(texts(found, 'problem')).toEqual([]);
  expect(texts(found, 'note')).toEqual([expect.stringContaining('1 message to send')]);
  await db.sql(`update lead_bot.messages set created_at = now() - interval '3 hours'`);
  expect(await problems()).toEqual([
    expect.stringMatching(/waiting for 3 hours\. Is the bot running\?/),
  ]);
});

test('a post of unclear outcome is a note that says what the bot does about it', async () => {
  await waitingCard();
  await db.sql(`update lead_bot.messages set state = 'unclear', attempted_at = now()`);
  expect(texts(await findings(), 'note')).toEqual([
    expect.stringMatching(/1 post with an unclear outcome.*before it posts again/),
  ]);
});

test.each([
  [CHANNEL, 'not_in_channel', /paused \(not_in_channel\)\. Invite.*retries/],
  [CHANNEL, 'something_new', /paused \(something_new\)\./],
  ['*', 'token_revoked', /Nothing is sent to Slack \(token_revoked\).*restart the bot/],
])('a pause of %s because of %s says how it ends', async (channel, reason, words) => {
  await db.sql(
    `insert into lead_bot.channels (channel, paused_until, pauses, pause_reason)
     values ($1, now() + interval '1 minute', 1, $2)`,
    [channel, reason],
  );
  expect(await problems()).toEqual([expect.stringMatching(words)]);
});

test('a message that Slack refused for good is sent again after the SQL shown', async () => {
  await waitingCard();
  await db.sql(
    `update lead_bot.messages set state = 'dead', last_error = 'restricted_action_thread_locked'`,
  );
  const found = await findings();
  expect(texts(found, 'problem')).toEqual([
    expect.stringMatching(/refused 1 card .*restricted_action_thread_locked/),
  ]);
  expect(texts(found, 'note').join('\n')).toContain(TRY_AGAIN_SQL);
  await db.sql(TRY_AGAIN_SQL);
  const { deliveries } = await db.outbox.take(10, 60_000);
  expect(deliveries.map(({ action }) => action)).toEqual(['post']);
});

async function run(
  changed: Vars,
  ...flags: string[]
): Promise<{ code: number | null; output: string }> {
  let output = '';
  const child = await startChild(process.execPath, ['src/doctor/doctor.ts', ...flags], {
    env: vars(changed),
    onOutput(text) {
      output += text;
    },
  });
  await child.ended;
  return { code: child.exitCode(), output };
}

test('the command exits with 0 when there are no problems', async () => {
  const { code, output } = await run({});
  expect(output).toContain('No problems found');
  expect(code).toBe(0);
});

test('the command prints only JSON on request', async () => {
  const { code, output } = await run({ TIMEZONE: 'canary' }, '--json');
  expect(JSON.parse(output)).toMatchObject({
    ok: false,
    problems: 1,
    findings: expect.arrayContaining([
      { kind: 'problem', text: expect.stringMatching(/^TIMEZONE must be/) },
    ]),
  });
  expect(code).toBe(1);
});

test('the command exits with 1 and counts the problems, and shows no secret and no lead', async () => {
  await addLead(db, { email: 'ada@canary.example', company: 'Canary' });
  await db.poll();
  await db.sql(`update lead_bot.messages set state = 'dead', last_error = 'no_text'`);
  const key = db.keyFor('anon');
  const { code, output } = await run({ SLACK_APP_TOKEN: 'xapp-canary', TIMEZONE: 'canary' });
  expect(output).toContain('3 problems');
  expect(code).toBe(1);
  expect(output).not.toMatch(/canary/i);
  expect(output).not.toContain(slack.botToken);
  expect((await run({ SUPABASE_KEY: key })).output).not.toContain(key);
});

const WEBHOOKS = {
  OUTCOME_WEBHOOK_URL: 'https://crm.example/hooks/leads?token=canary',
  OUTCOME_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 'x').toString('base64')}`,
};
/** What the doctor says of webhooks, after these rows were changed. */
async function aboutWebhooks(changed: Vars = {}): Promise<Finding[]> {
  return (await findings({ ...WEBHOOKS, ...changed })).filter(({ text }) =>
    /webhook|send_outcomes/i.test(text),
  );
}
const endpoint = { fingerprint: fingerprintOf(WEBHOOKS.OUTCOME_WEBHOOK_URL), people: false };

test('without a URL the doctor says nothing of webhooks', async () => {
  expect(await aboutWebhooks({ OUTCOME_WEBHOOK_URL: '', OUTCOME_WEBHOOK_SECRET: '' })).toEqual([]);
});

test('the doctor says where webhooks go and whom they name, without the path', async () => {
  expect(await aboutWebhooks()).toEqual([
    {
      kind: 'note',
      text: 'Webhooks go to crm.example, without people. No bot has started with this URL yet.',
    },
  ]);
  await supabaseOutcomes(db.database, endpoint).take(1, 60_000, true);
  expect(await aboutWebhooks({ OUTCOME_WEBHOOK_PEOPLE: 'true' })).toEqual([
    { kind: 'ok', text: 'Webhooks go to crm.example, with people.' },
  ]);
});

test('the doctor says how many webhooks wait and were set aside, and why', async () => {
  const outcomes = supabaseOutcomes(db.database, endpoint);
  await outcomes.take(1, 60_000, true);
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll();
  const { work } = await outcomes.take(1, 60_000, false);
  await db.sql('update lead_bot.outcomes set give_up_at = now() where attempts > 0');
  const failed = { kind: 'failed', reason: 'HTTP 422', retryAfterMs: null } as const;
  for (const { event, token } of work) await outcomes.confirm(event.id, token, failed);
  expect(texts(await aboutWebhooks(), 'problem')).toEqual([
    'Webhooks go to crm.example, without people, and the last attempt failed (HTTP 422). The bot tries again at least every hour.',
    '1 webhook set aside after three days (HTTP 422).',
  ]);
  expect(texts(await aboutWebhooks(), 'note')).toEqual([
    expect.stringMatching(/^1 webhook to send, the oldest for \d+ seconds?\.$/),
    expect.stringContaining(SEND_AGAIN_SQL),
  ]);
});

test('webhooks that wait although none has failed are a problem: no bot seems to run', async () => {
  await supabaseOutcomes(db.database, endpoint).take(1, 60_000, true);
  await addLead(db);
  await db.poll();
  await db.sql(`update lead_bot.outcomes set at = now() - interval '20 minutes' where true`);
  expect(texts(await aboutWebhooks(), 'problem')).toEqual([
    '1 webhook to send, the oldest for 20 minutes. Is the bot running? Its log says why it does not send.',
  ]);
});

test('the doctor says that the receiver is gone, and what to do', async () => {
  const outcomes = supabaseOutcomes(db.database, endpoint);
  await outcomes.take(1, 60_000, true);
  await addLead(db);
  await db.poll();
  const { work } = await outcomes.take(1, 60_000, false);
  const gone = { kind: 'gone', reason: 'HTTP 410', retryAfterMs: null } as const;
  for (const { event, token } of work) await outcomes.confirm(event.id, token, gone);
  expect(texts(await aboutWebhooks(), 'problem')).toEqual([
    expect.stringContaining('answers that this URL is gone (HTTP 410)'),
  ]);
});
