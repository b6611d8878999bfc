import { expect, test } from 'vitest';
import { readSetAside, supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { tidy } from '../../src/adapters/supabase-upkeep.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { answering, type Json, leadRow } from '../support/database-answers.ts';

const POLICY: PollPolicy = {
  channel: 'C0HOT',
  firstRun: 'rollup',
  maxCardsPerPoll: 10,
  offerTo: { owners: true, rotation: false },
  rearmAfterMs: 86_400_000,
};

const enteringRow = (part: Json = {}): Json => ({
  ...leadRow(),
  account_key: 'velocitypay.io',
  open_alert: 'none',
  ...part,
});

const answer = (part: Json = {}): Json => ({
  first_run: false,
  entered: [],
  marks: [],
  more: false,
  recent_cards: 0,
  moved: false,
  offersDue: false,
  swept: true,
  sweep_due: false,
  ...part,
});

const changesOf = (...entered: readonly unknown[]) =>
  supabasePolls(answering(answer({ entered }))).changes(POLICY);

test('a poll requests 100 leads at a time and the re-arm time', async () => {
  const database = answering(
    answer({
      first_run: true,
      more: true,
      marks: [3],
      recent_cards: 2,
      moved: true,
      offers_due: true,
      steps_due: true,
      sweep_due: true,
    }),
  );
  expect(await supabasePolls(database).changes(POLICY)).toEqual({
    firstRun: true,
    entering: [],
    malformed: [],
    marks: [3],
    more: true,
    recentCards: 2,
    moved: true,
    offersDue: true,
    stepsDue: true,
    outcomesDue: false,
    swept: true,
    sweepDue: true,
  });
  expect(database.calls).toEqual([['lead_bot_changes', { p_rearm_seconds: 86_400, p_limit: 100 }]]);
});

test('sets aside a row that the database could not read, with its SQLSTATE', async () => {
  const id = '11111111-1111-1111-1111-111111111111';
  const { malformed } = await changesOf({ developer_id: id, unreadable: '22012' });
  expect(malformed).toEqual([
    { developerId: id, setAside: true, problems: [{ field: '(row)', problem: '22012' }] },
  ]);
});

test("reports five of a row's many problems", async () => {
  const { malformed } = await changesOf(enteringRow({ tech_stack: Array(50).fill(7) }));
  expect(malformed[0]?.problems).toHaveLength(5);
});

test('rounds a re-arm time below a second up to one second', async () => {
  const database = answering(answer());
  await supabasePolls(database).changes({ ...POLICY, rearmAfterMs: 20 });
  await supabasePolls(database).changes({ ...POLICY, rearmAfterMs: 1_600 });
  expect(database.calls.map(([, args]) => args['p_rearm_seconds'])).toEqual([1, 2]);
});

test.each(['none', 'with-card', 'without-card'])(
  'a lead enters with its account, whose open alert is %s',
  async (open_alert) => {
    const { entering, malformed } = await changesOf(enteringRow({ open_alert }));
    expect(entering).toEqual([
      {
        lead: expect.objectContaining({
          developerId: '11111111-1111-1111-1111-111111111111',
          totalScore: 88,
        }),
        accountKey: 'velocitypay.io',
        openAlert: open_alert,
      },
    ]);
    expect(malformed).toEqual([]);
  },
);

test.each([
  ['tech_stack', 'React', 'techStack', []],
  ['employee_count', -5, 'employeeCount', null],
  ['total_funding_usd', -1, 'totalFundingUsd', null],
  ['last_active_at', 'yesterday', 'lastActiveAt', null],
])(
  'a hot lead enters without its %s if that is %j, and reports it',
  async (column, bad, field, none) => {
    const { entering, malformed } = await changesOf(enteringRow({ [column]: bad }));
    expect(entering).toMatchObject([{ lead: { [field]: none, totalScore: 88 } }]);
    expect(malformed).toEqual([
      {
        developerId: '11111111-1111-1111-1111-111111111111',
        setAside: false,
        problems: [{ field: column, problem: expect.any(String) }],
      },
    ]);
  },
);

test.each([
  ['total_score', 244],
  ['total_score', -1],
  ['total_score', null],
  ['email', null],
  ['tier', 'lukewarm'],
  ['stakeholder_count', -1],
  ['signal_count', 'three'],
  ['features_used', null],
  ['account_key', ''],
  ['open_alert', 'maybe'],
])('sets aside a row whose %s is %j, and the next one enters', async (column, bad) => {
  const { entering, malformed } = await changesOf(enteringRow({ [column]: bad }), enteringRow());
  expect(entering).toHaveLength(1);
  expect(malformed).toMatchObject([
    {
      developerId: '11111111-1111-1111-1111-111111111111',
      setAside: true,
      problems: [{ field: column }],
    },
  ]);
});

test('sets aside a row without an id as unknown, with its problems', async () => {
  const { malformed } = await changesOf('nonsense');
  expect(malformed).toEqual([
    {
      developerId: 'unknown',
      setAside: true,
      problems: [{ field: '(row)', problem: 'invalid_type' }],
    },
  ]);
});

test('names the position of a problem in a list', async () => {
  const { malformed } = await changesOf(enteringRow({ features_used: ['Auth', 7] }));
  expect(malformed[0]?.problems).toEqual([{ field: 'features_used.1', problem: 'invalid_type' }]);
});

test('records a plan with the channel, the re-arm time and how each lead is shown', async () => {
  const summary = { opened: 1, joined: 2, left: 3, returned: 4, cooled: 5, redrawn: 6 };
  const failed = [{ developer_id: 'd3', code: '54000' }];
  const database = answering({ ...summary, failed, offers_due: true });
  const plan = {
    entries: [
      { developerId: 'd1', show: 'card' },
      { developerId: 'd2', show: 'none' },
    ],
    rollupReason: 'storm',
    unfinished: true,
    marks: [4, 5],
  } as const;
  expect(await supabasePolls(database).record(plan, POLICY)).toEqual({
    ...summary,
    failed: [{ developerId: 'd3', code: '54000' }],
    offersDue: true,
  });
  expect(database.calls).toEqual([
    [
      'lead_bot_record_poll',
      {
        p_plan: {
          channel: 'C0HOT',
          rearm_seconds: 86_400,
          rollup_reason: 'storm',
          unfinished: true,
          offer_to_owners: true,
          rotation: false,
          marks: [4, 5],
          entries: [
            { developer_id: 'd1', show: 'card' },
            { developer_id: 'd2', show: 'none' },
          ],
        },
      },
    ],
  ]);
});

test('follows and sweeps in one call each', async () => {
  const moves = { left: 1, returned: 2, cooled: 3, redrawn: 4, more: true };
  const sweep = { swept: true, found: 1, missing: 2, believed: 3, ms: 4, large: false };
  const database = answering(moves, sweep);
  const polls = supabasePolls(database);
  expect(await polls.follow(POLICY)).toEqual(moves);
  expect(await polls.sweep()).toEqual(sweep);
  expect(database.calls).toEqual([
    ['lead_bot_follow', { p_rearm_seconds: 86_400 }],
    ['lead_bot_sweep', {}],
  ]);
});

test('of the leads set aside, lists those that get no card, and says whether there are more', async () => {
  const usable = enteringRow({ employee_count: 'many' });
  const database = answering({ rows: [usable, enteringRow({ open_alert: 7 })], more: true });
  expect(await readSetAside(database)).toEqual({
    malformed: [
      {
        developerId: leadRow()['developer_id'],
        setAside: true,
        problems: [{ field: 'open_alert', problem: expect.any(String) }],
      },
    ],
    more: true,
  });
});

test.each(['made', 'nothing', 'exists', 'before-first-poll', 'too-early', 'too-late'])(
  'requests a digest by channel, date and due time; %s is a valid answer',
  async (answer) => {
    const database = answering(answer);
    const dueAt = new Date('2026-03-02T08:00:00Z');
    expect(await supabaseDigests(database).request('C0SALES', '2026-03-02', dueAt)).toBe(answer);
    expect(database.calls).toEqual([
      [
        'lead_bot_request_digest',
        {
          p_channel: 'C0SALES',
          p_local_date: '2026-03-02',
          p_due_at: '2026-03-02T08:00:00.000Z',
        },
      ],
    ]);
  },
);

test('asks for no digest that has nothing to say', async () => {
  const database = answering('nothing');
  const dueAt = new Date('2026-03-02T08:00:00Z');
  await supabaseDigests(database).request('C0SALES', '2026-03-02', dueAt, false);
  expect(database.calls).toMatchObject([['lead_bot_request_digest', { p_post_empty: false }]]);
});

test.each([true, false])(
  'tidying is one step and returns whether there is more: %s',
  async (more) => {
    const database = answering({ more });
    expect(await tidy(database, 30, 90)).toBe(more);
    expect(database.calls).toEqual([
      ['lead_bot_tidy', { p_retention_days: 30, p_history_days: 90 }],
    ]);
  },
);
