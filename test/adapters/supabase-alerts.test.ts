import { expect, test } from 'vitest';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { byNameAlone } from '../../src/core/command.ts';
import { readFilter } from '../../src/core/list-filter.ts';
import { accountRow, answering, pictureRow } from '../support/database-answers.ts';

const CLAIMED = {
  status: 'claimed',
  owner: 'U0MARIA',
  claimed_at: '2026-03-02T09:30:00Z',
};
const CONTACTED = {
  ...CLAIMED,
  status: 'contacted',
  contacted_at: '2026-03-02T11:00:00Z',
  contact_method: 'call',
};

const claimedAt = new Date('2026-03-02T09:30:00Z');
const contactedAt = new Date('2026-03-02T11:00:00Z');
const openedAt = new Date('2026-03-02T09:00:00Z');

const answered = (why: string | null, alert = {}) =>
  answering({ ok: why === null, why, picture: pictureRow({ alert }) });

test('each gesture is one call with the alert and the user', async () => {
  const database = answered(null, CONTACTED);
  const alerts = supabaseAlerts(database);
  const results = [
    await alerts.claim('a1', 'U0MARIA'),
    await alerts.release('a1', 'U0MARIA'),
    await alerts.contact('a1', 'U0MARIA', 'call', 'On Friday'),
    await alerts.pass('a1', 'U0MARIA'),
    await alerts.keep('a1', 'U0MARIA'),
    await alerts.giveBack('a1', 'U0MARIA'),
    await alerts.handOver('a1', 'U0MARIA', 'U0BEN', 'Yours'),
    await alerts.outcome('a1', 'U0MARIA', 'not-now', contactedAt, 'In May'),
    await alerts.outcome('a1', 'U0MARIA', 'won', null, ''),
    await alerts.snooze('a1', 'U0MARIA', contactedAt),
    await alerts.notAFit('a1', 'U0MARIA', 'student', 'At a school', 1_500),
    await alerts.addNote('a1', 'U0MARIA', 'They called'),
    await alerts.undo('a1', 'U0MARIA', 'event-1'),
  ];
  const who = { p_alert_id: 'a1', p_user: 'U0MARIA' };
  const until = contactedAt.toISOString();
  expect(database.calls).toEqual([
    ['lead_bot_claim', who],
    ['lead_bot_release', who],
    ['lead_bot_contact', { ...who, p_method: 'call', p_note: 'On Friday' }],
    ['lead_bot_pass', who],
    ['lead_bot_keep', who],
    ['lead_bot_give_back', who],
    ['lead_bot_hand_over', { ...who, p_to: 'U0BEN', p_note: 'Yours' }],
    ['lead_bot_outcome', { ...who, p_outcome: 'not-now', p_until: until, p_note: 'In May' }],
    ['lead_bot_outcome', { ...who, p_outcome: 'won', p_until: null, p_note: '' }],
    ['lead_bot_snooze', { ...who, p_until: until }],
    [
      'lead_bot_not_a_fit',
      { ...who, p_reason: 'student', p_note: 'At a school', p_quiet_seconds: 2 },
    ],
    ['lead_bot_note', { ...who, p_note: 'They called' }],
    ['lead_bot_undo', { ...who, p_undo_id: 'event-1' }],
  ]);
  for (const result of results) {
    expect(result).toMatchObject({ ok: true, picture: { alert: { owner: 'U0MARIA' } } });
  }
});

test('a manager and a gone owner come with the gestures that look at them', async () => {
  const database = answered(null, CLAIMED);
  const alerts = supabaseAlerts(database);
  const rights = { isManager: true, goneOwner: 'U0GONE' };
  await alerts.claim('a1', 'U0MARIA', rights);
  await alerts.release('a1', 'U0MARIA', rights);
  await alerts.giveBack('a1', 'U0MARIA', rights);
  await alerts.contact('a1', 'U0MARIA', 'call', '', rights);
  await alerts.handOver('a1', 'U0MARIA', 'U0BEN', '', rights);
  await alerts.outcome('a1', 'U0MARIA', 'won', null, '', rights);
  await alerts.snooze('a1', 'U0MARIA', contactedAt, rights);
  await alerts.notAFit('a1', 'U0MARIA', 'student', '', 0, rights);
  const passed = database.calls.map(([name, args]) => [
    name,
    args['p_manager'],
    args['p_gone_owner'],
  ]);
  expect(passed).toEqual([
    ['lead_bot_claim', true, undefined],
    ['lead_bot_release', true, 'U0GONE'],
    ['lead_bot_give_back', undefined, 'U0GONE'],
    ['lead_bot_contact', true, undefined],
    ['lead_bot_hand_over', true, undefined],
    ['lead_bot_outcome', true, undefined],
    ['lead_bot_snooze', true, undefined],
    ['lead_bot_not_a_fit', true, undefined],
  ]);
});

const HELD = {
  hold: 'not-a-fit',
  hold_by: 'U0BEN',
  held_at: '2026-03-02T09:30:00Z',
  hold_until: '2026-03-02T11:00:00Z',
  hold_reason: 'student',
};
const OFFERED = {
  offer: {
    holder: 'U0BEN',
    source: 'rotation',
    instead_of: null,
    until: '2026-03-02T11:00:00Z',
    ended: null,
    ended_at: null,
  },
};

test.each([
  ['already-yours', CLAIMED, { why: 'already-yours' }],
  ['claimed-by-other', CLAIMED, { why: 'claimed-by-other', owner: 'U0MARIA', claimedAt }],
  ['claimed-by-other', {}, { why: 'not-yours', owner: null }],
  ['not-yours', CLAIMED, { why: 'not-yours', owner: 'U0MARIA' }],
  ['not-yours', {}, { why: 'not-yours', owner: null }],
  ['already-contacted', CONTACTED, { why: 'already-contacted', owner: 'U0MARIA', contactedAt }],
  [
    'already-contacted',
    { ...CONTACTED, contacted_at: null },
    { why: 'already-contacted', owner: 'U0MARIA', contactedAt: openedAt },
  ],
  ['claimed-by-other', { ...CLAIMED, owner: null }, { why: 'not-yours', owner: null }],
  ['claimed-by-other', { ...CLAIMED, claimed_at: null }, { why: 'not-yours', owner: null }],
  [
    'not-a-fit',
    HELD,
    {
      why: 'not-a-fit',
      hold: {
        kind: 'not-a-fit',
        reason: 'student',
        by: 'U0BEN',
        at: claimedAt,
        until: contactedAt,
      },
    },
  ],
  ['not-a-fit', {}, { why: 'not-allowed' }],
  ['already-theirs', CLAIMED, { why: 'already-theirs', owner: 'U0MARIA' }],
  ['already-theirs', {}, { why: 'not-allowed' }],
  [
    'offered',
    OFFERED,
    { why: 'offered', offer: expect.objectContaining({ holder: 'U0BEN', until: contactedAt }) },
  ],
  ['offered', {}, { why: 'not-allowed' }],
  ['over', CLAIMED, { why: 'over' }],
  ['a-reason-of-next-year', CLAIMED, { why: 'not-allowed' }],
])('the refusal %s of the alert %o returns %o and the alert', async (why, alert, refusal) => {
  const result = await supabaseAlerts(answered(why, alert)).claim('a1', 'U0JONAS');
  expect(result).toEqual({
    ok: false,
    refusal: { ...refusal, picture: expect.objectContaining({ past: null }) },
  });
});

test.each([
  ['refuses it as not found', { ok: false, why: 'not-found', picture: null }],
  [
    'refuses it as not found, with a picture',
    { ok: false, why: 'not-found', picture: pictureRow() },
  ],
  ['returns no alert', { ok: true, why: null, picture: null }],
  ['refuses it without a reason', { ok: false, why: null, picture: null }],
])('a gesture is refused as not found if the database %s', async (_, answer) => {
  expect(await supabaseAlerts(answering(answer)).claim('a1', 'U0MARIA')).toEqual({
    ok: false,
    refusal: { why: 'not-found' },
  });
});

test('fetches an alert by id', async () => {
  const database = answering(pictureRow());
  expect(await supabaseAlerts(database).find('a1')).toMatchObject({ alert: { status: 'open' } });
  expect(database.calls).toEqual([['lead_bot_alert', { p_alert_id: 'a1' }]]);
});

test('a lookup returns the company with its alert, if any', async () => {
  const query = {
    keys: ['app.acme.example', 'acme.example'],
    emails: ['a@acme.example'],
    names: ['a@acme.example'],
    profiles: [],
    near: 'acme',
    parts: false,
  };
  const database = answering({ kind: 'found', picture: { account: accountRow(), current: null } });
  expect(await supabaseAlerts(database).lookup(query)).toMatchObject({
    kind: 'found',
    picture: { account: { name: 'VelocityPay' }, current: null },
  });
  expect(database.calls).toEqual([
    [
      'lead_bot_lookup',
      {
        p_keys: query.keys,
        p_emails: query.emails,
        p_names: query.names,
        p_profiles: [],
        p_near: 'acme',
        p_parts: false,
      },
    ],
  ]);
});

test('a lookup without a match offers near ones, whatever their tiers are called', async () => {
  const near = { account_key: 'a.example', name: 'A', domain: null, total_score: null, tier: null };
  const warm = { ...near, domain: 'a.example', total_score: 61, tier: 'warm' };
  const alerts = supabaseAlerts(
    answering({ kind: 'near', matches: [{ ...near, tier: 'cold' }, warm], fitting: 7 }),
  );
  const shown = { accountKey: 'a.example', name: 'A', domain: null, totalScore: null, tier: null };
  expect(await alerts.lookup(byNameAlone('a'))).toEqual({
    kind: 'near',
    matches: [shown, { ...shown, domain: 'a.example', totalScore: 61, tier: 'warm' }],
    fitting: 7,
  });
});

test('a lookup may find nothing', async () => {
  const alerts = supabaseAlerts(answering({ kind: 'none' }));
  expect(await alerts.lookup(byNameAlone('x'))).toEqual({ kind: 'none' });
});

test('requests the full list without an owner, and my list with the user', async () => {
  const database = answering({ alerts: [pictureRow()], total: 12 });
  const alerts = supabaseAlerts(database);
  expect(await alerts.hot(10)).toMatchObject({ alerts: [{ past: null }], total: 12 });
  expect(await alerts.mine('U0MARIA', 5)).toMatchObject({ alerts: [{ past: null }], total: 12 });
  expect(database.calls).toEqual([
    ['lead_bot_list', { p_owner: null, p_limit: 10, p_offset: 0 }],
    ['lead_bot_list', { p_owner: 'U0MARIA', p_limit: 5, p_offset: 0 }],
  ]);
});

test('requests a filtered list with what it looks for, and not with what was typed', async () => {
  const database = answering({ alerts: [], total: 0 });
  const read = readFilter('acme >500 late');
  if (read.kind !== 'filter') throw new Error(read.kind);
  await supabaseAlerts(database).mine('U0MARIA', 5, 15, ['C0'], read.filter);
  expect(database.calls).toEqual([
    [
      'lead_bot_list',
      {
        p_owner: 'U0MARIA',
        p_limit: 5,
        p_offset: 15,
        p_channels: ['C0'],
        p_filter: {
          late: true,
          least: 501,
          most: null,
          terms: [{ words: ['acme'], plan: null, feature: null }],
        },
      },
    ],
  ]);
});

test('lists of a cover, of a status and of a roll-up are limited to the channels of the reader', async () => {
  const database = answering({ alerts: [pictureRow()], total: 12 });
  const alerts = supabaseAlerts(database);
  const answers = [
    await alerts.covered('U0MARIA', 5, ['C0']),
    await alerts.openOnes('claimed', 'message-1', 10, 20, ['C0']),
    await alerts.inRollup('message-1', 10, 20, ['C0']),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ total: 12 });
  const page = { p_owner: null, p_limit: 10, p_offset: 20, p_channels: ['C0'] };
  expect(database.calls).toEqual([
    ['lead_bot_covered', { p_user: 'U0MARIA', p_limit: 5, p_channels: ['C0'] }],
    ['lead_bot_list', { ...page, p_status: 'claimed', p_message_id: 'message-1' }],
    ['lead_bot_list', { ...page, p_message_id: 'message-1' }],
  ]);
});

test('a preview is the digest a channel would get now', async () => {
  const counts = { unclaimed: 1, claimed: 0, contacted: 0, cooled: 0, opened: 1 };
  const alert = { section: 'unclaimed', picture: pictureRow() };
  const frame = { made_at: '2026-03-02T09:00:00Z', since: null, counts };
  const database = answering({ ...frame, alerts: [alert] });
  expect(await supabaseAlerts(database).previewDigest('C0SALES', '2026-03-02')).toMatchObject({
    localDate: '2026-03-02',
    since: null,
    counts: { unclaimed: 1, claimed: 0, contacted: 0, cooled: 0 },
    unclaimed: [{ alert: { status: 'open' } }],
    claimed: [],
  });
  expect(database.calls).toEqual([['lead_bot_preview_digest', { p_channel: 'C0SALES' }]]);
});
