import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { GuideStep } from '../slack/protocol.ts';

const EVERY_MS = 500;

interface Step extends Omit<GuideStep, 'done'> {
  /** A condition in SQL. $1 is the last event from before the guide, $2 when the bot first polled, as it was then. */
  sql?: string;
  /** Holds once the local Slack has delivered it. */
  seen?(slack: LocalSlack): boolean;
}

const happened = (kind: string): string =>
  `exists (select from lead_bot.alert_events e where e.id > $1 and e.kind = '${kind}' and e.actor is not null)`;

const answered =
  (pattern: RegExp) =>
  (slack: LocalSlack): boolean =>
    slack.people.some(({ id }) =>
      slack
        .privateAnswers(id)
        .some(({ text, blocks }) => pattern.test(text + JSON.stringify(blocks))),
    );

/** What a newcomer does in two minutes. Each step is true whoever does it, in any order. */
const STEPS: readonly Step[] = [
  {
    id: 'claim',
    what: 'Claim a lead',
    how: 'As Alice, press Claim lead on VelocityPay in #hot-leads.',
    sql: happened('claimed'),
  },
  {
    id: 'hand-over',
    what: 'Hand it over',
    how: 'In the ⋯ menu of that card, choose Hand over and pick Ben.',
    sql: happened('handed-over'),
  },
  {
    id: 'contact',
    what: 'Mark it contacted',
    how: 'Become Ben at the top left, and press Mark contacted on the same card.',
    sql: happened('contacted'),
  },
  {
    id: 'later',
    what: 'Let two hours pass',
    how: 'Press Two hours later below: nobody has claimed HomeFront, so its thread says so.',
    sql: `exists (select from lead_bot.poll_state p where p.first_poll_at <= $2::timestamptz - interval '1 hour')`,
  },
  {
    id: 'home',
    what: 'Open Home',
    how: 'Choose lead-alerts under Apps, then its tab Home: what is yours, what is free, how you did.',
    seen: (slack) => slack.people.some(({ id }) => slack.home(id) !== null),
  },
  {
    id: 'why',
    what: 'Ask why',
    how: 'CloudMetrics has no card. Type /lead why cloudmetrics in #hot-leads to see what is missing.',
    seen: answered(/Its best score|When it turned hot/),
  },
  {
    id: 'stats',
    what: 'See how it goes',
    how: 'Type /lead stats in #hot-leads: six weeks of alerts, and what came of them.',
    seen: answered(/Alerts that were opened in these days/),
  },
  {
    id: 'tune',
    what: 'Try another threshold',
    how: 'Type /lead tune 75 in #hot-leads: what would have been different. It changes nothing.',
    seen: answered(/Nothing has changed\. To change it/),
  },
];

export interface Guide {
  steps(): readonly GuideStep[];
  stop(): Promise<void>;
}

/** Shows the steps on the page, and ticks each off once the database or the local Slack says that it has happened. */
export async function startGuide(slack: LocalSlack, databaseUrl: string): Promise<Guide> {
  const stopping = new AbortController();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const begun = await client.query<{ event: string; polled: string }>(
    `select (select coalesce(max(e.id), 0)::text from lead_bot.alert_events e) as event,
            (select coalesce(p.first_poll_at, now())::text from lead_bot.poll_state p) as polled`,
  );
  const { event, polled } = begun.rows[0] ?? { event: '0', polled: null };
  const conditions = STEPS.filter(({ sql }) => sql).map(({ id, sql }) => `${sql} as "${id}"`);
  const done = new Set<string>();
  const steps = (): GuideStep[] =>
    STEPS.map(({ id, what, how }) => ({ id, what, how, done: done.has(id) }));

  const look = async (): Promise<void> => {
    const { rows } = await client.query<Record<string, boolean>>(
      `select ${conditions.join(', ')}`,
      [event, polled],
    );
    const before = done.size;
    for (const { id, seen } of STEPS) if (seen?.(slack) || rows[0]?.[id]) done.add(id);
    if (done.size > before) slack.setGuide(steps());
  };
  slack.setGuide(steps());
  const looking = (async () => {
    while (!stopping.signal.aborted && done.size < STEPS.length) {
      await look();
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    steps,
    async stop() {
      stopping.abort();
      await looking.catch(() => {});
      await client.end();
    },
  };
}
