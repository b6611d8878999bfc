import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addWorking } from '../src/core/working-time.ts';
import { BadEnvironment, type Env, readEnv } from '../src/env.ts';
import { listeningPort } from '../src/settings.ts';

const whole = {
  SLACK_BOT_TOKEN: 'xoxb-1-2-abcdef',
  SLACK_APP_TOKEN: 'xapp-1-A0-2-abcdef',
  SUPABASE_URL: 'https://abcdefgh.supabase.co',
  SUPABASE_KEY: 'sb_secret_0123456789abcdef',
  ALERT_CHANNEL: 'C0HOTLEADS',
};

type Vars = Record<string, string | undefined>;

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

function problems(vars: Vars): readonly string[] {
  const error = thrownBy(() => readEnv(vars));
  if (error instanceof BadEnvironment) return error.problems;
  if (error !== null) throw error;
  return [];
}

test('needs five variables and has defaults for the rest', () => {
  expect(readEnv(whole)).toEqual<Env>({
    slack: {
      botToken: 'xoxb-1-2-abcdef',
      mode: { kind: 'socket', appToken: 'xapp-1-A0-2-abcdef', healthPort: null },
      apiUrl: undefined,
    },
    database: { url: 'https://abcdefgh.supabase.co', key: 'sb_secret_0123456789abcdef' },
    alertChannel: 'C0HOTLEADS',
    digestChannel: 'C0HOTLEADS',
    pollSchedule: '* * * * * *',
    digestSchedule: '0 9 * * 1-5',
    emptyDigest: 'line',
    timeZone: 'UTC',
    firstRun: 'rollup',
    maxCardsPerPoll: 10,
    rearmAfterMs: 86_400_000,
    access: { allowGuests: false, allowExternal: false },
    managers: { users: [], group: null },
    rotation: null,
    firstCallMs: 1_800_000,
    deadlines: { claimMs: null, contactMs: null, followUpMs: null },
    onDuty: null,
    workingHours: {
      shifts: [{ days: new Set([1, 2, 3, 4, 5]), from: 540, to: 1_080 }],
      holidays: new Set(),
    },
    quietAfterNotAFitMs: 7_776_000_000,
    retentionDays: 365,
    historyDays: 730,
    outcomes: null,
    metrics: null,
    logLevel: 'info',
  });
});

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 'outcomes').toString('base64')}`;

test('reads every setting', () => {
  const env = readEnv({
    ...whole,
    PORT: '8080',
    SLACK_API_URL: 'http://127.0.0.1:3999/api',
    SUPABASE_URL: 'http://127.0.0.1:54321//',
    DIGEST_CHANNEL: 'G0DIGEST',
    POLL_SCHEDULE: '* * * * *',
    DIGEST_SCHEDULE: '30 8 * * *',
    EMPTY_DIGEST: 'off',
    TIMEZONE: 'Europe/Berlin',
    FIRST_RUN: 'cards',
    MAX_CARDS_PER_POLL: '3',
    REARM_AFTER: '45s',
    ALLOW_GUESTS: 'true',
    ALLOW_EXTERNAL: 'true',
    MANAGERS: 'U0ADA, W0BO,S0LEADS,U0ADA',
    ROTATION: 'S0SALES',
    FIRST_CALL: '2h',
    CLAIM_WITHIN: '2h',
    CONTACT_WITHIN: '8h',
    FOLLOW_UP_AFTER: '14d',
    ON_DUTY: 'S0DUTY',
    WORKING_HOURS: 'Mon-Thu 8:30-17:00; Fri 08:30-14:00',
    HOLIDAYS: '2026-12-25, 2026-12-28',
    QUIET_AFTER_NOT_A_FIT: '30d',
    RETENTION_DAYS: '30',
    HISTORY_DAYS: '90',
    OUTCOME_WEBHOOK_URL: 'https://crm.example/leads?from=bot',
    OUTCOME_WEBHOOK_SECRET: WEBHOOK_SECRET,
    OUTCOME_WEBHOOK_PEOPLE: 'true',
    METRICS_PORT: '9464',
    METRICS_TOKEN: 'a-token-of-24-characters',
    LOG_LEVEL: 'debug',
  });
  expect(env).toMatchObject({
    slack: { mode: { kind: 'socket', healthPort: 8080 }, apiUrl: 'http://127.0.0.1:3999/api/' },
    database: { url: 'http://127.0.0.1:54321' },
    digestChannel: 'G0DIGEST',
    pollSchedule: '* * * * *',
    digestSchedule: '30 8 * * *',
    emptyDigest: 'off',
    timeZone: 'Europe/Berlin',
    firstRun: 'cards',
    maxCardsPerPoll: 3,
    rearmAfterMs: 45_000,
    access: { allowGuests: true, allowExternal: true },
    managers: { users: ['U0ADA', 'W0BO'], group: 'S0LEADS' },
    rotation: 'S0SALES',
    firstCallMs: 7_200_000,
    deadlines: { claimMs: 7_200_000, contactMs: 28_800_000, followUpMs: 1_209_600_000 },
    onDuty: { group: 'S0DUTY' },
    workingHours: {
      shifts: [
        { days: new Set([1, 2, 3, 4]), from: 510, to: 1_020 },
        { days: new Set([5]), from: 510, to: 840 },
      ],
      holidays: new Set(['2026-12-25', '2026-12-28']),
    },
    quietAfterNotAFitMs: 2_592_000_000,
    retentionDays: 30,
    historyDays: 90,
    outcomes: { url: 'https://crm.example/leads?from=bot', secret: WEBHOOK_SECRET, people: true },
    metrics: { port: 9464, token: 'a-token-of-24-characters' },
    logLevel: 'debug',
  });
});

const http = { ...whole, SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: 'a'.repeat(32) };

test('uses HTTP with a signing secret and no app token, on port 3000 by default', () => {
  const mode = { kind: 'http', signingSecret: 'a'.repeat(32), port: 3000 };
  expect(readEnv(http).slack.mode).toEqual(mode);
  expect(readEnv({ ...http, PORT: '80' }).slack.mode).toEqual({ ...mode, port: 80 });
});

test('uses Socket Mode when both are set', () => {
  expect(readEnv({ ...http, SLACK_APP_TOKEN: whole.SLACK_APP_TOKEN }).slack.mode.kind).toBe(
    'socket',
  );
});

test('reports a malformed app token even when a signing secret would do', () => {
  expect(problems({ ...http, SLACK_APP_TOKEN: 'xoxb-mixed-up' })).toHaveLength(1);
});

test('lists everything missing at once for an empty environment, and where to find it', () => {
  const message = problems({}).join('\n');
  const missing = [...message.matchAll(/^([A-Z_]+) is missing/gm)].map(([, name]) => name);
  expect(missing.sort()).toEqual([
    'ALERT_CHANNEL',
    'SLACK_APP_TOKEN',
    'SLACK_BOT_TOKEN',
    'SUPABASE_KEY',
    'SUPABASE_URL',
  ]);
  expect(message).toContain('SLACK_SIGNING_SECRET');
  expect(message).toContain('OAuth & Permissions');
});

test.each(Object.keys(whole))('treats an empty or blank %s as missing', (name) => {
  for (const value of [undefined, '', '   ', '\n']) {
    expect(problems({ ...whole, [name]: value })).toEqual([
      expect.stringContaining(`${name} is missing`),
    ]);
  }
});

test('ignores an empty optional variable', () => {
  const blank = {
    DIGEST_CHANNEL: '',
    TIMEZONE: ' ',
    MAX_CARDS_PER_POLL: '',
    SLACK_API_URL: '',
    PORT: '',
  };
  expect(readEnv({ ...whole, ...blank })).toEqual(readEnv(whole));
});

test('trims pasted whitespace around a value', () => {
  const padded = Object.fromEntries(Object.entries(whole).map(([k, v]) => [k, ` ${v}\r\n`]));
  expect(readEnv(padded)).toEqual(readEnv(whole));
});

test.each([
  ['U0ADA, ada@ours.example', 'number 2 is not an id'],
  ['U0ADA,,S0LEADS', 'number 2 is not an id'],
  ['S0LEADS, U0ADA, S0MORE', 'it names several groups'],
  ['C0HOTLEADS', 'it contains a channel id (C…)'],
])('MANAGERS=%s is refused, because %s', (value, why) => {
  expect(problems({ ...whole, MANAGERS: value })).toEqual([expect.stringContaining(why)]);
});

test('FIRST_CALL=0 turns offers off', () => {
  expect(readEnv({ ...whole, FIRST_CALL: '0' }).firstCallMs).toBe(0);
});

test.each([
  ['off', null],
  ['45m', 2_700_000],
])('CLAIM_WITHIN, CONTACT_WITHIN and FOLLOW_UP_AFTER can be %s', (value, ms) => {
  const vars = { CLAIM_WITHIN: value, CONTACT_WITHIN: value, FOLLOW_UP_AFTER: value };
  const deadlines = { claimMs: ms, contactMs: ms, followUpMs: ms };
  expect(readEnv({ ...whole, ...vars }).deadlines).toEqual(deadlines);
});

test('ON_DUTY is a person or a user group', () => {
  expect(readEnv({ ...whole, ON_DUTY: ' W0ADA' }).onDuty).toEqual({ user: 'W0ADA' });
  expect(readEnv({ ...whole, ON_DUTY: 'S0DUTY' }).onDuty).toEqual({ group: 'S0DUTY' });
});

test('the longest first call with the fewest hours is counted within a second', () => {
  const { firstCallMs, workingHours } = readEnv({
    ...whole,
    WORKING_HOURS: 'Mon 09:00-09:30; Fri 23:50-00:20',
    FIRST_CALL: '7d',
  });
  const before = process.threadCpuUsage();
  const end = addWorking(new Date('2026-03-06T12:00:00Z'), firstCallMs, workingHours, 'UTC');
  const { user, system } = process.threadCpuUsage(before);
  expect(end).toEqual(new Date('2029-05-21T09:30:00Z'));
  expect((user + system) / 1_000).toBeLessThan(1_000);
});

test.each([
  ['ROTATION', 'U0ADAMS', 'it contains a user id (U…)'],
  ['ON_DUTY', 'C0HOTLEADS', 'it contains a channel id (C…)'],
  ['WORKING_HOURS', 'Mon-Fri 09:00-18:00; Sat ten to two', "part 2 can't be read"],
  ['WORKING_HOURS', 'Mon 09:00-09:30; Fri 23:50-00:15', 'must be an hour a week or more'],
  ['HOLIDAYS', '2026-12-25, 25.12.2026', 'number 2 is not a date'],
  ['HOLIDAYS', '2026-02-29', 'number 1 is not a date'],
])('%s=%s is refused, because %s', (name, value, why) => {
  expect(problems({ ...whole, [name]: value })).toEqual([expect.stringContaining(why)]);
});

const malformed: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'SLACK_BOT_TOKEN',
    [
      'xoxp-canary-1',
      'canary',
      'XOXB-canary',
      'xoxb-',
      'xoxb-canary with blanks',
      'Bearer xoxb-canary',
    ],
  ],
  ['SLACK_APP_TOKEN', ['xoxb-canary', 'canary', 'xapp-']],
  ['SLACK_SIGNING_SECRET', ['canary']],
  ['PORT', ['canary', '-1', '65536', '80.5', '1e3', '0x50', '99999999999']],
  ['SLACK_API_URL', ['canary', 'ftp://canary.example', 'canary.example/api', 'javascript:canary']],
  [
    'SUPABASE_URL',
    ['canary', 'canary.supabase.co', 'postgres://u:canary@db.example/x', '//canary.example'],
  ],
  ['SUPABASE_KEY', ['canary']],
  ['ALERT_CHANNEL', ['#canary', 'canary', 'hot-leads', 'c0canary', 'D0CANARY', 'U0CANARY', 'C']],
  ['DIGEST_CHANNEL', ['#canary', 'canary']],
  ['POLL_SCHEDULE', ['canary', '* * *', '99 * * * *', 'every canary', '* * * * * * *']],
  ['DIGEST_SCHEDULE', ['canary', '9:00', '0 25 * * *', '0 9 * * 1-9']],
  ['EMPTY_DIGEST', ['canary', 'OFF', 'none', 'false']],
  ['TIMEZONE', ['canary', 'Europe/Canary', 'Berlin', 'CEST', 'GMT+25']],
  ['FIRST_RUN', ['canary', 'ROLLUP', 'card']],
  ['MAX_CARDS_PER_POLL', ['canary', '0', '101', '-1', '1.5', 'NaN']],
  [
    'REARM_AFTER',
    ['canary', '24', 'h', '0h', '-1h', '24 h', '1.5h', '24hours', '1w', '366d', '9999999d'],
  ],
  ['ALLOW_GUESTS', ['canary', 'yes', '1', 'TRUE', 'true canary']],
  ['ALLOW_EXTERNAL', ['canary', 'no', '0', 'False']],
  ['MANAGERS', ['canary', '@canary', 'u0canary', 'U0ADA,', 'U0ADA;U0BO', 'S0ONE, S0TWO', 'U']],
  ['ROTATION', ['canary', '@canary', 's0canary', 'S0ONE, S0TWO', 'U0ADA', 'S']],
  ['FIRST_CALL', ['canary', '30', '-1m', '0m', '8d', '169h', '30 m', 'none']],
  ['CLAIM_WITHIN', ['canary', '0', '2', 'OFF', 'none', '0h', '8d', '169h', '2 h']],
  ['CONTACT_WITHIN', ['canary', '0', '8', 'Off', 'never', '8d', '8h canary']],
  ['FOLLOW_UP_AFTER', ['canary', '0', '14', 'OFF', '366d', '2w', '14 days']],
  ['ON_DUTY', ['canary', '@canary', 'u0canary', 'U0ADA,U0BO', 'U0ADA, S0ONE', 'S', 'C0CANARY']],
  [
    'WORKING_HOURS',
    [
      'canary',
      'Mon-Fri',
      '09:00-18:00',
      'Mon-Fri 9-18',
      'Mon-Fri 09:00-25:00',
      'Mo-Fr 09:00-18:00',
    ],
  ],
  ['HOLIDAYS', ['canary', '2026-13-01', '2026-12-25 canary', '25/12/2026']],
  ['QUIET_AFTER_NOT_A_FIT', ['canary', '90', '0d', '366d', '3 months']],
  ['RETENTION_DAYS', ['canary', '0', '-1', '36501', '1.5', '30d']],
  ['HISTORY_DAYS', ['canary', '0', '29', '36601', '1.5', '800d', '365']],
  [
    'OUTCOME_WEBHOOK_SECRET',
    ['canary', 'whsec_', 'whsec_Y2FuYXJ5', `whsec_${'canary/'.repeat(20)}`],
  ],
  ['OUTCOME_WEBHOOK_PEOPLE', ['canary', 'yes', '1', 'TRUE']],
  ['METRICS_PORT', ['canary', '-1', '65536', '94.64', '127.0.0.1:9464']],
  ['LOG_LEVEL', ['canary', 'INFO', 'verbose', 'silent']],
];

test.each(malformed)('says what a malformed %s must be, without its value', (name, values) => {
  for (const value of values) {
    const found = problems({ ...whole, [name]: value });
    expect(found, value).toHaveLength(1);
    expect(found[0], value).toMatch(new RegExp(`^${name} (?:must|is too short)`));
    expect(found[0]?.toLowerCase(), value).not.toContain('canary');
  }
});

test("reports all problems in one message, one line each, with no variable's value in it", () => {
  const bad: Vars = Object.fromEntries(
    malformed.map(([name]) => [name, `s3cr3t-${name.toLowerCase()}!`]),
  );
  bad['SLACK_SIGNING_SECRET'] = 's3cr3t';
  bad['SUPABASE_KEY'] = 's3cr3t';
  const error = thrownBy(() => readEnv({ ...bad, SOMETHING_ELSE: 's3cr3t-else' }));
  if (!(error instanceof BadEnvironment)) throw new Error('was accepted');
  expect(error.problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(
    malformed.map(([name]) => name).sort(),
  );
  expect(error.message.split('\n')).toHaveLength(malformed.length + 1);
  expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain('s3cr3t');
});

test('rejects a history no longer than the personal data in it', () => {
  for (const HISTORY_DAYS of ['89', '90']) {
    expect(problems({ ...whole, RETENTION_DAYS: '90', HISTORY_DAYS })).toEqual([
      expect.stringMatching(/^HISTORY_DAYS must be more than RETENTION_DAYS/),
    ]);
  }
  expect(readEnv({ ...whole, RETENTION_DAYS: '90', HISTORY_DAYS: '91' }).historyDays).toBe(91);
});

test('extends the history when only RETENTION_DAYS is set to more than two years', () => {
  const env = readEnv({ ...whole, RETENTION_DAYS: '1000' });
  expect(env).toMatchObject({ retentionDays: 1000, historyDays: 1001 });
});

test.each([
  ['1s', 1_000],
  ['45s', 45_000],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('reads the duration %s as %i ms', (text, ms) => {
  expect(readEnv({ ...whole, REARM_AFTER: text }).rearmAfterMs).toBe(ms);
});

test.each([
  'UTC',
  'Europe/Berlin',
  'America/Argentina/Buenos_Aires',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Etc/GMT+5',
])('accepts the time zone %s', (zone) => {
  expect(readEnv({ ...whole, TIMEZONE: zone }).timeZone).toBe(zone);
});

const settings = Object.keys({ ...whole, ...Object.fromEntries(malformed) });

test.each(settings)('names quotes around %s, as docker --env-file leaves them', (name) => {
  const values = ['"x"', "'xoxb-1-2-abcdef'", '“C0HOTLEADS”', '" 3000 "', '"half', "half'"];
  for (const value of values) {
    expect(problems({ ...whole, [name]: value }), value).toEqual([
      expect.stringMatching(new RegExp(`^${name} has quotes around it.*without`)),
    ]);
  }
});

test.each(settings)('names a comment after %s, as docker --env-file leaves it', (name) => {
  expect(problems({ ...whole, [name]: 'xoxb-1-2-abcdef # ours' })).toEqual([
    expect.stringMatching(new RegExp(`^${name} has a comment after it`)),
  ]);
});

test('explains an empty channel: .env reads #name as a comment', () => {
  expect(problems({ ...whole, ALERT_CHANNEL: '' })).toEqual([
    expect.stringMatching(/a # starts a comment, and the setting takes the id.*C0123ABCD/),
  ]);
  expect(problems({ ...whole, ALERT_CHANNEL: undefined })[0]).not.toContain('#');
});

test.each([
  ['SLACK_BOT_TOKEN', 'xoxb-1-2-abc\u200bdef'],
  ['SLACK_SIGNING_SECRET', `${'a'.repeat(20)}\u2060${'a'.repeat(12)}`],
  ['SUPABASE_KEY', 'Bearer eyJhbGciOiJFUzI1NiJ9.e30.x'],
  ['SUPABASE_KEY', 'sb_secret_0123456789\u200babcdef'],
  ['SUPABASE_PUBLISHABLE_KEY', 'sb_publishable_0123\n456789'],
])("names a value of %s that can't go into a header (%j)", (name, value) => {
  expect(problems({ ...whole, [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} must`)),
  ]);
});

test.each([
  ['SLACK_BOT_TOKEN', 'xapp-1-A0-2-canary', 'app-level token', 'SLACK_APP_TOKEN'],
  ['SLACK_BOT_TOKEN', 'xoxp-1-canary', 'user token', null],
  ['SLACK_BOT_TOKEN', 'xoxe.xoxb-1-canary', 'token rotation', null],
  ['SLACK_APP_TOKEN', 'xoxb-1-2-canary', 'bot token', 'SLACK_BOT_TOKEN'],
  ['SLACK_SIGNING_SECRET', 'xoxb-1-2-canary-and-more', 'bot token', 'SLACK_BOT_TOKEN'],
  ['SUPABASE_KEY', 'sbp_0123456789canary0123', 'Supabase CLI', null],
  [
    'SUPABASE_KEY',
    'postgresql://postgres:canary@db.example/x',
    'connection string',
    'DATABASE_URL',
  ],
  ['SUPABASE_KEY', 'xoxb-1-2-canary-and-more', 'bot token', 'SLACK_BOT_TOKEN'],
  [
    'SUPABASE_URL',
    'postgresql://postgres:canary@db.example/x',
    'connection string',
    'DATABASE_URL',
  ],
  ['SUPABASE_URL', 'sb_secret_0123456789canary', 'secret key', 'SUPABASE_KEY'],
  ['ALERT_CHANNEL', 'U0CANARY1', 'user id', null],
  ['ALERT_CHANNEL', 'D0CANARY1', 'direct message', null],
  ['DIGEST_CHANNEL', 'https://canary.slack.com/archives/C0HOTLEADS', 'link', null],
  ['DIGEST_CHANNEL', '<#C0HOTLEADS|canary>', 'mention', null],
  ['DIGEST_CHANNEL', '#canary', 'name, and in .env a # starts a comment', null],
  ['OUTCOME_WEBHOOK_SECRET', 'xoxb-1-2-canary', 'bot token', 'SLACK_BOT_TOKEN'],
  ['METRICS_PORT', 'xapp-1-A0-2-canary', 'app-level token', 'SLACK_APP_TOKEN'],
  ['LOG_LEVEL', 'C0CANARY1', 'channel', 'ALERT_CHANNEL'],
])('in %s, recognizes %s and says where it belongs', (name, value, what, home) => {
  const found = problems({ ...whole, [name]: value });
  expect(found).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
  expect(found[0]).toContain(what);
  expect(found[0]).toContain(home === null ? '' : `, which belongs in ${home}`);
  expect(found[0]?.toLowerCase()).not.toContain('canary');
});

test('recognizes swapped Supabase keys', () => {
  const [secret, publishable] = ['sb_secret_0123456789abc', 'sb_publishable_0123456789abc'];
  expect(
    problems({ ...whole, SUPABASE_KEY: publishable, SUPABASE_PUBLISHABLE_KEY: secret }),
  ).toEqual([
    expect.stringMatching(
      /^SUPABASE_KEY must be the secret key .* contains a publishable key .* SUPABASE_PUBLISHABLE_KEY/,
    ),
    expect.stringMatching(/^SUPABASE_PUBLISHABLE_KEY must be the publishable key/),
  ]);
});

test.each([
  ['https://abc.supabase.co/rest/v1/', 'https://abc.supabase.co'],
  ['https://abc.supabase.co/rest/v1/rpc/x?select=*', 'https://abc.supabase.co'],
  ['https://abc.supabase.co/auth/v1', 'https://abc.supabase.co'],
  ['https://ABC.supabase.co//', 'https://abc.supabase.co'],
  ['https://abc.supabase.co/#settings', 'https://abc.supabase.co'],
  ['http://10.0.0.5:8000/rest/v1', 'http://10.0.0.5:8000'],
  ['https://own.example/supabase/rest/v1/', 'https://own.example/supabase'],
  ['https://own.example/supabase/', 'https://own.example/supabase'],
])("reduces %s to the project's own URL: %s", (given, url) => {
  expect(readEnv({ ...whole, SUPABASE_URL: given }).database.url).toBe(url);
});

test.each([
  ['https://supabase.com/dashboard/project/abcdefgh', /not the dashboard's/],
  ['https://db.abcdefgh.supabase.co', /not the database's/],
  ['https://aws-0-eu-central-1.pooler.supabase.com:5432', /not the database's/],
  ['http://abcdefgh.supabase.co', /must begin with https/],
  ['https://postgres:canary@abcdefgh.supabase.co', /without a user name and password/],
])("rejects %s as the API's address, and says what it is", (SUPABASE_URL, words) => {
  expect(problems({ ...whole, SUPABASE_URL })).toEqual([expect.stringMatching(words)]);
});

test.each([
  [{}, null],
  [{ PORT: '' }, null],
  [{ PORT: ' 8080 ' }, 8080],
  [{ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'a'.repeat(32) }, 3000],
  [{ SLACK_APP_TOKEN: ' ', SLACK_SIGNING_SECRET: 'a'.repeat(32), PORT: '' }, 3000],
  [{ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'a'.repeat(32), PORT: ' 80\n' }, 80],
])('with %j the bot listens where its health check asks: %s', (changed, port) => {
  const vars: Vars = { ...whole, ...changed };
  const { mode } = readEnv(vars).slack;
  expect(mode.kind === 'socket' ? mode.healthPort : mode.port).toBe(port);
  expect(listeningPort(vars)).toBe(port);
});

/** The environment of a program started in a folder with this .env. null: without one. */
function withDotEnv(dotEnv: string | null, env: Vars = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'dot-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (dotEnv !== null) writeFileSync(join(folder, '.env'), dotEnv);
  const preload = new URL('../src/dot-env.ts', import.meta.url).href;
  const print = 'console.log(JSON.stringify(process.env))';
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', preload, '-e', print], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { seen: JSON.parse(stdout), stderr };
}

test('strips quotes and comments from .env, yields to the environment, and keeps a channel written as #name', () => {
  const dotEnv = [
    'SLACK_BOT_TOKEN="xoxb-1"',
    'PORT=8080 # ours',
    'TIMEZONE=Europe/Berlin',
    'export ALERT_CHANNEL=#hot-leads',
    'DIGEST_CHANNEL= # none yet',
    'SUPABASE_KEY=#',
  ].join('\r\n');
  const { seen, stderr } = withDotEnv(dotEnv, { TIMEZONE: 'UTC' });
  expect(seen).toEqual({
    SLACK_BOT_TOKEN: 'xoxb-1',
    PORT: '8080',
    TIMEZONE: 'UTC',
    ALERT_CHANNEL: '#hot-leads',
    DIGEST_CHANNEL: '',
    SUPABASE_KEY: '',
  });
  expect(stderr).toBe('');
});

test('says nothing without .env, and reports missing certificates in one line', () => {
  expect(withDotEnv(null)).toEqual({ seen: {}, stderr: '' });
  const { stderr } = withDotEnv('NODE_EXTRA_CA_CERTS=/no/such/file.pem');
  expect(stderr).toBe("NODE_EXTRA_CA_CERTS: can't load certificates from that file (ENOENT).\n");
});

test.each([
  ['http://crm.example/canary', 'must begin with https'],
  ['https://canary:pw@crm.example/', 'must be a URL without a user name and password'],
  ['ftp://crm.example/canary', 'must be an https URL'],
  ['canary', 'must be an https URL'],
  [WEBHOOK_SECRET, 'which belongs in OUTCOME_WEBHOOK_SECRET'],
])('OUTCOME_WEBHOOK_URL=%s is refused: it %s', (url, why) => {
  const vars = { OUTCOME_WEBHOOK_URL: url, OUTCOME_WEBHOOK_SECRET: WEBHOOK_SECRET };
  const found = problems({ ...whole, ...vars });
  expect(found).toEqual([expect.stringMatching(/^OUTCOME_WEBHOOK_URL must /)]);
  expect(found[0]).toContain(why);
  expect(found[0]).not.toContain('canary');
});

test.each(['http://localhost:8080/leads', 'http://127.0.0.1/', 'http://[::1]:9/'])(
  'webhooks to %s need no https, because they stay on this machine',
  (url) => {
    const vars = { OUTCOME_WEBHOOK_URL: url, OUTCOME_WEBHOOK_SECRET: WEBHOOK_SECRET };
    expect(readEnv({ ...whole, ...vars }).outcomes).toEqual({
      url,
      secret: WEBHOOK_SECRET,
      people: false,
    });
  },
);

test('webhooks need a secret, and a secret alone sends none', () => {
  expect(problems({ ...whole, OUTCOME_WEBHOOK_URL: 'https://crm.example/' })).toEqual([
    expect.stringContaining('OUTCOME_WEBHOOK_SECRET is missing'),
  ]);
  expect(readEnv({ ...whole, OUTCOME_WEBHOOK_SECRET: WEBHOOK_SECRET }).outcomes).toBeNull();
});

test.each([
  [{ METRICS_PORT: '9464' }, { port: 9464, token: null }],
  [
    { METRICS_TOKEN: 'a-token-of-24-characters', PORT: '8080' },
    { port: null, token: 'a-token-of-24-characters' },
  ],
  [{ METRICS_PORT: ' ', METRICS_TOKEN: '' }, null],
])('with %j metrics are served as %j', (vars, metrics) => {
  expect(readEnv({ ...whole, ...vars }).metrics).toEqual(metrics);
});

test('over HTTP, a token alone opens /metrics on the default port, too', () => {
  const vars = { METRICS_TOKEN: 'a-token-of-24-characters' };
  expect(readEnv({ ...http, ...vars }).metrics).toEqual({ port: null, token: vars.METRICS_TOKEN });
  expect(problems({ ...whole, ...vars })).toEqual([
    'METRICS_TOKEN needs PORT, where it opens /metrics. Or set METRICS_PORT',
  ]);
});

test.each([
  [{ ...whole, PORT: '8080', METRICS_PORT: '8080' }],
  [{ ...whole, PORT: '8080', METRICS_PORT: '08080' }],
  [{ ...http, METRICS_PORT: '3000' }],
])('METRICS_PORT is not the port of the bot: %j', (vars) => {
  expect(problems(vars)).toEqual([
    'METRICS_PORT must be another port than PORT. To serve /metrics on PORT, set METRICS_TOKEN instead',
  ]);
});

test.each([
  ['short', 'is too short for a token'],
  ['a token of 24 characters', 'it contains a space'],
  ['"a-token-of-24-characters"', 'has quotes around it'],
  ['a-token-of-24-characters # ours', 'has a comment after it'],
  ['xoxb-1-2-canary-and-more', 'a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN'],
  ['sb_secret_0123456789canary', 'a secret key (sb_secret_…), which belongs in SUPABASE_KEY'],
  [WEBHOOK_SECRET, 'a webhook secret (whsec_…), which belongs in OUTCOME_WEBHOOK_SECRET'],
])('METRICS_TOKEN=%s is refused: %s', (value, why) => {
  const found = problems({ ...whole, PORT: '8080', METRICS_TOKEN: value });
  expect(found).toEqual([expect.stringContaining(why)]);
  expect(found[0]).toMatch(/^METRICS_TOKEN /);
  expect(found[0]).not.toContain('canary');
});
