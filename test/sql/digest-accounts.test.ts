import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest, DigestChanges } from '../../src/core/digest.ts';
import { botDatabase } from '../support/bot-database.ts';
import { erase } from '../support/erasure.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const CHANNEL = 'C0DIGEST';
const ANNA = 'U0ANNA';
const HOUR_MS = 3_600_000;
const COMPANIES = 3;

const ACTIONS = [
  'turns hot',
  'cools',
  'claim',
  'release',
  'claim and contact',
  'contact',
  'outcome',
  'not a fit',
  'snooze',
  'wakes',
  'undo',
  'moves to the next company',
  'is erased',
] as const;
/** What happens to which company, with digests in between. */
const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...ACTIONS), fc.nat(COMPANIES - 1)) },
    // Without these, everything would soon be over.
    { weight: 4, arbitrary: fc.tuple(fc.constant('turns hot' as const), fc.nat(COMPANIES - 1)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('digest' as const), fc.constant(0)) },
  ),
  { minLength: 20, maxLength: 40, size: 'max' },
);

type Step = readonly [(typeof ACTIONS)[number] | 'digest', number];
/** One of everything that may change a queue. */
const EVERYTHING: readonly Step[] = [
  ['turns hot', 0],
  ['moves to the next company', 0],
  ['digest', 0],
  ['turns hot', 0],
  ['moves to the next company', 0],
  ['turns hot', 0],
  ['snooze', 1],
  ['digest', 0],
  ['wakes', 0],
  ['not a fit', 2],
  ['digest', 0],
  ['wakes', 0],
  ['claim and contact', 1],
  ['digest', 0],
  ['undo', 0],
  ['not a fit', 2],
  ['wakes', 0],
  ['digest', 0],
  ['cools', 2],
  ['is erased', 0],
  ['digest', 0],
];

const domainOf = (company: number): string => `company-${company}.example`;

interface Row {
  id: string;
  status: string;
  hold: string | null;
  closed: boolean;
  merged: boolean;
}

const readAlerts = async (): Promise<readonly Row[]> =>
  db.sql<Row & Record<string, unknown>>(
    `select id, status, hold, closed_at is not null as closed, merged_into is not null as merged
       from lead_bot.alerts`,
  );

const isQueued = ({ status, hold, closed }: Row): boolean =>
  !closed && hold === null && (status === 'open' || status === 'claimed');

function departureOf({ status, hold, merged, closed }: Row): keyof DigestChanges {
  if (merged) return 'merged';
  if (hold === 'not-a-fit') return 'notAFit';
  if (status === 'contacted') return 'contacted';
  return closed ? 'cooled' : 'snoozed';
}

/** Compares two moments alert by alert, which the database never does. */
function changesBetween(before: readonly Row[], now: readonly Row[]): DigestChanges {
  const changes = { opened: 0, back: 0, contacted: 0, notAFit: 0, snoozed: 0, cooled: 0 };
  const found: DigestChanges = { before: null, ...changes, merged: 0, erased: 0 };
  const queued = before.filter(isQueued);
  found.before = queued.length;
  const were = new Set(queued.map(({ id }) => id));
  const existed = new Set(before.map(({ id }) => id));
  for (const row of now) {
    const isNew = !existed.has(row.id) && !row.merged;
    if (isNew) found.opened += 1;
    if (isQueued(row)) {
      if (!isNew && !were.has(row.id)) found.back += 1;
    } else if (isNew || were.has(row.id)) {
      const kind = departureOf(row);
      found[kind] = (found[kind] ?? 0) + 1;
    }
  }
  found.erased = queued.filter(({ id }) => now.every((row) => row.id !== id)).length;
  return found;
}

async function happen(action: (typeof ACTIONS)[number], company: number): Promise<void> {
  const domain = domainOf(company);
  const leads = await db.sql<{ id: string }>(
    'select id from public.developer_signups where company_domain = $1',
    [domain],
  );
  const [alert] = await db.sql<{ id: string }>(
    'select id from lead_bot.alerts where account_key = $1 order by opened_at desc limit 1',
    [domain],
  );
  const id = alert?.id;
  switch (action) {
    case 'turns hot':
      await addLead(db, { domain, company: domain });
      break;
    case 'cools':
      for (const lead of leads) await rescore(db, lead.id, 50);
      await db.poll();
      await db.sql(
        `update lead_bot.alerts set cooling_since = now() - interval '2 days'
          where cooling_since is not null and closed_at is null`,
      );
      break;
    case 'moves to the next company':
      await db.sql(
        'update public.developer_signups set company_domain = $2 where company_domain = $1',
        [domain, domainOf((company + 1) % COMPANIES)],
      );
      await db.sweep();
      break;
    case 'is erased':
      await erase(db, domain);
      break;
    case 'wakes':
      await db.sql('update lead_bot.alerts set hold_until = now() where hold is not null');
      break;
    default:
      if (id !== undefined) await gesture(action, id);
  }
  await db.poll();
}

type GestureName = Exclude<
  (typeof ACTIONS)[number],
  'turns hot' | 'cools' | 'moves to the next company' | 'is erased' | 'wakes'
>;

async function gesture(name: GestureName, id: string): Promise<void> {
  switch (name) {
    case 'claim':
      await alerts.claim(id, ANNA);
      break;
    case 'release':
      await alerts.release(id, ANNA);
      break;
    case 'claim and contact':
      await alerts.claim(id, ANNA);
      await alerts.contact(id, ANNA, 'call', '');
      break;
    case 'contact':
      await alerts.contact(id, ANNA, 'call', '');
      break;
    case 'outcome':
      await alerts.outcome(id, ANNA, 'won', null, '');
      break;
    case 'not a fit':
      await alerts.notAFit(id, ANNA, 'partner', '', HOUR_MS);
      break;
    case 'snooze':
      await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
      break;
    case 'undo': {
      const [last] = await db.sql<{ id: string; alert: string }>(
        'select id, alert_id as alert from lead_bot.undos order by at desc limit 1',
      );
      if (last !== undefined) await alerts.undo(last.alert, ANNA, last.id);
    }
  }
}

function balanceOf({ changes }: Digest): number {
  const { before, opened, back, contacted, notAFit, snoozed, cooled, merged, erased } = changes;
  const gone = contacted + notAFit + snoozed + cooled + merged + erased;
  return (before ?? 0) + opened + back - gone;
}

test('whatever happens, the counts of a digest add up with those of the one before', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps: readonly Step[]) => {
      await db.clear();
      await db.poll({ firstRun: 'silent' });
      let made = 0;
      const request = async () => {
        made += 1;
        const date = new Date(Date.UTC(2026, 0, made)).toISOString().slice(0, 10);
        expect(await db.digests.request(CHANNEL, date, new Date('2100-01-01'))).toBe('made');
        await db.sql(
          `update lead_bot.messages set state = 'posted', slack_channel = channel, slack_ts = '1'
            where kind = 'digest'`,
        );
      };
      for (let company = 0; company < COMPANIES; company++) await happen('turns hot', company);
      await request();
      let before = await readAlerts();
      for (const [action, company] of steps) {
        if (action !== 'digest') {
          await happen(action, company);
          continue;
        }
        const digest = await alerts.previewDigest(CHANNEL, '2026-03-02');
        const now = await readAlerts();
        const queued = now.filter(isQueued).length;
        expect(digest.changes).toEqual(changesBetween(before, now));
        expect(digest.counts.unclaimed + digest.counts.claimed).toBe(queued);
        expect(balanceOf(digest)).toBe(queued);
        expect(digest.unclaimed.length + digest.claimed.length).toBe(queued);
        await request();
        before = now;
      }
    }),
    { numRuns: 8, examples: [[EVERYTHING]] },
  );
});
