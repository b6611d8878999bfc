import { expect, test } from 'vitest';
import { supabaseCardChannels } from '../../src/adapters/supabase-access.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { lookupQuery } from '../support/lookup-query.ts';
import { outboxStage } from '../support/outbox-stage.ts';
import { OTHER, ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { append, take } = await ownerColumns(db);
const { shown } = outboxStage(db);

const channels = supabaseCardChannels(db.database);

/** Acme and Acme Labs in the other channel, Acme Works and Beta in ALERT_CHANNEL. */
async function twoChannels() {
  await db.poll();
  await append({ alert_channel: `case when v.company_domain ~ 'acme|labs' then '${OTHER}' end` });
  await addLead(db, { name: 'Ada Own' });
  await addLead(db, { domain: 'labs.example', company: 'Acme Labs' });
  await addLead(db, { domain: 'works.example', company: 'Acme Works', score: 95 });
  await addLead(db, { domain: 'beta.example', company: 'Beta', name: 'Bo Elsewhere' });
  await db.poll();
}

const within = (text: string, ...ids: string[]) => db.alerts.lookup(lookupQuery(text), ids);

test("members of the card's channel find its company; for others it doesn't exist", async () => {
  await twoChannels();
  for (const text of ['acme.example', 'Ada Own', 'labs.example', 'Acme Labs']) {
    expect([text, (await within(text, OTHER)).kind]).toEqual([text, 'found']);
    expect([text, await within(text, 'C0THIRD')]).toEqual([text, { kind: 'none' }]);
  }
  for (const text of [
    'beta.example',
    'Bo Elsewhere',
    'Beta',
    'bet',
    'works.example',
    'none.example',
  ]) {
    expect([text, await within(text, OTHER)]).toEqual([text, { kind: 'none' }]);
    expect([text, await within(text)]).toEqual([text, { kind: 'none' }]);
  }
});

test('after a merge, the surviving alert decides who can see the company', async () => {
  await db.poll();
  await append({
    alert_channel: `case when v.champion_name = 'Ada' then '${OTHER}' else 'C0THIRD' end`,
  });
  const ada = await addLead(db, { name: 'Ada', domain: null, email: 'ada@newco-mail.example' });
  await db.poll();
  await addLead(db, { name: 'Ben', domain: 'newco.example', company: 'NewCo' });
  await db.poll();
  for (const delivery of await take()) await shown(delivery, `1.${delivery.channel.length}`);
  await db.sql(
    `update public.developer_signups set company_domain = 'newco.example' where id = $1`,
    [ada],
  );
  await db.sweep();
  await db.poll();
  await db.sql(
    `update lead_bot.alerts set status = 'cooled', closed_at = now() where closed_at is null`,
  );
  expect((await within('newco.example', OTHER)).kind).toBe('found');
  expect(await within('newco.example', 'C0THIRD')).toEqual({ kind: 'none' });
});

test('offers only matches from the channel', async () => {
  await twoChannels();
  const all = await db.alerts.lookup(lookupQuery('Acm'));
  expect(all).toMatchObject({ kind: 'near', fitting: 3 });
  const own = await within('Acm', OTHER, 'C0THIRD');
  expect(own).toMatchObject({ kind: 'near', fitting: 2 });
  expect(JSON.stringify(own)).not.toContain('works.example');
});

test('lists contain and count only the alerts of the channel', async () => {
  await twoChannels();
  const keys = async (list: ReturnType<typeof db.alerts.hot>) => {
    const { alerts, total } = await list;
    return [total, ...alerts.map(({ account }) => account.key).sort()];
  };
  expect(await keys(db.alerts.hot(15, 0, [OTHER]))).toEqual([2, 'acme.example', 'labs.example']);
  expect(await keys(db.alerts.hot(1, 1, [OTHER]))).toMatchObject([2, expect.anything()]);
  expect(await keys(db.alerts.hot(15, 0, ['C0THIRD']))).toEqual([0]);
  expect((await db.alerts.hot(15)).total).toBe(4);
  for (const id of await db.alertIds()) await db.alerts.claim(id, 'U0ADA');
  expect(await keys(db.alerts.mine('U0ADA', 15, 0, [OTHER]))).toMatchObject([
    2,
    ...Array(2).fill(expect.anything()),
  ]);
  expect(await keys(db.alerts.openOnes('claimed', null, 15, 0, [OTHER]))).toMatchObject([
    2,
    ...Array(2).fill(expect.anything()),
  ]);
});

test('an alert belongs to the channel of its card or roll-up, and to none once that is erased', async () => {
  await twoChannels();
  const [id = ''] = (
    await db.sql<{ id: string }>(
      `select id from lead_bot.alerts where account_key = 'acme.example'`,
    )
  ).map((row) => row.id);
  expect(await channels.holds([OTHER], id)).toBe(true);
  expect(await channels.holds([CHANNEL, 'C0THIRD'], id)).toBe(false);
  expect(await channels.holds([], id)).toBe(false);
  await db.sql(`update lead_bot.messages set kind = 'rollup' where alert_id = $1`, [id]);
  expect(await channels.holds([OTHER], id)).toBe(true);
  await db.sql(`update lead_bot.messages set removal = 'erased' where alert_id = $1`, [id]);
  expect(await channels.holds([OTHER], id)).toBe(false);
});

test('forgets a channel that no lead has named for 90 days', async () => {
  await twoChannels();
  expect(await channels.list()).toEqual([OTHER]);
  await db.sql(`update lead_bot.card_channels set used_at = now() - interval '91 days'`);
  expect(await channels.list()).toEqual([]);
});
