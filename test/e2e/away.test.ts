import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { localDate } from '../../src/core/local-date.ts';
import { CHANNELS, type MemberOption, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { addLead, alertOf } from '../support/leads.ts';
import {
  ALICE,
  BEN,
  CHLOE,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const GUS = 'U0GUS';
const others: readonly MemberOption[] = [
  { id: GUS, name: 'gus', realName: 'Gus Hale', guest: 'multi' },
  { id: 'U0DORA', name: 'dora', realName: 'Dora Finn', deleted: true },
  { id: 'U0EVE', name: 'eve', realName: 'Eve Lund' },
];
const { slack, db } = await startWorld({
  seed: false,
  slack: {
    people: [...PEOPLE, ...others],
    channels: CHANNELS.map((channel) => ({ ...channel, members: [ALICE, BEN, CHLOE, GUS] })),
  },
});

/** The private answer to `/lead <text>`. */
async function lead(user: string, text: string): Promise<string> {
  const before = slack.privateAnswers(user).length;
  expect(await slack.say(user, HOT_LEADS, `/lead ${text}`)).toMatchObject({ ok: true });
  const reply = await slack.until(() => slack.privateAnswers(user)[before], {
    what: `the answer to /lead ${text}`,
  });
  return readable(reply);
}

async function hotLead(name: string): Promise<string> {
  await addLead(db, { domain: `${name.toLowerCase()}.example`, company: name });
  await message(slack, HOT_LEADS, name);
  return alertOf(db, `${name.toLowerCase()}.example`);
}

const absences = () =>
  db.sql<{ person: string; until: Date; cover: string | null }>(
    'select person, until, cover from lead_bot.away where until > now() order by person',
  );

test('an AE goes away with a cover, and comes back to what is theirs and what the cover got', async () => {
  const own = await hotLead('Ownly');
  const card = await message(slack, HOT_LEADS, 'Ownly');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'Ownly', `Claimed by @${ALICE}`);

  const away = await lead(ALICE, 'away until Monday cover @ben');
  expect(away).toMatch(/You're away until Mon, /);
  expect(away).toContain(`@${BEN} covers for you`);
  expect(away).toContain('Still yours: 1 lead');
  expect(away).toContain('Ownly');
  const [absence] = await absences();
  expect(absence).toMatchObject({ person: ALICE, cover: BEN });
  const until = absence?.until ?? new Date(0);
  const zone = 'America/New_York';
  expect(until.toLocaleTimeString('en-GB', { timeZone: zone })).toBe('09:00:00');
  expect(new Date(localDate(until, zone)).getUTCDay()).toBe(1);
  expect(await lead(ALICE, 'away')).toContain(`@${BEN} covers for you`);

  const covered = await hotLead('Coverly');
  await db.sql('update lead_bot.alerts set offer_due_at = now() where id = $1', [covered]);
  await db.sql(
    `select public.lead_bot_offer($1, $2, 'owner', now() + interval '1 hour', p_instead_of => $3)`,
    [covered, BEN, ALICE],
  );
  const back = await lead(ALICE, 'back');
  expect(back).toContain('Welcome back.');
  expect(back).toContain('Yours: 1 lead');
  expect(back).toContain('Went to your cover while you were away: 1 lead');
  expect(back).toContain('Coverly');
  expect(await absences()).toEqual([]);

  // A button in the answer puts the AE's own list in its place.
  const answer = slack.privateAnswers(ALICE).at(-1);
  await slack.press(
    ALICE,
    { in: 'message', channel: HOT_LEADS, ts: answer?.ts ?? '' },
    { actionId: ids.details, value: own },
  );
  const details = await modal(slack, ALICE, 'Ownly', '[Release]');
  await slack.press(ALICE, onView(details.id), { actionId: ids.release });
  await slack.until(
    () =>
      slack
        .privateAnswers(ALICE)
        .some((m) => m.ts === answer?.ts && readable(m).includes("You haven't claimed any leads")),
    { what: 'the own list' },
  );
});

test.each([
  ['until sometime', "I couldn't read “until sometime” as a time"],
  ['until 2020-01-01', 'That date is in the past'],
  ['until 2099-01-01', 'more than a year away'],
  ['until Monday cover @alice', "You can't cover for yourself"],
  ['until Monday cover @gus', 'They are a guest'],
  ['until Monday cover @dora', 'Their account is deactivated'],
  ['until Monday cover @eve', 'They aren’t in the leads channel'],
  ['until Monday cover @nobody', "I can't tell who “@nobody” is"],
])('answers /lead away %s with what is wrong', async (words, why) => {
  expect(await lead(ALICE, `away ${words}`)).toContain(why);
  expect(await absences()).toEqual([]);
});

test('accepts no cover who is away too', async () => {
  await lead(CHLOE, 'away for 2 days');
  expect(await lead(BEN, 'away today cover @chloe')).toContain(`@${CHLOE} is away too, until`);
  expect((await absences()).map(({ person }) => person)).toEqual([CHLOE]);
  await lead(CHLOE, 'back');
  expect(await lead(BEN, 'away today cover @chloe')).toContain(`@${CHLOE} covers for you`);
  await lead(BEN, 'back');
});

test('a guest can’t go away', async () => {
  expect(await lead(GUS, 'away until Monday')).toContain('Guests can’t work on leads');
  expect(await absences()).toEqual([]);
});
