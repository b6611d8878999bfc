import { milliseconds } from 'date-fns/milliseconds';
import { validate } from 'node-cron';
import { z } from 'zod';
import type { AccessPolicy } from './core/access.ts';
import { isTimeZone } from './core/local-date.ts';
import type { Deadlines } from './core/steps.ts';
import {
  minutesAWeek,
  parseHolidays,
  parseShifts,
  type WorkingHours,
} from './core/working-time.ts';
import { proxyProblems } from './proxy.ts';
import {
  describeMisplaced,
  listeningPort,
  strayQuotesOrComment,
  trimmed,
  type Vars,
} from './settings.ts';

/** The bot's settings, parsed. */
export interface Env {
  slack: {
    botToken: string;
    /** Socket Mode with an app token, HTTP with a signing secret. */
    mode:
      | { kind: 'socket'; appToken: string; healthPort: number | null }
      | { kind: 'http'; signingSecret: string; port: number };
    /** With the trailing slash that the SDK needs; undefined for the real Slack. */
    apiUrl: string | undefined;
  };
  database: { url: string; key: string; publishableKey?: string | undefined };
  alertChannel: string;
  digestChannel: string;
  pollSchedule: string;
  digestSchedule: string;
  /** What to post when there is nothing to say: one line, or nothing. */
  emptyDigest: 'line' | 'off';
  timeZone: string;
  firstRun: 'rollup' | 'cards' | 'silent';
  maxCardsPerPoll: number;
  rearmAfterMs: number;
  /** Who besides full members of the workspace may work on leads. */
  access: AccessPolicy;
  /** Who may work on any lead as if it were theirs: user ids, and the members of a user group. */
  managers: { users: readonly string[]; group: string | null };
  /** Id of the user group whose members take turns at first call on new leads; null for none. */
  rotation: string | null;
  /** Working time for which one AE has first call; 0 for no offers. */
  firstCallMs: number;
  /** When the bot reminds, warns and asks by itself. */
  deadlines: Deadlines;
  /** Whom reminders mention while nobody has first call: a user or the members of a user group. */
  onDuty: { user: string } | { group: string } | null;
  /** Local time of each AE. */
  workingHours: WorkingHours;
  /** How long a company that is not a fit stays closed. */
  quietAfterNotAFitMs: number;
  /** Days after which closed alerts lose their personal data. */
  retentionDays: number;
  /** Days after which closed alerts are deleted with their messages and history; more than `retentionDays`. */
  historyDays: number;
  /** Where gestures and what becomes of alerts are reported as webhooks; null for nowhere. */
  outcomes: { url: string; secret: string; people: boolean } | null;
  /**
   * Where metrics are served, and the token that a request needs: on a port of their own, else on the bot's port, and
   * then there is a token. Null for nowhere.
   */
  metrics: { port: number | null; token: string | null } | null;
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
}

/** The configured channels, each once. */
export const channelsOf = ({ alertChannel, digestChannel }: Env): string[] => [
  ...new Set([alertChannel, digestChannel]),
];

const UNITS = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' } as const;

/** Copying may add spaces and invisible characters, which break the HTTP header. */
const BAD_CHARACTER = 'it contains a space or another invalid character';

const token = (prefix: string, where: string) =>
  z
    .string(`is missing (${where})`)
    .regex(new RegExp(`^${prefix}-.`), `must begin with ${prefix}- (${where})`)
    .regex(/^[!-~]*$/, `must be the token alone: ${BAD_CHARACTER}`);

const secret = (what: string, least: number, missing?: string) =>
  z
    .string(missing)
    .min(least, `is too short for a ${what}`)
    .regex(/^[!-~]*$/, `must be a ${what}: ${BAD_CHARACTER}`);

const WHERE_CHANNELS_ARE =
  'a channel id such as C0123ABCD: open the channel in Slack, click its name, look at the bottom';

const channelId = z
  .string(`is missing (${WHERE_CHANNELS_ARE})`)
  .refine(
    (text) => !text.startsWith('#'),
    `must be ${WHERE_CHANNELS_ARE}. It contains a name, and in .env a # starts a comment`,
  )
  .regex(/^[CG][A-Z0-9]{2,}$/, `must be ${WHERE_CHANNELS_ARE}`);

const PROJECT_URL = 'https://….supabase.co';
const HOSTED = /\.supabase\.(?:co|in|red)$/;

/** Drops the path that dashboards and snippets append. */
const projectUrl = z
  .string('is missing (Supabase dashboard → Connect: https://….supabase.co)')
  .pipe(z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }))
  .transform((text, context) => {
    const url = new URL(text);
    const wrong = wrongHost(url);
    if (wrong !== null) {
      context.addIssue({ code: 'custom', message: wrong });
      return z.NEVER;
    }
    const path = HOSTED.test(url.hostname)
      ? ''
      : url.pathname.replace(
          /\/(?:rest|auth|storage|realtime|functions|graphql)\/v1(?:\/.*)?$/,
          '',
        );
    return `${url.origin}${path}`.replace(/\/+$/, '');
  });

function wrongHost({ hostname, username, password, protocol }: URL): string | null {
  if (username !== '' || password !== '') return 'must be a URL without a user name and password';
  if (/^(?:www\.|app\.)?supabase\.(?:com|io)$/.test(hostname)) {
    return `must be the project URL (${PROJECT_URL}), not the dashboard's`;
  }
  if (
    /^db\..+\.supabase\.(?:co|in|red)$/.test(hostname) ||
    hostname.endsWith('.pooler.supabase.com')
  ) {
    return `must be the API's URL (${PROJECT_URL}), not the database's`;
  }
  if (protocol === 'http:' && HOSTED.test(hostname)) {
    return 'must begin with https, or keys would be sent unencrypted';
  }
  return null;
}

const cron = z
  .string()
  .refine((text) => validate(text), 'must be a cron expression such as 0 9 * * 1-5');

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((n) => n >= from && n <= to, `must be a whole number from ${from} to ${to}`);

const yesOrNo = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((text) => text === 'true');

const UNIT = z.enum(['s', 'm', 'h', 'd']);
const inMs = (text: string): number =>
  milliseconds({ [UNITS[UNIT.parse(text.at(-1))]]: Number(text.slice(0, -1)) });

const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a duration such as 24h, 30m or 45s')
  .transform(inMs)
  .refine((ms) => ms <= milliseconds({ days: 365 }), 'must be at most a year (365d)');

/** Working time, which is counted shift by shift: a year of short shifts would take seconds. */
const firstCall = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,5}[smhd])$/, 'must be a duration such as 30m or 2h, or 0 for none')
  .transform((text) => (text === '0' ? 0 : inMs(text)))
  .refine((ms) => ms <= milliseconds({ days: 7 }), 'must be at most 7d');

/** Working time, too. */
const workingDeadline = z
  .string()
  .regex(/^(?:off|[1-9]\d{0,5}[smhd])$/, 'must be a duration such as 30m or 8h, or off')
  .transform((text) => (text === 'off' ? null : inMs(text)))
  .refine((ms) => ms === null || ms <= milliseconds({ days: 7 }), 'must be at most 7d');

const deadline = z
  .string()
  .regex(/^(?:off|[1-9]\d{0,5}[smhd])$/, 'must be a duration such as 14d or 36h, or off')
  .transform((text) => (text === 'off' ? null : inMs(text)))
  .refine(
    (ms) => ms === null || ms <= milliseconds({ days: 365 }),
    'must be at most a year (365d)',
  );

const WHERE_MANAGERS_ARE =
  'ids of people (U…: profile → ⋮ → Copy member ID), and at most one of a user group (S…), separated by commas';

const managers = z.string().transform((text, context) => {
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.findIndex((part) => !/^[UWS][A-Z0-9]{2,39}$/.test(part));
  const groups = parts.filter((part) => part.startsWith('S'));
  if (wrong >= 0 || groups.length > 1) {
    const why = wrong < 0 ? 'it names several groups' : `number ${wrong + 1} is not an id`;
    context.addIssue({ code: 'custom', message: `must be ${WHERE_MANAGERS_ARE}; ${why}` });
    return z.NEVER;
  }
  const users = parts.filter((part) => !part.startsWith('S'));
  return { users: [...new Set(users)], group: groups[0] ?? null };
});

const userGroup = z
  .string()
  .regex(/^S[A-Z0-9]{2,39}$/, 'must be the id of a user group (S…: People → User groups → ⋮)');

const onDuty = z
  .string()
  .regex(
    /^[UWS][A-Z0-9]{2,39}$/,
    'must be the id of one person (U…: profile → ⋮ → Copy member ID) or of one user group (S…: People → User groups → ⋮)',
  )
  .transform((id) => (id.startsWith('S') ? { group: id } : { user: id }));

const shifts = z.string().transform((text, context) => {
  const found = parseShifts(text);
  if (found !== null) return found;
  const parts = text.split(';');
  const wrong = parts.findIndex((part) => parseShifts(part) === null);
  const which = parts.length === 1 ? '' : `; part ${wrong + 1} can't be read`;
  context.addIssue({
    code: 'custom',
    message: `must be working hours such as Mon-Fri 09:00-18:00, or several such parts separated by ;${which}`,
  });
  return z.NEVER;
});

const workingShifts = shifts.refine(
  // So that working time is counted fast.
  (found) => minutesAWeek(found) >= 60,
  'must be an hour a week or more',
);

const holidays = z.string().transform((text, context) => {
  const found = parseHolidays(text);
  if (found !== null) return found;
  const dates = text.split(/[\s,;]+/);
  const wrong = dates.findIndex((date) => parseHolidays(date) === null);
  context.addIssue({
    code: 'custom',
    message: `must be dates such as 2026-12-25, separated by commas; number ${wrong + 1} is not a date`,
  });
  return z.NEVER;
});

const WHERE_KEYS_ARE =
  'the secret key: Supabase dashboard → Settings → API Keys; or a token of the role lead_bot';

/** Keys come in several formats, so this only rejects what is recognizably something else. */
const isKeyBut =
  (wrongKey: RegExp) =>
  (key: string): boolean =>
    !wrongKey.test(key) && !/^(?:xox|xapp-|sbp_|\w+:\/\/)/.test(key);

/** Plain HTTP only to the machine itself: the payload names companies. */
const webhookUrl = z.url({ protocol: /^https?$/, error: 'must be an https URL' }).pipe(
  z
    .string()
    .refine((text) => {
      const { protocol, hostname } = new URL(text);
      return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
    }, 'must begin with https, or companies would be sent unencrypted')
    .refine((text) => {
      const { username, password } = new URL(text);
      return username === '' && password === '';
    }, 'must be a URL without a user name and password'),
);

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: 24 to 64 bytes. */
const webhookSecret = z.string().refine((text) => {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1] ?? '';
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}, 'must be whsec_ and 24 to 64 random bytes in base64: echo "whsec_$(openssl rand -base64 32)"');

const WHERE_SECRETS_ARE = 'Slack app settings → Basic Information → App Credentials';

const shape = z.object({
  SLACK_BOT_TOKEN: token('xoxb', 'Slack app settings → OAuth & Permissions'),
  SLACK_APP_TOKEN: token(
    'xapp',
    'Slack app settings → Basic Information → App-Level Tokens',
  ).optional(),
  SLACK_SIGNING_SECRET: secret('signing secret', 16)
    .regex(/^(?!xox|xapp-)/, `must be the signing secret, not a token (${WHERE_SECRETS_ARE})`)
    .optional(),
  PORT: wholeNumber(0, 65_535).optional(),
  SLACK_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  SUPABASE_URL: projectUrl,
  SUPABASE_KEY: secret('key', 20, `is missing (${WHERE_KEYS_ARE})`).refine(
    isKeyBut(/^sb_publishable_/),
    'must be the secret key (sb_secret_…: Supabase dashboard → Settings → API Keys) or a token of the role lead_bot',
  ),
  SUPABASE_PUBLISHABLE_KEY: secret('key', 20)
    .refine(
      isKeyBut(/^sb_secret_/),
      'must be the publishable key (sb_publishable_…: Supabase dashboard → Settings → API Keys)',
    )
    .optional(),
  ALERT_CHANNEL: channelId,
  DIGEST_CHANNEL: channelId.optional(),
  POLL_SCHEDULE: cron.default('* * * * * *'),
  DIGEST_SCHEDULE: cron.default('0 9 * * 1-5'),
  EMPTY_DIGEST: z.enum(['line', 'off'], 'must be line or off').default('line'),
  TIMEZONE: z
    .string()
    .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
    .default('UTC'),
  FIRST_RUN: z
    .enum(['rollup', 'cards', 'silent'], 'must be rollup, cards or silent')
    .default('rollup'),
  MAX_CARDS_PER_POLL: wholeNumber(1, 100).default(10),
  REARM_AFTER: duration.default(milliseconds({ hours: 24 })),
  ALLOW_GUESTS: yesOrNo,
  ALLOW_EXTERNAL: yesOrNo,
  MANAGERS: managers.default({ users: [], group: null }),
  ROTATION: userGroup.optional(),
  FIRST_CALL: firstCall.default(milliseconds({ minutes: 30 })),
  CLAIM_WITHIN: workingDeadline.default(null),
  CONTACT_WITHIN: workingDeadline.default(null),
  FOLLOW_UP_AFTER: deadline.default(null),
  ON_DUTY: onDuty.optional(),
  WORKING_HOURS: workingShifts.prefault('Mon-Fri 09:00-18:00'),
  HOLIDAYS: holidays.prefault(''),
  QUIET_AFTER_NOT_A_FIT: duration.default(milliseconds({ days: 90 })),
  RETENTION_DAYS: wholeNumber(1, 36_500).default(365),
  HISTORY_DAYS: wholeNumber(30, 36_600).optional(),
  OUTCOME_WEBHOOK_URL: webhookUrl.optional(),
  OUTCOME_WEBHOOK_SECRET: webhookSecret.optional(),
  OUTCOME_WEBHOOK_PEOPLE: yesOrNo,
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  METRICS_TOKEN: secret('token', 16)
    .regex(
      /^(?!xox|xapp-|sb_|sbp_|eyJ|whsec_|\w+:\/\/)/,
      'must be a token of its own: openssl rand -hex 32',
    )
    .optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
      'must be trace, debug, info, warn, error or fatal',
    )
    .default('info'),
});

const DEFAULT_HISTORY_DAYS = 730;

export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment';
  /** One sentence per problem, without values. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`These settings are missing or wrong:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

interface Checked {
  given: Readonly<Record<string, string | undefined>>;
  parsed: z.ZodSafeParseResult<z.infer<typeof shape>>;
  /** By setting. */
  problems: Readonly<Record<string, string>>;
}

/** Checks each setting separately. */
function check(vars: Vars): Checked {
  const given = trimmed(vars);
  const problems: Record<string, string> = {};
  const parsed = shape.safeParse(given);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = path.join('.');
    problems[name] ??= message;
  }
  for (const name of Object.keys(shape.shape)) {
    const value = given[name] ?? '';
    const stray = strayQuotesOrComment(value);
    const misplaced = problems[name] === undefined ? null : describeMisplaced(name, value);
    if (stray !== null) problems[name] = stray;
    else if (misplaced !== null) problems[name] = `${problems[name]}; ${misplaced}`;
    // Node parses `ALERT_CHANNEL=#hot-leads` in .env as empty.
    else if (name === 'ALERT_CHANNEL' && given[name] === undefined && vars[name] !== undefined) {
      problems[name] =
        `is missing: its value is empty. In .env a # starts a comment, and the setting takes the id, not the name (${WHERE_CHANNELS_ARE})`;
    }
  }
  return { given, parsed, problems };
}

/**
 * Reads the bot's settings. An empty variable counts as missing.
 * @throws BadEnvironment with every problem at once
 */
export function readEnv(vars: Vars): Env {
  const { given, parsed, problems: bySetting } = check(vars);
  const problems = Object.entries(bySetting).map(([name, problem]) => `${name} ${problem}`);
  if (given['SLACK_APP_TOKEN'] === undefined && given['SLACK_SIGNING_SECRET'] === undefined) {
    problems.push(
      'SLACK_APP_TOKEN is missing (for Socket Mode), and so is SLACK_SIGNING_SECRET (for HTTP mode): set one of them',
    );
  }
  if (
    parsed.success &&
    parsed.data.HISTORY_DAYS !== undefined &&
    parsed.data.HISTORY_DAYS <= parsed.data.RETENTION_DAYS
  ) {
    problems.push(
      'HISTORY_DAYS must be more than RETENTION_DAYS: an alert loses its personal data before it is deleted',
    );
  }
  if (given['OUTCOME_WEBHOOK_URL'] !== undefined && given['OUTCOME_WEBHOOK_SECRET'] === undefined) {
    problems.push(
      'OUTCOME_WEBHOOK_SECRET is missing: with it the receiver can tell that a webhook is from the bot',
    );
  }
  const port = listeningPort(vars);
  if (
    given['METRICS_TOKEN'] !== undefined &&
    given['METRICS_PORT'] === undefined &&
    port === null
  ) {
    problems.push('METRICS_TOKEN needs PORT, where it opens /metrics. Or set METRICS_PORT');
  }
  if (port !== null && port > 0 && Number(given['METRICS_PORT']) === port) {
    problems.push(
      'METRICS_PORT must be another port than PORT. To serve /metrics on PORT, set METRICS_TOKEN instead',
    );
  }
  problems.push(...proxyProblems(vars));
  if (!parsed.success || problems.length > 0) throw new BadEnvironment(problems);

  const env = parsed.data;
  return {
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      mode:
        env.SLACK_APP_TOKEN !== undefined
          ? { kind: 'socket', appToken: env.SLACK_APP_TOKEN, healthPort: listeningPort(vars) }
          : {
              kind: 'http',
              signingSecret: env.SLACK_SIGNING_SECRET ?? '',
              port: listeningPort(vars) ?? 0,
            },
      apiUrl: withSlash(env.SLACK_API_URL),
    },
    database: {
      url: env.SUPABASE_URL,
      key: env.SUPABASE_KEY,
      publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
    },
    alertChannel: env.ALERT_CHANNEL,
    digestChannel: env.DIGEST_CHANNEL ?? env.ALERT_CHANNEL,
    pollSchedule: env.POLL_SCHEDULE,
    digestSchedule: env.DIGEST_SCHEDULE,
    emptyDigest: env.EMPTY_DIGEST,
    timeZone: env.TIMEZONE,
    firstRun: env.FIRST_RUN,
    maxCardsPerPoll: env.MAX_CARDS_PER_POLL,
    rearmAfterMs: env.REARM_AFTER,
    access: { allowGuests: env.ALLOW_GUESTS, allowExternal: env.ALLOW_EXTERNAL },
    managers: env.MANAGERS,
    rotation: env.ROTATION ?? null,
    firstCallMs: env.FIRST_CALL,
    deadlines: {
      claimMs: env.CLAIM_WITHIN,
      contactMs: env.CONTACT_WITHIN,
      followUpMs: env.FOLLOW_UP_AFTER,
    },
    onDuty: env.ON_DUTY ?? null,
    workingHours: { shifts: env.WORKING_HOURS, holidays: env.HOLIDAYS },
    quietAfterNotAFitMs: env.QUIET_AFTER_NOT_A_FIT,
    retentionDays: env.RETENTION_DAYS,
    historyDays: env.HISTORY_DAYS ?? Math.max(DEFAULT_HISTORY_DAYS, env.RETENTION_DAYS + 1),
    outcomes:
      env.OUTCOME_WEBHOOK_URL !== undefined && env.OUTCOME_WEBHOOK_SECRET !== undefined
        ? {
            url: env.OUTCOME_WEBHOOK_URL,
            secret: env.OUTCOME_WEBHOOK_SECRET,
            people: env.OUTCOME_WEBHOOK_PEOPLE,
          }
        : null,
    metrics: metricsOf(env.METRICS_PORT, env.METRICS_TOKEN),
    logLevel: env.LOG_LEVEL,
  };
}

function metricsOf(port: number | undefined, token: string | undefined): Env['metrics'] {
  if (port === undefined && token === undefined) return null;
  return { port: port ?? null, token: token ?? null };
}

/** The settings that the doctor can check even if others are missing. */
export interface Access {
  botToken: string | null;
  appToken: string | null;
  hasSigningSecret: boolean;
  apiUrl: string | undefined;
  database: Env['database'] | null;
  alertChannel: string | null;
  /** Defaults to the alert channel. */
  digestChannel: string | null;
  managersGroup: string | null;
  rotation: string | null;
  makesOffers: boolean;
  hasManagers: boolean;
  onDuty: Env['onDuty'];
  /** Of leads that nobody claims. */
  reminds: boolean;
  /** Where webhooks go; null for nowhere. */
  outcomes: { url: string; people: boolean } | null;
  policy: AccessPolicy;
  timeZone: string;
}

/** Reads the valid settings and leaves out the rest. */
export function readAccess(vars: Vars): Access {
  const { given, problems } = check(vars);
  const malformed = new Set(Object.keys(problems));
  const valid = Object.fromEntries(Object.entries(given).filter(([name]) => !malformed.has(name)));
  const env = shape.partial().parse(valid);
  // Tokens for another Slack must not go to the real one because SLACK_API_URL is malformed.
  const knowsSlack = !malformed.has('SLACK_API_URL');
  return {
    botToken: knowsSlack ? (env.SLACK_BOT_TOKEN ?? null) : null,
    appToken: knowsSlack ? (env.SLACK_APP_TOKEN ?? null) : null,
    hasSigningSecret: env.SLACK_SIGNING_SECRET !== undefined,
    apiUrl: withSlash(env.SLACK_API_URL),
    database:
      env.SUPABASE_URL !== undefined && env.SUPABASE_KEY !== undefined
        ? {
            url: env.SUPABASE_URL,
            key: env.SUPABASE_KEY,
            publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
          }
        : null,
    alertChannel: env.ALERT_CHANNEL ?? null,
    digestChannel:
      env.DIGEST_CHANNEL ?? (malformed.has('DIGEST_CHANNEL') ? null : (env.ALERT_CHANNEL ?? null)),
    managersGroup: env.MANAGERS?.group ?? null,
    rotation: env.ROTATION ?? null,
    makesOffers: env.FIRST_CALL !== 0,
    hasManagers: given['MANAGERS'] !== undefined,
    onDuty: env.ON_DUTY ?? null,
    reminds: malformed.has('CLAIM_WITHIN') || typeof env.CLAIM_WITHIN === 'number',
    outcomes:
      env.OUTCOME_WEBHOOK_URL === undefined
        ? null
        : { url: env.OUTCOME_WEBHOOK_URL, people: env.OUTCOME_WEBHOOK_PEOPLE ?? false },
    policy: {
      allowGuests: env.ALLOW_GUESTS ?? false,
      allowExternal: env.ALLOW_EXTERNAL ?? false,
    },
    timeZone: env.TIMEZONE ?? 'UTC',
  };
}

const withSlash = (url: string | undefined): string | undefined => url?.replace(/\/*$/, '/');
