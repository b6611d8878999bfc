import { expect, test } from 'vitest';
import { z } from 'zod';
import { botDatabase } from '../support/bot-database.ts';

const db = await botDatabase();

const OWNER = 'U0OWNER';
const HOLDER = 'U0HOLDER';
const WHO = {
  other: { user: 'U0OTHER', manager: false },
  /** Has or had first call. */
  holder: { user: HOLDER, manager: false },
  owner: { user: OWNER, manager: false },
  manager: { user: 'U0MANAGER', manager: true },
};
type Who = keyof typeof WHO;

/** What an alert is in each state, beyond an open one that nobody has. */
const STATES = {
  open: {},
  snoozed: { hold: 'snoozed' },
  'not a fit': { hold: 'not-a-fit' },
  claimed: { status: 'claimed' },
  'claimed, snoozed': { status: 'claimed', hold: 'snoozed' },
  'claimed, not a fit': { status: 'claimed', hold: 'not-a-fit' },
  'claimed, cold': { status: 'claimed', cooling: true },
  contacted: { status: 'contacted' },
  'contacted, with outcome': { status: 'contacted', outcome: 'meeting' },
  'contacted, closed': { status: 'contacted', closed: true },
  'cooled, claimed before': { status: 'cooled', closed: true, owned: true },
  cooled: { status: 'cooled', closed: true },
  merged: { status: 'merged', closed: true, owned: true },
  offered: { offer: 'running' },
  'offered, time is up': { offer: 'over' },
  'open after first call': { offer: 'lapsed' },
  'passed on': { offer: 'passed' },
  'handed over': { status: 'claimed', handed: true },
  'handed over, snoozed': { status: 'claimed', hold: 'snoozed', handed: true },
  'handed over, not a fit': { status: 'claimed', hold: 'not-a-fit', handed: true },
  'handed over, contacted': { status: 'contacted', handed: true },
  warned: { status: 'claimed', warned: true },
  'warned, snoozed': { status: 'claimed', hold: 'snoozed', warned: true },
  'handed over, warned': { status: 'claimed', handed: true, warned: true },
} as const;
type State = keyof typeof STATES;

const LATER = '2099-01-01T00:00:00Z';
const GESTURES = {
  claim: ['lead_bot_claim', { p_manager: true }],
  release: ['lead_bot_release', { p_manager: true }],
  'release for a gone owner': ['lead_bot_release', { p_gone_owner: OWNER, p_manager: true }],
  'hand over': ['lead_bot_hand_over', { p_to: 'U0CAROL', p_note: 'yours', p_manager: true }],
  contact: ['lead_bot_contact', { p_method: 'call', p_note: 'rang', p_manager: true }],
  outcome: ['lead_bot_outcome', { p_outcome: 'lost', p_until: null, p_note: '', p_manager: true }],
  snooze: ['lead_bot_snooze', { p_until: 'in an hour', p_manager: true }],
  'not a fit': [
    'lead_bot_not_a_fit',
    { p_reason: 'competitor', p_note: '', p_quiet_seconds: 3600, p_manager: true },
  ],
  note: ['lead_bot_note', { p_note: 'remember' }],
  pass: ['lead_bot_pass', {}],
  keep: ['lead_bot_keep', {}],
  'give back': ['lead_bot_give_back', {}],
} as const;
type Gesture = keyof typeof GESTURES;

/** Where a gesture on the left isn't listed for a state, it is as in the state on the right. */
const LIKE: Partial<Record<State, State>> = {
  offered: 'open',
  'offered, time is up': 'open',
  'open after first call': 'open',
  'passed on': 'open',
  'handed over': 'claimed',
  'handed over, snoozed': 'claimed, snoozed',
  'handed over, not a fit': 'claimed, not a fit',
  'handed over, contacted': 'contacted',
  warned: 'claimed',
  'warned, snoozed': 'claimed, snoozed',
  'handed over, warned': 'claimed',
};

const NOT_OFFERED = 'not-offered / not-offered / not-offered';
const HANDED_OVER = 'not-yours / ok / not-yours';
/** Give back, and Keep it unless its owner was warned. */
const ON_HAND_OVER: Partial<Record<State, string>> = {
  open: 'not-yours / not-yours / not-yours',
  snoozed: 'not-yours / not-yours / not-yours',
  'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
  claimed: 'not-yours / not-handed-over / not-yours',
  'claimed, snoozed': 'not-yours / not-handed-over / not-yours',
  'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
  'claimed, cold': 'not-yours / not-handed-over / not-yours',
  contacted: 'not-yours / not-handed-over / not-yours',
  'contacted, with outcome': 'not-yours / not-handed-over / not-yours',
  'contacted, closed': 'over / over / over',
  'cooled, claimed before': 'over / over / over',
  cooled: 'over / over / over',
  merged: 'over / over / over',
  'handed over': HANDED_OVER,
  'handed over, snoozed': HANDED_OVER,
  'handed over, contacted': HANDED_OVER,
  'handed over, warned': HANDED_OVER,
};

/**
 * What becomes of each gesture: by others / by the owner / by a manager, where first call makes no difference; else by
 * others / by its holder / by a manager.
 */
const EXPECTED: Record<Gesture, Partial<Record<State, string>>> = {
  claim: {
    offered: 'offered / ok / ok',
    open: 'ok / ok / ok',
    snoozed: 'ok / ok / ok',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'claimed-by-other / already-yours / claimed-by-other',
    'claimed, snoozed': 'claimed-by-other / already-yours / claimed-by-other',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'claimed-by-other / already-yours / claimed-by-other',
    contacted: 'already-contacted / already-contacted / already-contacted',
    'contacted, with outcome': 'already-contacted / already-contacted / already-contacted',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  release: {
    open: 'not-yours / not-yours / not-yours',
    snoozed: 'not-yours / not-yours / not-yours',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'not-yours / ok / ok',
    'claimed, snoozed': 'not-yours / ok / ok',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'not-yours / ok / ok',
    contacted: 'not-yours / already-contacted / already-contacted',
    'contacted, with outcome': 'not-yours / already-contacted / already-contacted',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  'release for a gone owner': {
    open: 'not-yours / not-yours / not-yours',
    snoozed: 'not-yours / not-yours / not-yours',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'ok / ok / ok',
    'claimed, snoozed': 'ok / ok / ok',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'ok / ok / ok',
    contacted: 'already-contacted / already-contacted / already-contacted',
    'contacted, with outcome': 'already-contacted / already-contacted / already-contacted',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  'hand over': {
    open: 'not-yours / not-yours / ok',
    snoozed: 'not-yours / not-yours / ok',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'not-yours / ok / ok',
    'claimed, snoozed': 'not-yours / ok / ok',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'not-yours / ok / ok',
    contacted: 'not-yours / ok / ok',
    'contacted, with outcome': 'not-yours / ok / ok',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  contact: {
    open: 'not-yours / not-yours / not-yours',
    snoozed: 'not-yours / not-yours / not-yours',
    'not a fit': 'not-yours / not-yours / not-yours',
    claimed: 'not-yours / ok / ok',
    'claimed, snoozed': 'not-yours / ok / ok',
    'claimed, not a fit': 'not-yours / not-a-fit / not-a-fit',
    'claimed, cold': 'not-yours / ok / ok',
    contacted: 'not-yours / ok / ok',
    'contacted, with outcome': 'not-yours / ok / ok',
    'contacted, closed': 'over / ok / ok',
    'cooled, claimed before': 'over / ok / ok',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  outcome: {
    open: 'not-yours / not-yours / not-yours',
    snoozed: 'not-yours / not-yours / not-yours',
    'not a fit': 'not-yours / not-yours / not-yours',
    claimed: 'not-yours / not-contacted / not-contacted',
    'claimed, snoozed': 'not-yours / not-contacted / not-contacted',
    'claimed, not a fit': 'not-yours / not-contacted / not-contacted',
    'claimed, cold': 'not-yours / not-contacted / not-contacted',
    contacted: 'not-yours / ok / ok',
    'contacted, with outcome': 'not-yours / ok / ok',
    'contacted, closed': 'not-yours / ok / ok',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  snooze: {
    open: 'ok / ok / ok',
    snoozed: 'ok / ok / ok',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'not-yours / ok / ok',
    'claimed, snoozed': 'not-yours / ok / ok',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'not-yours / ok / ok',
    contacted: 'not-yours / ok / ok',
    'contacted, with outcome': 'not-yours / ok / ok',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  'not a fit': {
    open: 'ok / ok / ok',
    snoozed: 'ok / ok / ok',
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: 'not-yours / ok / ok',
    'claimed, snoozed': 'not-yours / ok / ok',
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': 'not-yours / ok / ok',
    contacted: 'not-yours / ok / ok',
    'contacted, with outcome': 'not-yours / ok / ok',
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
  },
  note: {
    open: 'ok / ok / ok',
    snoozed: 'ok / ok / ok',
    'not a fit': 'ok / ok / ok',
    claimed: 'ok / ok / ok',
    'claimed, snoozed': 'ok / ok / ok',
    'claimed, not a fit': 'ok / ok / ok',
    'claimed, cold': 'ok / ok / ok',
    contacted: 'ok / ok / ok',
    'contacted, with outcome': 'ok / ok / ok',
    'contacted, closed': 'ok / ok / ok',
    'cooled, claimed before': 'ok / ok / ok',
    cooled: 'ok / ok / ok',
    merged: 'ok / ok / ok',
  },
  pass: {
    open: NOT_OFFERED,
    snoozed: NOT_OFFERED,
    'not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    claimed: NOT_OFFERED,
    'claimed, snoozed': NOT_OFFERED,
    'claimed, not a fit': 'not-a-fit / not-a-fit / not-a-fit',
    'claimed, cold': NOT_OFFERED,
    contacted: NOT_OFFERED,
    'contacted, with outcome': NOT_OFFERED,
    'contacted, closed': 'over / over / over',
    'cooled, claimed before': 'over / over / over',
    cooled: 'over / over / over',
    merged: 'over / over / over',
    offered: 'not-offered / ok / not-offered',
    'offered, time is up': 'not-offered / ok / not-offered',
  },
  keep: { ...ON_HAND_OVER, warned: HANDED_OVER, 'warned, snoozed': HANDED_OVER },
  'give back': ON_HAND_OVER,
};

interface Shape {
  status?: string;
  hold?: string;
  outcome?: string;
  closed?: boolean;
  cooling?: boolean;
  owned?: boolean;
  offer?: 'running' | 'over' | 'lapsed' | 'passed';
  handed?: boolean;
  warned?: boolean;
}

let alerts = 0;

async function alertIn(state: State): Promise<string> {
  const shape: Shape = STATES[state];
  const status = shape.status ?? 'open';
  const owned = shape.owned === true || status === 'claimed' || status === 'contacted';
  alerts += 1;
  const [row] = await db.sql<{ id: string }>(
    `insert into lead_bot.alerts
       (account_key, status, owner, claimed_at, contacted_at, contact_method, touches, closed_at, cooling_since,
        hold, hold_by, held_at, hold_until, hold_score, hold_reason, outcome, outcome_at,
        handed_by, handed_from, handed_at, offer_due_at, waits_since, keeps)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 80, $14, $15, $16, $17, $18, $19, $20,
             '2026-03-02T08:00:00Z', 1)
     returning id`,
    [
      `company-${alerts}.example`,
      status,
      owned ? OWNER : null,
      owned ? '2026-03-02T09:00:00Z' : null,
      status === 'contacted' ? '2026-03-02T10:00:00Z' : null,
      status === 'contacted' ? 'email' : null,
      status === 'contacted' ? 1 : 0,
      shape.closed ? '2026-03-03T10:00:00Z' : null,
      shape.cooling ? '2026-03-02T11:00:00Z' : null,
      shape.hold ?? null,
      shape.hold ? OWNER : null,
      shape.hold ? '2026-03-02T09:30:00Z' : null,
      shape.hold ? LATER : null,
      shape.hold === 'not-a-fit' ? 'partner' : null,
      shape.outcome ?? null,
      shape.outcome ? '2026-03-02T12:00:00Z' : null,
      shape.handed ? 'U0MANAGER' : null,
      shape.handed ? 'U0BEFORE' : null,
      shape.handed ? '2026-03-02T11:30:00Z' : null,
      shape.offer === 'passed' ? LATER : null,
    ],
  );
  const id = row?.id ?? '';
  if (shape.warned) {
    await db.sql(
      `insert into lead_bot.steps (alert_id, kind, period)
       select id, 'warning', waits_since from lead_bot.alerts where id = $1`,
      [id],
    );
  }
  if (shape.offer !== undefined) await addOffer(id, shape.offer);
  return id;
}

const addOffer = (id: string, how: NonNullable<Shape['offer']>) =>
  db.sql(
    `insert into lead_bot.offers (alert_id, holder, source, made_at, until, ended, ended_at)
     values ($1, $2, 'rotation', '2026-03-02T09:00:00Z', $3, $4, $5)`,
    [
      id,
      HOLDER,
      how === 'running' ? LATER : '2026-03-02T09:30:00Z',
      how === 'lapsed' || how === 'passed' ? how : null,
      how === 'lapsed' || how === 'passed' ? '2026-03-02T09:30:00Z' : null,
    ],
  );

const answer = z.object({ why: z.string().nullable() });

async function make(gesture: Gesture, id: string, who: Who): Promise<string> {
  const [name, given] = GESTURES[gesture];
  const { user, manager } = WHO[who];
  const args: Record<string, unknown> = { ...given, p_alert_id: id, p_user: user };
  if ('p_manager' in given) args['p_manager'] = manager;
  if ('p_until' in given && given.p_until !== null) {
    args['p_until'] = new Date(Date.now() + 3_600_000).toISOString();
  }
  return (await db.database.call(name, args, answer)).why ?? 'ok';
}

/** What an undo restores of an alert. */
const columnsOf = (id: string) =>
  db.sql(
    `select to_jsonb(a) - array['redraw_due_at', 'examined_at', 'step_due_at', 'known', 'news'] as row,
            (select jsonb_agg(to_jsonb(o)) from lead_bot.offers o where o.alert_id = a.id) as offers
       from lead_bot.alerts a
      where a.id = $1`,
    [id],
  );

const undoOf = async (id: string) =>
  (
    await db.sql<{ id: string; actor: string }>(
      'select u.id, u.actor from lead_bot.undos u where u.alert_id = $1',
      [id],
    )
  )[0];

const isGesture = (name: string): name is Gesture => name in GESTURES;
const isState = (name: string): name is State => name in STATES;
const GESTURE_NAMES = Object.keys(GESTURES).filter(isGesture);
const STATE_NAMES = Object.keys(STATES).filter(isState);

const cells = GESTURE_NAMES.flatMap((gesture) =>
  STATE_NAMES.map((state) => ({ gesture, state, expected: expectedOf(gesture, state) })),
);

function expectedOf(gesture: Gesture, state: State): string {
  const { [state]: listed, [LIKE[state] ?? state]: alike } = EXPECTED[gesture];
  const [other = '', second = '', manager = ''] = (listed ?? alike ?? 'not listed').split(' / ');
  const shape: Shape = STATES[state];
  const [holder, owner] = shape.offer === undefined ? [other, second] : [second, other];
  return [other, holder, owner, manager].join(' / ');
}

test.each(cells)('$gesture, $state: $expected', async ({ gesture, state, expected }) => {
  const outcomes: string[] = [];
  for (const who of ['other', 'holder', 'owner', 'manager'] as const) {
    const id = await alertIn(state);
    const before = await columnsOf(id);
    const outcome = await make(gesture, id, who);
    outcomes.push(outcome);

    const events = await db.sql('select kind from lead_bot.alert_events where alert_id = $1', [id]);
    expect(events).toHaveLength(outcome === 'ok' ? 1 : 0);
    if (outcome !== 'ok') {
      expect(await columnsOf(id)).toEqual(before);
      continue;
    }
    const undo = await undoOf(id);
    if (undo === undefined) {
      expect(['note', 'keep']).toContain(gesture);
      continue;
    }
    const args = { p_alert_id: id, p_user: WHO[who].user, p_undo_id: undo.id };
    expect(
      (await db.database.call('lead_bot_undo', { ...args, p_user: 'U0NOSY' }, answer)).why,
    ).toBe('changed-since');
    expect((await db.database.call('lead_bot_undo', args, answer)).why).toBeNull();
    expect(await columnsOf(id)).toEqual(before);
    expect(await db.sql('select from lead_bot.alert_notes where alert_id = $1', [id])).toEqual([]);
    expect((await db.database.call('lead_bot_undo', args, answer)).why).toBe('changed-since');
  }
  expect(outcomes.join(' / ')).toBe(expected);
});

/** As one who may, in each cell where one of them may. */
const allowed = cells.flatMap(({ gesture, state, expected }) => {
  const [, holder, owner] = expected.split(' / ');
  const who: Who | null = owner === 'ok' ? 'owner' : holder === 'ok' ? 'holder' : null;
  return who === null ? [] : [{ gesture, state, who }];
});

test.each(allowed)('$gesture, $state: ok when away', async ({ gesture, state, who }) => {
  await db.sql(
    `insert into lead_bot.away (person, since, until)
     values ($1, now() - interval '1 day', now() + interval '1 day')`,
    [WHO[who].user],
  );
  expect(await make(gesture, await alertIn(state), who)).toBe('ok');
  await db.sql('delete from lead_bot.away');
});
