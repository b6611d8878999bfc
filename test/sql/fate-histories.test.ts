import { expect, onTestFinished, test } from 'vitest';
import type { PollPolicy } from '../../src/core/poll.ts';
import type { Fate } from '../../src/core/why.ts';
import { type Random, seeded } from '../kill/random.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

// Random histories against the real functions. What came of each crossing is told from what stands in Slack before
// and after each poll, and must be what the bot has noted.

const db = await botDatabase();
const STEPS = 40;
const COMPANIES = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example`);
const tooLong = ({ id }: Developer) => `${'x'.repeat(400)}${id}@long.example`;

/** Fates that change when the lead enters an alert after all. */
const OPEN_ENDED: ReadonlySet<Fate> = new Set([
  'personal',
  'not-shown',
  'set-aside',
  'brief',
  'not-a-fit',
]);

interface Episode {
  fate: Fate | null;
  alert: string | null;
}

interface Developer {
  id: string;
  email: string;
  domain: string | null;
  score: number;
  isHidden: boolean;
  isBroken: boolean;
  /** Where it stood before the bot put off deciding about it. */
  stood: Card | undefined;
  /** One for each time it turned hot. The bot hasn't looked yet while the fate is null. */
  episodes: Episode[];
}

interface Card {
  id: string;
  hold: 'snoozed' | 'not-a-fit' | null;
  opener: string;
  shown: Fate;
}

/** What stands in Slack: the open alert that shows each developer. */
async function standing(): Promise<Map<string, Card>> {
  const rows = await db.sql<Card & { developer: string }>(`
    select a.id, a.hold, m.developer_id as developer,
           (select e.developer_id from lead_bot.alert_events e
             where e.alert_id = a.id and e.kind = 'opened' order by e.id limit 1) as opener,
           coalesce((select g.kind from lead_bot.message_alerts s join lead_bot.messages g on g.id = s.message_id
                      where s.alert_id = a.id and g.kind in ('card', 'rollup') order by g.created_at limit 1), 'silent') as shown
      from lead_bot.alerts a
      join lead_bot.alert_leads m on m.alert_id = a.id and m.active
     where a.closed_at is null`);
  return new Map(rows.map(({ developer, ...card }) => [developer, card]));
}

const isHot = ({ score }: Developer) => score >= 80;

/** What came of a developer who turned hot, or who enters only now; null if nothing has. */
function fateOf(
  developer: Developer,
  before: Card | undefined,
  after: Card | undefined,
  was: ReadonlySet<string>,
): Fate | null {
  const { domain, isHidden, isBroken, id } = developer;
  if (after !== undefined && before?.id !== after.id) {
    if (after.opener === id && !was.has(after.id)) return after.shown;
    return was.has(after.id) ? (after.hold ?? 'joined') : 'joined';
  }
  if (developer.episodes.at(-1)?.fate !== null) return null;
  if (domain === null) return 'personal';
  if (isHidden) return 'not-shown';
  if (!isHot(developer)) return 'brief';
  if (before !== undefined) {
    return before.hold === 'snoozed' && after?.hold !== 'snoozed'
      ? 'returned'
      : (before.hold ?? 'returned');
  }
  return isBroken ? 'set-aside' : null;
}

async function history(random: Random): Promise<Developer[]> {
  const policy: Partial<PollPolicy> = {
    firstRun: random.pick(['cards', 'rollup', 'silent'] as const) ?? 'cards',
    maxCardsPerPoll: 3,
  };
  const developers: Developer[] = [];
  for (let n = 0; n < 14; n++) {
    const domain = n % 5 === 4 ? null : (random.pick(COMPANIES) ?? null);
    const email = domain === null ? `dev${n}@gmx.de` : `dev${n}@${domain}`;
    const score = random.chance(0.2) ? 85 : 62;
    const id = await addLead(db, { domain, email, score });
    const episodes = score === 85 ? [{ fate: null, alert: null }] : [];
    developers.push({
      id,
      email,
      domain,
      score,
      isHidden: false,
      isBroken: false,
      stood: undefined,
      episodes,
    });
  }

  const look = async (isSweep: boolean): Promise<void> => {
    const before = await standing();
    await (isSweep ? db.sweep(policy) : db.poll(policy));
    const after = await standing();
    const was = new Set([...before.values()].map(({ id }) => id));
    const merged = await db.sql<{ id: string; into: string; opener: string; unseen: boolean }>(
      `select a.id, a.merged_into as into, m.id is not null as unseen,
              (select e.developer_id from lead_bot.alert_events e
                where e.alert_id = a.id and e.kind = 'opened' order by e.id limit 1) as opener
         from lead_bot.alerts a
         left join lead_bot.messages m on m.dedupe_key = 'card:' || a.id and m.last_error = 'its company has another card'
        where a.merged_into is not null`,
    );
    // Their alert was closed by this very poll: the next one decides.
    const waiting = new Set(
      (
        await db.sql<{ id: string }>(
          'select developer_id as id from lead_bot.lead_marks where hot and before is not null',
        )
      ).map(({ id }) => id),
    );
    for (const developer of developers) {
      const { id, episodes } = developer;
      const stood = developer.stood ?? before.get(id);
      developer.stood = waiting.has(id) ? stood : undefined;
      if (waiting.has(id)) continue;
      for (const episode of episodes.slice(0, -1)) episode.fate ??= 'brief';
      const stands = after.get(id);
      const [newest] = episodes.slice(-1);
      const isMerged = merged.some(({ id, into }) => id === stood?.id && into === stands?.id);
      if (newest === undefined || isMerged) continue;
      // It opened an alert that was merged at once.
      const isUnseen = merged.find(
        (one) => one.opener === id && one.into === stands?.id && stood === undefined,
      )?.unseen;
      const fate =
        isUnseen === undefined
          ? fateOf(developer, stood, stands, was)
          : isUnseen
            ? 'merged'
            : 'card';
      if (newest.fate !== null && (!OPEN_ENDED.has(newest.fate) || fate === null)) continue;
      newest.fate = fate;
      newest.alert = stands?.id ?? null;
    }
    for (const { id, into } of merged.filter(({ unseen }) => unseen)) {
      for (const episode of developers.flatMap(({ episodes }) => episodes)) {
        if (episode.alert !== id || episode.fate !== 'card') continue;
        episode.fate = 'merged';
        episode.alert = into;
      }
    }
  };

  const score = async (developer: Developer, to: number): Promise<void> => {
    if (to >= 80 && developer.score < 80) developer.episodes.push({ fate: null, alert: null });
    developer.score = to;
    await rescore(db, developer.id, to);
  };
  const set = (id: string, column: 'email' | 'full_name' | 'company_domain', to: string) =>
    db.sql(`update public.developer_signups set ${column} = $2 where id = $1`, [id, to]);
  const any = (): Developer => {
    const one = random.pick(developers);
    if (one === undefined) throw new Error('there is nobody');
    return one;
  };
  /** One that stands on no card. */
  const outside = async (): Promise<Developer | undefined> => {
    const cards = await standing();
    return random.pick(developers.filter(({ id }) => !cards.has(id)));
  };
  const card = async () => random.pick([...(await standing()).values()]);

  const heat = (one: Developer) => score(one, Math.floor(random.between(80, 100)));
  const cool = (one: Developer) => score(one, Math.floor(random.between(40, 80)));
  const steps: readonly (() => Promise<unknown>)[] = [
    () => heat(any()),
    () => heat(any()),
    () => heat(any()),
    () => cool(any()),
    () => cool(any()),
    async () => {
      const one = any();
      await cool(one);
      await heat(one);
      if (random.chance(0.5)) await cool(one);
    },
    async () => {
      for (const one of developers) if (random.chance(0.7)) await heat(one);
    },
    async () => {
      const one = await outside();
      if (one === undefined) return;
      one.isBroken = !one.isBroken;
      await set(one.id, 'email', one.isBroken && one.domain !== null ? tooLong(one) : one.email);
    },
    async () => {
      const one = await outside();
      if (one === undefined) return;
      one.isHidden = !one.isHidden;
      await set(one.id, 'full_name', one.isHidden ? 'Hidden' : 'Ada');
    },
    async () => {
      const one = await outside();
      if (one?.domain !== null) return;
      one.domain = random.pick(COMPANIES) ?? null;
      await set(one.id, 'company_domain', one.domain ?? '');
    },
    // A company takes another's domain.
    async () => {
      await look(true);
      const [from, to] = [random.pick(COMPANIES), random.pick(COMPANIES)];
      for (const one of developers) {
        if (one.domain !== from || to === undefined) continue;
        one.domain = to;
        await set(one.id, 'company_domain', to);
      }
      await look(true);
    },
    async () => {
      const one = await card();
      if (one !== undefined) await db.alerts.snooze(one.id, 'U1', new Date(Date.now() + 7_200_000));
    },
    async () => {
      const one = await card();
      if (one !== undefined) await db.alerts.notAFit(one.id, 'U1', 'partner', '', 7_200_000);
    },
    async () => {
      const one = await card();
      if (one !== undefined) await db.alerts.claim(one.id, 'U1');
    },
    async () => {
      const interval = random.pick(['1 hour', '3 hours', '25 hours']);
      await db.age(interval ?? '1 hour');
      await db.sql(`
        set session_replication_role = replica;
        update public.lead_scores set scored_at = scored_at - interval '${interval}';
        set session_replication_role = origin;`);
    },
    () => look(true),
  ];
  await look(false);
  for (let step = 0; step < STEPS; step++) {
    await random.pick(steps)?.();
    if (random.chance(0.5)) await look(false);
  }
  await look(true);
  await look(false);
  return developers;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'history %i: each crossing has the fate that Slack shows, and all are counted',
  async (seed) => {
    const [view] = await db.sql<{ text: string }>(
      `select pg_get_viewdef('public.lead_dashboard'::regclass) as text`,
    );
    const given = view?.text.replace(/;\s*$/, '') ?? '';
    await db.sql(
      `create or replace view public.lead_dashboard as
         select * from (${given}) v where v.champion_name is distinct from 'Hidden'`,
    );
    onTestFinished(async () => {
      await db.sql(`create or replace view public.lead_dashboard as ${given}`);
    });
    const developers = await history(seeded(seed));

    const noted = await db.sql<{ id: string; fates: Fate[] }>(
      `select developer_id as id, array_agg(fate order by at, id) as fates from lead_bot.crossings group by 1`,
    );
    const fatesOf = new Map(noted.map(({ id, fates }) => [id, fates]));
    const expected = developers.map(({ id, episodes }) => ({
      id,
      fates: episodes.map(({ fate }) => fate),
    }));
    expect(expected.map(({ id }) => ({ id, fates: fatesOf.get(id) ?? [] }))).toEqual(expected);

    const counted = new Map<Fate | null, number>();
    for (const fate of expected.flatMap(({ fates }) => fates)) {
      counted.set(fate, (counted.get(fate) ?? 0) + 1);
    }
    const [all] = await db.sql<{ counts: Record<string, number> }>(
      `select lead_bot.count_fates('-infinity', 'infinity') as counts`,
    );
    expect(all?.counts).toEqual(Object.fromEntries(counted));
  },
  120_000,
);
