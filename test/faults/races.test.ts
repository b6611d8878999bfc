import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { botDatabase } from '../support/bot-database.ts';

const db = await botDatabase();

const CLICKERS = 20;
const crowd = await Promise.all(
  Array.from({ length: CLICKERS }, async () => {
    const client = new pg.Client({ connectionString: db.adminUrl });
    await client.connect();
    await client.query('set role lead_bot');
    return client;
  }),
);
afterAll(() => Promise.all(crowd.map((client) => client.end())));

interface Answer {
  ok: boolean;
  why: string | null;
  owner: string | null;
}

function clientOf(connection: number): pg.Client {
  const client = crowd[connection];
  if (client === undefined) throw new Error(`there is no connection ${connection}`);
  return client;
}

/** Makes a gesture over one of the connections, like one of many bots. */
async function gesture(
  connection: number,
  kind: 'claim' | 'release' | 'contact',
  alert: string,
  user: string,
): Promise<Answer> {
  const more = kind === 'contact' ? `, 'call', ''` : '';
  const { rows } = await clientOf(connection).query<Answer>(
    `select (r ->> 'ok')::boolean as ok, r ->> 'why' as why, r #>> '{picture,alert,owner}' as owner
       from public.lead_bot_${kind}($1, $2${more}) r`,
    [alert, user],
  );
  const [answer] = rows;
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** Creates open alerts. */
async function openAlerts(count: number): Promise<readonly string[]> {
  await db.sql(
    `insert into lead_bot.alerts (account_key)
     select 'race-' || n from generate_series(1, $1) n`,
    [count],
  );
  return db.alertIds();
}

/** For a long run: `RACES=10000 npx vitest run test/faults/races.test.ts`. */
const RACES = Number(process.env['RACES'] ?? 300);

test(`fault-39 ${RACES} races of 2 to ${CLICKERS} AEs for a claim: each has one winner, and the others learn who`, async () => {
  const alerts = await openAlerts(RACES);
  const wrong: string[] = [];
  for (const [race, alert] of alerts.entries()) {
    const users = Array.from({ length: 2 + (race % (CLICKERS - 1)) }, (_, n) => `U0AE${n}`);
    const answers = await Promise.all(users.map((user, n) => gesture(n, 'claim', alert, user)));
    const winner = users[answers.findIndex(({ ok }) => ok)];
    const winners = answers.filter(({ ok }) => ok).length;
    const misled = answers.filter(
      ({ ok, why, owner }) => owner !== winner || (!ok && why !== 'claimed-by-other'),
    );
    if (winners !== 1 || misled.length > 0) {
      wrong.push(`race ${race}: ${winners} winners, ${misled.length} misled`);
    }
  }
  expect(wrong).toEqual([]);
  const claims = await db.sql(
    `select alert_id from lead_bot.alert_events where kind = 'claimed' group by 1 having count(*) = 1`,
  );
  expect(claims).toHaveLength(RACES);
});

test('fault-39 double click: one claim, and the second says it is already theirs', async () => {
  for (const alert of await openAlerts(20)) {
    const both = await Promise.all([1, 2].map((n) => gesture(n, 'claim', alert, 'U0ANNA')));
    expect(both.map(({ ok, why }) => [ok, why]).toSorted()).toEqual([
      [false, 'already-yours'],
      [true, null],
    ]);
  }
});

/** The valid transition of each gesture, and whether only the owner may make it. */
const ALLOWED = new Map([
  ['claimed', { from: 'open', to: 'claimed', ownerOnly: false }],
  ['released', { from: 'claimed', to: 'open', ownerOnly: true }],
  ['contacted', { from: 'claimed', to: 'contacted', ownerOnly: true }],
]);

interface Event {
  kind: string;
  actor: string;
  from_status: string;
  to_status: string;
}

/** Returns what is wrong with a history, or null. */
function flaw(events: readonly Event[]): string | null {
  let status = 'open';
  let owner: string | null = null;
  for (const { kind, actor, from_status, to_status } of events) {
    const rule = ALLOWED.get(kind);
    if (rule?.from !== status || rule.from !== from_status || rule.to !== to_status) {
      return `${kind} from ${status} to ${to_status}`;
    }
    if (rule.ownerOnly && actor !== owner) return `${kind} by ${actor}, of ${owner}`;
    status = to_status;
    if (kind === 'claimed') owner = actor;
    if (kind === 'released') owner = null;
  }
  return null;
}

test('fault-40 claims, releases and contacts race: only valid transitions, each from the state before', async () => {
  const kinds = ['claim', 'release', 'contact'] as const;
  const alerts = await openAlerts(50);
  for (const [race, alert] of alerts.entries()) {
    await Promise.all(
      crowd.slice(0, 9).map(async (_, n) => {
        // A different order for each connection and race.
        const kind = kinds[(n + race) % 3] ?? 'claim';
        await gesture(n, 'claim', alert, `U0AE${n % 3}`);
        await gesture(n, kind, alert, `U0AE${n % 3}`);
      }),
    );
  }
  const histories = await db.sql<{ alert_id: string; events: Event[]; status: string }>(
    `select e.alert_id, a.status, jsonb_agg(to_jsonb(e) order by e.id) as events
       from lead_bot.alert_events e join lead_bot.alerts a on a.id = e.alert_id group by 1, 2`,
  );
  expect(histories).toHaveLength(alerts.length);
  for (const { events, status } of histories) {
    expect(flaw(events)).toBeNull();
    expect(events.at(-1)?.to_status).toBe(status);
  }
  const steps = new Set(histories.flatMap(({ events }) => events.map(({ kind }) => kind)));
  expect([...steps].toSorted()).toEqual(['claimed', 'contacted', 'released']);
});
