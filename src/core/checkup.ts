import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { LEAD_TABLES } from './lead-tables.ts';

/** What the bot depends on in the database. */
export interface Checkup {
  /** Why the bot can't read `lead_dashboard`; null if it can. */
  unreadable: { code: string; message: string | null } | null;
  /** Role that the bot's functions run as. */
  owner: string;
  /** Lead tables that the view doesn't read, and what it reads instead. */
  swapped: readonly { table: string; reads: string }[];
  scores: 'table' | 'other' | 'missing';
  triggers: readonly { name: string; state: 'enabled' | 'disabled' | 'missing' }[];
  /** Indexes on lead tables that `npm run db:apply` would build. */
  missingIndexes: readonly string[];
  /** Missing columns of the view and the lead tables; null if the whole table is missing. */
  lacking: readonly { relation: string; columns: readonly string[] | null }[];
  /** Lead tables owned by a role whose rights the bot's functions don't have. */
  strangers: readonly { table: string; owner: string }[];
  /** The last sweep; null before the first. */
  sweep: { secondsAgo: number; ms: number } | null;
  /** The slowest call of the last hour, measured by the bots. */
  slowest: SlowCall | null;
  /** Statement timeout; null without one. */
  limitMs: number | null;
  /** Changed leads not yet polled, counted up to 10,000. */
  marks: { count: number; oldestSeconds: number };
}

/** Columns that the owner of `lead_dashboard` has appended to it. */
export interface AppendedColumns {
  found: readonly ('alert_channel' | 'owner_email' | 'crm_url' | 'card_fields')[];
  /** Of the leads inspected, how many have an unusable value per column; null without any column. */
  wrong: {
    leads: number;
    unreadable: number;
    ownerEmail: number;
    crmUrl: number;
    cardFields: number;
  } | null;
  /** Channels named by `alert_channel` in the last 90 days, and why Slack refused the last card there. */
  channels: readonly { channel: string; refused: string | null }[];
  /** Values that are not usable channels. */
  unfit: readonly string[];
}

export interface SlowCall {
  /** Name of the database function. */
  name: string;
  ms: number;
}

interface Trouble {
  /** Stable key of the trouble, without its figures. */
  about: string;
  /** A problem keeps leads from getting cards; a note delays them or drops details. */
  kind: 'problem' | 'note';
  /** Names and figures only; nothing about leads. */
  text: string;
}

/** Share of the limit from which a busier hour may time the call out. */
const NEAR_LIMIT = 0.5;

/** What is wrong in the database, and how to fix it. */
export function troublesOf(checkup: Checkup): Trouble[] {
  const { unreadable, owner, swapped, scores, missingIndexes, slowest, limitMs } = checkup;
  const troubles: Trouble[] = [];
  const add = (kind: Trouble['kind'], about: string, text: string): void => {
    troubles.push({ about, kind, text });
  };

  if (unreadable !== null) {
    const { code, message } = unreadable;
    add(
      'problem',
      `unreadable ${code}`,
      `The bot can't read lead_dashboard (${code}${message === null ? '' : `: ${message}`}), so no lead gets a card. ${VIEW_ADVICE[code]?.(owner) ?? "See the project's logs."}`,
    );
  }
  for (const { table, reads } of swapped) {
    const old = reads.replace(/^public\./, '');
    add(
      'problem',
      `swapped ${table} ${old}`,
      `lead_dashboard still reads the old table ${old} and not ${table}, so the bot misses what is new in ${table}. Create the view again: it keeps reading its old table when tables are swapped by rename.`,
    );
  }

  const sweepEveryMs = 1_000 * sweepEverySeconds(checkup.sweep?.ms ?? 0);
  const late = `alerts come up to ${formatDistanceStrict(0, sweepEveryMs, { unit: 'minute', roundingMethod: 'ceil' })} late`;
  const inState = (state: string) =>
    checkup.triggers.filter((trigger) => trigger.state === state).map(({ name }) => name);
  if (scores !== 'table') {
    const what =
      scores === 'missing' ? 'There is no table lead_scores' : 'lead_scores is not a table';
    add('note', 'scores', `${what}, so no trigger reports changes: ${late}.`);
  } else {
    const missing = inState('missing');
    if (missing.length > 0) {
      const [noun, them] = missing.length === 1 ? ['trigger', 'it'] : ['triggers', 'them'];
      add(
        'note',
        `missing ${missing.join()}`,
        `lead_scores lacks the ${noun} ${missing.join(' and ')}: ${late}. npm run db:apply puts ${them} back${onceAllowed(checkup, ['lead_scores'])}.`,
      );
    }
    for (const name of inState('disabled')) {
      add(
        'note',
        `disabled ${name}`,
        `The trigger ${name} on lead_scores is disabled: ${late}. If that is not intended: alter table public.lead_scores enable trigger ${name};`,
      );
    }
  }
  if (missingIndexes.includes(HOT_INDEX)) {
    add(
      'note',
      'index',
      `lead_scores lacks the index of hot leads (lead_scores_hot), so sweeps read the whole table. npm run db:apply builds it${onceAllowed(checkup, ['lead_scores'])}.`,
    );
  }
  const others = missingIndexes.filter((name) => name !== HOT_INDEX);
  if (others.length > 0) {
    const [noun, them] = others.length === 1 ? ['index', 'it'] : ['indexes', 'them'];
    add(
      'note',
      `indexes ${others.join()}`,
      `The lead tables lack the ${noun} ${others.join(', ')}: cards and /lead get slow as the tables grow. npm run db:apply builds ${them}${onceAllowed(checkup, LEAD_TABLES)}.`,
    );
  }
  const lacking = listMissing(checkup);
  if (lacking !== '') {
    add('note', `lacking ${lacking}`, `Missing: ${lacking}. Cards and /lead work without.`);
  }
  if (lacksTier(checkup, 'lead_dashboard') && lacksTier(checkup, 'lead_scores')) {
    add(
      'problem',
      'no tier',
      'Neither lead_dashboard nor lead_scores has a column tier, so no lead counts as hot and none gets a card.',
    );
  } else if (lacksTier(checkup, 'lead_scores')) {
    add(
      'note',
      'late',
      `lead_scores has no column tier, so no trigger sees leads turn hot: ${late}.`,
    );
  }

  if (slowest !== null && limitMs !== null && slowest.ms >= NEAR_LIMIT * limitMs) {
    const ended = slowest.ms >= limitMs;
    add(
      ended ? 'problem' : 'note',
      `slow ${slowest.name}`,
      `${slowestCall(slowest, limitMs)}${ended ? ', and longer calls are canceled' : ''}. If npm run db:apply has nothing to build, run ANALYZE on the lead tables. If that doesn't help, the database is too busy or too small.`,
    );
  }
  return troubles;
}

/** What `db:apply` needs first if another role owns one of these tables. */
function onceAllowed({ strangers }: Checkup, tables: readonly string[]): string {
  const theirs = strangers.filter(({ table }) => tables.includes(table));
  if (theirs.length === 0) return '';
  const owned = theirs.map(({ table, owner }) => `${table} belongs to ${owner}`);
  return ` once it is allowed to, and reports what it needs (${owned.join(', ')})`;
}

const HOT_INDEX = 'lead_scores_hot';

/** `the table stakeholders; email, tech_stack in lead_dashboard`. Leaves out what has its own finding. */
function listMissing({ lacking }: Checkup): string {
  return lacking
    .flatMap(({ relation, columns }) => {
      if (columns !== null) return `${columns.join(', ')} in ${relation}`;
      return relation === 'lead_dashboard' || relation === 'lead_scores'
        ? []
        : `the table ${relation}`;
    })
    .join('; ');
}

const lacksTier = ({ lacking }: Checkup, relation: string): boolean =>
  lacking.some((one) => one.relation === relation && one.columns?.includes('tier'));

/** How to make `lead_dashboard` readable, by SQLSTATE. */
const VIEW_ADVICE: Readonly<Record<string, (owner: string) => string>> = {
  '42P01': () =>
    'Create it again: dropping a table with cascade drops the view too. sql/lead-scoring/schema.sql has the original.',
  '42703': () => 'The bot needs its column developer_id.',
  '42883': () => 'The bot needs its column developer_id as uuid.',
  '55P03': () => 'Something holds a lock on it or on one of its tables: wait for that, or end it.',
  '42501': (owner) =>
    `Grant SELECT on the view and its tables to ${owner}, which the bot's functions run as.`,
};

export const slowestCall = ({ name, ms }: SlowCall, limitMs: number | null): string =>
  `The slowest call of the last hour, ${name}, took ${duration(ms)}${limitMs === null ? '' : ` of the ${duration(limitMs)} allowed`}`;

/** Sweep interval, so that sweeping takes at most about a twentieth of the time. */
export const sweepEverySeconds = (ms: number): number => Math.max(60, Math.ceil(ms * 0.019));

export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
}
