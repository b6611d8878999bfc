import { expect, test } from 'vitest';
import { z } from 'zod';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';

const numbersAnswer = z.object({
  numbers: z.object({
    claimed: z.number(),
    contacted: z.number(),
    to_claim: z.number().nullable(),
    to_contact: z.number().nullable(),
    outcomes: z.record(z.string(), z.number()),
  }),
});
const numbersOf = async (person: string) => {
  const [row] = await db.sql(
    `select lead_bot.numbers_of($1, now() - interval '30 days') as numbers`,
    [person],
  );
  return numbersAnswer.parse(row).numbers;
};

/** An alert that opened this long ago. */
async function anAlert(company: string, ago = '0'): Promise<string> {
  const before = new Set(await db.alertIds());
  await addLead(db, { company, domain: `${company.toLowerCase()}.example` });
  await db.poll();
  const [id] = (await db.alertIds()).filter((one) => !before.has(one));
  if (id === undefined) throw new Error(`no alert of ${company}`);
  await db.sql(
    `update lead_bot.alerts set opened_at = opened_at - $2::interval, waits_since = waits_since - $2::interval where id = $1`,
    [id, ago],
  );
  return id;
}

/** Moves the times of what has happened to an alert back. */
const ageOne = (id: string, interval: string) =>
  db.sql(
    `update lead_bot.alerts
        set opened_at = opened_at - $2::interval, claimed_at = claimed_at - $2::interval,
            contacted_at = contacted_at - $2::interval, first_claimed_at = first_claimed_at - $2::interval,
            first_contacted_at = first_contacted_at - $2::interval
      where id = $1`,
    [id, interval],
  );

test("an AE's numbers are those of the alerts that they have, opened in the period", async () => {
  await db.poll();
  const won = await anAlert('Won', '10 minutes');
  await alerts.claim(won, ANNA);
  await ageOne(won, '20 minutes');
  await alerts.contact(won, ANNA, 'call', '');
  await alerts.outcome(won, ANNA, 'won', null, '');
  const open = await anAlert('Open', '30 minutes');
  await alerts.claim(open, ANNA);
  const old = await anAlert('Old', '31 days');
  await alerts.claim(old, ANNA);
  const released = await anAlert('Released');
  await alerts.claim(released, ANNA);
  await alerts.release(released, ANNA);
  expect(await numbersOf(ANNA)).toEqual({
    claimed: 2,
    contacted: 1,
    to_claim: 600,
    to_contact: 1200,
    outcomes: { won: 1 },
  });
  expect(await numbersOf(BEN)).toEqual({
    claimed: 0,
    contacted: 0,
    to_claim: null,
    to_contact: null,
    outcomes: {},
  });
});
