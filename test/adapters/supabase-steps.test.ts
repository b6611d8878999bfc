import { expect, test } from 'vitest';
import {
  supabaseDirectSettings,
  supabaseMornings,
  supabaseSteps,
} from '../../src/adapters/supabase-steps.ts';
import { answering, type Json } from '../support/database-answers.ts';

const caseRow = (part: Json = {}): Json => ({
  alert_id: 'a1',
  seen: '2026-03-02T09:00:00.123456+00:00',
  period: '2026-03-02T08:00:00.654321+00:00',
  channel: null,
  status: 'claimed',
  is_hot: true,
  owner: 'U0ANNA',
  waits_since: '2026-03-02T08:00:00.654321+00:00',
  owner_back_at: '2026-03-01T09:00:00+00:00',
  has_outcome: false,
  keeps: 2,
  score: 90,
  holder: null,
  has_news: true,
  news_told_at: null,
  last_step_at: '2026-03-02T08:30:00+00:00',
  taken: [{ kind: 'warning', at: '2026-03-02T08:30:00+00:00', delivered_at: null }],
  ...part,
});
const due = (...cases: readonly Json[]) =>
  supabaseSteps(
    answering({
      now: '2026-03-02T10:00:00+00:00',
      since: { claim: null, contact: '2026-01-01T00:00:00+00:00' },
      cases,
    }),
  ).due(50);

test('reads what decides about a step, and names state and period to the microsecond', async () => {
  expect(await due(caseRow())).toEqual({
    now: new Date('2026-03-02T10:00:00Z'),
    since: { claim: null, contact: new Date('2026-01-01T00:00:00Z'), followUp: null },
    cases: [
      {
        alertId: 'a1',
        seen: '2026-03-02T09:00:00.123456+00:00',
        period: '2026-03-02T08:00:00.654321+00:00',
        channel: null,
        status: 'claimed',
        isHot: true,
        owner: 'U0ANNA',
        waitsSince: new Date('2026-03-02T08:00:00.654Z'),
        ownerBackAt: new Date('2026-03-01T09:00:00Z'),
        hasOutcome: false,
        keeps: 2,
        score: 90,
        holder: null,
        hasNews: true,
        newsToldAt: null,
        lastStepAt: new Date('2026-03-02T08:30:00Z'),
        taken: [{ kind: 'warning', at: new Date('2026-03-02T08:30:00Z'), deliveredAt: null }],
      },
    ],
  });
});

test('leaves out steps that only a newer bot knows', async () => {
  const taken = [{ kind: 'sermon', at: '2026-03-02T08:30:00+00:00', delivered_at: null }];
  expect((await due(caseRow({ taken }))).cases).toMatchObject([{ taken: [] }]);
});

test.each([{ status: 'lost' }, { waits_since: 'yesterday' }, { owner: 7 }])(
  'refuses an alert with %j',
  async (part) => {
    await expect(due(caseRow(part))).rejects.toThrow();
  },
);

test('asks for a limited number of alerts', async () => {
  const database = answering({ now: '2026-03-02T10:00:00Z', since: {}, cases: [] });
  await supabaseSteps(database).due(50);
  expect(database.calls).toEqual([['lead_bot_steps_due', { p_limit: 50 }]]);
});

test.each([
  [{ claimMs: 1, contactMs: null, followUpMs: null }, { claim: true }],
  [{ claimMs: null, contactMs: 1, followUpMs: null }, { contact: true }],
  [{ claimMs: null, contactMs: null, followUpMs: 1 }, { follow_up: true }],
])('says which deadlines of %o are on', async (deadlines, on) => {
  const database = answering(null);
  await supabaseSteps(database).setDeadlines(deadlines);
  const p_on = { claim: false, contact: false, follow_up: false, ...on };
  expect(database.calls).toEqual([['lead_bot_set_deadlines', { p_on }]]);
});

test('defers and takes in one call each', async () => {
  const database = answering(null, 1);
  const at = new Date('2026-03-02T12:00:00Z');
  const steps = supabaseSteps(database);
  await steps.defer([
    { alertId: 'a1', seen: 's', at, dueAt: null },
    { alertId: 'a2', seen: 't', at: null, dueAt: at },
  ]);
  const step = { alertId: 'a1', kind: 'warning', period: 'p', until: at } as const;
  expect(
    await steps.take([step, { ...step, until: null }], [{ to: 'U0ANNA', at, sendBy: at }], false),
  ).toBe(1);
  const iso = at.toISOString();
  expect(database.calls).toEqual([
    [
      'lead_bot_defer_steps',
      {
        p_cases: [
          { alert_id: 'a1', seen: 's', at: iso, due_at: null },
          { alert_id: 'a2', seen: 't', at: null, due_at: iso },
        ],
      },
    ],
    [
      'lead_bot_take_steps',
      {
        p_steps: [
          { alert_id: 'a1', kind: 'warning', period: 'p', until: iso },
          { alert_id: 'a1', kind: 'warning', period: 'p', until: null },
        ],
        p_readers: [{ to: 'U0ANNA', at: iso, send_by: iso }],
        p_together: false,
      },
    ],
  ]);
});

test('asks who has leads', async () => {
  const database = answering(['U0ANNA']);
  expect(await supabaseMornings(database).people()).toEqual(['U0ANNA']);
  expect(database.calls).toEqual([['lead_bot_people_with_leads', {}]]);
});

test('asks for a morning by person and date', async () => {
  const database = answering(true);
  const by = new Date('2026-03-02T12:00:00Z');
  expect(await supabaseMornings(database).want('U0ANNA', '2026-03-02', by)).toBe(true);
  expect(database.calls).toEqual([
    [
      'lead_bot_want_morning',
      { p_person: 'U0ANNA', p_date: '2026-03-02', p_send_by: by.toISOString() },
    ],
  ]);
});

test('reads which direct messages are off, without those that it does not know', async () => {
  const database = answering(['morning', 'sermon']);
  expect(await supabaseDirectSettings(database).muted('U0ANNA')).toEqual(new Set(['morning']));
});
