import type { LocalSlack, SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import type { TestDatabase } from '../support/supabase.ts';

type Sql = Pick<TestDatabase, 'sql'>;

/** True if no score waits to be looked at, and Slack shows what it should, but for planned looks for second copies. */
export async function isSettled({ sql }: Sql): Promise<boolean> {
  const [row] = await sql<{ yes: boolean }>(`
    select not exists (select from lead_bot.lead_marks)
       and not exists (
         select from lead_bot.messages m
          where m.state in ('pending', 'unclear')
             or m.state = 'posted' and (m.wanted_version > m.shown_version or m.removal is not null or m.redraw_at is not null)
       )
       and not exists (
         select from public.lead_scores s
           join public.developer_signups d on d.id = s.developer_id
          where s.tier = 'hot' and lead_bot.account_key(d.id, d.company_domain, d.email) not like 'lead:%'
            and not exists (select from lead_bot.alert_leads l where l.developer_id = d.id and l.active)
       ) as yes`);
  return row?.yes === true;
}

interface MessageRow extends Record<string, unknown> {
  id: string;
  kind: string;
  alert_id: string | null;
  state: string;
  slack_channel: string;
  slack_ts: string;
}

interface AlertRow extends Record<string, unknown> {
  id: string;
  account_key: string;
  status: string;
  owner: string | null;
  listed: boolean;
}

/** What is lost, doubled or stale: for each a sentence. */
export async function problemsOf({ sql }: Sql, slack: LocalSlack): Promise<string[]> {
  const problems: string[] = [];
  const rows = await sql<MessageRow>(
    'select id, kind, alert_id, state, slack_channel, slack_ts from lead_bot.messages',
  );
  const shown = slack.channels.flatMap(({ id }) => slack.messages(id));
  // Private answers that Slack took as direct messages only have no id.
  const ours = shown.filter((m) => m.user === slack.bot.userId && idIn(m) !== undefined);
  const at = (channel: string, ts: string) =>
    ours.find((m) => m.channel === channel && m.ts === ts);
  const standing = rows.filter(({ state }) => state === 'posted');

  for (const { id, kind, slack_channel, slack_ts } of standing) {
    const message = at(slack_channel, slack_ts);
    if (message === undefined) problems.push(`${kind} ${id} is not where it should be`);
    else if (idIn(message) !== id) problems.push(`${kind} ${id} is another one in Slack`);
  }
  for (const message of ours) {
    const row = standing.find(
      (r) => r.slack_channel === message.channel && r.slack_ts === message.ts,
    );
    if (row === undefined) problems.push(`nobody knows of ${message.ts}: ${message.text}`);
  }
  const alerts = await sql<AlertRow>(`
    select a.id, a.account_key, a.status, a.owner,
           exists (select from lead_bot.message_alerts l
                     join lead_bot.messages m on m.id = l.message_id
                    where l.alert_id = a.id and m.kind = 'rollup' and m.state = 'posted') as listed
      from lead_bot.alerts a where a.closed_at is null`);
  for (const { id, account_key, status, owner, listed } of alerts) {
    const cards = rows.filter((r) => r.kind === 'card' && r.alert_id === id);
    const [card, second] = cards;
    if (second !== undefined) problems.push(`${account_key} has two cards`);
    if (card === undefined) {
      if (!listed) problems.push(`${account_key} has no card`);
      continue;
    }
    const text = JSON.stringify(at(card.slack_channel, card.slack_ts) ?? '');
    if (card.state !== 'posted') continue;
    const claims = text.includes('alert.claim');
    if (status === 'open' ? !claims : claims)
      problems.push(`${account_key} is ${status}, its card isn't`);
    if (owner !== null && !text.includes(`<@${owner}>`))
      problems.push(`the card of ${account_key} doesn't name ${owner}`);
  }
  const broken = await sql<{ line: string }>(`
    select e.alert_id || ': ' || e.kind || ' from ' || e.from_status || ' after ' || e.before as line
      from (select v.*, lag(v.to_status) over (partition by v.alert_id order by v.id) as before
              from lead_bot.alert_events v) e
     where e.from_status is distinct from e.before and e.kind <> 'erased'`);
  return [...problems, ...broken.map(({ line }) => line)];
}

export const idIn = ({ metadata }: SlackMessage): unknown => metadata?.event_payload['message_id'];

/**
 * Has the bots draw everything again, and returns the messages that then look different: they were stale. A
 * digest is of the moment when it is drawn, and what is over keeps the look of the version that ended it.
 * @param settled resolves once isSettled
 */
export async function staleMessages(
  { sql }: Sql,
  slack: LocalSlack,
  settled: () => Promise<unknown>,
): Promise<string[]> {
  const rows = await sql<{ id: string }>(`
    select m.id from lead_bot.messages m left join lead_bot.alerts a on a.id = m.alert_id
     where m.state = 'posted' and m.kind not in ('digest', 'home') and a.closed_at is null`);
  const ids = new Set<unknown>(rows.map(({ id }) => id));
  const before = new Map(messagesOf(slack, ids).map((m) => [idIn(m), lookOf(m)]));
  await sql(`update lead_bot.messages m set wanted_version = m.wanted_version + 1, shown_hash = null
              where m.state = 'posted' and m.removal is null`);
  await settled();
  return messagesOf(slack, ids)
    .filter((m) => before.get(idIn(m)) !== lookOf(m))
    .map((m) => `${before.get(idIn(m))} should be ${lookOf(m)}`);
}

const messagesOf = (slack: LocalSlack, ids: ReadonlySet<unknown>): SlackMessage[] =>
  slack.channels.flatMap(({ id }) => slack.messages(id)).filter((m) => ids.has(idIn(m)));

/** Slack gives each block a new id with each update. */
const lookOf = ({ text, blocks }: SlackMessage): string =>
  JSON.stringify({ text, blocks }, (key, value: unknown) =>
    key === 'block_id' ? undefined : value,
  );
