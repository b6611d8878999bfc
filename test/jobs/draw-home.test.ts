import { expect, test } from 'vitest';
import type { AccessDecision } from '../../src/core/access.ts';
import type { HomePages, HomeRows } from '../../src/core/home.ts';
import { undoOf } from '../../src/doctor/every-builder.ts';
import { createHomeDrawing } from '../../src/jobs/draw-home.ts';
import { shownBy } from '../blocks/block-limits.ts';
import { account, JONAS, MARIA, NOW, picture, STATES } from '../blocks/samples.ts';

const NONE = { alerts: [], total: 0 };
const ROWS: HomeRows = {
  readAt: NOW,
  pages: { mine: 0, unclaimed: 0 },
  mine: { alerts: [picture(STATES.claimed)], total: 1 },
  offers: NONE,
  unclaimed: {
    alerts: [picture({}, { account: account({ name: 'Free Inc' }) })],
    total: 1,
  },
  moved: { rows: [], total: 0 },
  done: null,
  numbers: { claimed: 1, contacted: 0, toClaim: 60, toContact: null, outcomes: {} },
};

interface Given {
  decision?: AccessDecision;
  rows?: HomeRows;
  isIdle?: boolean;
  plain?: boolean;
  away?: readonly string[];
}

/** Draws Maria's Home tab, and records what was read for it. */
async function drawn({
  decision = { reach: 'everything' },
  rows = ROWS,
  isIdle = false,
  plain = false,
  away = [],
}: Given = {}) {
  const read: unknown[][] = [];
  const draw = createHomeDrawing({
    accessCheck: { decide: async () => decision, timeZoneOf: () => 'Asia/Tokyo' },
    homes: {
      async read(...how: [string, HomePages, (readonly string[])?]) {
        read.push(how);
        return rows;
      },
    },
    settings: { muted: async () => new Set(['morning'] as const) },
    absences: {
      among: async (people) =>
        people
          .filter((person) => away.includes(person))
          .map((person) => ({ person, until: new Date('2026-03-05T00:00:00Z'), cover: null })),
    },
    managers: { include: async (user) => user === MARIA },
    deadlines: { claimMs: 7_200_000, contactMs: 28_800_000, followUpMs: null },
    timeZone: 'UTC',
  });
  const pages = { mine: 10, unclaimed: 20 };
  const drawing = await draw({ kind: 'home', user: MARIA, pages, isIdle }, plain);
  return { drawing, text: shownBy(drawing), read };
}

test('reads the rows of the asked pages, of all channels for whoever may see everything', async () => {
  const { text, read } = await drawn();
  expect(read).toEqual([[MARIA, { mine: 10, unclaimed: 20 }, undefined]]);
  expect(text).toMatch(/VelocityPay.*Free Inc/s);
  expect(text).toContain('Morning list* · off');
  expect(text).toContain('Stuck leads');
});

test('reads only what is in the channels of whoever sees no more', async () => {
  const { text, read } = await drawn({ decision: { reach: ['C0CHANNEL1'] } });
  expect(read).toEqual([[MARIA, { mine: 10, unclaimed: 20 }, ['C0CHANNEL1']]]);
  expect(text).toContain('Only companies with cards in <#C0CHANNEL1>.');
});

test.each(['guest', 'not-in-channel', 'external', 'deactivated', 'bot'] as const)(
  'reads nothing for someone without access (%s), and says why',
  async (why) => {
    const { text, read } = await drawn({ decision: { why } });
    expect(read).toEqual([]);
    expect(text).toMatch(/Only (?:members|people)|Guests/);
    expect(text).not.toMatch(/VelocityPay|Free Inc|leads:/);
  },
);

test('draws nothing while Slack cannot say who the user is', async () => {
  await expect(drawn({ decision: { why: 'unchecked' } })).rejects.toThrow('unchecked');
});

test('calls a lead late by the time at which the rows were read, not by the clock of the bot', async () => {
  const rowsAt = (readAt: Date): HomeRows => ({
    ...ROWS,
    readAt,
    mine: { alerts: [picture({ ...STATES.due, dueAt: NOW })], total: 1 },
  });
  expect((await drawn({ rows: rowsAt(NOW) })).text).toContain('*Late*');
  expect((await drawn({ rows: rowsAt(new Date(NOW.getTime() - 1)) })).text).not.toContain('*Late*');
});

test('reads nothing for a tab that nobody has looked at for long', async () => {
  const { text, read } = await drawn({ isIdle: true });
  expect(read).toEqual([]);
  expect(text).toBe('Open this tab again to see your leads.');
});

test("says until when someone is away, by the user's own clock", async () => {
  expect((await drawn({ away: [MARIA] })).text).toContain("You're away until Thu, ");
  expect((await drawn()).text).toContain("You aren't away.");
});

test('says that the colleague who was just handed a lead is away', async () => {
  const handedOver = { ...STATES.claimed, owner: JONAS, undo: undoOf('handed-over') };
  const rows = { ...ROWS, done: picture(handedOver) };
  expect((await drawn({ rows, away: [JONAS] })).text).toMatch(/They are away <!date/);
  expect((await drawn({ rows })).text).not.toContain('They are away');
});

test.each([
  ['claimed by someone who is away', { ...STATES.claimed, owner: JONAS, undo: undoOf('claimed') }],
  ['handed to the user', { ...STATES.claimed, owner: MARIA, undo: undoOf('handed-over') }],
  ['handed over without a way back', { ...STATES.claimed, owner: JONAS, undo: null }],
])('says nothing of absences about a lead that was just %s', async (_, alert) => {
  const { text } = await drawn({ rows: { ...ROWS, done: picture(alert) }, away: [JONAS, MARIA] });
  expect(text).not.toContain('They are away');
});

test('is text alone where Slack refuses its blocks', async () => {
  const { drawing, text } = await drawn({ plain: true });
  expect(drawing.blocks.every(({ type }) => type === 'section')).toBe(true);
  expect(JSON.stringify(drawing.blocks)).not.toContain('"button"');
  expect(text).toMatch(/VelocityPay.*`\/lead`/s);
});
