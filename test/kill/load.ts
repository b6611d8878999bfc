import { setTimeout as sleep } from 'node:timers/promises';
import { ids } from '../../blocks/ids.ts';
import { elementsIn } from '../../src/sandbox/slack/input-state.ts';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { addLead, rescore } from '../support/leads.ts';
import { type Arena, CHANNEL } from './arena.ts';
import type { Random } from './random.ts';

const MOST_COMPANIES = 40;
const COMMANDS = ['hot', 'mine', 'help', 'company3.example', 'Company 1'] as const;

export interface Load {
  /** Runs until the signal aborts; resolves when all actions have finished. */
  run(signal: AbortSignal): Promise<void>;
  /** Contacts that AEs were told are saved: `<alert id> <user id>`. */
  readonly confirmedContacts: readonly string[];
  /** Gestures that a bot acknowledged. */
  acknowledged(): number;
}

/** Leads turn hot one after another, and AEs use their cards. */
export function load(arena: Arena, random: Random): Load {
  const { slack } = arena;
  const confirmedContacts: string[] = [];
  const writing = new Set<string>();
  let acknowledged = 0;
  const count = ({ ok }: { ok: boolean }): void => {
    if (ok) acknowledged += 1;
  };

  const leads: string[] = [];
  let companies = 0;
  /** Doesn't retry statements that fail while Postgres is down. */
  async function changeLeads(): Promise<void> {
    const what = random.next();
    const someone = random.pick(leads);
    try {
      if (what < 0.55 && companies < MOST_COMPANIES) {
        companies += 1;
        const company = `Company ${companies}`;
        leads.push(await addLead(arena, { domain: `company${companies}.example`, company }));
      } else if (what < 0.75 && companies > 0) {
        const n = Math.ceil(random.between(0, companies));
        const name = `Colleague ${leads.length}`;
        leads.push(await addLead(arena, { domain: `company${n}.example`, name }));
      } else if (someone !== undefined) {
        await rescore(arena, someone, random.chance(0.7) ? Math.round(random.between(80, 99)) : 60);
      }
    } catch {}
  }

  async function work(user: string): Promise<void> {
    const cards = slack
      .messages(CHANNEL)
      .filter((one) => one.user === slack.bot.userId && one.thread_ts === null);
    if (random.chance(0.1)) {
      count(await slack.say(user, CHANNEL, `/lead ${random.pick(COMMANDS)}`));
    } else if (random.chance(0.15)) {
      const several = [random.pick(cards), random.pick(cards), random.pick(cards)];
      await Promise.all(several.map((card) => card && press(user, card)));
    } else {
      // AEs compete for the newest cards.
      const card = random.pick(random.chance(0.5) ? cards.slice(-3) : cards);
      if (card !== undefined) await press(user, card);
    }
  }

  async function press(user: string, card: SlackMessage): Promise<void> {
    const target = { in: 'message', channel: CHANNEL, ts: card.ts } as const;
    const elements = elementsIn(card.blocks).map(({ element }) => element);
    const has = (id: string) => elements.find((one) => one['action_id'] === id);
    if (has(ids.claim)) {
      count(await slack.press(user, target, { actionId: ids.claim }));
    } else if (has(ids.more) && random.chance(0.6)) {
      const alert = String(has(ids.contact)?.['value']);
      const option = `${ids.release}:${alert}`;
      count(await slack.press(ownerOr(user, card), target, { actionId: ids.more, option }));
    } else if (has(ids.contact) && random.chance(0.5)) {
      // Presses the claim button that the card had before someone else claimed it.
      const action = { action_id: ids.claim, value: String(has(ids.contact)?.['value']) };
      count(await slack.pressWith(user, target, action));
    } else if (has(ids.contact)) {
      const alert = String(has(ids.contact)?.['value']);
      const who = ownerOr(user, card);
      // One open form per user, so that we know its alert.
      if (writing.has(who)) return;
      writing.add(who);
      await contact(who, target, alert).finally(() => writing.delete(who));
    }
  }

  /** Usually the owner uses a claimed card. Other users are refused. */
  const ownerOr = (user: string, { text }: SlackMessage): string =>
    random.chance(0.8) ? (/<@(U\w+)>/.exec(text)?.[1] ?? user) : user;

  async function contact(
    user: string,
    target: { in: 'message'; channel: string; ts: string },
    alert: string,
  ): Promise<void> {
    const before = new Set(slack.views(user).map(({ id }) => id));
    const pressed = await slack.press(user, target, { actionId: ids.contact });
    count(pressed);
    if (!pressed.ok) return;
    const form = await slack
      .until(
        () =>
          slack
            .views(user)
            .find(({ id, view }) => !before.has(id) && view.callback_id === ids.contactModal),
        { timeoutMs: 1_000 },
      )
      .catch(() => null);
    if (form === null) return;
    const submitted = await slack.submit(user, form.id, { [ids.contactMethod]: 'email' });
    count(submitted);
    // A modal that closes means "saved".
    const stays = slack.views(user).some(({ id }) => id === form.id);
    if (submitted.ok && !stays) confirmedContacts.push(`${alert} ${user}`);
    if (stays) await slack.closeView(user, form.id);
  }

  async function repeat(
    signal: AbortSignal,
    most: number,
    what: () => Promise<void>,
  ): Promise<void> {
    while (!signal.aborted) {
      await what();
      await sleep(random.between(0.2, 1) * most, undefined, { signal }).catch(() => {});
    }
  }

  return {
    confirmedContacts,
    acknowledged: () => acknowledged,
    async run(signal) {
      const people = slack.people.filter(({ deleted }) => !deleted);
      await Promise.all([
        repeat(signal, 900, changeLeads),
        ...people.map(({ id }) => repeat(signal, 1_200, () => work(id))),
      ]);
    },
  };
}
