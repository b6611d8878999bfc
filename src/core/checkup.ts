import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { LEAD_TABLES } from './lead-tables.ts';

/** Facts about what the bot stands on in the database. */
export interface Checkup {
  /** Why the bot can't read `lead_dashboard`; null when it can. */
  unreadable: { code: string; message: string | null } | null;
  /** The role that the bot's functions run as. */
  owner: string;
  /** Lead tables that the view does not read, and what it reads in their place. */
  swapped: readonly { table: string; reads: string }[];
  scores: 'table' | 'other' | 'missing';
  triggers: readonly { name: string; state: 'enabled' | 'disabled' | 'missing' }[];
  /** Indexes on lead tables that `npm run db:apply` would build. */
  missingIndexes: readonly string[];
  /** Columns of the view and of the lead tables that are not there; null: nor is the table. */
  lacking: readonly { relation: string; columns: readonly string[] | null }[];
  /** Lead tables that belong to a role whose rights the bot's functions don't have. */
  strangers: readonly { table: string; owner: string }[];
  /** The last one; null when there was none yet. */
  sweep: { secondsAgo: number; ms: number } | null;
  /** The slowest call of the last hour, as the bots have measured it. */
  slowest: SlowCall | null;
  /** How long a call may take; null when nothing ends it. */
  limitMs: number | null;
  /** Changed leads that wait to be looked at, 10,000 counted at the most. */
  marks: { count: number; oldestSeconds: number };
}

/** What the owner of `lead_dashboard` has appended to it. */
export interface AppendedColumns {
  found: readonly ('alert_channel' | 'owner_email' | 'crm_url' | 'card_fields')[];
  /** Of how many leads that were looked at how many have a value that is not used; null without any column. */
  wrong: {
    leads: number;
    unreadable: number;
    ownerEmail: number;
    crmUrl: number;
    cardFields: number;
  } | null;
  /** What `alert_channel` has named within 90 days, and why Slack refused the last card there. */
  channels: readonly { channel: string; refused: string | null }[];
  /** What it has named that is no channel the bot can use. */
  unfit: readonly string[];
}

export interface SlowCall {
  /** Of the function in the database. */
  name: string;
  ms: number;
}

interface Trouble {
  /** The same for the same trouble. */
  about: string;
  /** A problem keeps leads from their cards; a note is about how soon they have them. */
  kind: 'problem' | 'note';
  /** Names and figures; nothing about leads. */
  text: string;
}

/** A call this near to the limit is one that a busier hour will end. */
const NEAR = 0.5;

/** What is not as it should be in the database, and what mends it. */
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
      `The bot can't read lead_dashboard (${code}${message === null ? '' : `: ${message}`}), so no lead gets a card. ${MENDING[code]?.(owner) ?? 'The logs of the project say more.'}`,
    );
  }
  for (const { table, reads } of swapped) {
    const old = reads.replace(/^public\./, '');
    add(
      'problem',
      `swapped ${table} ${old}`,
      `lead_dashboard still reads the old table ${old} and not ${table}, so what is new in ${table} is not seen. Create the view anew: a view keeps to its table when tables are swapped by rename.`,
    );
  }

  const sweepEveryMs = 1_000 * sweepEverySeconds(checkup.sweep?.ms ?? 0);
  const late = `alerts come up to ${formatDistanceStrict(0, sweepEveryMs, { unit: 'minute', roundingMethod: 'ceil' })} late`;
  const inState = (state: string) =>
    checkup.triggers.filter((trigger) => trigger.state === state).map(({ name }) => name);
  if (scores !== 'table') {
    const what = scores === 'missing' ? 'There is no table lead_scores' : 'lead_scores is no table';
    add('note', 'scores', `${what}, so no trigger tells what has changed: ${late}.`);
  } else {
    const missing = inState('missing');
    if (missing.length > 0) {
      const [the, them] = missing.length === 1 ? ['trigger', 'it'] : ['triggers', 'them'];
      add(
        'note',
        `missing ${missing.join()}`,
        `lead_scores lacks the ${the} ${missing.join(' and ')}: ${late}. npm run db:apply puts ${them} back${onceItMay(checkup, ['lead_scores'])}.`,
      );
    }
    for (const name of inState('disabled')) {
      add(
        'note',
        `disabled ${name}`,
        `The trigger ${name} on lead_scores is disabled: ${late}. If that is not meant: alter table public.lead_scores enable trigger ${name};`,
      );
    }
  }
  if (missingIndexes.includes(HOT_INDEX)) {
    add(
      'note',
      'index',
      `lead_scores lacks the index of hot leads (lead_scores_hot), so sweeps read the whole table. npm run db:apply builds it${onceItMay(checkup, ['lead_scores'])}.`,
    );
  }
  const others = missingIndexes.filter((name) => name !== HOT_INDEX);
  if (others.length > 0) {
    const [the, them] = others.length === 1 ? ['index', 'it'] : ['indexes', 'them'];
    add(
      'note',
      `indexes ${others.join()}`,
      `The lead tables lack the ${the} ${others.join(', ')}: cards and /lead are slow once the tables are big. npm run db:apply builds ${them}${onceItMay(checkup, LEAD_TABLES)}.`,
    );
  }
  const lacking = whatIsLacking(checkup);
  if (lacking !== '') {
    add('note', `lacking ${lacking}`, `Not there: ${lacking}. Cards and /lead do without.`);
  }
  if (lacksTier(checkup, 'lead_dashboard') && lacksTier(checkup, 'lead_scores')) {
    add(
      'problem',
      'no tier',
      'Neither lead_dashboard nor lead_scores has a column tier, so nobody is known to be hot and no lead gets a card.',
    );
  } else if (lacksTier(checkup, 'lead_scores')) {
    add(
      'note',
      'late',
      `lead_scores has no column tier, so no trigger sees who turns hot: ${late}.`,
    );
  }

  if (slowest !== null && limitMs !== null && slowest.ms >= NEAR * limitMs) {
    const ended = slowest.ms >= limitMs;
    add(
      ended ? 'problem' : 'note',
      `slow ${slowest.name}`,
      `${slowestCall(slowest, limitMs)}${ended ? ', and what takes longer is cancelled' : ''}. If npm run db:apply has nothing to build, run ANALYZE on the lead tables; else the database is too busy or too small.`,
    );
  }
  return troubles;
}

/** What `db:apply` needs first where one of these tables is somebody else's. */
function onceItMay({ strangers }: Checkup, tables: readonly string[]): string {
  const theirs = strangers.filter(({ table }) => tables.includes(table));
  if (theirs.length === 0) return '';
  const owned = theirs.map(({ table, owner }) => `${table} belongs to ${owner}`);
  return ` once it may, and says what it needs for that (${owned.join(', ')})`;
}

const HOT_INDEX = 'lead_scores_hot';

/** `the table stakeholders; email, tech_stack in lead_dashboard`, without what is told by itself. */
function whatIsLacking({ lacking }: Checkup): string {
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

/** What to do where `lead_dashboard` can't be read, by SQLSTATE. */
const MENDING: Readonly<Record<string, (owner: string) => string>> = {
  '42P01': () =>
    'Create it anew; a view goes with a table that is dropped with cascade. sql/lead-scoring/schema.sql has the given one.',
  '42703': () => 'The bot needs its column developer_id.',
  '42883': () => 'The bot needs its column developer_id as uuid.',
  '55P03': () => 'Something holds a lock on it or on a table under it: wait for that, or end it.',
  '42501': (owner) =>
    `Grant SELECT on the view and its tables to ${owner}, which the bot's functions run as.`,
};

export const slowestCall = ({ name, ms }: SlowCall, limitMs: number | null): string =>
  `The slowest call of the last hour, ${name}, took ${duration(ms)}${limitMs === null ? '' : ` of the ${duration(limitMs)} that a call may take`}`;

/** How often leads are swept when one sweep takes so long: a twentieth of the time at the most. */
export const sweepEverySeconds = (ms: number): number => Math.max(60, Math.ceil(ms * 0.019));

export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
}
