import { expect, test } from 'vitest';
import { alertList } from '../../blocks/alert-list.ts';
import { directList } from '../../blocks/direct-list.ts';
import { directSettings } from '../../blocks/direct-settings.ts';
import { home } from '../../blocks/home.ts';
import { parseHomePages } from '../../blocks/home-pages.ts';
import { ids } from '../../blocks/ids.ts';
import type { AlertPicture } from '../../src/core/alert.ts';
import type { Home, HomeRows } from '../../src/core/home.ts';
import type { Drawing } from '../../src/core/message.ts';
import { SLACK_LIMITS } from '../../src/core/slack-limits.ts';
import { homeOf, undoOf } from '../../src/doctor/every-builder.ts';
import { problemsOfHome, shownBy } from './block-limits.ts';
import { account, lead, MARIA, NOW, newsOf, picture, STATES } from './samples.ts';

const NONE = { alerts: [], total: 0 };
const EMPTY: HomeRows = {
  readAt: NOW,
  pages: { mine: 0, unclaimed: 0 },
  mine: NONE,
  offers: NONE,
  unclaimed: NONE,
  moved: { rows: [], total: 0 },
  done: null,
  numbers: { claimed: 0, contacted: 0, toClaim: null, toContact: null, outcomes: {} },
};

const drawn = (rows: Partial<HomeRows>, changes: Partial<Home> = {}) =>
  home({
    ...homeOf(picture(), 0, ''),
    muted: new Set(),
    isManager: false,
    absence: null,
    awayUntil: null,
    timeZone: 'UTC',
    channels: null,
    ...changes,
    rows: { ...EMPTY, ...rows },
  });

const listOf = (...alerts: AlertPicture[]) => ({ alerts, total: alerts.length });
const named = (name: string, state: Parameters<typeof picture>[0] = {}) =>
  picture(state, { account: account({ name }) });

/** Actions and values of all buttons and menus. */
const buttonsOf = ({ blocks }: Drawing) =>
  blocks
    .flatMap((block): object[] => {
      if (block.type === 'actions') return block.elements;
      return block.type === 'section' && block.accessory ? [block.accessory] : [];
    })
    .map(
      (element) =>
        [
          'action_id' in element ? String(element.action_id) : '',
          'value' in element ? element.value : undefined,
        ] as const,
    );

const actionsOf = (shown: Drawing) => buttonsOf(shown).map(([action]) => action);

test('someone new reads what to do next, and no empty lists', () => {
  const nothing = shownBy(drawn({}));
  expect(nothing).toContain(
    'You have no leads yet. When a company turns hot, you can claim it here',
  );
  expect(nothing).not.toMatch(/First call\n|What has changed|Your last 30 days/);
  const free = shownBy(drawn({ unclaimed: listOf(picture()) }));
  expect(free).toContain('You have no leads yet. Claim one below');
});

test('what is late comes first, then what is to be contacted, then what waits for an outcome', () => {
  const mine = listOf(
    named('Outcome Inc', STATES.contacted),
    named('Later Inc', STATES.due),
    named('Late Inc', { ...STATES.due, dueAt: new Date(NOW.getTime() - 60_000) }),
  );
  const text = shownBy(drawn({ mine }));
  const places = [
    '*Late*',
    'Late Inc',
    '*To contact*',
    'Later Inc',
    '*Contacted, waiting for an outcome*',
    'Outcome Inc',
  ].map((words) => text.indexOf(words));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test('a lead to contact has its deadline, Mark contacted, Details and the menu of its card', () => {
  const shown = drawn({ mine: listOf(picture(STATES.due)) });
  expect(shownBy(shown)).toMatch(/VelocityPay\* · 88 · contact <!date\^1772463600\^due /);
  expect(actionsOf(shown).slice(0, 3)).toEqual([ids.contact, ids.details, ids.more]);
  expect(shownBy(shown)).toContain('Hand over\nSnooze\nNot a fit\nRelease');
});

test('a contacted lead asks for its outcome, and can be contacted again', () => {
  const shown = drawn({ mine: listOf(picture(STATES.contacted)) });
  expect(actionsOf(shown).slice(0, 3)).toEqual([ids.outcome, ids.details, ids.more]);
  expect(shownBy(shown)).toContain('Contacted again\nHand over\nSnooze\nNot a fit');
});

test('a snoozed lead has no more than Details', () => {
  const mine = listOf(picture({ ...STATES.claimed, ...STATES.snoozed }));
  expect(actionsOf(drawn({ mine }))[0]).toBe(ids.details);
  expect(actionsOf(drawn({ mine }))).not.toContain(ids.more);
});

test('first call can be used or passed on', () => {
  const shown = drawn({ offers: listOf(picture(STATES.offered)) });
  expect(actionsOf(shown).slice(0, 3)).toEqual([ids.claim, ids.pass, ids.details]);
  expect(shownBy(shown)).toContain('Start with the leads below that wait for you.');
});

test('a company that moved says what has changed, as in the morning list', () => {
  const row = { picture: picture(STATES.contacted), news: newsOf('Ana Ruiz') };
  const shown = drawn({ moved: { rows: [row], total: 7 } });
  const morning = directList({
    kind: 'morning',
    to: MARIA,
    rows: [{ section: 'moved', ...row }],
    total: 1,
  });
  const words = morning.blocks.find(
    (block) => block.type === 'section' && block.text?.text.includes('Another champion'),
  );
  expect(words).toBeDefined();
  expect(shown.blocks).toContainEqual(words);
  expect(shownBy(shown)).toContain('And 2 more');
});

test('unclaimed leads are the rows of /lead hot', () => {
  const free = listOf(picture());
  const hot = alertList({ kind: 'hot', offset: 0, messageId: null }, free, MARIA);
  const shown = drawn({ unclaimed: free });
  const withoutIds = (blocks: readonly object[]) =>
    blocks.map((block) => ({ ...block, block_id: undefined }));
  expect(withoutIds(shown.blocks)).toEqual(
    expect.arrayContaining(withoutIds(hot.blocks.slice(1, 3))),
  );
});

test('each list turns by itself', () => {
  const page = (total: number) => ({ alerts: Array.from({ length: 10 }, () => picture()), total });
  const pages = { mine: 10, unclaimed: 20 };
  const shown = drawn({ pages, mine: page(25), unclaimed: page(200) });
  expect(buttonsOf(shown).filter(([action]) => action.startsWith('home.'))).toEqual([
    [ids.homePageBack, '0:20'],
    [ids.homePage, '20:20'],
    [ids.homePageBack, '10:10'],
    [ids.homePage, '10:30'],
  ]);
  expect(shownBy(shown)).toContain('Yours: 25 leads · 11 to 20');
  expect(shownBy(shown)).toContain('To claim: 200 leads · 21 to 30');
  expect(shownBy(shown)).toContain('Next 5');
});

test.each([
  ['10:20', { mine: 10, unclaimed: 20 }],
  ['0:0', { mine: 0, unclaimed: 0 }],
  ['10', null],
  ['-1:0', null],
  ['9999999:0', null],
  ['mine:10', null],
  ['', null],
])('the value %o of a page button is read as %o', (value, pages) => {
  expect(parseHomePages(value)).toEqual(pages);
});

test('what was just done comes first, with a way back', () => {
  const done = picture({ ...STATES.claimed, undo: undoOf('claimed') });
  const shown = drawn({ done, mine: listOf(done) });
  expect(shownBy(shown)).toMatch(/^You claimed VelocityPay\.\nUndo\nUndo works for ten minutes/);
});

test('a hand-over says until when the colleague is away', () => {
  const done = picture({ ...STATES.claimed, owner: 'U0JONAS', undo: undoOf('handed-over') });
  const shown = drawn({ done }, { awayUntil: new Date('2026-03-05T08:00:00Z') });
  expect(shownBy(shown)).toMatch(
    /You handed VelocityPay over to <@U0JONAS>\. They are away <!date\^1772697600\^until/,
  );
});

test('the numbers of 30 days are one or two lines', () => {
  const numbers = {
    claimed: 12,
    contacted: 9,
    toClaim: 14 * 60,
    toContact: 3 * 3_600,
    outcomes: { meeting: 2, won: 1 },
  };
  expect(shownBy(drawn({ numbers }))).toContain(
    '12 claimed · 9 contacted · median 14 min to claim, 3 h to contact\nOutcomes: 2 meetings, 1 won',
  );
  const alone = { ...numbers, toClaim: null, toContact: null, outcomes: {} };
  expect(shownBy(drawn({ numbers: alone }))).toContain('12 claimed · 9 contacted\n');
});

test('the settings are those of /lead settings', () => {
  const muted = new Set(['morning'] as const);
  const { deadlines } = homeOf(picture(), 0, '');
  const settings = directSettings(muted, true, deadlines);
  const shown = drawn({}, { muted, isManager: true });
  expect(shown.blocks).toEqual(expect.arrayContaining(settings.blocks.slice(1)));
});

test('someone away can say that they are back, someone else reads how to leave', () => {
  const away = drawn(
    {},
    { absence: { person: MARIA, until: new Date('2026-03-05T08:00:00Z'), cover: 'U0JONAS' } },
  );
  expect(shownBy(away)).toMatch(/You're away until Thu, .*<@U0JONAS> covers for you/);
  expect(actionsOf(away)).toContain(ids.back);
  const here = drawn({});
  expect(shownBy(here)).toContain('`/lead away until Monday`');
  expect(actionsOf(here)).not.toContain(ids.back);
});

test('someone who sees only some channels reads which', () => {
  expect(shownBy(drawn({}, { channels: ['C0CHANNEL1'] }))).toContain(
    'Only companies with cards in <#C0CHANNEL1>.',
  );
});

test('200 leads with long texts keep all names and buttons within the limits', () => {
  const long = 'Ümläut & Söhne <GmbH> '.repeat(40);
  const big = picture(
    { ...STATES.due, undo: undoOf('contacted') },
    {
      account: account({
        name: long,
        leads: [
          lead({
            companyName: long,
            suggestedAction: long,
            crmUrl: `https://crm.example/${'x'.repeat(2_900)}`,
          }),
        ],
      }),
    },
  );
  const shown = home(homeOf(big, 200, long));
  expect(problemsOfHome(shown)).toEqual([]);
  expect(shown.blocks.length).toBeLessThanOrEqual(SLACK_LIMITS.modalBlocks);
  expect(Buffer.byteLength(JSON.stringify(shown.blocks))).toBeLessThan(SLACK_LIMITS.modalBytes);
  expect(actionsOf(shown).filter((action) => action === ids.details)).toHaveLength(30);
  expect(shownBy(shown).match(/\*Ümläut/g)).toHaveLength(30);
  expect(actionsOf(shown)).toContain(ids.setting);
});
