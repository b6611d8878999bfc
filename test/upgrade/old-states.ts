import { setTimeout as sleep } from 'node:timers/promises';
import type { BotProcess } from '../../src/sandbox/demo/bot-process.ts';
import type { LocalSlack, Misbehavior, SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { addLead, rescore } from '../support/leads.ts';
import type { TestDatabase } from '../support/supabase.ts';
import { ALICE, BEN, CARDS, CHLOE, DIGESTS, GUEST } from './old-workspace.ts';

/** Action ids of 9bb4b54. */
const CLAIM = 'alert.claim';
const MORE = 'alert.more';
const CONTACT = 'alert.contact';

export interface OldStage extends Pick<TestDatabase, 'sql'> {
  slack: LocalSlack;
  /** Starts a bot of the old version with these settings beside those that connect it. */
  startBot(env: Readonly<Record<string, string>>): Promise<BotProcess>;
  erase(whom: string): Promise<void>;
}

export const OLD_SETTINGS = {
  ALERT_CHANNEL: CARDS,
  DIGEST_CHANNEL: DIGESTS,
  POLL_SCHEDULE: '* * * * * *',
  DIGEST_SCHEDULE: '0 0 29 2 *',
  MAX_CARDS_PER_POLL: '4',
};

/**
 * Has two bots of 9bb4b54 work until the database has every state that an upgrade may find, and kills them
 * in the middle of it. What the bots couldn't get to is left undone on purpose.
 */
export async function playOldStates(stage: OldStage): Promise<void> {
  const { sql, slack } = stage;
  const lead = (domain: string | null, company: string | null, more = {}) =>
    addLead({ sql }, { domain, company, ...more });
  const card = (company: string, text = '') =>
    slack.until(
      () =>
        slack
          .messages(CARDS)
          .find(
            (m) =>
              m.thread_ts === null && m.text.includes(company) && JSON.stringify(m).includes(text),
          ),
      { what: `the card of ${company} with ${text}` },
    );
  const on = ({ channel, ts }: SlackMessage) => ({ in: 'message', channel, ts }) as const;
  const claim = async (user: string, company: string) => {
    await slack.press(user, on(await card(company, CLAIM)), { actionId: CLAIM });
    return card(company, `Claimed by <@${user}>`);
  };
  const until = async (what: string, condition: string) => {
    const end = Date.now() + 30_000;
    for (;;) {
      const [row] = await sql<{ yes: boolean }>(`select ${condition} as yes`);
      if (row?.yes) return;
      if (Date.now() > end) throw new Error(`No sign of ${what}.\n${slack.dump()}`);
      await sleep(100);
    }
  };
  const alertOf = (key: string) => `(select id from lead_bot.alerts where account_key = '${key}')`;

  // A first run that finds three hot leads, one of which is claimed from its row.
  const before = await lead('before.example', 'Before', { score: 60 });
  for (const n of [1, 2, 3]) await lead(`first-run-${n}.example`, `First Run ${n}`);
  const bots = [await stage.startBot({}), await stage.startBot({})];
  const rollup = await slack.until(() => slack.messages(CARDS)[0], { what: 'the first roll-up' });
  await slack.until(() => slack.connections() === 2, { what: 'two bots' });
  const [first] = await sql<{ id: string }>(`select ${alertOf('first-run-1.example')} as id`);
  await slack.pressWith(ALICE, on(rollup), {
    action_id: CLAIM,
    block_id: 'old',
    value: first?.id ?? '',
  });
  await until(
    'the claim from the roll-up',
    `exists (select from lead_bot.alerts where owner = '${ALICE}')`,
  );

  await lead('open.example', 'Open');
  await card('Open');
  await rescore({ sql }, before, 90);
  await card('Before');
  await lead('claimed.example', 'Claimed');
  await claim(ALICE, 'Claimed');
  await lead('contacted.example', 'Contacted');
  const contacted = await claim(BEN, 'Contacted');
  await slack.press(BEN, on(contacted), { actionId: CONTACT });
  const form = await slack.until(
    () => slack.views(BEN).find(({ view }) => JSON.stringify(view).includes('contact.method')),
    { what: 'the form' },
  );
  await slack.submit(BEN, form.id, {
    'contact.method': 'call',
    'contact.note': 'Wants a demo on Thursday',
  });
  await card('Contacted', 'Wants a demo');
  await lead('released.example', 'Released');
  const released = await claim(CHLOE, 'Released');
  await slack.press(CHLOE, on(released), {
    actionId: MORE,
    option: `alert.release:${await idOf('released.example')}`,
  });
  await card('Released', CLAIM);
  await lead('joined.example', 'Joined');
  await card('Joined');
  await lead('joined.example', 'Joined', { name: 'Second Champion' });
  await slack.until(() => slack.messages(CARDS).some((m) => m.thread_ts !== null), {
    what: 'the thread note',
  });

  // Two spellings of one company, both open, the younger one claimed; and two people without a domain.
  await lead('Twin.example', 'Twin');
  await card('Twin');
  await lead('www.twin.example', 'Twin Two');
  await claim(BEN, 'Twin Two');
  await lead(null, null, { email: 'pat@by-address.example', name: 'Pat Address' });
  await card('Pat Address');
  await lead(null, null, { email: 'kim@gmail.com', name: 'Kim Private' });
  await lead('fastmail.com', 'Fastmail', { email: 'ann@fastmail.com', name: 'Ann Mail' });
  await card('Fastmail');

  // Cooling, cooled, and hot again after it had cooled.
  const cooling = await lead('cooling.example', 'Cooling');
  await card('Cooling');
  const claimedCooling = await lead('claimed-cooling.example', 'Claimed Cooling');
  await claim(CHLOE, 'Claimed Cooling');
  const cooled = await lead('cooled.example', 'Cooled');
  await card('Cooled');
  const again = await lead('again.example', 'Again');
  await claim(ALICE, 'Again');
  for (const id of [cooling, claimedCooling, cooled, again]) await rescore({ sql }, id, 50);
  await until(
    'four cooling alerts',
    `(select count(*) = 4 from lead_bot.alerts where cooling_since is not null)`,
  );
  await sql(`update lead_bot.alerts set cooling_since = cooling_since - interval '2 days'
              where account_key in ('cooled.example', 'again.example')`);
  await lead('poke.example', 'Poke', { score: 40 });
  await until(
    'two cooled alerts',
    `(select count(*) = 2 from lead_bot.alerts where closed_at is not null)`,
  );
  await rescore({ sql }, again, 95);
  await until(
    'a second alert',
    `(select count(*) = 2 from lead_bot.alerts where account_key = 'again.example')`,
  );
  await slack.until(
    () => slack.messages(CARDS).filter((m) => m.text.includes('Again')).length === 2,
    { what: 'a second card' },
  );

  // A storm: four cards, the rest in a roll-up.
  await sql('begin');
  for (const n of [1, 2, 3, 4, 5, 6]) {
    await lead(`storm-${n}.example`, `Storm ${n}`, { score: 80 + n });
  }
  await sql('commit');
  await slack.until(
    () => slack.messages(CARDS).filter((m) => m.text.includes('Storm')).length >= 5,
    {
      what: 'the storm',
    },
  );

  // Rows that a careless pipeline writes.
  await lead('hostile.example', '<!channel> *Hostile* & `Co`', {
    name: 'Robert"); drop table alerts;-- <@U0ALICE>',
  });
  await sql(`
    update public.company_enrichment
       set tech_stack = '{"name": [1e400]}'::jsonb, employee_count = -5, industry = repeat('x', 3000)
     where domain = 'hostile.example'`);
  await sql(`
    insert into public.internal_signals (developer_id, api_calls_30d, api_calls_prev_30d)
    select id, 9, 1 from public.developer_signups where company_domain = 'hostile.example'`);
  await card('Hostile');

  // A refusal, a deleted card, a card that Slack refuses, an erased company.
  await slack.pressWith(GUEST, on(await card('Open')), {
    action_id: CLAIM,
    block_id: 'old',
    value: (await idOf('open.example')) ?? '',
  });
  await until('the refusal', 'exists (select from lead_bot.access_refusals)');
  const deleted = await lead('deleted.example', 'Deleted');
  const gone = await card('Deleted');
  slack.deleteMessage(gone.channel, gone.ts);
  await rescore({ sql }, deleted, 93);
  await until('the deleted card', `exists (select from lead_bot.messages where state = 'gone')`);
  const accept = slack.misbehave({
    method: 'chat.postMessage',
    when: (args) => JSON.stringify(args).includes('Refused'),
    how: { kind: 'error', error: 'invalid_arguments' },
  });
  await lead('refused.example', 'Refused');
  await until('the refused card', `exists (select from lead_bot.messages where state = 'dead')`);
  accept();
  await lead('erased.example', 'Erased');
  await card('Erased');
  await stage.erase('erased.example');

  // Today's digest.
  await sql(`update lead_bot.poll_state set first_poll_at = first_poll_at - interval '1 day'`);
  await Promise.all(bots.map((bot) => bot.stop()));
  const time = new Date(Date.now() - 60_000);
  const late = {
    DIGEST_SCHEDULE: `${time.getUTCMinutes()} ${time.getUTCHours()} * * *`,
    TIMEZONE: 'UTC',
  };
  const last = [await stage.startBot(late), await stage.startBot(late)];
  await slack.until(() => slack.messages(DIGESTS).length === 1 && slack.connections() === 2, {
    what: 'the digest',
  });

  // Posts of unclear outcome, two of which reached Slack; one that waits for a limit; an update that waits for
  // a channel. Then the bots die in the middle of it.
  const strange = (company: string, how: Misbehavior) =>
    slack.misbehave({
      method: 'chat.postMessage',
      when: (args) => JSON.stringify(args).includes(company),
      how,
    });
  const mend = [
    slack.misbehave({
      method: 'conversations.history',
      how: { kind: 'rate-limit', retryAfterSeconds: 300 },
    }),
    strange('Cut Reached', { kind: 'reset', accept: true }),
    strange('Cut Lost', { kind: 'reset', accept: false }),
    strange('Hung Reached', { kind: 'hang', accept: true }),
    strange('Hung Lost', { kind: 'hang', accept: false }),
    strange('Waiting', { kind: 'rate-limit', retryAfterSeconds: 300 }),
  ];
  for (const company of ['Cut Reached', 'Cut Lost']) {
    const key = await enter(company);
    await until(`the unclear ${company}`, messageOf(key, `m.state = 'unclear'`));
  }
  slack.archive(DIGESTS);
  await claim(ALICE, 'Storm 6');
  await until(
    'a paused channel',
    `exists (select from lead_bot.channels where channel = '${DIGESTS}' and pauses > 0)`,
  );
  for (const company of ['Hung Reached', 'Hung Lost']) {
    const key = await enter(company);
    await until(
      `the hanging ${company}`,
      messageOf(key, `m.lease_until > now() and m.attempted_at is not null`),
    );
  }
  const waiting = await enter('Waiting');
  await until(
    'a waiting card',
    messageOf(
      waiting,
      `m.state = 'pending' and m.attempted_at is null and m.last_error = 'ratelimited'`,
    ),
  );
  await Promise.all(last.map((bot) => bot.kill()));
  for (const undo of mend) undo();
  slack.unarchive(DIGESTS);

  // Scores of the time without bots: a new lead, a colleague, one back, one out.
  await lead('meanwhile.example', 'Meanwhile');
  await lead('joined.example', 'Joined', { name: 'Third Champion' });
  await rescore({ sql }, cooling, 91);
  await rescore({ sql }, before, 55);

  async function idOf(key: string): Promise<string | undefined> {
    const [row] = await sql<{ id: string }>(
      'select id from lead_bot.alerts where account_key = $1 and closed_at is null',
      [key],
    );
    return row?.id;
  }
  async function enter(company: string): Promise<string> {
    const key = `${company.toLowerCase().replace(' ', '-')}.example`;
    await lead(key, company, { score: 97 });
    return key;
  }
  function messageOf(key: string, condition: string): string {
    return `exists (select from lead_bot.alerts a join lead_bot.messages m on m.alert_id = a.id
                     where a.account_key = '${key}' and ${condition})`;
  }
}
