import { isDeepStrictEqual } from 'node:util';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import type { Delivery } from '../../src/core/message.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import type { Call, SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { type Arena, CHANNEL } from './arena.ts';

/** The message id in the metadata of a bot's message. */
function idOf(message: Pick<SlackMessage, 'metadata'>): string | null {
  const id = message.metadata?.event_payload['message_id'];
  return typeof id === 'string' ? id : null;
}

/** Copies in the channel by message id. */
export function copies({ slack }: Pick<Arena, 'slack'>): Map<string, SlackMessage[]> {
  const byId = new Map<string, SlackMessage[]>();
  for (const message of slack.messages(CHANNEL)) {
    const id = idOf(message);
    if (id !== null) byId.set(id, [...(byId.get(id) ?? []), message]);
  }
  return byId;
}

interface MessageRow {
  id: string;
  kind: string;
  alert_id: string;
  state: string;
  slack_ts: string | null;
  parent_ts: string | null;
}

interface EventRow {
  alert_id: string;
  kind: string;
  actor: string | null;
}

/** Describes every broken promise. Call it when everything is quiet and no bot runs. */
export async function findProblems(
  arena: Arena,
  confirmedContacts: readonly string[],
): Promise<string[]> {
  const { sql } = arena;
  const messages = await sql<MessageRow>(
    `select m.id, m.kind, m.alert_id, m.state, m.slack_ts, p.slack_ts as parent_ts
       from lead_bot.messages m left join lead_bot.messages p on p.id = m.parent_id`,
  );
  const events = await sql<EventRow>(
    'select alert_id, kind, actor from lead_bot.alert_events order by id',
  );
  return [
    ...(await withoutCard(arena)),
    ...notOnce(arena, messages),
    ...(await outdated(arena)),
    ...(await historyAgainstAlerts(arena, events)),
    ...shownButNotInHistory(arena, messages, events),
    ...confirmedContacts
      .filter((contact) => !events.some((e) => isStep(e, 'contacted', contact)))
      .map((contact) => `an AE was told that the contact is saved, but it is not: ${contact}`),
    ...arena.bots.crashes.map((output) => `a bot stopped by itself, ${output}`),
  ];
}

const isStep = ({ alert_id, kind, actor }: EventRow, step: string, alertAndUser: string): boolean =>
  kind === step && alertAndUser === `${alert_id} ${actor}`;

/** Nothing lost: every hot company has one alert, every alert a card, every colleague one event. */
async function withoutCard({ sql }: Arena): Promise<string[]> {
  const rows = await sql<{ what: string }>(`
    select count(*) || ' alerts of one company: ' || a.account_key as what
      from lead_bot.alerts a group by a.account_key having count(*) > 1
    union all
    select 'an alert without a card: ' || a.account_key from lead_bot.alerts a
     where not exists (select from lead_bot.messages m where m.dedupe_key = 'card:' || a.id)
    union all
    select 'a colleague joined ' || count(*) || ' times: ' || e.developer_id
      from lead_bot.alert_events e where e.kind = 'joined' group by e.alert_id, e.developer_id having count(*) > 1`);
  return rows.map(({ what }) => what);
}

/** Nothing duplicated: each row has one message, at the address in the row, and there are no others. */
function notOnce(arena: Arena, rows: readonly MessageRow[]): string[] {
  const posted = copies(arena);
  const known = new Set(rows.map(({ id }) => id));
  return [
    ...rows.flatMap(({ id, kind, slack_ts, parent_ts }) => {
      const [only, ...others] = posted.get(id) ?? [];
      if (only === undefined) return [`a ${kind} is missing in Slack: ${id}`];
      if (others.length > 0) return [`a ${kind} is posted ${others.length + 1} times: ${id}`];
      if (only.ts !== slack_ts) return [`a ${kind} is not at the address in its row: ${id}`];
      return only.thread_ts === parent_ts ? [] : [`a ${kind} is in the wrong thread: ${id}`];
    }),
    ...[...posted.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `a message in Slack has no row: ${id}`),
  ];
}

/** Every message shows the current state: renders it again and compares. */
async function outdated(arena: Arena): Promise<string[]> {
  const { supabase, slack, sql } = arena;
  await sql('update lead_bot.messages set wanted_version = wanted_version + 1');
  const database = connectDatabase({
    url: supabase.url,
    key: supabase.keyFor('lead_bot'),
    publishableKey: supabase.publishableKey,
  });
  const outbox = supabaseOutbox(database);
  const deliveries: Delivery[] = [];
  const unreadable: string[] = [];
  // The size of one response is limited.
  for (;;) {
    const taken = await outbox.take(10_000, 60_000);
    deliveries.push(...taken.deliveries);
    unreadable.push(...taken.unreadable.map(({ messageId }) => messageId));
    if (taken.deliveries.length + taken.unreadable.length === 0) break;
  }
  const [row] = await sql<{ count: number }>('select count(*)::int from lead_bot.messages');
  const problems = deliveries.flatMap(({ messageId, address, content, plain }) => {
    const drawn = renderMessage(content, plain, 'UTC');
    const posted = slack.messages(CHANNEL).find(({ ts }) => ts === address?.ts);
    const same =
      posted?.text === drawn.text &&
      isDeepStrictEqual(withoutIds(posted.blocks), withoutIds(drawn.blocks));
    return same ? [] : [`a ${content.kind} shows an old state: ${messageId}: ${posted?.text}`];
  });
  return deliveries.length === row?.count && unreadable.length === 0
    ? problems
    : [...problems, `only ${deliveries.length} of ${row?.count} messages could be rendered again`];
}

/** Without the ids that Slack adds to blocks. */
const withoutIds = (blocks: unknown): unknown =>
  JSON.parse(JSON.stringify(blocks, (key, value) => (key === 'block_id' ? undefined : value)));

const NEXT: Readonly<Record<string, { from: readonly string[]; to: string }>> = {
  claimed: { from: ['open'], to: 'claimed' },
  released: { from: ['claimed'], to: 'open' },
  // A form opened before an earlier contact adds a touch.
  contacted: { from: ['claimed', 'contacted'], to: 'contacted' },
};

/** One winner per claim, and each alert's history leads to its current state. */
async function historyAgainstAlerts({ sql }: Arena, events: EventRow[]): Promise<string[]> {
  const alerts = await sql<{ id: string; status: string; owner: string | null }>(
    'select id, status, owner from lead_bot.alerts',
  );
  return alerts.flatMap(({ id, status, owner }) => {
    const own = events.filter((event) => event.alert_id === id);
    const problems =
      own.filter(({ kind }) => kind === 'opened').length === 1 ? [] : ['not opened once'];
    let state = 'open';
    let holder: string | null = null;
    for (const { kind, actor } of own) {
      const step = NEXT[kind];
      if (step === undefined) continue;
      if (!step.from.includes(state))
        problems.push(`${kind} by ${actor} while ${state} by ${holder}`);
      if (kind !== 'claimed' && actor !== holder)
        problems.push(`${kind} by ${actor}, not ${holder}`);
      state = step.to;
      holder = kind === 'released' ? null : actor;
    }
    if (state !== status || holder !== owner) {
      problems.push(`the history says ${state} by ${holder}, but the alert ${status} by ${owner}`);
    }
    return problems.map((problem) => `history of ${id}: ${problem}`);
  });
}

const CARD_TEXTS: readonly { step: string; sign: RegExp }[] = [
  { step: 'claimed', sign: /^✋ .* is claimed by <@(U\w+)>/u },
  { step: 'contacted', sign: /^✅ .* was contacted\. Owner: <@(U\w+)>/u },
];

/** Every claim or contact that a card ever showed is in the history. */
function shownButNotInHistory(
  { slack }: Arena,
  rows: readonly MessageRow[],
  events: readonly EventRow[],
): string[] {
  const alertOf = ({ args, answer }: Call): string | undefined => {
    const ts = args['ts'] ?? answer?.['ts'];
    return rows.find((row) => row.slack_ts === ts)?.alert_id;
  };
  return [...slack.calls('chat.update'), ...slack.calls('chat.postMessage')].flatMap((call) => {
    const alert = alertOf(call);
    if (alert === undefined) return [];
    return CARD_TEXTS.flatMap(({ step, sign }) => {
      const user = sign.exec(String(call.args['text']))?.[1];
      return user === undefined || events.some((e) => isStep(e, step, `${alert} ${user}`))
        ? []
        : [`a card said "${step} by ${user}", but the history does not: ${alert}`];
    });
  });
}
