import { expect, test } from 'vitest';
import type { DenialReason } from '../../src/core/access.ts';
import type { Absence } from '../../src/core/away.ts';
import type { AlertList } from '../../src/core/lookup.ts';
import { ALERT_ID, picture, STATES } from '../blocks/samples.ts';
import { bodyOf, stage, USER } from './stage.ts';

const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const NONE: AlertList = { alerts: [], total: 0 };

/** The stage's time is Monday, March 2, 2026, 12:00 UTC. */
function awayStage({
  zone = 'UTC',
  away = [],
  denied = {},
  mine = NONE,
  covered = NONE,
  reach = 'everything',
  denialReason = null,
}: {
  zone?: string;
  away?: readonly Absence[];
  denied?: Readonly<Record<string, DenialReason>>;
  mine?: AlertList;
  covered?: AlertList;
  reach?: 'everything' | readonly string[];
  denialReason?: DenialReason | null;
} = {}) {
  const noted: (readonly [string, Date, string | null])[] = [];
  const asked: string[] = [];
  const { send, shown, refused } = stage(denialReason, undefined, undefined, {
    accessCheck: {
      async decide(user) {
        const why = user === USER ? denialReason : denied[user];
        return why == null ? { reach } : { why };
      },
      timeZoneOf: () => zone,
    },
    absences: {
      set: async (...absence) => void noted.push(absence),
      among: async (people) => away.filter(({ person }) => people.includes(person)),
    },
    alerts: {
      mine: async (user) => {
        asked.push(`mine ${user}`);
        return mine;
      },
      covered: async (user) => {
        asked.push(`covered ${user}`);
        return covered;
      },
      lookup: async () => ({ kind: 'none' }),
    },
  });
  /** The answer to `/lead <text>`. */
  async function lead(text: string): Promise<string> {
    await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text });
    return shown.at(-1) ?? '';
  }
  return { lead, noted, asked, refused };
}

test('notes an absence by the clock of the AE, with the cover', async () => {
  const { lead, noted } = awayStage({ zone: 'America/New_York' });
  expect(await lead('away until Thursday cover <@U0BEN|ben>')).toMatch(
    /You're away until Thu, <!date.*No new leads go to you first. <@U0BEN> covers for you/,
  );
  expect(noted).toEqual([[USER, new Date('2026-03-05T14:00:00Z'), BEN]]);
});

test('counts in the zone of the settings while the zone of the AE is unknown', async () => {
  const { lead, noted } = awayStage();
  expect(await lead('away until tomorrow')).not.toContain('covers for you');
  expect(noted).toEqual([[USER, new Date('2026-03-03T09:00:00Z'), null]]);
});

test('shows a few of the leads that stay the AE’s, and counts all', async () => {
  const alerts = Array.from({ length: 5 }, () => picture(STATES.claimed));
  const { lead, asked } = awayStage({ mine: { alerts, total: 8 } });
  const answer = await lead('away today');
  expect(answer).toContain('*Still yours: 8 leads*');
  expect(answer).toContain('And 3 more. `/lead mine` shows all.');
  expect(asked).toEqual([`mine ${USER}`]);
});

test('tells leads on which the AE has first call from those that are theirs', async () => {
  const alerts = [picture(STATES.offered), picture(STATES.claimed), picture(STATES.contacted)];
  const { lead } = awayStage({ mine: { alerts, total: 3 } });
  const away = await lead('away today');
  expect(away).toContain('*You still have first call: 1 lead* · *Pass* is in Details');
  expect(away).toContain('*Still yours: 2 leads* · *Hand over* is in Details');
  const back = await lead('back');
  expect(back).toContain('*You have first call: 1 lead*');
  expect(back).toContain('*Yours: 2 leads*');
});

test('counts no leads as the AE’s that may all be offers', async () => {
  const alerts = Array.from({ length: 5 }, () => picture(STATES.offered));
  const { lead } = awayStage({ mine: { alerts, total: 7 } });
  const answer = await lead('away today');
  expect(answer).not.toContain('Still yours');
  expect(answer).toContain('And 2 more. `/lead mine` shows all.');
});

test.each([
  ['away until whenever', "couldn't read “until whenever”"],
  ['away until Monday cover @ben', "I can't tell who “@ben” is. Type @ after `cover`"],
  ['away until Monday cover', 'Say who covers for you'],
  ['away cover <@U0BEN>', 'Say until when'],
  ['away until Feb 20', 'in the past'],
  ['away until 2028-01-01', 'more than a year away'],
  [`away until Friday cover <@${USER}>`, "You can't cover for yourself"],
])('changes nothing at /lead %s, and says why', async (text, why) => {
  const { lead, noted, asked } = awayStage();
  expect(await lead(text)).toContain(JSON.stringify(why).slice(1, -1));
  expect([...noted, ...asked]).toEqual([]);
});

test.each([
  ['guest', 'They are a guest'],
  ['deactivated', 'deactivated'],
  ['bot', 'Apps can’t'],
  ['external', 'another organization'],
  ['not-in-channel', 'aren’t in the leads channel'],
  ['unchecked', 'nothing was changed'],
] as const)('accepts no cover who is refused as %s', async (why, words) => {
  const { lead, noted } = awayStage({ denied: { [BEN]: why } });
  expect(await lead(`away until Friday cover <@${BEN}>`)).toContain(words);
  expect(noted).toEqual([]);
});

test('accepts no cover who is away too, and says until when', async () => {
  const until = new Date('2026-03-09T09:00:00Z');
  const { lead, noted } = awayStage({ away: [{ person: BEN, until, cover: null }] });
  expect(await lead(`away until Friday cover <@${BEN}>`)).toMatch(
    /<@U0BEN> is away too, until Mon, <!date/,
  );
  expect(noted).toEqual([]);
});

test('says in /lead away whether one is away, and how to say so', async () => {
  const until = new Date('2026-03-09T09:00:00Z');
  const absent = awayStage({ away: [{ person: USER, until, cover: CLEO }] });
  const there = awayStage();
  const answers = [await absent.lead('away'), await there.lead('away')];
  expect(answers[0]).toMatch(/You're away until Mon, <!date.*<@U0CLEO> covers for you/);
  expect(answers[1]).toContain("You aren't away.");
  for (const answer of answers) expect(answer).toContain('until Dec 3');
  expect([...absent.noted, ...there.noted]).toEqual([]);
});

test('ends the absence of nobody else, and shows what waits', async () => {
  const until = new Date('2026-03-09T09:00:00Z');
  const { lead, noted, asked } = awayStage({
    away: [{ person: USER, until, cover: BEN }],
    mine: { alerts: [picture(STATES.claimed)], total: 1 },
    covered: { alerts: [picture(), picture()], total: 2 },
  });
  const answer = await lead('back');
  expect(answer).toContain('Welcome back.');
  expect(answer).toContain('*Yours: 1 lead*');
  expect(answer).toContain('*Went to your cover while you were away: 2 leads*');
  expect(answer).toContain(ALERT_ID);
  expect(noted).toEqual([[USER, new Date(0), null]]);
  expect(asked).toEqual([`mine ${USER}`, `covered ${USER}`]);
});

test('shows what waits after an absence that ended by itself', async () => {
  const { lead, noted } = awayStage({ covered: { alerts: [picture()], total: 1 } });
  const answer = await lead('back');
  expect(answer).toContain("You aren't away");
  expect(answer).toContain('Went to your cover while you were away: 1 lead');
  expect(noted).toEqual([]);
});

test('says when nothing waits', async () => {
  expect(await awayStage().lead('back')).toContain('No leads are waiting for you.');
});

test('says which channels the lists are about', async () => {
  const answer = await awayStage({ reach: ['C0ENTERPRISE'] }).lead('back');
  expect(answer).toContain('Only companies with cards in <#C0ENTERPRISE>.');
});

test.each(['away', 'away until Monday', 'back'])(
  'does nothing at /lead %s for a user without access',
  async (text) => {
    const { lead, noted, asked, refused } = awayStage({ denialReason: 'guest' });
    expect(await lead(text)).toContain('Guests can’t work on leads');
    expect([...noted, ...asked]).toEqual([]);
    expect(refused).toMatchObject([{ user: USER, action: '/lead', why: 'guest' }]);
  },
);
